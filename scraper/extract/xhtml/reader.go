// Package xhtml reads pages that are served as XHTML by the rules of XML, as
// browsers do: an element that closes itself is closed, CDATA sections are text, no
// element's content is raw text, and behind the first mistake nothing is read.
//
// Entities that a page's doctype declares count, also in each other, up to 64 KiB in
// all; markup in them is text. Those that are declared elsewhere are empty: nothing is
// ever fetched.
//
// It goes beyond browsers where that harms nobody: XHTML's entities (&nbsp;) are
// known without a doctype, and elements that are in no namespace at all count as
// those of HTML, as the DTDs of XHTML 1.0 have it. A page of which a browser shows no
// title, since its root has no xmlns, therefore has one here.
package xhtml

import (
	"bufio"
	"bytes"
	"encoding/xml"
	"io"

	"golang.org/x/net/html"
)

// Namespaces as html.Node has them. Any other stands there as its URI.
const (
	svg       = "svg"
	math      = "math"
	unbound   = "unbound" // of an element whose prefix means nothing, or whose default namespace was taken away
	xhtmlURI  = "http://www.w3.org/1999/xhtml"
	svgURI    = "http://www.w3.org/2000/svg"
	mathmlURI = "http://www.w3.org/1998/Math/MathML"
)

// kind is what a part of a page is.
type kind uint8

const (
	end kind = iota // of the page, or the first mistake
	startTag
	endTag
	text
	comment
)

// maxOpen is how many elements may be open at once while a page is read part by part, of
// which no tree need be made: in Chromium it is as many.
const maxOpen = 5000

// element is what a tag says.
type element struct {
	namespace  string // "" for HTML, svg, math, or another
	name       string // without prefix
	attributes []html.Attribute
}

func (e *element) is(name string) bool { return e.namespace == "" && e.name == name }

// reader gives the parts of a page one by one.
type reader struct {
	decoder    *xml.Decoder
	source     *recorder
	namespaces Namespaces
	open       []opened
	rooted     bool // the root has begun
	failed     bool
	mistake    *Mistake
	skipped    int // bytes of a declaration

	element element // whose tag was read
	text    string  // or this
}

// opened is an element that is open.
type opened struct {
	name xml.Name
	element
}

// newReader reads valid UTF-8 without a byte order mark. No part of it may be longer
// than longest bytes; 0: any may.
func newReader(r io.Reader, longest int) *reader {
	body, skipped := WithoutDeclaration(r)
	source := &recorder{r: body, longest: longest, entities: entities{known: map[string]string{}}}
	d := xml.NewDecoder(source)
	d.Entity = source.entities.known
	return &reader{decoder: d, source: source, skipped: skipped}
}

// WithoutDeclaration leaves out an XML declaration, for a text that is decoded
// already: of it encoding/xml refuses other encodings and XML 1.1. skipped is its length
// in bytes.
func WithoutDeclaration(r io.Reader) (b *bufio.Reader, skipped int) {
	b = bufio.NewReader(r)
	if head, _ := b.Peek(len("<?xml ")); bytes.HasPrefix(head, []byte("<?xml")) && bytes.ContainsAny(head[len(head)-1:], " \t\r\n") {
		for c := byte(0); c != '>'; {
			var err error
			if c, err = b.ReadByte(); err != nil {
				break
			}
			skipped++
		}
	}
	return b, skipped
}

// next goes on to the next part.
func (r *reader) next() kind {
	for !r.failed {
		begin := r.decoder.InputOffset()
		r.source.next(begin)
		token, err := r.token()
		if err != nil {
			r.refuse(begin, err)
			if r.text = r.source.textBefore(); r.text != "" && len(r.open) > 0 && err != io.EOF {
				return text
			}
			return end
		}
		switch token := token.(type) {
		case xml.StartElement:
			if len(r.open) == 0 && r.rooted {
				r.fail(begin, "<"+written(token.Name)+"> stands behind the end of the root element")
				return end
			}
			if len(r.open) == maxOpen {
				r.failed = true
				return end
			}
			r.start(token)
			return startTag
		case xml.EndElement:
			last := len(r.open) - 1
			if last < 0 {
				r.fail(begin, "</"+written(token.Name)+"> closes nothing")
				return end
			}
			if r.open[last].name != token.Name {
				r.fail(begin, "<"+written(r.open[last].name)+"> is closed by </"+written(token.Name)+">")
				return end
			}
			r.element = r.open[last].element
			r.open = r.open[:last]
			r.namespaces.Leave(last)
			return endTag
		case xml.CharData:
			if len(r.open) > 0 {
				r.text = string(token)
				return text
			}
			if rest := bytes.TrimLeft(token, " \t\r\n"); len(rest) > 0 {
				r.fail(begin+int64(len(token)-len(rest)), "text stands outside of the root element")
			}
		case xml.Comment:
			r.text = string(token)
			return comment
		}
	}
	return end
}

// token reads the decoder's next, and refuses what it lets pass.
func (r *reader) token() (xml.Token, error) {
	token, err := r.decoder.RawToken()
	if err != nil {
		return nil, err
	}
	switch token := token.(type) {
	case xml.StartElement:
		err = distinct(token.Attr)
	case xml.Directive:
		if !r.rooted {
			err = r.source.entities.declare(string(token))
		}
	}
	return token, err
}

func (r *reader) start(token xml.StartElement) {
	r.rooted = true
	r.namespaces.Enter(len(r.open), token.Attr)
	r.element = element{namespace: r.namespace(token.Name.Space), name: token.Name.Local}
	for _, a := range token.Attr {
		r.element.attributes = append(r.element.attributes, r.attribute(a))
	}
	r.open = append(r.open, opened{token.Name, r.element})
	r.open[len(r.open)-1].attributes = nil
}

func (r *reader) namespace(prefix string) string {
	switch uri, bound := r.namespaces.URI(prefix); {
	case uri == xhtmlURI, !bound && prefix == "":
		return ""
	case uri == svgURI:
		return svg
	case uri == mathmlURI:
		return math
	case uri == "":
		return unbound
	default:
		return uri
	}
}

// attribute is as the HTML parser has it: only those of drawings and formulas have a
// namespace.
func (r *reader) attribute(a xml.Attr) html.Attribute {
	prefix := a.Name.Space
	if prefix == "" {
		return html.Attribute{Key: a.Name.Local, Val: a.Value}
	}
	if foreign := r.element.namespace == svg || r.element.namespace == math; foreign && (prefix == "xlink" || prefix == "xml" || prefix == "xmlns") {
		return html.Attribute{Namespace: prefix, Key: a.Name.Local, Val: a.Value}
	}
	return html.Attribute{Key: prefix + ":" + a.Name.Local, Val: a.Value}
}

// recorder is a source that keeps what was read of the part that is being read, and
// ends where that is too long. What the part refers to it makes known before the decoder
// has read the reference.
type recorder struct {
	r         *bufio.Reader
	longest   int
	read      int64 // bytes so far
	part      []byte
	reference int // where in the part the name of one begins; 0: nowhere
	entities  entities
}

// next begins a part at an offset. The decoder may have read one byte of it before.
func (s *recorder) next(at int64) {
	ahead := s.part[max(0, len(s.part)-int(s.read-at)):]
	s.part = s.part[:copy(s.part, ahead)]
	s.reference = 0
}

// ReadByte implements io.ByteReader, by which the decoder reads.
func (s *recorder) ReadByte() (byte, error) {
	if s.longest > 0 && len(s.part) >= s.longest {
		return 0, io.ErrShortBuffer
	}
	c, err := s.r.ReadByte()
	if err != nil {
		return 0, err
	}
	if c == ';' && s.reference > 0 {
		if err := s.entities.refer(string(s.part[s.reference:])); err != nil {
			return 0, err
		}
		s.reference = 0
	}
	s.part = append(s.part, c)
	s.read++
	if c == '&' && !s.isLiteral() {
		s.reference = len(s.part)
	}
	return c, nil
}

// isLiteral tells whether the part is one that has no references: a comment, a CDATA
// section, an instruction or a doctype.
func (s *recorder) isLiteral() bool {
	return len(s.part) > 1 && s.part[0] == '<' && (s.part[1] == '!' || s.part[1] == '?')
}

// Read implements io.Reader.
func (s *recorder) Read(b []byte) (int, error) {
	if len(b) == 0 {
		return 0, nil
	}
	c, err := s.ReadByte()
	if err != nil {
		return 0, err
	}
	b[0] = c
	return 1, nil
}

// textBefore is the text before the mistake that the part ends with: a browser has
// shown it by then.
func (s *recorder) textBefore() string {
	if len(s.part) == 0 || s.part[0] == '<' {
		return ""
	}
	return s.entities.textBefore(string(s.part))
}
