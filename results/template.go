package results

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"sync"
	"text/template"
	"text/template/parse"
	"time"
)

// Template is how a record looks as text, in the user's own words. It may be
// shared.
type Template struct{ t *template.Template }

// templateRecord is the record as a template sees it: the names of Fields, and
// nothing that can be changed or called but what shows a value in another way.
type templateRecord struct {
	Seq  int64
	List string
	Line int64

	Input, Method, URL, FinalURL string

	Outcome string // "scraped" or "not_scraped"
	Status  int

	ContentType, MediaType, Charset, HTTPVersion, RemoteAddr string

	WireBytes, BodyBytes int64
	BodySHA256, BodyFile string

	Redirects []string
	Attempts  int
	Error     templateError
	Title     string
	Truncated []string
	FetchedAt time.Time
	Timing    Timing
	Worker    int

	Change, Diff string

	links, data, meta json.RawMessage
}

// templateError is empty where the URL was scraped, so that a template need not
// ask first.
type templateError struct {
	Kind, Message string
	Retryable     bool
}

// Links, Data and Meta are decoded only where a template asks for them. Where
// there is nothing, an empty object lets {{.Data.price}} be empty, too.

func (r templateRecord) Links() (any, error) { return decodeAny(r.links) }
func (r templateRecord) Data() (any, error)  { return decodeAny(r.data) }
func (r templateRecord) Meta() (any, error)  { return decodeAny(r.meta) }

// decodeAny is a JSON value for a template: objects are maps, numbers stay as
// they are written.
func decodeAny(raw json.RawMessage) (v any, err error) {
	if len(raw) == 0 {
		return map[string]any(nil), nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	err = d.Decode(&v)
	return v, err
}

// unknownField finds the name in what package template says of a wrong one.
var unknownField = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`can't evaluate field (\w+) in type`) })

// ParseTemplate reads a text/template over the record: {{.URL}}, {{.Status}} and
// so on, with the names of Fields; {{.Data.price}} is of what was extracted, and
// {{json .Data}} shows any value as JSON. Outside of the braces \t, \n and \\ mean
// a tab, a line end and a backslash. What is not there is empty.
func ParseTemplate(text string) (*Template, error) {
	t, err := template.New("").Funcs(template.FuncMap{"json": showJSON, "visible": showText}).Parse(text)
	if err != nil {
		return nil, errors.New(templateMistake(err))
	}
	for _, defined := range t.Templates() {
		if defined.Tree != nil && defined.Root != nil {
			prepare(defined.Root)
		}
	}
	for _, sample := range []*Fields{{Outcome: Scraped}, {Error: &Error{Kind: DNS}}} {
		var out bytes.Buffer
		err := t.Execute(&out, newTemplateRecord(sample))
		if err == nil {
			continue
		}
		if unknown := unknownField().FindStringSubmatch(err.Error()); unknown != nil {
			return nil, &NameError{"field", "." + unknown[1], templateNames()}
		}
	}
	return &Template{t}, nil
}

// prepare has every text's escapes replaced, and every value pass through
// showText before it is printed.
func prepare(n parse.Node) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, inner := range n.Nodes {
			prepare(inner)
		}
	case *parse.TextNode:
		n.Text = []byte(strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n").Replace(string(n.Text)))
	case *parse.ActionNode:
		if len(n.Pipe.Decl) == 0 {
			show := parse.NewIdentifier("visible").SetPos(n.Pos)
			n.Pipe.Cmds = append(n.Pipe.Cmds, &parse.CommandNode{NodeType: parse.NodeCommand, Pos: n.Pos, Args: []parse.Node{show}})
		}
	case *parse.IfNode:
		prepareBranch(&n.BranchNode)
	case *parse.RangeNode:
		prepareBranch(&n.BranchNode)
	case *parse.WithNode:
		prepareBranch(&n.BranchNode)
	}
}

func prepareBranch(n *parse.BranchNode) {
	prepare(n.List)
	prepare(n.ElseList)
}

// showText is how a template prints a value: harmless to a terminal, and on its
// line, whatever a page has put into it. Lists and objects are shown as JSON.
func showText(v any) (string, error) {
	if v == nil {
		return "", nil
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.Map, reflect.Slice:
		if r.Len() == 0 {
			return "", nil
		}
		return showJSON(v)
	}
	return string(appendVisible(nil, []byte(fmt.Sprint(v)))), nil
}

// showJSON is the function json.
func showJSON(v any) (string, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return "", err
	}
	text := bytes.TrimSuffix(out.Bytes(), []byte("\n"))
	if string(text) == "null" {
		return "null", nil
	}
	return string(appendValue(nil, "", text)), nil
}

// templateNames are what stands behind the dot.
func templateNames() (names []string) {
	t := reflect.TypeFor[templateRecord]()
	for f := range t.Fields() {
		if f.IsExported() {
			names = append(names, "."+f.Name)
		}
	}
	for m := range t.Methods() {
		names = append(names, "."+m.Name)
	}
	return names
}

// templateMistake is an error of the template without what its reader knows.
func templateMistake(err error) string {
	return strings.NewReplacer("template: :", "", `executing "" `, "", "results.template", "").Replace(err.Error())
}

// NewTemplate returns a Sink of text as the template has it, a line end added to
// a record that lacks one. A value that could steer a terminal or break the line
// is shown escaped, as NewText does. Closing it closes w.
func NewTemplate(w *Batch, t *Template) Sink { return &templated{w: w, t: t.t} }

type templated struct {
	w    *Batch
	t    *template.Template
	text bytes.Buffer
}

func (s *templated) Write(r *Record) error {
	if len(r.raw) == 0 {
		return errNoContent
	}
	f, err := r.Fields()
	if err != nil {
		return err
	}
	s.text.Reset()
	if err := s.t.Execute(&s.text, newTemplateRecord(f)); err != nil {
		return fmt.Errorf("record %d: the template fails: %s", r.Seq, templateMistake(err))
	}
	if text := s.text.Bytes(); len(text) == 0 || text[len(text)-1] != '\n' {
		s.text.WriteByte('\n')
	}
	return s.w.Append(s.text.Bytes())
}

func (s *templated) Sync() error  { return s.w.Flush() }
func (s *templated) Close() error { return s.w.Close() }

func newTemplateRecord(f *Fields) templateRecord {
	r := templateRecord{
		Seq:         f.Seq,
		List:        f.List,
		Line:        f.Line,
		Input:       f.Input,
		Method:      f.Method,
		URL:         f.URL,
		FinalURL:    f.FinalURL,
		Outcome:     f.Outcome.String(),
		Status:      f.Status,
		ContentType: f.ContentType,
		MediaType:   f.MediaType,
		Charset:     f.Charset,
		HTTPVersion: f.HTTPVersion,
		RemoteAddr:  f.RemoteAddr,
		WireBytes:   f.WireBytes,
		BodyBytes:   f.BodyBytes,
		BodySHA256:  f.BodySHA256,
		BodyFile:    f.BodyFile,
		Redirects:   f.Redirects,
		Attempts:    f.Attempts,
		Title:       f.Title,
		Truncated:   f.Truncated,
		FetchedAt:   f.FetchedAt,
		Timing:      f.Timing,
		Worker:      f.Worker,
		Change:      f.Change.String(),
		Diff:        f.Diff,
		links:       f.Links,
		data:        f.Data,
		meta:        f.Meta,
	}
	if f.Error != nil {
		r.Error = templateError{f.Error.Kind.String(), f.Error.Message, f.Error.Retryable}
	}
	return r
}
