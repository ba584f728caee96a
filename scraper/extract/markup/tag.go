package markup

import "strings"

// tag reads the tag that the token at start is.
func (t *Tokenizer) tag(kind Kind) Kind {
	name := t.start + 1
	if kind == EndTag {
		name++
	}
	s, i := t.text, name
	for i < len(s) && !endsName[s[i]] {
		i++
	}
	nameEnd, valueEnd := i, 0
	for {
		i = skipSpace(s, i)
		if i == len(s) {
			return t.token(End, i, i, i)
		}
		if s[i] == '>' {
			break
		}
		_, _, valueEnd, i = attribute(s, i)
	}
	t.attribute = nameEnd
	if kind == StartTag {
		t.selfClosing = s[i-1] == '/' && valueEnd != i
		if !t.Foreign {
			t.raw = rawTextOf(s[name:nameEnd])
		}
	} else {
		t.attribute = i
	}
	return t.token(kind, name, nameEnd, i+1)
}

// attribute reads the attribute that begins at s[i]. Its name is empty where there
// is only a stray "/". next is behind it.
func attribute(s string, i int) (keyEnd, valueStart, valueEnd, next int) {
	if s[i] == '=' {
		i++ // in the first place it belongs to the name
	}
	for i < len(s) && !endsKey[s[i]] {
		i++
	}
	keyEnd = i
	i = skipSpace(s, i)
	switch {
	case i == len(s):
		return keyEnd, keyEnd, keyEnd, i
	case s[i] == '/':
		return keyEnd, keyEnd, keyEnd, i + 1
	case s[i] != '=':
		return keyEnd, keyEnd, keyEnd, i
	}
	i = skipSpace(s, i+1)
	if i == len(s) || s[i] == '>' {
		return keyEnd, keyEnd, keyEnd, i
	}
	if quote := s[i]; quote == '"' || quote == '\'' {
		i++
		n := strings.IndexByte(s[i:], quote)
		if n < 0 {
			return keyEnd, i, len(s), len(s)
		}
		return keyEnd, i, i + n, i + n + 1
	}
	valueStart = i
	for i < len(s) && !endsValue[s[i]] {
		i++
	}
	return keyEnd, valueStart, i, i
}

// NextAttribute goes on to the next attribute of a start tag, and says false where
// there is none. Of several with one name, which it gives one by one, the first
// counts.
func (t *Tokenizer) NextAttribute() bool {
	if t.kind != StartTag {
		return false
	}
	for {
		i := skipSpace(t.text, t.attribute)
		if t.text[i] == '>' {
			t.attribute = i
			return false
		}
		t.keyStart = i
		t.keyEnd, t.valueStart, t.valueEnd, t.attribute = attribute(t.text, i)
		if t.keyEnd > t.keyStart {
			return true
		}
	}
}

// Attribute is the value of the first attribute of that name, which is in lower
// case; not ok where the tag has none. It begins to look at the tag's first
// attribute, wherever NextAttribute stands, and leaves that there. Who asks for
// more than two or three names goes through all attributes once instead.
func (t *Tokenizer) Attribute(name string) (value string, ok bool) {
	if t.kind != StartTag {
		return "", false
	}
	s := t.text
	for i := skipSpace(s, t.dataEnd); s[i] != '>'; {
		keyEnd, from, to, next := attribute(s, i)
		if keyEnd-i == len(name) && equalLower(s[i:keyEnd], name) {
			return decodeValue(s[from:to]), true
		}
		i = skipSpace(s, next)
	}
	return "", false
}

// KeyIs tells whether the attribute that NextAttribute gave has this name, which
// is in lower case.
func (t *Tokenizer) KeyIs(name string) bool {
	key := t.text[t.keyStart:t.keyEnd]
	return len(key) == len(name) && equalLower(key, name)
}

// SelfClosing tells whether a start tag ends with "/>".
func (t *Tokenizer) SelfClosing() bool { return t.selfClosing }

func skipSpace(s string, i int) int {
	for i < len(s) && IsSpace(s[i]) {
		i++
	}
	return i
}

// class is a set of bytes.
type class [256]bool

var (
	endsName  = class{'>': true, '/': true, ' ': true, '\n': true, '\t': true, '\r': true, '\f': true}
	endsKey   = class{'=': true, '>': true, '/': true, ' ': true, '\n': true, '\t': true, '\r': true, '\f': true}
	endsValue = class{'>': true, ' ': true, '\n': true, '\t': true, '\r': true, '\f': true}
)
