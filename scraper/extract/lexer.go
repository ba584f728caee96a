package extract

import "bytes"

// lexer splits a page into what a scan has to know: where tags are and what their names are. It works on the
// undecoded stream, a piece at a time, and nothing has to lie whole in one piece: however long a comment, a
// script, an attribute or a text is, it costs no memory.
//
// It follows the HTML standard ("tokenization") as the tokenizer of x/net/html does, so that it finds the same
// tags as the tree that is asked where a scan cannot tell.
type lexer struct {
	page  *page
	piece []byte
	i     int  // where in the piece it stands
	ended bool // the page has

	name        [maxName]byte // what readName has read
	length      int           // of the name
	matched     [maxName]byte // what match has read
	selfClosing bool          // the tag whose end was read ended with "/>"
}

// markup is what stands behind a "<".
type markup uint8

const (
	noMarkup markup = iota // the "<" is text
	noTag                  // a comment, a doctype or what counts as one
	startTag
	endTag
)

// clip is a copy of the first max bytes of something. What is put into a nil clip is dropped.
type clip struct {
	b   []byte
	max int
}

func (c *clip) add(b []byte) {
	if c != nil {
		c.b = append(c.b, b[:min(len(b), c.max-len(c.b))]...)
	}
}

func (c *clip) full() bool { return c != nil && len(c.b) == c.max }

// maxName is longer than the name of any element or attribute that matters.
const maxName = 16

// class is a set of bytes.
type class [256]bool

func classOf(in func(c byte) bool) *class {
	var k class
	for c := range k {
		k[c] = in(byte(c))
	}
	return &k
}

var (
	nameEnd      = classOf(endsName)
	attributeEnd = classOf(func(c byte) bool { return c == '=' || endsName(c) })
	valueEnd     = classOf(func(c byte) bool { return c == '>' || isSpace(c) })
	spaceEnd     = classOf(func(c byte) bool { return !isSpace(c) })
)

// more gets the next piece when one is used up. It says false at the end of the page.
func (l *lexer) more() bool {
	l.piece, l.i = l.page.next(), 0
	l.ended = len(l.piece) == 0
	return !l.ended
}

// offset is where in the page the lexer stands.
func (l *lexer) offset() int { return l.page.pos - len(l.piece) + l.i }

// peek gives the next byte without reading it; not ok at the end of the page.
func (l *lexer) peek() (c byte, ok bool) {
	if l.i < len(l.piece) {
		return l.piece[l.i], true
	}
	return l.peekOn()
}

// peekOn is peek at the end of a piece.
func (l *lexer) peekOn() (c byte, ok bool) {
	if !l.more() {
		return 0, false
	}
	return l.piece[0], true
}

// read gives the next byte; not ok at the end of the page.
func (l *lexer) read() (c byte, ok bool) {
	if c, ok = l.peek(); ok {
		l.i++
	}
	return c, ok
}

// accept reads the next byte if it is c.
func (l *lexer) accept(c byte) bool {
	next, ok := l.peek()
	if ok = ok && next == c; ok {
		l.i++
	}
	return ok
}

// until reads up to the next byte that is c, and says false if there is none.
func (l *lexer) until(c byte, keep *clip) bool {
	for !keep.full() {
		b := l.piece[l.i:]
		if n := bytes.IndexByte(b, c); n >= 0 {
			keep.add(b[:n])
			l.i += n
			return true
		}
		keep.add(b)
		if !l.more() {
			return false
		}
	}
	return true
}

// untilAny reads up to the next byte of the class and gives that; not ok if there is none.
func (l *lexer) untilAny(k *class, keep *clip) (c byte, ok bool) {
	for {
		b := l.piece[l.i:]
		n := 0
		for n < len(b) && !k[b[n]] {
			n++
		}
		keep.add(b[:n])
		l.i += n
		if n < len(b) {
			return b[n], true
		}
		if !l.more() {
			return 0, false
		}
	}
}

// markup reads what a "<" that was read begins; of a tag, that is up to the end of its name.
func (l *lexer) markup() markup {
	c, ok := l.peek()
	switch {
	case ok && isLetter(c):
		l.readName()
		return startTag
	case c == '/':
		l.i++
		if c, ok = l.peek(); ok && isLetter(c) {
			l.readName()
			return endTag
		}
	case c == '!':
		l.i++
		if l.accept('-') && l.accept('-') {
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
	c, ok := l.untilAny(spaceEnd, nil)
	if c == '>' {
		l.i++
		return false
	}
	if c == '=' { // in the first place it belongs to the name
		name.add(l.piece[l.i : l.i+1])
		l.i++
	}
	if c, ok = l.untilAny(attributeEnd, name); ok && isSpace(c) {
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
		if !l.accept('/') {
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

// script reads the text of a script and its end tag.
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
		case c == '<' && l.accept('/'):
			if _, ok := l.match("script"); !ok {
				break
			}
			if state != double {
				l.endOfTag()
				return
			}
			state = escaped
		case c == '<' && state == plain:
			if l.accept('!') && l.accept('-') && l.accept('-') {
				state, dashes = escaped, 2
				continue
			}
		case c == '<' && state == escaped:
			if c, _ := l.peek(); !isLetter(c) {
				state = plain
			} else if _, ok := l.match("script"); ok {
				state = double
			}
		}
		dashes = 0
	}
}
