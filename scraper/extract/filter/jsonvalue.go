package filter

import (
	"encoding/json"
	"io"
	"strings"
)

// maxDepth is how deep lists and objects may stand in one another, as deep as
// elements may.
const maxDepth = 512

// decoded is the filter json: the value of JSON text (RFC 8259), with numbers as
// they are written. Of names that an object has twice the last counts. Anything
// that is not text is left as it is.
func decoded(v any) any {
	switch v.(type) {
	case string, Element:
	default:
		return v
	}
	s := trim(text(v))
	if tooDeep(s) {
		return nil
	}
	d := json.NewDecoder(strings.NewReader(s))
	d.UseNumber()
	var out any
	if d.Decode(&out) != nil {
		return nil
	}
	if _, err := d.Token(); err != io.EOF {
		return nil
	}
	return out
}

// tooDeep tells whether lists and objects of s are more than maxDepth deep.
func tooDeep(s string) bool {
	depth, quoted := 0, false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case quoted && b == '\\':
			i++
		case b == '"':
			quoted = !quoted
		case quoted:
		case b == '[' || b == '{':
			if depth++; depth > maxDepth {
				return true
			}
		case b == ']' || b == '}':
			depth--
		}
	}
	return false
}
