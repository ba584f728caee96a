package xhtml

import (
	"io"
	"strings"

	"golang.org/x/net/html"
)

// foreign stands before the names of elements that are not HTML's, so that what reads
// tags of HTML passes over them.
const foreign = "x:"

// Markup writes a page as HTML whose tags say the same, for what reads pages by their
// tags. It holds no more than that needs: not what a browser shows of nothing, such as
// styles and noscript, nor comments. Where the page is not well-formed it ends at the
// mistake.
func Markup(r io.Reader) (markup string, mistake *Mistake) {
	page := newReader(r, 0)
	var w writer
	for {
		switch page.next() {
		case end:
			w.flush()
			return w.b.String(), page.mistake
		case startTag:
			w.start(&page.element, len(page.open))
		case endTag:
			w.end(&page.element, len(page.open)+1)
		case text:
			w.text(page.text, len(page.open))
		}
	}
}

type writer struct {
	b strings.Builder

	// The element that is open whose content HTML reads in its own way; 0: none.
	raw     int // its depth
	content content
	script  []byte // its text so far, where it is a script
}

// content is how that of an element is read.
type content uint8

const (
	markup   content = iota
	nothing          // left out
	plain            // text that may have character references, and no tags
	scripted         // text as it is
)

func contentOf(e *element) content {
	if e.namespace != "" {
		return markup
	}
	switch e.name {
	case "style", "noscript", "iframe", "noembed", "noframes":
		return nothing
	case "title", "textarea":
		return plain
	case "script":
		return scripted
	}
	return markup
}

// nameOf is the name by which HTML reads an element as what it is.
func nameOf(e *element) string {
	if e.namespace != "" {
		return foreign + e.name
	}
	switch e.name {
	case "svg", "math", "plaintext", "xmp", "image": // of HTML's own namespace they are nothing
		return foreign + e.name
	}
	if strings.ToLower(e.name) != e.name || !('a' <= e.name[0] && e.name[0] <= 'z') { // those would be text
		return foreign + e.name
	}
	return e.name
}

func (w *writer) start(e *element, depth int) {
	if w.raw > 0 {
		return
	}
	if c := contentOf(e); c != markup {
		w.raw, w.content = depth, c
	}
	w.b.WriteByte('<')
	w.b.WriteString(nameOf(e))
	for _, a := range e.attributes {
		if strings.ToLower(a.Key) != a.Key {
			continue // HTML would take it for another
		}
		w.b.WriteByte(' ')
		if a.Namespace != "" {
			w.b.WriteString(a.Namespace)
			w.b.WriteByte(':')
		}
		w.b.WriteString(a.Key)
		w.b.WriteString(`="`)
		w.b.WriteString(html.EscapeString(a.Val))
		w.b.WriteByte('"')
	}
	w.b.WriteByte('>')
}

func (w *writer) end(e *element, depth int) {
	if w.raw > 0 && w.raw != depth {
		return
	}
	w.flush()
	w.raw = 0
	if e.isVoid() {
		return
	}
	w.b.WriteString("</")
	w.b.WriteString(nameOf(e))
	w.b.WriteByte('>')
}

// text writes a text that stands in the element at a depth.
func (w *writer) text(s string, depth int) {
	switch {
	case w.raw == 0, w.raw == depth && w.content == plain:
		w.b.WriteString(html.EscapeString(s))
	case w.raw == depth && w.content == scripted:
		w.script = append(w.script, s...)
	}
}

// harmless says in JSON's other way what would end a script, or begin what its end tag does not end.
var harmless = strings.NewReplacer("</", `\u003c/`, "<!", `\u003c!`)

// flush writes the text of the script that is open. It is in one piece by then: what is harmless in each of two,
// parted by a comment or the borders of CDATA sections, may not be so in both.
func (w *writer) flush() {
	_, _ = harmless.WriteString(&w.b, string(w.script)) // a Builder has no errors
	w.script = w.script[:0]
}
