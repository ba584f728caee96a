package weburl

import "strings"

// Trim strips what the standard strips from the ends of a URL before it is parsed: C0
// controls and spaces.
func Trim(ref string) string {
	return strings.TrimFunc(ref, func(r rune) bool { return r <= ' ' })
}

// SchemeOf is the scheme that a reference begins with, in lower case; "" where it is
// relative. It is what a browser goes by: that C0 controls and spaces stand before it, or
// tabs and line breaks in it, does not count.
func SchemeOf(ref string) string {
	ref = Trim(ref)
	clean := true
	for i := range len(ref) {
		switch c := ref[i]; {
		case 'a' <= c && c <= 'z':
		case 'A' <= c && c <= 'Z' || c == '\t' || c == '\n' || c == '\r':
			clean = false
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		case c != ':' || i == 0:
			return ""
		case clean:
			return ref[:i]
		default:
			return strings.ToLower(tabsAndNewlines.Replace(ref[:i]))
		}
	}
	return ""
}
