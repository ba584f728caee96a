// Package charset tells which encoding a text is in and decodes it, as the HTML,
// Encoding and XML standards say. Encodings go by their WHATWG names in lower
// case: "utf-8", "windows-1252".
//
// All functions are safe for concurrent use.
package charset

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"scrape/scraper/extract/markup"
)

// Declared looks for what says the encoding of an HTML page within its first 1,024 bytes (HTML standard,
// "determining the character encoding"), "" if nothing does: a byte order mark, the label of the Content-Type
// header, a meta element or an XML declaration. bom is the length of the byte order mark.
func Declared(head []byte, label string) (name string, bom int) {
	if name, bom = labelled(head, label); name != "" {
		return name, bom
	}
	return prescan(head[:min(len(head), prescanLimit)]), 0
}

// OfXML is the encoding of an XML document that is no HTML page (RFC 7303, section 3): that of its byte order
// mark, the header's, that of the XML declaration; else UTF-8, unless it cannot be.
func OfXML(document []byte, label string) (name string, bom int) {
	if name, bom = labelled(document, label); name != "" {
		return name, bom
	}
	head := document[:min(len(document), prescanLimit)]
	if name = markedXML(head); name == "" {
		name = xmlEncoding(head)
	}
	return orGuess(name, document), 0
}

// OfXHTML is the encoding of a page that is read by the rules of XML: that of its byte order mark, the header's,
// that of the XML declaration; else UTF-8, unless the first 256 KiB cannot be: then what a meta element declares, to
// which browsers pay no heed, else windows-1252.
func OfXHTML(page []byte, label string) (name string, bom int) {
	if len(page) >= GuessLimit {
		page = withoutCut(page[:GuessLimit])
	}
	if name, bom = OfXML(page, label); name != "windows-1252" || Lookup(label) != "" {
		return name, bom
	}
	return orGuess(prescan(page[:min(len(page), prescanLimit)]), page), bom
}

// OfText is the encoding of a text that is no markup: that of its byte order mark, the header's; else UTF-8,
// unless it cannot be.
func OfText(text []byte, label string) (name string, bom int) {
	name, bom = labelled(text, label)
	return orGuess(name, text), bom
}

// OfJSON is the encoding of a JSON text: UTF-8, whatever the header says (RFC 8259, section 8.1, and the Fetch
// standard's json method), but for those with a byte order mark and those that in UTF-8 would begin with a NUL
// or have one in the second place (RFC 4627, section 3).
func OfJSON(text []byte) (name string, bom int) {
	if name, bom = labelled(text, ""); name != "" {
		return name, bom
	}
	if len(text) > 1 && text[0] == 0 && text[1] != 0 {
		return "utf-16be", 0
	}
	if len(text) > 1 && text[0] != 0 && text[1] == 0 {
		return "utf-16le", 0
	}
	return "utf-8", 0
}

// labelled is what need not be looked for in the text.
func labelled(head []byte, label string) (name string, bom int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return "utf-8", 3
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "utf-16be", 2
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return "utf-16le", 2
	}
	return Lookup(label), 0
}

// orGuess is name, or what the text looks like where that is "".
func orGuess(name string, text []byte) string {
	switch {
	case name != "":
		return name
	case utf8.Valid(text):
		return "utf-8"
	}
	return "windows-1252"
}

// GuessLimit is how many bytes of a page Guess looks at.
const GuessLimit = 256 << 10

// Guess is for HTML pages that say nothing of their encoding: UTF-8, where the first 256 KiB hold bytes beyond
// ASCII and are valid UTF-8, which no other encoding is by chance; else windows-1252.
func Guess(head []byte) string {
	head = head[:min(len(head), GuessLimit)]
	if markup.Only(head) {
		return "windows-1252"
	}
	if utf8.Valid(withoutCut(head)) {
		return "utf-8"
	}
	return "windows-1252"
}

// withoutCut leaves out the character at the end of b that was cut, if one was.
func withoutCut(b []byte) []byte {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}

// Lookup gives the name of the encoding that goes by label, "" if none does (Encoding standard, "get an
// encoding").
func Lookup(label string) string {
	label = markup.TrimSpace(label)
	if label == "" || !markup.Only([]byte(label)) {
		return ""
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return ""
	}
	name, _ := htmlindex.Name(e) // of its own encodings it has them all
	return name
}

// OfMeta gives the encoding that a meta element with these attributes declares (HTML standard, 'a start tag
// whose tag name is "meta"'), "" if none.
func OfMeta(charset, httpEquiv, content string) string {
	name := Lookup(charset)
	if name == "" && strings.EqualFold(httpEquiv, "content-type") {
		name = contentCharset(markup.Lower([]byte(content)))
	}
	return declared(name)
}

// declared is the encoding that a page really is in when its own text names it: that text could be read, so
// that it is not UTF-16.
func declared(name string) string {
	switch name {
	case "utf-16be", "utf-16le":
		return "utf-8"
	case "x-user-defined":
		return "windows-1252"
	}
	return name
}
