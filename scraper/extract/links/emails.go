package links

import (
	"encoding/hex"
	"net/url"
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
	"scrape/scraper/weburl"
)

// Emails returns the e-mail addresses that a page shows or links to by mailto:, each
// once, in the order in which they come. Those that Cloudflare has encoded, against
// programs like this one, are decoded. Letters' case is kept, and does not count. An
// address may stand in several inline elements, or have places where a line may be
// broken in it, but not go on from one block to the next. Plain text shows all that it
// is.
func Emails(d *document.Document) ([]string, error) {
	if d.Kind() == document.Text {
		r := emailReader{seen: map[string]bool{}}
		r.addFrom(visible(d.Text()))
		return r.found, d.Context().Err()
	}
	if d.Kind() != document.HTML {
		return nil, nil
	}
	r := emailReader{tags: markup.New(d.Markup()), seen: map[string]bool{}}
	for n := 1; ; n++ {
		if n%4096 == 0 {
			if err := d.Context().Err(); err != nil {
				return nil, err
			}
		}
		switch r.tags.Next() {
		case markup.End:
			r.run.end(r.keep)
			return r.found, nil
		case markup.StartTag:
			r.startTag()
		case markup.EndTag:
			r.endTag()
		case markup.Text:
			if raw := r.tags.Raw(); r.hidden || r.templates > 0 {
			} else if strings.IndexByte(raw, '&') < 0 {
				r.run.add(raw)
			} else {
				r.run.add(r.tags.Text())
			}
		}
	}
}

// emailReader collects addresses.
type emailReader struct {
	tags      *markup.Tokenizer
	hidden    bool // what comes next is the text of a script or the like
	templates int
	run       run // of text, that is being read
	found     []string
	seen      map[string]bool // in lower case
}

func (r *emailReader) startTag() {
	name := r.tags.Name()
	if name == "template" {
		r.templates++
	}
	if r.templates > 0 {
		return
	}
	r.hidden = elementOf(name) == hidden
	r.bound(name, true)
	link := name == "a" || name == "area"
	for r.tags.NextAttribute() {
		switch {
		case r.tags.KeyIs("data-cfemail"):
			r.add(decodeProtected(r.tags.Value()))
		case link && r.tags.KeyIs("href"):
			r.addLink(weburl.Trim(r.tags.Value()))
		}
	}
}

func (r *emailReader) endTag() {
	name := r.tags.Name()
	r.hidden = false
	switch {
	case name == "template":
		r.templates = max(r.templates-1, 0)
	case r.templates == 0:
		r.bound(name, false)
	}
}

// bound takes note of a tag between texts.
func (r *emailReader) bound(name string, start bool) {
	switch e := elementOf(name); e {
	case inline, object, foreign:
		r.run.tag(start, false)
	case anchor:
		r.run.tag(start, true)
	case hidden, area, template:
	case void:
		if isSeen(name) {
			r.run.end(r.keep)
		}
	default:
		r.run.end(r.keep)
	}
}

// isSeen tells whether a void element takes up a place in its line.
func isSeen(name string) bool {
	switch name {
	case "img", "image", "input", "embed", "keygen":
		return true
	}
	return false
}

// protection is what Cloudflare's links of encoded addresses go to.
const protection = "/cdn-cgi/l/email-protection#"

// addLink adds the addresses of a mailto: URL (RFC 6068), which are those before
// its "?" and those of its fields to, cc and bcc, or of one that has been encoded.
func (r *emailReader) addLink(href string) {
	if _, code, ok := strings.Cut(href, protection); ok {
		r.add(decodeProtected(code))
		return
	}
	if weburl.SchemeOf(href) != "mailto" {
		return
	}
	_, addresses, _ := strings.Cut(href, ":")
	addresses, fields, _ := strings.Cut(addresses, "?")
	r.addEscaped(addresses)
	for field := range strings.SplitSeq(fields, "&") {
		name, value, _ := strings.Cut(field, "=")
		switch strings.ToLower(name) {
		case "to", "cc", "bcc":
			r.addEscaped(value)
		}
	}
}

// addEscaped adds the addresses in a part of a URL.
func (r *emailReader) addEscaped(s string) {
	if decoded, err := url.PathUnescape(s); err == nil {
		s = decoded
	}
	r.addFrom(s)
}

// decodeProtected undoes Cloudflare's encoding: the bytes in hexadecimal, the first
// of which is the key that the others are combined with by exclusive or.
func decodeProtected(code string) string {
	const longest = 2 * (maxAddress + 1)
	b, err := hex.DecodeString(code[:min(len(code), longest)])
	if err != nil || len(b) == 0 {
		return ""
	}
	for i := range b[1:] {
		b[i+1] ^= b[0]
	}
	return string(b[1:])
}

// add adds s if it is an address, and nothing else.
func (r *emailReader) add(s string) {
	if start, end := addressAt(s, strings.IndexByte(s, '@')); start == 0 && end == len(s) && end > 0 {
		r.keep(s)
	}
}

// addFrom adds the addresses in a text.
func (r *emailReader) addFrom(s string) {
	for from := 0; ; {
		n := strings.IndexByte(s[from:], '@')
		if n < 0 {
			return
		}
		start, end := addressAt(s, from+n)
		if from += n + 1; end > 0 {
			r.keep(s[start:end])
			from = end
		}
	}
}

func (r *emailReader) keep(address string) {
	key := strings.ToLower(address)
	if !r.seen[key] {
		r.seen[key] = true
		r.found = append(r.found, strings.Clone(address))
	}
}
