package xhtml

import (
	"io"
	"strings"
)

const (
	maxPart  = 1 << 20   // how long a tag, a text or a comment before the title may be
	maxTitle = 256 << 10 // how much of it counts
)

// Title is the text of the first title element of HTML in a page, which is not in a
// template. r gives valid UTF-8 and is read to the title, or to where the title may
// not be any more: the end, a mistake, or a text, tag or comment longer than 1 MiB.
func Title(r io.Reader) string {
	page := newReader(r, maxPart)
	for templates := 0; ; {
		switch page.next() {
		case end:
			return ""
		case startTag:
			if page.element.is("template") {
				templates++
			} else if templates == 0 && page.element.is("title") {
				return page.childText()
			}
		case endTag:
			if page.element.is("template") {
				templates--
			}
		}
	}
}

// childText is the text that stands directly in the element whose start tag was read.
func (r *reader) childText() string {
	var b strings.Builder
	for depth := len(r.open); b.Len() < maxTitle; {
		switch r.next() {
		case end:
			return b.String()
		case text:
			if len(r.open) == depth {
				b.WriteString(r.text)
			}
		case endTag:
			if len(r.open) < depth {
				return b.String()
			}
		}
	}
	return b.String()
}
