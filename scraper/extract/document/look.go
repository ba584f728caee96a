package document

import (
	"bytes"
	"strings"

	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/markup"
)

// look is what can be told of a page's tree by walking over its tags once.
type look struct {
	page []byte
	i    int        // where in the page it stands
	open formatting // elements

	tags       int64 // of all kinds
	attributes int64
	widest     int   // how many attributes the tag may have that has most
	roots      int   // html and body tags
	clones     int64 // bytes that elements opened anew would take
	copied     int64 // bytes that would be copied if text went on behind every tag that may be ignored
	text       int64 // how long such a text would be by now

	drawings, formulas int  // that are open: in them no element's text is raw, and CDATA sections are
	foreign            bool // one may be open from here to the end
	unsure             bool // what looks like a tag may be none: start tags count, end tags do not
	counted            int  // where unsure has counted what may separate attributes; from there to
	tagEnd             int  // the next ">", there are
	separators         int
}

func (l *look) at(page []byte) {
	l.page = page
	for {
		next := bytes.IndexByte(page[l.i:], '<')
		if next < 0 || l.i+next+1 == len(page) {
			return
		}
		l.text += int64(next)
		l.i += next + 1
		l.tags++
		l.clones += 2 * l.open.cost // for the tag and for the text behind it
		if l.clones > maxClones {
			return
		}
		if l.unsure {
			next := bytes.IndexByte(page[l.i:], '<')
			if next < 0 {
				next = len(page) - l.i
			}
			some := page[l.i : l.i+next]
			l.attributes += int64(countSeparators(some))
			if markup.IsLetter(page[l.i]) {
				l.startUnsure(some)
			}
		}
		switch c := page[l.i]; {
		case l.unsure && c != '/':
		case markup.IsLetter(c):
			l.start()
		case c == '/':
			l.end()
		case c == '!', c == '?':
			l.comment()
		}
	}
}

// startUnsure takes note of what may be a start tag, of which this is some, and of how
// much may be in it at most. It does not look for its end, which may be far and the
// same for many.
func (l *look) startUnsure(some []byte) {
	if l.i >= l.tagEnd {
		l.tagEnd = len(l.page)
		if end := bytes.IndexByte(l.page[l.i:], '>'); end >= 0 {
			l.tagEnd = l.i + end
		}
		l.separators = countSeparators(l.page[l.i:l.tagEnd])
	} else {
		l.separators -= countSeparators(l.page[l.counted:l.i])
	}
	l.counted = l.i
	name := some
	if end := bytes.IndexFunc(some, func(r rune) bool { return r < 0x80 && markup.EndsName(byte(r)) }); end >= 0 {
		name = some[:end]
	}
	l.opens(atomOf(name), some, l.separators)
}

// countSeparators counts the bytes of which there is one before each attribute at
// least.
func countSeparators(b []byte) (n int) {
	for _, c := range b {
		switch c {
		case ' ', '\t', '\n', '\f', '\r', '/', '"', '\'':
			n++
		}
	}
	return n
}

// opens takes note of what an element does to those around it.
func (l *look) opens(tag atom.Atom, text []byte, attributes int) {
	switch tag {
	case atom.Html, atom.Body:
		l.roots++
		l.copied += l.text
	case atom.Head, atom.Frame, atom.Tr, atom.Tbody, atom.Thead, atom.Tfoot, atom.Col, atom.Colgroup:
		l.copied += l.text // ignored, or before a table, where what stands astray in it is put
	case atom.Td, atom.Th, atom.Caption:
		l.copied += l.text
		if l.open.tables > 0 {
			l.text = 0
		}
	default:
		l.text = 0
	}
	l.widest = max(l.widest, attributes)
	l.open.start(tag, text, nodeCost+attributeCost*int64(attributes))
}

// start takes note of a start tag.
func (l *look) start() {
	name, attributes, rest := markup.Tag(l.page[l.i:])
	l.attributes += int64(attributes)
	tag := atomOf(name)
	text := l.page[l.i : len(l.page)-len(rest)]
	l.opens(tag, text, attributes)
	l.i = len(l.page) - len(rest)
	if tag == atom.Plaintext {
		l.unsure = true
		return
	}
	closed := bytes.HasSuffix(text, []byte("/>"))
	switch tag {
	case atom.Svg:
		l.drawings++
	case atom.Math:
		l.formulas++
	case atom.Script, atom.Style, atom.Title, atom.Textarea, atom.Xmp, atom.Iframe, atom.Noembed, atom.Noframes,
		atom.Noscript:
		l.rawText(name)
		return
	case atom.Foreignobject, atom.ForeignObject, atom.AnnotationXml, atom.Desc, atom.Mi, atom.Mo, atom.Mn, atom.Ms, atom.Mtext:
		// In these HTML begins anew, and a drawing's end tag in it ends nothing.
		l.foreign = l.foreign || l.inForeign() && !onlyText(l.page[l.i:], name)
	}
	if closed && tag == atom.Svg {
		l.drawings--
	} else if closed && tag == atom.Math {
		l.formulas--
	}
}

// inForeign says whether what comes may be part of a drawing or a formula.
func (l *look) inForeign() bool { return l.foreign || l.drawings > 0 || l.formulas > 0 }

// onlyText says whether b begins with text and the end tag of that name.
func onlyText(b, name []byte) bool {
	_, b, _ = bytes.Cut(b, []byte("<"))
	return len(b) > len(name)+1 && b[0] == '/' && bytes.EqualFold(b[1:1+len(name)], name) && markup.EndsName(b[1+len(name)])
}

// end takes note of an end tag.
func (l *look) end() {
	l.copied += l.text
	if l.unsure {
		return
	}
	name, _, rest := markup.Tag(l.page[l.i+1:])
	if len(name) == 0 {
		l.past(">")
		return
	}
	l.i = len(l.page) - len(rest)
	switch tag := atomOf(name); tag {
	case atom.Svg:
		l.drawings = max(0, l.drawings-1)
	case atom.Math:
		l.formulas = max(0, l.formulas-1)
	default:
		l.open.end(tag)
	}
}

// comment passes over a comment, a doctype or what counts as a comment.
func (l *look) comment() {
	if l.unsure {
		return
	}
	if !bytes.HasPrefix(l.page[l.i:], []byte("!--")) {
		cdata := bytes.HasPrefix(l.page[l.i:], []byte("![CDATA["))
		l.past(">")
		l.unsure = l.inForeign() && cdata && !bytes.HasSuffix(l.page[:l.i], []byte("]]>"))
		return
	}
	l.text = 0
	body := l.page[l.i+3:]
	text, _, _ := bytes.Cut(body, []byte("-->"))
	switch {
	case bytes.HasPrefix(body, []byte(">")):
		l.i += 4
	case bytes.HasPrefix(body, []byte("->")):
		l.i += 5
	case bytes.Contains(text, []byte("--!>")):
		l.i += 3
		l.past("--!>")
	default:
		l.i += 3
		l.past("-->")
	}
}

// rawText passes over the text of an element that holds no elements, up to its end tag.
func (l *look) rawText(name []byte) {
	b := l.page[l.i:]
	for i := 0; ; i += 2 {
		next := bytes.Index(b[i:], []byte("</"))
		if next < 0 {
			l.unsure = true
			return
		}
		i += next
		end := i + 2 + len(name)
		if end < len(b) && bytes.EqualFold(b[i+2:end], name) && markup.EndsName(b[end]) {
			if l.inForeign() && bytes.IndexByte(b[:i], '<') >= 0 {
				l.unsure = true // it may hold tags after all
				return
			}
			_, escaped, _ := bytes.Cut(b[:i], []byte("<!--"))
			l.unsure = strings.Contains(markup.Lower(escaped), "<script") // which may put off the end
			l.i += i
			return
		}
	}
}

// past goes on behind s, or to the end.
func (l *look) past(s string) {
	if i := bytes.Index(l.page[l.i:], []byte(s)); i >= 0 {
		l.i += i + len(s)
	} else {
		l.i = len(l.page)
	}
}

// atomOf is the atom of a tag name, 0 where it has none.
func atomOf(name []byte) atom.Atom {
	var lower [16]byte
	if len(name) > len(lower) {
		return 0
	}
	for i, c := range name {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		lower[i] = c
	}
	return atom.Lookup(lower[:len(name)])
}
