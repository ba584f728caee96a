package markup

import "strings"

// declaration reads the token at start, which is a comment, a doctype or what
// counts as a comment.
func (t *Tokenizer) declaration() Kind {
	s, i := t.text, t.start+len("<!")
	switch {
	case s[i-1] == '?':
		i-- // which belongs to the comment
	case s[i-1] == '/':
		if s[i] == '>' {
			return t.token(Comment, i, i, i+1)
		}
	case strings.HasPrefix(s[i:], "--"):
		return t.comment(i + len("--"))
	case len(s)-i >= len("doctype") && equalLower(s[i:i+len("doctype")], "doctype"):
		i = skipSpace(s, i+len("doctype"))
		return t.untilAngle(Doctype, i)
	case t.Foreign && strings.HasPrefix(s[i:], "[CDATA["):
		i += len("[CDATA[")
		t.content = cdata
		n := strings.Index(s[i:], "]]>")
		if n < 0 {
			return t.token(Text, i, len(s), len(s))
		}
		return t.token(Text, i, i+n, i+n+len("]]>"))
	}
	return t.untilAngle(Comment, i)
}

// cdata is no element, but its text is raw, too.
const cdata rawText = "[CDATA["

// untilAngle makes a token of what follows up to a ">".
func (t *Tokenizer) untilAngle(kind Kind, from int) Kind {
	n := strings.IndexByte(t.text[from:], '>')
	if n < 0 {
		return t.token(kind, from, len(t.text), len(t.text))
	}
	return t.token(kind, from, from+n, from+n+1)
}

// comment reads a comment whose text begins at from.
func (t *Tokenizer) comment(from int) Kind {
	s, dashes, beginning := t.text, 0, true
	for i := from; i < len(s); {
		c := s[i]
		i++
		switch {
		case c == '-':
			dashes++
			continue
		case c == '>' && (dashes >= 2 || beginning):
			return t.token(Comment, from, max(from, i-len("-->")), i)
		case c == '!' && dashes >= 2 && i < len(s):
			c = s[i]
			i++
			if c == '>' {
				return t.token(Comment, from, i-len("--!>"), i)
			}
			if c == '-' {
				dashes, beginning = 1, false
				continue
			}
		}
		dashes, beginning = 0, false
		n := strings.IndexByte(s[i:], '-')
		if n < 0 {
			break
		}
		i += n
	}
	end := len(s)
	for _, cut := range []string{"--!", "--", "-"} {
		if strings.HasSuffix(s[from:], cut) {
			end -= len(cut)
			break
		}
	}
	return t.token(Comment, from, end, len(s))
}
