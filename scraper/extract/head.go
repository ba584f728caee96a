package extract

import "bytes"

// headTitle finds the undecoded text of the title in a head that holds nothing out of the ordinary, which is
// nearly every head, at a fraction of the tokenizer's cost: attributes are only skipped and nothing is
// allocated. It is not ok where the title does not lie whole within b or anything stands before it that a head
// does not have; then the scan has to tell. Where it is ok, the scan would say the same.
func headTitle(b []byte) (title []byte, ok bool) {
	afterHead := false
	for {
		b = bytes.TrimLeft(b, whiteSpace)
		if len(b) < 2 || b[0] != '<' {
			return nil, false
		}
		var name, text []byte
		switch c := b[1]; {
		case bytes.HasPrefix(b, []byte("<!--")):
			b = afterComment(b[4:])
			continue
		case c == '!', c == '?': // a doctype, or what counts as a comment
			_, b, _ = bytes.Cut(b, []byte(">"))
			continue
		case c == '/':
			name, b = tag(b[2:])
			switch {
			case equalLower(name, "head"):
				afterHead = true
			case len(name) == 0, equalLower(name, "body"), equalLower(name, "html"), equalLower(name, "br"):
				return nil, false
			}
			continue
		}
		name, b = tag(b[1:])
		switch {
		case equalLower(name, "meta"), equalLower(name, "link"), equalLower(name, "html"),
			equalLower(name, "head"), equalLower(name, "base"):
		case equalLower(name, "title"):
			title, b = rawText(b, "title")
			return title, b != nil
		case equalLower(name, "script"):
			text, b = rawText(b, "script")
			if bytes.Contains(text, []byte("<!--")) {
				return nil, false // where such a script ends is a science of its own
			}
		case equalLower(name, "style"):
			_, b = rawText(b, "style")
		case equalLower(name, "noscript") && !afterHead:
			_, b = rawText(b, "noscript")
		default:
			return nil, false
		}
	}
}

// afterComment gives what follows the comment that b begins within, nil where its end is not in b or is an
// unusual one.
func afterComment(b []byte) []byte {
	text, rest, _ := bytes.Cut(b, []byte("-->"))
	if bytes.HasPrefix(b, []byte(">")) || bytes.HasPrefix(b, []byte("->")) || bytes.Contains(text, []byte("--!")) {
		return nil
	}
	return rest
}

// rawText splits b before the end tag of that name; rest is nil where there is none.
func rawText(b []byte, name string) (text, rest []byte) {
	for i := 0; ; i += 2 {
		next := bytes.Index(b[i:], []byte("</"))
		if next < 0 {
			return b, nil
		}
		i += next
		end := i + 2 + len(name)
		if end < len(b) && equalLower(b[i+2:end], name) && endsName(b[end]) {
			return b[:i], b[i:]
		}
	}
}

// tag splits a tag, whose name b begins with, into its name and what follows its end. The name is empty where
// it does not begin with a letter, and rest is nil where the end is not in b.
func tag(b []byte) (name, rest []byte) {
	if len(b) == 0 || !isLetter(b[0]) {
		return nil, nil
	}
	i := 0
	for i < len(b) && !endsName(b[i]) {
		i++
	}
	name = b[:i]
	for {
		i = skipSpace(b, i)
		if i == len(b) {
			return name, nil
		}
		if b[i] == '>' {
			return name, b[i+1:]
		}
		i = attributeEnd(b, i)
	}
}

// attributeEnd gives the index behind the attribute that begins at b[i].
func attributeEnd(b []byte, i int) int {
	if b[i] == '=' {
		i++ // in the first place it belongs to the name
	}
	for i < len(b) && b[i] != '=' && !endsName(b[i]) {
		i++
	}
	i = skipSpace(b, i)
	if i == len(b) || b[i] == '>' {
		return i
	}
	if b[i] == '/' {
		return i + 1
	}
	if b[i] != '=' {
		return i
	}
	i = skipSpace(b, i+1)
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
	for i < len(b) && b[i] != '>' && !isSpace(b[i]) {
		i++
	}
	return i
}

func skipSpace(b []byte, i int) int {
	for i < len(b) && isSpace(b[i]) {
		i++
	}
	return i
}

// endsName says whether c ends the name of a tag or an attribute.
func endsName(c byte) bool { return c == '>' || c == '/' || isSpace(c) }
