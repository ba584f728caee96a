package charset

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestDecodeSingleByte holds that of the single-byte encodings only those bytes are unknown that the Encoding
// standard's indexes leave out, and that C1 controls are themselves where an index says so.
func TestDecodeSingleByte(t *testing.T) {
	for _, c := range []struct{ charset, unknown, controls string }{
		{charset: "ibm866"},
		{charset: "iso-8859-2", controls: "\x80\x9f"},
		{charset: "iso-8859-3", controls: "\x80\x9f", unknown: "\xa5\xae\xbe\xc3\xd0\xe3\xf0"},
		{charset: "iso-8859-4", controls: "\x80\x9f"},
		{charset: "iso-8859-5", controls: "\x80\x9f"},
		{charset: "iso-8859-6", controls: "\x80\x9f", unknown: "\xa1\xa2\xa3\xa5\xa6\xa7\xa8\xa9\xaa\xab\xae\xaf\xb0\xb1\xb2\xb3\xb4\xb5\xb6" +
			"\xb7\xb8\xb9\xba\xbc\xbd\xbe\xc0\xdb\xdc\xdd\xde\xdf\xf3\xf4\xf5\xf6\xf7\xf8\xf9\xfa\xfb\xfc\xfd\xfe\xff"},
		{charset: "iso-8859-7", controls: "\x80\x9f", unknown: "\xae\xd2\xff"},
		{charset: "iso-8859-8", controls: "\x80\x9f", unknown: hebrewUnknown},
		{charset: "iso-8859-8-i", controls: "\x80\x9f", unknown: hebrewUnknown},
		{charset: "iso-8859-10", controls: "\x80\x9f"},
		{charset: "iso-8859-13", controls: "\x80\x9f"},
		{charset: "iso-8859-14", controls: "\x80\x9f"},
		{charset: "iso-8859-15", controls: "\x80\x9f"},
		{charset: "iso-8859-16", controls: "\x80\x9f"},
		{charset: "koi8-r"},
		{charset: "koi8-u"},
		{charset: "macintosh"},
		{charset: "windows-874", controls: "\x81\x84\x86\x90\x98\x9f", unknown: "\xdb\xdc\xdd\xde\xfc\xfd\xfe\xff"},
		{charset: "windows-1250", controls: "\x81\x83\x88\x90\x98"},
		{charset: "windows-1251", controls: "\x98"},
		{charset: "windows-1252", controls: "\x81\x8d\x8f\x90\x9d"},
		{charset: "windows-1253", controls: "\x81\x88\x8a\x8c\x8d\x8e\x8f\x90\x98\x9a\x9c\x9f", unknown: "\xaa\xd2\xff"},
		{charset: "windows-1254", controls: "\x81\x8d\x90\x9d\x9e"},
		{charset: "windows-1255", controls: "\x81\x8a\x8c\x90\x9a\x9c\x9f", unknown: "\xd9\xda\xdb\xdc\xdd\xde\xdf\xfb\xfc\xff"},
		{charset: "windows-1256"},
		{charset: "windows-1257", controls: "\x81\x83\x88\x8a\x8c\x90\x98\x9a\x9c\x9f", unknown: "\xa1\xa5"},
		{charset: "windows-1258", controls: "\x81\x8a\x8d\x90\x9a\x9d\x9e"},
		{charset: "x-mac-cyrillic"},
		{charset: "x-user-defined"},
	} {
		for b := 0x80; b <= 0xFF; b++ {
			r, size := utf8.DecodeRune(Decode([]byte{byte(b)}, c.charset))
			unknown := strings.IndexByte(c.unknown, byte(b)) >= 0
			if size == 0 || (r == utf8.RuneError) != unknown {
				t.Errorf("%s: 0x%X is %U, want unknown %t", c.charset, b, r, unknown)
			}
			if strings.IndexByte(c.controls, byte(b)) >= 0 && r != rune(b) {
				t.Errorf("%s: 0x%X is %U, want the control", c.charset, b, r)
			}
		}
	}
}

const hebrewUnknown = "\xa1\xbf\xc0\xc1\xc2\xc3\xc4\xc5\xc6\xc7\xc8\xc9\xca\xcb\xcc\xcd\xce\xcf\xd0\xd1\xd2\xd3\xd4\xd5\xd6\xd7\xd8\xd9" +
	"\xda\xdb\xdc\xdd\xde\xfb\xfc\xff"
