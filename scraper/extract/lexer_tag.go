package extract

import "scrape/scraper/extract/markup"

// markupKind is what stands behind a "<".
type markupKind uint8

const (
	noMarkup markupKind = iota // the "<" is text
	noTag                      // a comment, a doctype or what counts as one
	startTag
	endTag
)

// markup reads what a "<" that was read begins; of a tag, that is up to the end of its name.
func (l *lexer) markup() markupKind {
	c, ok := l.peek()
	switch {
	case ok && markup.IsLetter(c):
		l.readName()
		return startTag
	case c == '/':
		l.i++
		if c, ok = l.peek(); ok && markup.IsLetter(c) {
			l.readName()
			return endTag
		}
	case c == '!':
		l.i++
		if l.accept("--") {
			l.comment()
			return noTag
		}
	case c != '?':
		return noMarkup
	}
	if l.until('>', nil) {
		l.i++
	}
	return noTag
}

// readName reads the name of a tag.
func (l *lexer) readName() {
	l.length, l.selfClosing = 0, false
	for {
		c, ok := l.peek()
		if !ok || nameEnd[c] {
			return
		}
		if l.length < maxName {
			if 'A' <= c && c <= 'Z' {
				c |= 0x20
			}
			l.name[l.length] = c
			l.length++
		}
		l.i++
	}
}

// tagName is the name of the tag that was read last, in lower case.
func (l *lexer) tagName() []byte { return l.name[:l.length] }

// comment reads on to the end of a comment whose beginning was read.
func (l *lexer) comment() {
	dashes, beginning := 0, true
	for {
		switch c, ok := l.read(); {
		case !ok:
			return
		case c == '-':
			dashes++
			continue
		case c == '>' && (dashes >= 2 || beginning):
			return
		case c == '!' && dashes >= 2:
			if c, _ = l.read(); c == '>' {
				return
			}
			if c == '-' {
				dashes, beginning = 1, false
				continue
			}
		}
		dashes, beginning = 0, false
		l.until('-', nil)
	}
}

// attribute reads the next attribute of a tag. It says false when it came to the end of the tag, or to that of
// the page.
func (l *lexer) attribute(name, value *clip) bool {
	c, _ := l.untilAny(spaceEnd, nil)
	if c == '>' {
		l.i++
		return false
	}
	if c == '=' { // in the first place it belongs to the name
		name.add(l.piece[l.i : l.i+1])
		l.i++
	}
	c, ok := l.untilAny(keyEnd, name)
	if ok && markup.IsSpace(c) {
		c, ok = l.untilAny(spaceEnd, nil)
	}
	switch {
	case !ok:
		return false
	case c == '/':
		l.i++
		c, ok = l.peek()
		l.selfClosing = c == '>'
		return ok
	case c != '=':
		return true
	}
	l.i++
	switch c, ok = l.untilAny(spaceEnd, nil); c {
	case '>':
	case '"', '\'':
		l.i++
		ok = l.untilPast(c, value)
	default:
		_, ok = l.untilAny(valueEnd, value)
	}
	return ok
}

// untilPast is until, and reads the c as well, whatever value has room for.
func (l *lexer) untilPast(c byte, value *clip) bool {
	if !l.until(c, value) || value.full() && !l.until(c, nil) {
		return false
	}
	l.i++
	return true
}

// endOfTag reads the rest of a tag, and says false where the page ends within it: then there is no such tag.
func (l *lexer) endOfTag() bool {
	for l.attribute(nil, nil) {
	}
	return !l.ended
}

// match reads as much of a name as is there, without regard to case, and says whether that is all of it and
// ends there.
func (l *lexer) match(name string) (n int, ok bool) {
	for ; n < len(name); n++ {
		c, ok := l.peek()
		if !ok || c != name[n] && c != name[n]-('a'-'A') {
			return n, false
		}
		l.matched[n] = c
		l.i++
	}
	c, ok := l.peek()
	return n, ok && nameEnd[c]
}

// rawText reads the text of an element in which there is no markup, and its end tag. It stops where text is
// full.
func (l *lexer) rawText(name string, text *clip) {
	for l.until('<', text) && !text.full() {
		l.i++
		if !l.accept("/") {
			text.add([]byte("<"))
			continue
		}
		n, ok := l.match(name)
		if ok {
			l.endOfTag()
			return
		}
		text.add([]byte("</"))
		text.add(l.matched[:n])
	}
}

// script reads the text of a script and its end tag. As in x/net/html, and not in the standard, a "<" that
// begins nothing ends the escape by a "<!--".
func (l *lexer) script() {
	const (
		plain   = iota
		escaped // by a "<!--"
		double  // by a further "<script", whose end tag is not that of the script
	)
	state, dashes := plain, 0
	for {
		if state == plain && !l.until('<', nil) {
			return
		}
		c, ok := l.read()
		switch {
		case !ok:
			return
		case c == '-':
			dashes++
			continue
		case c == '>' && dashes >= 2:
			state = plain
		case c == '<' && l.accept("/"):
			if _, ok := l.match("script"); !ok {
				break
			}
			if state != double {
				l.endOfTag()
				return
			}
			state = escaped
		case c == '<' && state == plain:
			if l.accept("!--") {
				state, dashes = escaped, 2
				continue
			}
		case c == '<' && state == escaped:
			if c, _ := l.peek(); !markup.IsLetter(c) {
				state = plain
			} else if _, ok := l.match("script"); ok {
				state = double
			}
		}
		dashes = 0
	}
}
