// Package pattern searches texts with regular expressions (RE2 syntax), in such a way
// that a search can be stopped: what package regexp begins, it ends, however long that
// takes.
package pattern

import (
	"io"
	"regexp"
	"regexp/syntax"
	"unicode/utf8"
)

// Pattern is a compiled regular expression. It is safe for concurrent use.
type Pattern struct {
	*regexp.Regexp

	// next finds what comes behind a match, in a text that begins one character before
	// it ends; its first group is all that the expression matches. nil: that does not
	// look behind, so that it does, in a text that begins where the match ends.
	next *regexp.Regexp

	size int // instructions of the compiled expression
}

// Compile compiles an expression. The Error is nil where there is none.
func Compile(expr string) (*Pattern, *Error) {
	first, err := regexp.Compile(expr)
	if err != nil {
		return nil, mistake(expr, err)
	}
	p := &Pattern{Regexp: first, size: 1}
	tree, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, mistake(expr, err)
	}
	if looksBehind(tree) {
		if p.next, err = regexp.Compile(`\A(?s:.)(?s:.*?)(` + expr + `)`); err != nil {
			return nil, mistake(expr, err)
		}
	}
	if prog, err := syntax.Compile(tree.Simplify()); err == nil {
		p.size = len(prog.Inst)
	}
	return p, nil
}

// looksBehind tells whether it matters to an expression what stands before a match.
func looksBehind(tree *syntax.Regexp) bool {
	switch tree.Op {
	case syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	}
	for _, sub := range tree.Sub {
		if looksBehind(sub) {
			return true
		}
	}
	return false
}

// maxDirect is how many characters times instructions a search may take that cannot be
// stopped: it takes a second or so at most, and seldom a hundredth of that.
const maxDirect = 1 << 29

// IsQuick tells whether even all matches in a text of a length are found in no time, of
// which each may take a search of the whole text.
func (p *Pattern) IsQuick(length int) bool {
	return length < 1<<16 && length*length <= maxDirect/p.size/8
}

// Find is FindStringSubmatchIndex, but ends with the error of ended once that has one.
func (p *Pattern) Find(ended func() error, text string) ([]int, error) {
	return p.search(ended, p.Regexp, text)
}

// FindBehind searches behind a match, that may be empty. The indexes of the match
// count from at.
func (p *Pattern) FindBehind(ended func() error, text string, end int, empty bool) (at int, m []int, err error) {
	if empty {
		_, width := utf8.DecodeRuneInString(text[end:])
		if width == 0 {
			return end, nil, nil
		}
		end += width
	}
	if p.next == nil || end == 0 {
		m, err = p.search(ended, p.Regexp, text[end:])
		return end, m, err
	}
	_, width := utf8.DecodeLastRuneInString(text[:end])
	at = end - width
	m, err = p.search(ended, p.next, text[at:])
	if m != nil {
		m = m[2:]
	}
	return at, m, err
}

// search searches large texts with large expressions through a reader, which is
// slower, but can end.
func (p *Pattern) search(ended func() error, expr *regexp.Regexp, text string) ([]int, error) {
	if err := ended(); err != nil {
		return nil, err
	}
	if len(text) <= maxDirect/p.size {
		return expr.FindStringSubmatchIndex(text), nil
	}
	r := &endingReader{text: text, ended: ended, cost: 1 + p.size/32}
	m := expr.FindReaderSubmatchIndex(r)
	if r.err != nil {
		return nil, r.err
	}
	return m, nil
}

// stepsPerLook is how much work is done before it is asked whether to go on.
const stepsPerLook = 1024

// endingReader reads the characters of a text, up to its end or until it has to stop.
type endingReader struct {
	text  string
	ended func() error
	cost  int // of a character
	steps int
	err   error
}

// ReadRune implements io.RuneReader.
func (r *endingReader) ReadRune() (rune, int, error) {
	if r.steps += r.cost; r.steps >= stepsPerLook && r.err == nil {
		r.steps, r.err = 0, r.ended()
	}
	if r.text == "" || r.err != nil {
		return 0, 0, io.EOF
	}
	c, n := utf8.DecodeRuneInString(r.text)
	r.text = r.text[n:]
	return c, n, nil
}
