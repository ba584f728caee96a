package document

import (
	"bytes"
	"strings"

	"scrape/scraper/extract/charset"
	"scrape/scraper/extract/markup"
)

// wide says whether the header's charset is one whose texts hold NULs.
func wide(label string) bool { return strings.HasPrefix(charset.Lookup(label), "utf-16") }

// markupHead is the beginning of a document in bytes that tell markup.
func markupHead(head []byte, label string) []byte {
	name, bom := charset.Declared(head, label)
	head = head[bom:]
	if name == "" || charset.ASCIICompatible(name) {
		return head
	}
	return charset.Decode(head, name)
}

// root is the first tag of a document, from its name on to its ">" or the end of what is known.
type root []byte

// rootOf passes over what may stand before it: white space, comments, processing instructions and a doctype
// (MIME Sniffing standard, "sniffing a mislabeled feed"). It is nil where there is anything else.
func rootOf(b []byte) root {
	for {
		b = b[markup.SkipSpace(b, 0):]
		switch {
		case bytes.HasPrefix(b, []byte("<!--")):
			_, b, _ = bytes.Cut(b[4:], []byte("-->"))
		case bytes.HasPrefix(b, []byte("<?")):
			_, b, _ = bytes.Cut(b, []byte("?>"))
		case bytes.HasPrefix(b, []byte("<!")):
			b = afterDeclaration(b)
		case len(b) > 1 && b[0] == '<' && markup.IsLetter(b[1]):
			tag, _, _ := bytes.Cut(b[1:], []byte(">"))
			return tag
		default:
			return nil
		}
	}
}

// afterDeclaration is what follows a doctype, which may hold declarations of its own in brackets.
func afterDeclaration(b []byte) []byte {
	end := bytes.IndexByte(b, '>')
	if open := bytes.IndexByte(b, '['); open >= 0 && open < end {
		closing := bytes.IndexByte(b[open:], ']')
		if closing < 0 {
			return nil
		}
		b = b[open+closing:]
		end = bytes.IndexByte(b, '>')
	}
	if end < 0 {
		return nil
	}
	return b[end+1:]
}

// is says whether the root's name is that.
func (r root) is(name string) bool {
	return bytes.HasPrefix(r, []byte(name)) && (len(r) == len(name) || markup.EndsName(r[len(name)]))
}

// isXHTML says whether the root is that of XHTML: html in its namespace, which a prefix keeps from HTML parsers.
func (r root) isXHTML() bool {
	if !r.is("html") {
		return false
	}
	for _, quote := range []string{`"`, `'`} {
		if bytes.Contains(r, []byte("xmlns="+quote+"http://www.w3.org/1999/xhtml"+quote)) {
			return true
		}
	}
	return false
}

// feedType is the media type of a feed with that root; "" where it is no feed's.
func feedType(r root) string {
	switch {
	case r.is("rss"):
		return "application/rss+xml"
	case r.is("feed"):
		return "application/atom+xml"
	case r.is("rdf:RDF") && (bytes.Contains(r, []byte("http://purl.org/rss/1.0/")) ||
		bytes.Contains(r, []byte("http://my.netscape.com/rdf/simple/0.9/"))):
		return "application/rss+xml"
	}
	return ""
}
