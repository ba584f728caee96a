package results

import (
	"bytes"
	"encoding/json"
)

// glance finds what a line for people shows of a record: its URL, or its input
// where it has none, and the message of its error. It reads the JSON only as
// far as it must and checks nothing, which costs a fraction of decoding. JSON
// that is not in the form AppendJSON gives it is not ok.
func glance(r *Record) (shown, message []byte, ok bool) {
	for b := r.raw; len(b) > 1; {
		var key, value []byte
		if key, value, b, ok = member(b); !ok {
			return nil, nil, false
		}
		switch string(key) {
		case "input":
			if shown == nil {
				shown, ok = unquote(value)
			}
		case "url":
			shown, ok = unquote(value)
			if r.Outcome == Scraped {
				return shown, nil, ok
			}
		case "error":
			message, ok = glanceMessage(value)
		}
		if !ok {
			return nil, nil, false
		}
	}
	return shown, message, ok
}

func glanceMessage(object []byte) (message []byte, ok bool) {
	for b := object; len(b) > 1; {
		var key, value []byte
		if key, value, b, ok = member(b); !ok {
			return nil, false
		}
		if string(key) == "message" {
			return unquote(value)
		}
	}
	return nil, ok
}

// member splits the first member off an object, or off what the member before
// left of it: b begins with the brace or comma before it, rest with the comma
// or brace behind it.
func member(b []byte) (key, value, rest []byte, ok bool) {
	colon := stringEnd(b, 1)
	if colon < 0 || colon >= len(b) || b[colon] != ':' {
		return nil, nil, nil, false
	}
	end := valueEnd(b, colon+1)
	if end < 0 {
		return nil, nil, nil, false
	}
	return b[2 : colon-1], b[colon+1 : end], b[end:], true
}

// stringEnd returns the index behind the string that begins at b[i], or -1.
func stringEnd(b []byte, i int) int {
	if i >= len(b) || b[i] != '"' {
		return -1
	}
	for i++; ; i++ {
		quote := bytes.IndexByte(b[i:], '"')
		if quote < 0 {
			return -1
		}
		begin := i
		i += quote
		escapes := i
		for escapes > begin && b[escapes-1] == '\\' {
			escapes--
		}
		if (i-escapes)%2 == 0 {
			return i + 1
		}
	}
}

// valueEnd returns the index behind the value that begins at b[i], or -1.
func valueEnd(b []byte, i int) int {
	for depth := 0; i < len(b); {
		switch b[i] {
		case '"':
			if i = stringEnd(b, i); i < 0 {
				return -1
			}
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		default:
			i++
		}
		if depth == 0 && i < len(b) && (b[i] == ',' || b[i] == '}') {
			return i
		}
	}
	return -1
}

// unquote returns what a JSON string holds.
func unquote(value []byte) ([]byte, bool) {
	if len(value) < 2 || value[0] != '"' {
		return nil, false
	}
	if bytes.IndexByte(value, '\\') < 0 {
		return value[1 : len(value)-1], true
	}
	var s string
	err := json.Unmarshal(value, &s)
	return []byte(s), err == nil
}
