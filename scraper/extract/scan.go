package extract

import (
	"golang.org/x/net/html"

	"scrape/scraper/extract/charset"
	"scrape/scraper/extract/markup"
)

const (
	maxTitleText = 256 << 10 // how much of a title counts, before it is decoded
	maxValue     = 1 << 10   // how much of an attribute counts
	maxReference = 32        // how long a character reference may be that counts as white space
)

// scan walks over the tags of a page in search of its title and of the meta element that says its charset.
//
// It does not build the tree, but knows when the tree cannot differ. As long as no svg, math, template or
// frameset element was seen there is no place where a title tag would not make an HTML title element. The
// first such element in the head can neither be moved, nor removed, nor preceded by a later one. In the body
// two things can still happen to it: a frameset removes the body with all that is in it, but only until
// something was seen that counts as content; and an element that stands astray in a table is put before the
// table, so that a later title may come to stand before an earlier one inside.
type scan struct {
	lexer
	charset  string // the name of the encoding, "" as long as it is not known
	title    clip   // the title's text, neither decoded nor unescaped
	hasTitle bool
	titleAt  int // where in the page the title's text begins

	afterHead bool // the head was closed
	inBody    bool // the body has begun
	noFrames  bool // a frameset element is ignored from here on
	inTable   bool // there was a table

	inside   string // the element that made the scan uncertain, whose content is to come
	guessing bool   // such elements are passed over
	from     int    // titles that begin before do not count
}

// newScan prepares to scan p, whose encoding has the given name, "" if that is not known yet.
func newScan(p *page, charset string) scan {
	return scan{lexer: lexer{page: p}, charset: charset, title: clip{max: maxTitleText}}
}

// run scans as far as is needed, and says whether what it found is certain; if not, the tree has to tell.
func (s *scan) run() (certain bool) {
	for {
		if s.settled() {
			return !s.inBody || s.noFrames && !s.inTable
		}
		if !s.noFrames {
			s.text()
		}
		if !s.until('<', nil) {
			return true
		}
		s.i++
		switch s.markup() {
		case noMarkup:
			s.inBody, s.noFrames = true, true
		case endTag:
			if s.endOfTag() && !s.inBody {
				s.endTag()
			}
		case startTag:
			if element, doubt := s.startTag(); doubt && s.guessing {
				s.skip(element)
			} else if doubt {
				s.inside = element
				return s.hasTitle
			}
		}
	}
}

// guess goes on where run was not certain, as if the elements that made it so were whole and ended where they
// seem to. Titles that begin before from do not count.
func (s *scan) guess(from int) {
	s.guessing, s.from = true, from
	if s.hasTitle && s.titleAt >= from {
		return
	}
	s.hasTitle, s.title.b = false, nil
	if s.inside != "" {
		s.skip(s.inside)
	}
	s.run()
}

// settled says whether nothing that comes can change what was found, but for what makes a scan uncertain.
func (s *scan) settled() bool { return s.hasTitle && (s.inBody || s.charset != "") }

// startTag takes note of a start tag whose name was read. There is doubt from there on where what is inside
// the element, whose name it then gives, may be no part of the page.
func (s *scan) startTag() (element string, doubt bool) {
	if string(s.tagName()) == "meta" && s.charset == "" && !s.inBody {
		s.charset = s.metaCharset()
		return "", false
	}
	if !s.endOfTag() {
		return "", false
	}
	switch string(s.tagName()) {
	case "title":
		s.titleText()
	case "svg", "math", "template":
		return string(s.tagName()), true
	case "frameset":
		return "frameset", !s.noFrames
	case "script":
		s.script()
	case "style", "noframes":
		s.rawText(string(s.tagName()), nil)
	case "noscript":
		s.inBody = s.inBody || s.afterHead
		s.rawText("noscript", nil)
	case "iframe", "noembed", "textarea", "xmp":
		s.inBody = true
		s.rawText(string(s.tagName()), nil)
	case "plaintext":
		s.inBody = true
		for s.more() {
		}
	case "table":
		s.inBody, s.inTable = true, true
	case "body":
		s.inBody, s.noFrames = true, true
	case "html", "head", "base", "basefont", "bgsound", "link", "meta":
		// These stay in the head, or leave no trace.
	default:
		s.inBody = true
	}
	return "", false
}

// endTag takes note of an end tag in the head; those that are not named here are ignored there.
func (s *scan) endTag() {
	switch string(s.tagName()) {
	case "head":
		s.afterHead = true
	case "body", "html", "br":
		s.inBody = true
	}
}

// text reads text and takes note of it: unless it is blank the body has begun.
func (s *scan) text() {
	for {
		switch c, ok := s.untilAny(spaceEnd, nil); {
		case !ok || c == '<':
			return
		case c == 0: // NULs are dropped, but not before they have begun the body
			s.i++
			s.inBody = true
		case c != '&' || !s.blankReference():
			s.inBody, s.noFrames = true, true
			return
		}
	}
}

// blankReference reads a character reference and says whether it stands for white space.
func (s *scan) blankReference() bool {
	s.i++
	reference := clip{b: []byte{'&'}, max: maxReference}
	for {
		c, _ := s.peek()
		if c != '#' && c != ';' && !markup.IsLetter(c) && !('0' <= c && c <= '9') {
			break
		}
		reference.add([]byte{c})
		s.i++
		if c == ';' {
			break
		}
	}
	return markup.TrimSpace(html.UnescapeString(string(reference.b))) == ""
}

// titleText takes the text of the title whose tag was read, unless there was a title before.
func (s *scan) titleText() {
	if !s.hasTitle && s.offset() >= s.from {
		s.hasTitle, s.titleAt = true, s.offset()
		s.rawText("title", &s.title)
		if !s.title.full() || s.settled() {
			return
		}
	}
	s.rawText("title", nil)
}

// skip reads on to the end of an element whose start tag was read.
func (s *scan) skip(element string) {
	for depth := 1; depth > 0 && s.until('<', nil); {
		s.i++
		kind := s.markup()
		if kind != startTag && kind != endTag || !s.endOfTag() || string(s.tagName()) != element {
			continue
		}
		if kind == endTag {
			depth--
		} else if !s.selfClosing {
			depth++
		}
	}
}

// metaCharset gives the encoding that the meta element whose tag is read declares (HTML standard, 'a start
// tag whose tag name is "meta"'), "" if none.
func (s *scan) metaCharset() string {
	var declared, equiv, content []byte
	for more := true; more; {
		name, value := clip{max: maxName}, clip{b: []byte{}, max: maxValue}
		more = s.attribute(&name, &value)
		for _, a := range []struct {
			name string
			text *[]byte
		}{{"charset", &declared}, {"http-equiv", &equiv}, {"content", &content}} {
			if markup.EqualLower(name.b, a.name) && *a.text == nil { // the first of that name
				*a.text = value.b
			}
		}
	}
	if s.ended {
		return ""
	}
	return charset.OfMeta(unescapeAttribute(declared), unescapeAttribute(equiv), unescapeAttribute(content))
}

func unescapeAttribute(b []byte) string { return html.UnescapeString(string(b)) }
