package list

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"scrape/scraper/header"
	"scrape/scraper/weburl"
)

// unread stands for a request whose url cannot be told. The line itself is not
// shown: its headers and body may be secret.
const unread = "{…}"

// Why a line is no request, where JSON itself does not know.
var (
	errLongRequest = fmt.Errorf("longer than %d MiB", MaxRequest>>20)
	errNotUTF8     = errors.New("not valid UTF-8")
	errNoURL       = errors.New(`the key "url" is missing`)
)

// readRequest fills in what a line that is a request in JSON says.
func (i *Item) readRequest(line line) {
	i.Input = unread
	switch {
	case line.long:
		i.Err = errLongRequest
		return
	case !utf8.Valid(line.text):
		i.Err = errNotUTF8
		return
	}
	var object json.RawMessage
	if err := json.Unmarshal(line.text, &object); err != nil {
		i.Err = notJSON(err)
		return
	}
	var r request
	if i.Err = r.read(object); r.url != nil {
		url := strings.TrimFunc(*r.url, isSpace)
		u, err := ParseLine(url)
		if i.Err == nil {
			i.URL, i.Err = u, err
		}
		if url != "" {
			i.Input = shown(url, i.Err)
		}
		if errors.Is(err, errLong) {
			i.Input = shortened(i.Input)
		}
	}
	i.Meta = r.meta
	if i.Err == nil {
		i.Method, i.Header, i.Body = r.method, r.header, r.body
	}
}

func notJSON(err error) error {
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not valid JSON at byte %d: %w", syntax.Offset, err)
	}
	return fmt.Errorf("not valid JSON: %w", err)
}

// key is a text that two requests share if they are the same, given what lines
// have in common. Of one that asks for a URL with GET, and no more, it is the URL.
func (i *Item) key(common string) string {
	method := i.Method
	switch {
	case method == "" && len(i.Body) > 0:
		method = http.MethodPost // as which it goes out
	case method == "":
		method = common
	}
	if (method == "" || method == http.MethodGet) && len(i.Header) == 0 && len(i.Body) == 0 {
		return i.URL.String()
	}
	if method == "" {
		method = http.MethodGet
	}
	// Nothing before the body can hold a NUL, and no header has an empty name.
	var b strings.Builder
	b.WriteString(i.URL.String())
	b.WriteByte(0)
	b.WriteString(method)
	b.WriteByte(0)
	for _, name := range slices.Sorted(maps.Keys(i.Header)) {
		for _, value := range i.Header[name] {
			b.WriteString(name)
			b.WriteByte(0)
			b.WriteString(value)
			b.WriteByte(0)
		}
	}
	b.WriteByte(0)
	b.Write(i.Body)
	return b.String()
}

// request is what the keys of a JSON object ask for.
type request struct {
	url    *string // nil where it could not be read
	method string
	header http.Header
	body   []byte
	meta   json.RawMessage
}

// read reads an object that is valid JSON to its end, so that url and meta are
// known whatever else is wrong. The error is the first. It holds no value but
// a method, since headers and body may be secret.
func (r *request) read(object []byte) (first error) {
	keys := make(map[string]bool)
	for rawKey, value := range members(object) {
		key, err := text(rawKey)
		switch {
		case err != nil:
		case keys[key]:
			err = fmt.Errorf("the key %s is there twice", quoted(key))
		case string(value) == "null" && isKey(key):
		default:
			err = r.set(key, value)
		}
		keys[key] = true
		if first == nil {
			first = err
		}
	}
	if first == nil && r.url == nil {
		return errNoURL
	}
	return first
}

func (r *request) set(key string, value []byte) error {
	switch key {
	case "url":
		url, err := text(value)
		if err != nil {
			return mustBeString(key)
		}
		r.url = &url
	case "method":
		method, err := text(value)
		if err != nil {
			return mustBeString(key)
		}
		return r.setMethod(method)
	case "headers":
		return r.setHeaders(value)
	case "body":
		body, err := text(value)
		if err != nil {
			return mustBeString(key)
		}
		if body != "" {
			r.body = []byte(body)
		}
	case "meta":
		r.meta = slices.Clone(value)
	default:
		return unknownKey(key)
	}
	return nil
}

func (r *request) setMethod(method string) error {
	upper := strings.ToUpper(method)
	if err := header.CheckMethod(upper); err != nil {
		return fmt.Errorf("the method %s %w", quoted(method), err)
	}
	r.method = upper
	return nil
}

func (r *request) setHeaders(object []byte) error {
	if object[0] != '{' {
		return errors.New(`"headers" must be an object`)
	}
	read := make(http.Header)
	for rawName, value := range members(object) {
		name, err := text(rawName)
		if err != nil {
			return err
		}
		canonical := http.CanonicalHeaderKey(name)
		if _, twice := read[canonical]; twice {
			return fmt.Errorf("the header %s is there twice: several values are written as an array", quoted(name))
		}
		values, err := headerValues(name, value)
		if err != nil {
			return err
		}
		read[canonical] = values
	}
	maps.DeleteFunc(read, func(_ string, values []string) bool { return len(values) == 0 })
	if len(read) > 0 {
		r.header = read
	}
	return nil
}

// headerValues reads a string or an array of strings.
func headerValues(name string, value []byte) ([]string, error) {
	var values []string
	if one, err := text(value); err == nil {
		values = []string{one}
	} else {
		var several []*string // a pointer tells null from ""
		if json.Unmarshal(value, &several) != nil || several == nil || slices.Contains(several, nil) {
			return nil, fmt.Errorf("the header %s must be a string or an array of strings", quoted(name))
		}
		for _, s := range several {
			values = append(values, *s)
		}
	}
	for i, v := range values {
		values[i] = strings.Trim(v, " \t") // RFC 9110, section 5.5: not part of the value
		if err := header.Check(name, values[i]); err != nil {
			return nil, fmt.Errorf("a header cannot be sent: %w", err)
		}
	}
	if values == nil && !header.IsToken(name) {
		return nil, fmt.Errorf("a header cannot be sent: %w", header.Check(name, ""))
	}
	return values, nil
}

var errNotString = errors.New("not a string")

// text is what a JSON string holds.
func text(raw []byte) (s string, err error) {
	if raw[0] != '"' {
		return "", errNotString
	}
	err = json.Unmarshal(raw, &s)
	return s, err
}

func mustBeString(key string) error { return fmt.Errorf("%s must be a string", quoted(key)) }

// quoted is a text of the list as a message may hold it, shortened.
func quoted(s string) string {
	const most = 64
	if len(s) > most {
		s = strings.ToValidUTF8(s[:most], "") + "…"
	}
	return fmt.Sprintf("%q", weburl.HidePasswords(s))
}

func isKey(key string) bool {
	switch key {
	case "url", "method", "headers", "body", "meta":
		return true
	}
	return false
}

// meant are keys of other programs, and slips, with what we call them.
var meant = map[string]string{
	"uri": "url", "urls": "url", "link": "url", "href": "url", "address": "url",
	"methods": "method", "verb": "method", "http_method": "method",
	"header": "headers", "http_headers": "headers", "request_headers": "headers",
	"data": "body", "payload": "body", "content": "body", "form": "body", "json": "body", "post_data": "body",
	"metadata": "meta", "metas": "meta",
}

func unknownKey(key string) error {
	folded := strings.ToLower(strings.TrimSpace(key))
	better := meant[folded]
	if isKey(folded) {
		better = folded
	}
	if better != "" {
		return fmt.Errorf("unknown key %s: did you mean %q?", quoted(key), better)
	}
	return fmt.Errorf(`unknown key %s: what is to come back in the record goes into "meta"`, quoted(key))
}
