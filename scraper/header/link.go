package header

import (
	"net/url"
	"strings"
	"unicode/utf8"
)

// Link is one link of a Link header (RFC 8288, section 3). All text is valid
// UTF-8.
type Link struct {
	Target   string   // as it stands there: a URL, or a reference that is relative to the answer's own URL
	Rel      []string // what the target is, in lower case: "next", "alternate"
	Anchor   string   // what the link is of, where that is not the answer itself
	Type     string   // the media type that the target is likely to have
	HrefLang []string // the languages that the target is likely to be in
	Media    string   // the media query that the target is for
	Title    string
	Params   []Param // all others, in their order
}

// Param is a parameter of a link.
type Param struct{ Name, Value string } // the name in lower case

// ParseLinks reads all values of the Link headers of an answer, as RFC 8288,
// appendix B.2 says, "Parsing a Link Header Field Set": of a value that is broken
// somewhere it gives what stands before. It is more forgiving in that commas with
// nothing between them are passed over (RFC 9110, section 5.6.1.2).
func ParseLinks(values []string) []Link {
	var links []Link
	for _, v := range values {
		p := linkParser{strings.ToValidUTF8(v, "\uFFFD")}
		for {
			l, ok := p.link()
			if !ok {
				break
			}
			links = append(links, l)
		}
	}
	return links
}

// linkParser is the rest of a value of a Link header.
type linkParser struct{ rest string }

// link reads one link; not ok where there is none.
func (p *linkParser) link() (l Link, ok bool) {
	p.rest = strings.TrimLeft(p.rest, " \t,")
	if !p.accept('<') {
		return Link{}, false
	}
	target, rest, ok := strings.Cut(p.rest, ">")
	if !ok {
		return Link{}, false
	}
	p.rest = rest
	return newLink(target, p.parameters()), true
}

// parameters reads those of a link (appendix B.3).
func (p *linkParser) parameters() []Param {
	var params []Param
	for p.skipSpace(); p.accept(';'); p.skipSpace() {
		p.skipSpace()
		name := strings.ToLower(p.until(" \t=;,"))
		p.skipSpace()
		value := ""
		if p.accept('=') {
			value = p.value()
		}
		if name != "" {
			params = append(params, Param{name, value})
		}
	}
	return params
}

// value reads that of a parameter.
func (p *linkParser) value() string {
	p.skipSpace()
	if p.accept('"') {
		return p.quoted()
	}
	return strings.TrimRight(p.until(";,"), " \t")
}

// quoted reads a quoted string behind its first quote (appendix B.4). The last may
// be missing.
func (p *linkParser) quoted() string {
	var b strings.Builder
	for {
		b.WriteString(p.until(`"\`))
		switch {
		case p.accept('\\') && p.rest != "":
			_, size := utf8.DecodeRuneInString(p.rest)
			b.WriteString(p.rest[:size])
			p.rest = p.rest[size:]
		default:
			p.accept('"')
			return b.String()
		}
	}
}

// until reads up to the first of some bytes.
func (p *linkParser) until(stops string) (before string) {
	n := strings.IndexAny(p.rest, stops)
	if n < 0 {
		n = len(p.rest)
	}
	before, p.rest = p.rest[:n], p.rest[n:]
	return before
}

func (p *linkParser) accept(c byte) bool {
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = p.rest[1:]
	return true
}

func (p *linkParser) skipSpace() { p.rest = strings.TrimLeft(p.rest, " \t") }

// newLink makes a link of its parameters. Of those that it may have only once the
// first counts, and a title* that can be decoded counts more than a title.
func newLink(target string, params []Param) Link {
	l := Link{
		Target: target,
		Rel:    relations(first(params, "rel")),
		Anchor: first(params, "anchor"),
		Type:   first(params, "type"),
		Media:  first(params, "media"),
		Title:  first(params, "title"),
	}
	if title, ok := extendedValue(first(params, "title*")); ok {
		l.Title = title
	}
	for _, p := range params {
		switch p.Name {
		case "rel", "anchor", "type", "media", "title", "title*":
		case "hreflang":
			l.HrefLang = append(l.HrefLang, p.Value)
		default:
			l.Params = append(l.Params, p)
		}
	}
	return l
}

// relations splits the value of a rel parameter.
func relations(value string) []string {
	if all := strings.Fields(strings.ToLower(value)); len(all) > 0 {
		return all
	}
	return nil
}

// first is the value of the first parameter of that name; empty where there is none.
func first(params []Param, name string) string {
	for _, p := range params {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}

// extendedValue decodes the value of a parameter whose name ends with an asterisk
// (RFC 8187, section 3.2): UTF-8'en'%e2%82%ac%20rates.
func extendedValue(s string) (text string, ok bool) {
	charset, rest, _ := strings.Cut(s, "'")
	_, encoded, ok := strings.Cut(rest, "'")
	text, err := url.PathUnescape(encoded)
	if !ok || err != nil {
		return "", false
	}
	switch strings.ToLower(charset) {
	case "utf-8":
		return text, utf8.ValidString(text)
	case "iso-8859-1":
		runes := make([]rune, len(text))
		for i := range len(text) {
			runes[i] = rune(text[i])
		}
		return string(runes), true
	}
	return "", false
}
