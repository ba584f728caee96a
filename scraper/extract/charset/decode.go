package charset

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"scrape/scraper/extract/markup"
)

// Decode gives b, which is in the encoding of that name, as valid UTF-8, U+FFFD standing for what the encoding does not know (one for each maximal
// part of a character, as the Encoding standard has it). It is b itself where nothing has to change.
func Decode(b []byte, name string) []byte {
	e := decoding(name)
	if ASCIICompatible(name) && markup.Only(b) || e == unicode.UTF8 && utf8.Valid(b) {
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

// NewDecoder gives a decoder of a stream in the encoding of that name. It replaces what it cannot decode.
func NewDecoder(name string) *encoding.Decoder { return decoding(name).NewDecoder() }

// ASCIICompatible says whether markup can be told in the undecoded bytes: those of "<", ">", "/", "&", quotes
// and white space are themselves wherever they stand, so that only what is of interest has to be decoded.
func ASCIICompatible(name string) bool {
	switch name {
	case "utf-16be", "utf-16le", "iso-2022-jp", "replacement":
		return false
	}
	return true
}

// decoding gives the encoding of that name; windows-1252 for a name that is none.
func decoding(name string) encoding.Encoding {
	switch name {
	case "utf-8":
		return unicode.UTF8
	case "gbk":
		return simplifiedchinese.GB18030 // the standard's decoder for both
	case "iso-2022-jp":
		return iso2022JP{}
	case "iso-8859-8-i":
		return charmap.ISO8859_8 // they differ only in the direction of text
	}
	e, err := htmlindex.Get(name)
	if err != nil {
		return charmap.Windows1252
	}
	return e
}
