package extract

import (
	"unicode/utf8"

	"scrape/scraper/rawjson"
)

// mark stands at the end of a text that was cut.
const mark = "…"

// maxDepth is how deep lists and objects of a value may stand in one another: what reads records may allow for no
// more than 256 levels, as jq does, and ends there.
const maxDepth = 128

// truncate cuts a JSON value without white space to max bytes, as it is written, the quotes of a text that is all
// of it apart. A text is cut between characters, and ends in a mark, which is not counted; of a list those elements
// stay that fit as a whole, and at least a part of the first. What is deeper than maxDepth becomes null.
func truncate(value []byte, max int) (short []byte, cut bool) {
	if value[0] == '"' {
		max += len(`""`)
	}
	if len(value) <= max && !tooDeep(value) {
		return value, false // as nearly all are
	}
	t := truncation{in: value, room: max}
	t.value(0)
	return t.out, t.cut || t.pruned
}

// tooDeep tells whether a JSON value is deeper than maxDepth.
func tooDeep(value []byte) bool {
	depth := 0
	for i := 0; i < len(value); i++ {
		switch value[i] {
		case '"':
			i += rawjson.StringEnd(value[i:]) - 1
		case '[', '{':
			if depth++; depth > maxDepth {
				return true
			}
		case ']', '}':
			depth--
		}
	}
	return false
}

// truncation copies a JSON value until there is no more room. From then on cut is set, nothing more is read, and
// what was begun is closed.
type truncation struct {
	in     []byte // what was not read yet
	out    []byte
	room   int
	cut    bool
	pruned bool // something was too deep
}

// value copies the next value, that lies in so many lists and objects; not if there is no room for any of it.
func (t *truncation) value(depth int) (written bool) {
	switch c := t.in[0]; {
	case c == '"':
		return t.string()
	case c != '[' && c != '{':
		return t.literal()
	case depth == maxDepth:
		t.pruned = true
		return t.null()
	}
	return t.nested(depth)
}

// nested copies a list or an object. There is room for its end.
func (t *truncation) nested(depth int) (written bool) {
	if t.room < len("[]") {
		t.cut = true
		return false
	}
	object, end := t.in[0] == '{', byte(']')
	if object {
		end = '}'
	}
	t.move(1)
	t.room--
	for first := true; !t.cut && t.in[0] != end; first = false {
		before := len(t.out)
		if !first {
			t.move(len(","))
		}
		if object {
			t.move(rawjson.StringEnd(t.in) + len(":"))
		}
		if written := t.value(depth + 1); !written || t.cut && !first && !object {
			t.out = t.out[:before]
		}
	}
	t.out = append(t.out, end)
	if !t.cut {
		t.in = t.in[1:]
	}
	return true
}

// string copies a text, or as much of it as there is room for.
func (t *truncation) string() (written bool) {
	n := rawjson.StringEnd(t.in)
	if n <= t.room {
		t.move(n)
		return true
	}
	t.cut = true
	fits := 1 // the quote
	for n := nextCharacter(t.in[fits:]); fits+n+1 <= t.room; n = nextCharacter(t.in[fits:]) {
		fits += n
	}
	if fits == 1 {
		return false
	}
	t.move(fits)
	t.out = append(t.out, mark+`"`...)
	return true
}

// literal copies a number, true, false or null.
func (t *truncation) literal() (written bool) {
	n := rawjson.ValueEnd(t.in)
	if n > t.room {
		t.cut = true
		return false
	}
	t.move(n)
	return true
}

// null writes null instead of the next value.
func (t *truncation) null() (written bool) {
	const null = "null"
	if t.cut = len(null) > t.room; t.cut {
		return false
	}
	t.out = append(t.out, null...)
	t.room -= len(null)
	t.in = t.in[rawjson.ValueEnd(t.in):]
	return true
}

// move copies n bytes.
func (t *truncation) move(n int) {
	t.out = append(t.out, t.in[:n]...)
	t.in = t.in[n:]
	t.room -= n
}

// nextCharacter is how many bytes the next character of a JSON string takes there.
func nextCharacter(b []byte) int {
	const escape = `\u0000`
	switch {
	case b[0] != '\\':
		_, n := utf8.DecodeRune(b)
		return n
	case b[1] != 'u':
		return len(`\n`)
	case b[2]|0x20 == 'd' && b[3] >= '8' && b[6] == '\\' && b[7] == 'u': // half of one, as it seems
		return 2 * len(escape)
	}
	return len(escape)
}
