package extract

import (
	"bytes"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

const whiteSpace = " \t\n\f\r"

// declaredCharset looks for what says the charset within the first 1,024 bytes, "" if nothing does. bom is the
// length of the byte order mark.
func declaredCharset(head []byte, label string) (name string, bom int) {
	switch {
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return "utf-8", 3
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return "utf-16be", 2
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return "utf-16le", 2
	}
	if name := lookup(label); name != "" {
		return name, 0
	}
	return prescan(head[:min(len(head), prescanLimit)]), 0
}

// guessCharset is for pages that say nothing of their charset.
func guessCharset(head []byte) string {
	if isASCII(head) {
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

// lookup gives the name of the encoding that goes by label, "" if none does (Encoding standard, "get an
// encoding").
func lookup(label string) string {
	label = trimSpace(label)
	if label == "" || !isASCII([]byte(label)) {
		return ""
	}
	e, err := htmlindex.Get(label)
	if err != nil {
		return ""
	}
	name, _ := htmlindex.Name(e) // of its own encodings it has them all
	return name
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

// decodingOf gives the encoding of that name.
func decodingOf(name string) encoding.Encoding {
	switch name {
	case "utf-8":
		return unicode.UTF8
	case "gbk":
		return simplifiedchinese.GB18030 // the standard's decoder for both
	case "iso-8859-8-i":
		return charmap.ISO8859_8 // they differ only in the direction of text
	}
	e, _ := htmlindex.Get(name)
	return e
}

// needsDecodedStream says whether markup cannot be told in the undecoded bytes. In all other encodings the
// bytes of "<", ">", "/", "&", quotes and white space are themselves wherever they stand, so that only the
// title has to be decoded.
func needsDecodedStream(name string) bool {
	switch name {
	case "utf-16be", "utf-16le", "iso-2022-jp", "replacement":
		return true
	}
	return false
}

func isASCII(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}
