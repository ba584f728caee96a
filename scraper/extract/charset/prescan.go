package charset

import (
	"bytes"
	"strings"

	"scrape/scraper/extract/markup"
)

// prescanLimit is how many bytes of a page are searched for its charset without parsing.
const prescanLimit = 1024

// prescan searches the first bytes of a page for the name of its encoding (HTML standard, "prescan a byte
// stream to determine its encoding"); "" if they do not tell.
func prescan(head []byte) string {
	if name := markedXML(head); name != "" {
		return name
	}
	b := bytesLeft(head)
	for {
		i := bytes.IndexByte(b, '<')
		if i < 0 {
			return xmlEncoding(head)
		}
		b = b[i:]
		switch {
		case b.hasPrefix("<!--"):
			// The two hyphens may be those that begin the comment.
			b = b[2:]
			b.skipPast("-->")
		case b.hasPrefix("<meta") && len(b) > 5 && (markup.IsSpace(b[5]) || b[5] == '/'):
			b = b[5:]
			if name := b.meta(); name != "" {
				return name
			}
		case len(b) > 1 && markup.IsLetter(b[1]), len(b) > 2 && b[1] == '/' && markup.IsLetter(b[2]):
			for len(b) > 0 && b[0] != '>' && !markup.IsSpace(b[0]) {
				b = b[1:]
			}
			for name, _ := b.attribute(); name != nil; name, _ = b.attribute() {
			}
		case b.hasPrefix("<!"), b.hasPrefix("</"), b.hasPrefix("<?"):
			b.skipPast(">")
		default:
			b = b[1:]
		}
	}
}

// markedXML tells UTF-16 by the first characters of an XML declaration.
func markedXML(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("<\x00?\x00x\x00")):
		return "utf-16le"
	case bytes.HasPrefix(head, []byte("\x00<\x00?\x00x")):
		return "utf-16be"
	}
	return ""
}

// bytesLeft is what the prescan has still before it.
type bytesLeft []byte

// hasPrefix compares without regard to case; prefix is in lower case.
func (b bytesLeft) hasPrefix(prefix string) bool { return markup.HasPrefix(b, prefix) }

// skipPast goes on behind s, or to the end where there is none.
func (b *bytesLeft) skipPast(s string) {
	if i := bytes.Index(*b, []byte(s)); i >= 0 {
		*b = (*b)[i+len(s):]
	} else {
		*b = nil
	}
}

// meta reads the attributes of a meta tag and gives the encoding it declares, "" if none.
func (b *bytesLeft) meta() string {
	var (
		charset              string
		pragma               bool // it stands for a header, and that is Content-Type
		byCharset, byContent bool // which attribute charset is from
		equiv, content       bool // which attributes there were already
	)
	for {
		name, value := b.attribute()
		switch {
		case len(name) == 0:
			if len(*b) > 0 && (byCharset || byContent && pragma) { // nothing left: the tag was cut
				return declared(charset)
			}
			return ""
		case markup.EqualLower(name, "http-equiv") && !equiv:
			equiv = true
			pragma = markup.EqualLower(value, "content-type")
		case markup.EqualLower(name, "content") && !content:
			content = true
			if found := contentCharset(markup.Lower(value)); found != "" && !byCharset {
				charset, byContent = found, true
			}
		case markup.EqualLower(name, "charset") && !byCharset:
			charset, byCharset = Lookup(string(value)), true
		}
	}
}

// attribute reads one attribute of a tag (HTML standard, "get an attribute"). The name is empty at the tag's
// end, which is left to be read, and at that of the bytes.
func (b *bytesLeft) attribute() (name, value []byte) {
	s := *b
	for len(s) > 0 && (markup.IsSpace(s[0]) || s[0] == '/') {
		s = s[1:]
	}
	*b = s
	if len(s) == 0 || s[0] == '>' {
		return nil, nil
	}
	end := 1 // a "=" in the first place belongs to the name
	for end < len(s) && s[end] != '=' && !markup.EndsName(s[end]) {
		end++
	}
	name = s[:end]
	*b = s[markup.SkipSpace(s, end):]
	if !b.hasPrefix("=") {
		return name, nil
	}
	s = s[markup.SkipSpace(s, len(s)-len(*b)+1):]
	*b = s
	if len(s) == 0 || s[0] == '>' {
		return name, nil
	}
	if q := s[0]; q == '"' || q == '\'' {
		var closed bool
		if value, *b, closed = bytes.Cut(s[1:], s[:1]); !closed {
			return nil, nil
		}
		return name, value
	}
	end = 0
	for end < len(s) && s[end] != '>' && !markup.IsSpace(s[end]) {
		end++
	}
	*b = s[end:]
	return name, s[:end]
}

// contentCharset finds the encoding in a meta element's content attribute, which is in lower case (HTML
// standard, "extracting a character encoding from a meta element"); "" if there is none.
func contentCharset(s string) string {
	for {
		_, rest, found := strings.Cut(s, "charset")
		if !found {
			return ""
		}
		s = strings.TrimLeft(rest, markup.WhiteSpace)
		if !strings.HasPrefix(s, "=") {
			continue
		}
		s = strings.TrimLeft(s[1:], markup.WhiteSpace)
		if s == "" {
			return ""
		}
		if s[0] == '"' || s[0] == '\'' {
			label, _, closed := strings.Cut(s[1:], s[:1])
			if !closed {
				return ""
			}
			return Lookup(label)
		}
		if end := strings.IndexAny(s, markup.WhiteSpace+";"); end >= 0 {
			s = s[:end]
		}
		return Lookup(s)
	}
}

// xmlEncoding finds the encoding in an XML declaration at the very beginning (HTML standard, "get an XML
// encoding"); "" if there is none.
func xmlEncoding(head []byte) string {
	decl, _, closed := strings.Cut(string(head), ">")
	if !closed || !strings.HasPrefix(decl, "<?xml") {
		return ""
	}
	_, s, _ := strings.Cut(decl, "encoding")
	s = trimControls(s)
	if !strings.HasPrefix(s, "=") {
		return ""
	}
	s = trimControls(s[1:])
	if s == "" || s[0] != '"' && s[0] != '\'' {
		return ""
	}
	label, _, closed := strings.Cut(s[1:], s[:1])
	if !closed || strings.ContainsFunc(label, isControl) {
		return ""
	}
	return declared(Lookup(label))
}

func trimControls(s string) string { return strings.TrimLeftFunc(s, isControl) }

func isControl(r rune) bool { return r <= ' ' }
