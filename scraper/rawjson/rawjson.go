// Package rawjson tells where values end in JSON that is known to be valid, without
// decoding it.
package rawjson

import "bytes"

// Space is the white space of JSON (RFC 8259, section 2).
const Space = " \t\r\n"

// ValueEnd is the length of the value that b begins with, which must be valid JSON, or
// part of such.
func ValueEnd(b []byte) int {
	switch b[0] {
	case '"':
		return StringEnd(b)
	case '{', '[':
	default:
		if end := bytes.IndexAny(b, ",]}"+Space); end >= 0 {
			return end
		}
		return len(b)
	}
	for i, depth := 0, 0; ; i++ {
		switch b[i] {
		case '"':
			i += StringEnd(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// StringEnd is the length of the string that b begins with.
func StringEnd(b []byte) int {
	for i := 1; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}
