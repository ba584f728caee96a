package list

import (
	"bytes"
	"iter"
)

const jsonSpace = " \t\r\n"

// members are the keys and values of a JSON object, as they are spelt, in their
// order and with repetitions. The object must be valid JSON, without white
// space around it.
func members(object []byte) iter.Seq2[[]byte, []byte] {
	return func(yield func(key, value []byte) bool) {
		rest := bytes.TrimLeft(object[1:], jsonSpace)
		for rest[0] != '}' {
			key := rest[:valueEnd(rest)]
			rest = bytes.TrimLeft(rest[len(key):], jsonSpace)
			rest = bytes.TrimLeft(rest[len(":"):], jsonSpace)
			value := rest[:valueEnd(rest)]
			if !yield(key, value) {
				return
			}
			rest = bytes.TrimLeft(rest[len(value):], jsonSpace)
			if rest[0] == ',' {
				rest = bytes.TrimLeft(rest[1:], jsonSpace)
			}
		}
	}
}

// valueEnd is the length of the JSON value that b, which is part of valid JSON,
// begins with.
func valueEnd(b []byte) int {
	switch b[0] {
	case '"':
		return stringEnd(b)
	case '{', '[':
	default:
		return bytes.IndexAny(b, ",]}"+jsonSpace)
	}
	for i, depth := 0, 0; ; i++ {
		switch b[i] {
		case '"':
			i += stringEnd(b[i:]) - 1
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		}
	}
}

// stringEnd is the length of the JSON string that b begins with.
func stringEnd(b []byte) int {
	for i := 1; ; i++ {
		switch b[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
}
