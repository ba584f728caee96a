package extract

import (
	"bytes"
	"io"
	"strings"

	"golang.org/x/net/html"
)

// maxToken bounds the memory of a scan: a longer tag, comment or run of text ends it.
const maxToken = 256 << 10

// scan walks over the tokens of a page in search of its title and of the meta element that says its charset.
//
// It does not build the tree, but knows when the tree cannot differ. As long as no svg, math, template or
// frameset element was seen there is no place where a title tag would not make an HTML title element. The
// first such element in the head can neither be moved, nor removed, nor preceded by a later one. In the body
// two things can still happen to it: a frameset removes the body with all that is in it, but only until
// something was seen that counts as content; and an element that stands astray in a table is put before the
// table, so that a later title may come to stand before an earlier one inside.
type scan struct {
	z        *html.Tokenizer
	charset  string // the name of the encoding, "" as long as it is not known
	title    []byte // the title's text, neither decoded nor unescaped
	hasTitle bool

	afterHead bool // the head was closed
	inBody    bool // the body has begun
	noFrames  bool // a frameset element is ignored from here on
	inTable   bool // there was a table
}

// newScan prepares to scan r, whose encoding has the given name, "" if that is not known yet.
func newScan(r io.Reader, charset string) *scan {
	s := &scan{z: html.NewTokenizer(r), charset: charset}
	s.z.SetMaxBuf(maxToken)
	return s
}

// run scans as far as is needed, and says whether what it found is certain; if not, the tree has to tell.
func (s *scan) run() (certain bool) {
	raw := false // the next text is that of a script or the like
	for {
		if s.hasTitle && (s.inBody || s.charset != "") {
			return !s.inBody || s.noFrames && !s.inTable
		}
		wasRaw := raw
		raw = false
		switch s.z.Next() {
		case html.ErrorToken:
			return true
		case html.TextToken:
			if !wasRaw && !s.noFrames {
				s.text(s.z.Text())
			}
		case html.EndTagToken:
			if !s.inBody {
				name, _ := s.z.TagName()
				s.endTag(string(name))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			name, attributes := s.z.TagName()
			switch string(name) {
			case "title":
				s.titleText()
			case "svg", "math", "template":
				return s.hasTitle
			case "frameset":
				if !s.noFrames {
					return s.hasTitle
				}
			case "meta":
				if s.charset == "" && attributes {
					s.charset = s.metaCharset()
				}
			case "script", "style", "noframes":
				raw = true
			case "noscript":
				raw = true
				s.inBody = s.inBody || s.afterHead
			case "iframe", "noembed", "plaintext", "textarea", "xmp":
				raw = true
				s.inBody = true
			case "table":
				s.inBody, s.inTable = true, true
			case "body":
				s.inBody, s.noFrames = true, true
			case "html", "head", "base", "basefont", "bgsound", "link":
				// These stay in the head, or leave no trace.
			default:
				s.inBody = true
			}
		}
	}
}

// text takes note of a run of text: unless it is blank the body has begun.
func (s *scan) text(text []byte) {
	text = bytes.TrimLeft(text, whiteSpace)
	if len(text) == 0 {
		return
	}
	s.inBody = true
	s.noFrames = len(bytes.Trim(text, whiteSpace+"\x00")) > 0
}

// endTag takes note of an end tag in the head; those that are not named here are ignored there.
func (s *scan) endTag(name string) {
	switch name {
	case "head":
		s.afterHead = true
	case "body", "html", "br":
		s.inBody = true
	}
}

// titleText takes the text of the title whose tag was read, unless there was a title before.
func (s *scan) titleText() {
	if text := s.z.Next() == html.TextToken; !s.hasTitle {
		s.hasTitle = true
		if text {
			s.title = bytes.Clone(s.z.Raw())
		}
	}
}

// metaCharset gives the encoding that the meta element whose tag was read declares (HTML standard, 'a start
// tag whose tag name is "meta"'), "" if none.
func (s *scan) metaCharset() string {
	var charset, equiv, content string
	for more := true; more; {
		var key, value []byte
		key, value, more = s.z.TagAttr()
		switch string(key) {
		case "charset":
			charset = string(value)
		case "http-equiv":
			equiv = string(value)
		case "content":
			content = string(value)
		}
	}
	name := lookup(charset)
	if name == "" && strings.EqualFold(equiv, "content-type") {
		name = contentCharset(lower([]byte(content)))
	}
	return declared(name)
}
