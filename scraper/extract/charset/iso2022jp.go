package charset

import (
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/transform"
)

// iso2022JP is the encoding with the Encoding standard's decoder ("ISO-2022-JP decoder"). That of x/text takes a
// byte too many for broken, so that the escape sequence behind it is lost, and it knows other character sets.
type iso2022JP struct{}

// NewDecoder implements encoding.Encoding.
func (iso2022JP) NewDecoder() *encoding.Decoder {
	return &encoding.Decoder{Transformer: new(iso2022JPDecoder)}
}

// NewEncoder implements encoding.Encoding.
func (iso2022JP) NewEncoder() *encoding.Encoder { return japanese.ISO2022JP.NewEncoder() }

// iso2022JPDecoder is the standard's state. What the standard restores to its input is not taken from it here: of an
// escape sequence that is none only the first byte is.
type iso2022JPDecoder struct {
	set     characterSet
	lead    byte // of the character that is being read; 0: none
	escaped bool // nothing came since the last escape sequence: the standard's "output flag"
}

// characterSet is the standard's "output state".
type characterSet uint8

const (
	ascii characterSet = iota
	roman
	katakana
	jis0208
)

// Reset implements transform.Transformer.
func (d *iso2022JPDecoder) Reset() { *d = iso2022JPDecoder{} }

// none is for bytes that no character is made of yet.
const none rune = -1

// Transform implements transform.Transformer.
func (d *iso2022JPDecoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	const longest = 3 // bytes of a character in UTF-8
	for nSrc < len(src) {
		if len(dst)-nDst < longest {
			return nDst, nSrc, transform.ErrShortDst
		}
		r, size := none, 0
		if c := src[nSrc]; c != 0x1B {
			r, size = d.byte(c), 1
		} else if d.lead != 0 {
			r, d.lead = utf8.RuneError, 0 // the escape sequence is still to be read
		} else if rest := src[nSrc+1:]; len(rest) < 2 && !atEOF {
			return nDst, nSrc, transform.ErrShortSrc
		} else {
			r, size = d.escape(rest)
		}
		nSrc += size
		if r != none {
			nDst += utf8.EncodeRune(dst[nDst:], r)
		}
	}
	if d.lead == 0 || !atEOF {
		return nDst, nSrc, nil
	}
	if len(dst)-nDst < longest {
		return nDst, nSrc, transform.ErrShortDst
	}
	d.lead = 0
	return nDst + utf8.EncodeRune(dst[nDst:], utf8.RuneError), nSrc, nil
}

// escape reads what follows the first byte of an escape sequence.
func (d *iso2022JPDecoder) escape(rest []byte) (r rune, size int) {
	set, ok := setOf(string(rest[:min(len(rest), 2)]))
	if !ok {
		d.escaped = false
		return utf8.RuneError, 1
	}
	r = none
	if d.escaped {
		r = utf8.RuneError
	}
	d.set, d.escaped = set, true
	return r, 3
}

func setOf(sequence string) (set characterSet, ok bool) {
	switch sequence {
	case "(B":
		return ascii, true
	case "(J":
		return roman, true
	case "(I":
		return katakana, true
	case "$@", "$B":
		return jis0208, true
	}
	return 0, false
}

// byte reads a byte that begins no escape sequence.
func (d *iso2022JPDecoder) byte(c byte) rune {
	d.escaped = false
	switch {
	case d.lead != 0:
		lead := d.lead
		d.lead = 0
		if c < 0x21 || 0x7E < c {
			return utf8.RuneError
		}
		return ofJIS0208(lead, c)
	case d.set == jis0208:
		if 0x21 <= c && c <= 0x7E {
			d.lead = c
			return none
		}
	case d.set == katakana:
		if 0x21 <= c && c <= 0x5F {
			return 0xFF61 - 0x21 + rune(c)
		}
	case c > 0x7F, c == 0x0E, c == 0x0F:
	case d.set == roman && c == '\\':
		return '¥'
	case d.set == roman && c == '~':
		return '‾'
	default:
		return rune(c)
	}
	return utf8.RuneError
}

// ofJIS0208 is a character of JIS X 0208, which EUC-JP has as well, in bytes that are 0x80 higher.
func ofJIS0208(lead, trail byte) rune {
	var dst [utf8.UTFMax]byte
	n, _, _ := japanese.EUCJP.NewDecoder().Transform(dst[:], []byte{lead | 0x80, trail | 0x80}, true)
	r, _ := utf8.DecodeRune(dst[:n])
	return r
}
