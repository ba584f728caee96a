package extract

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// maxTitle is how long a title may be, in bytes.
const maxTitle = 64 << 10

// decode gives b as valid UTF-8, U+FFFD standing for what the encoding does not know (one for each maximal
// part of a character, as the Encoding standard has it).
func decode(b []byte, e encoding.Encoding) []byte {
	if isASCII(b) || e == unicode.UTF8 && utf8.Valid(b) {
		return b
	}
	if m, ok := e.(*charmap.Charmap); ok {
		return decodeSingleByte(b, m)
	}
	decoded, _ := e.NewDecoder().Bytes(b) // a decoder replaces what it cannot decode, and never fails
	return decoded
}

// decodeSingleByte decodes each byte by itself. The Encoding standard's indexes know all of 0x80 to 0x9F: those
// that a charmap does not know are C1 controls.
func decodeSingleByte(b []byte, m *charmap.Charmap) []byte {
	decoded := make([]byte, 0, 2*len(b))
	for _, c := range b {
		r := m.DecodeByte(c)
		if r == utf8.RuneError && 0x80 <= c && c <= 0x9F {
			r = rune(c)
		}
		decoded = utf8.AppendRune(decoded, r)
	}
	return decoded
}

// unescape replaces the character references in a title's text, and NULs as the tokenizer does.
func unescape(b []byte) string {
	s := string(b)
	if strings.IndexByte(s, 0) >= 0 {
		s = strings.ReplaceAll(s, "\x00", "\uFFFD")
	}
	return html.UnescapeString(s)
}

// tidy strips and collapses ASCII white space and cuts what is beyond maxTitle.
func tidy(s string) string {
	s = trimSpace(s)
	if strings.ContainsAny(s, "\t\n\f\r") || strings.Contains(s, "  ") {
		s = strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < utf8.RuneSelf && isSpace(byte(r)) }), " ")
	}
	if len(s) <= maxTitle {
		return s
	}
	end := maxTitle
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return strings.Clone(trimSpace(s[:end]))
}
