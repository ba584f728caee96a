package results

import (
	"bytes"
	"encoding/json"
)

// EachMember calls take with each member of an object: its key as it is
// written, without the quotes, and its value. It is not ok where the object is
// not in the form AppendJSON gives it, with nothing between its tokens; it may
// have called take by then. It reads no further into a value than to find its
// end and checks nothing, which costs a fraction of decoding.
func EachMember(object []byte, take func(key, value []byte)) (ok bool) {
	if len(object) < 2 || object[0] != '{' || object[len(object)-1] != '}' {
		return false
	}
	if len(object) == 2 {
		return true
	}
	for b := object; len(b) > 1; {
		var key, value []byte
		if key, value, b, ok = member(b); !ok || isSpace(value[0]) || isSpace(value[len(value)-1]) {
			return false
		}
		take(key, value)
	}
	return true
}

// EachInner is EachMember for a value inside the record, which may be the
// user's own: white space between its tokens, and escapes in its keys, which
// take gets as they are meant. What is no object has no members.
func EachInner(value []byte, take func(name, value []byte)) {
	named := func(key, value []byte) {
		if bytes.IndexByte(key, '\\') >= 0 {
			var name string
			if json.Unmarshal(append(append([]byte{'"'}, key...), '"'), &name) == nil {
				key = []byte(name)
			}
		}
		take(key, value)
	}
	if len(value) == 0 || value[0] != '{' {
		return
	}
	if EachMember(value, func(_, _ []byte) {}) {
		EachMember(value, named)
		return
	}
	var dense bytes.Buffer
	if json.Compact(&dense, value) == nil {
		EachMember(dense.Bytes(), named)
	}
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\n' || c == '\r' }

// canonical is the JSON of a record that is not in the form AppendJSON gives,
// in that form.
func canonical(r *Record) ([]byte, error) {
	f, err := r.Fields()
	if err != nil {
		return nil, err
	}
	return f.AppendJSON(nil), nil
}
