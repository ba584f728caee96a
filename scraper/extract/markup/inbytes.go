package markup

import "bytes"

// Tag splits a tag, whose name b begins with, into its name and what follows its end, and counts its attributes. The name is empty where
// it does not begin with a letter, and rest is nil where the end is not in b (HTML standard, "tokenization", as
// x/net/html does it).
func Tag(b []byte) (name []byte, attributes int, rest []byte) {
	if len(b) == 0 || !IsLetter(b[0]) {
		return nil, 0, nil
	}
	i := 0
	for i < len(b) && !EndsName(b[i]) {
		i++
	}
	name = b[:i]
	for {
		i = SkipSpace(b, i)
		if i == len(b) {
			return name, attributes, nil
		}
		if b[i] == '>' {
			return name, attributes, b[i+1:]
		}
		if b[i] != '/' {
			attributes++
		}
		i = attributeEnd(b, i)
	}
}

// attributeEnd gives the index behind the attribute that begins at b[i].
func attributeEnd(b []byte, i int) int {
	if b[i] == '=' {
		i++ // in the first place it belongs to the name
	}
	for i < len(b) && b[i] != '=' && !EndsName(b[i]) {
		i++
	}
	i = SkipSpace(b, i)
	if i == len(b) || b[i] == '>' {
		return i
	}
	if b[i] == '/' {
		return i + 1
	}
	if b[i] != '=' {
		return i
	}
	i = SkipSpace(b, i+1)
	if i == len(b) {
		return i
	}
	if q := b[i]; q == '"' || q == '\'' {
		length := bytes.IndexByte(b[i+1:], q)
		if length < 0 {
			return len(b)
		}
		return i + length + 2
	}
	for i < len(b) && b[i] != '>' && !IsSpace(b[i]) {
		i++
	}
	return i
}
