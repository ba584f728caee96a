// Package markup tells tags and what they are made of by their undecoded bytes:
// the ASCII notions of the WHATWG standards, which know no other white space and
// no other letters.
package markup

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// WhiteSpace is what the standards call ASCII white space.
const WhiteSpace = " \t\n\f\r"

// IsSpace tells whether c is ASCII white space.
func IsSpace(c byte) bool { return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f' }

// IsLetter tells whether c is an ASCII letter.
func IsLetter(c byte) bool { c |= 0x20; return 'a' <= c && c <= 'z' }

// EndsName tells whether c ends the name of a tag or an attribute.
func EndsName(c byte) bool { return c == '>' || c == '/' || IsSpace(c) }

// Only tells whether b holds nothing beyond ASCII.
func Only(b []byte) bool {
	for _, c := range b {
		if c >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// TrimSpace strips ASCII white space.
func TrimSpace(s string) string { return strings.Trim(s, WhiteSpace) }

// Collapse strips ASCII white space and makes one space of each run of it inside, as
// document.title does.
func Collapse(s string) string {
	if isCollapsed(s) {
		return s
	}
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r < utf8.RuneSelf && IsSpace(byte(r)) }), " ")
}

// isCollapsed tells whether Collapse has nothing to do, as with most texts.
func isCollapsed(s string) bool {
	space := true
	for i := range len(s) {
		if !IsSpace(s[i]) {
			space = false
			continue
		}
		if space || s[i] != ' ' {
			return false
		}
		space = true
	}
	return !space || s == ""
}

// SkipSpace gives the index of the first byte from b[i] on that is no white
// space.
func SkipSpace(b []byte, i int) int {
	for i < len(b) && IsSpace(b[i]) {
		i++
	}
	return i
}

// Lower gives b with its ASCII letters in lower case.
func Lower(b []byte) string {
	b = bytes.Clone(b)
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			b[i] = c | 0x20
		}
	}
	return string(b)
}

// EqualLower compares b in lower case with s, which is in lower case.
func EqualLower(b []byte, s string) bool {
	if len(b) != len(s) {
		return false
	}
	for i, c := range b {
		if 'A' <= c && c <= 'Z' {
			c |= 0x20
		}
		if c != s[i] {
			return false
		}
	}
	return true
}

// HasPrefix is EqualLower of the beginning of b.
func HasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && EqualLower(b[:len(prefix)], prefix)
}

// Mentions tells whether a tag of that name, which is in lower case, may stand in a page:
// if not, nothing has to look for it any closer.
func Mentions(page []byte, tag string) bool {
	for {
		i := bytes.IndexByte(page, '<')
		if i < 0 {
			return false
		}
		page = page[i+1:]
		if HasPrefix(page, tag) {
			return true
		}
	}
}
