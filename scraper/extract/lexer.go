package extract

import (
	"bytes"

	"scrape/scraper/extract/markup"
)

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
	nameEnd  = classOf(markup.EndsName)
	keyEnd   = classOf(func(c byte) bool { return c == '=' || markup.EndsName(c) })
	valueEnd = classOf(func(c byte) bool { return c == '>' || markup.IsSpace(c) })
	spaceEnd = classOf(func(c byte) bool { return !markup.IsSpace(c) })
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

// accept reads s, or as much of it as is there, and says whether that is all.
func (l *lexer) accept(s string) bool {
	for i := range len(s) {
		if c, ok := l.peek(); !ok || c != s[i] {
			return false
		}
		l.i++
	}
	return true
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
		b, i := l.piece, l.i
		for i < len(b) && !k[b[i]] {
			i++
		}
		keep.add(b[l.i:i])
		l.i = i
		if i < len(b) {
			return b[i], true
		}
		if !l.more() {
			return 0, false
		}
	}
}
