package schema

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// source is a file while it is read: its lines, and the mistakes found so far.
type source struct {
	name   string
	lines  []string
	errors Errors
	fields int // how many were read
}

func newSource(name, text string) *source {
	return &source{name: name, lines: splitLines(text)}
}

// splitLines cuts at what YAML takes for the end of a line (YAML 1.2.2, section
// 5.4), without the ends.
func splitLines(text string) []string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	return strings.Split(strings.ReplaceAll(text, "\r", "\n"), "\n")
}

// line is the nth from 1; "" if there is none.
func (s *source) line(n int) string {
	if n < 1 || n > len(s.lines) {
		return ""
	}
	return s.lines[n-1]
}

// full tells that there are as many mistakes as anyone will read.
func (s *source) full() bool { return len(s.errors) >= maxErrors }

// at notes a mistake at a place.
func (s *source) at(line, column int, message, hint string) {
	if s.full() {
		return
	}
	s.errors = append(s.errors, &Error{Name: s.name, Line: max(line, 1), Column: max(column, 1), Message: message, Hint: hint, Source: strings.ToValidUTF8(s.line(line), string(utf8.RuneError))})
}

// on notes a mistake where a node begins.
func (s *source) on(n *yaml.Node, message, hint string) { s.at(n.Line, n.Column, message, hint) }

// inside notes a mistake in the text of a scalar, at an offset in bytes of what text
// gives. Where the text does not stand in the file as it is, with escapes or over several lines, the
// place is that of the scalar.
func (s *source) inside(n *yaml.Node, offset int, message, hint string) {
	column := n.Column
	offset += len(n.Value) - len(strings.TrimLeftFunc(n.Value, unicode.IsSpace))
	offset = min(max(offset, 0), len(n.Value))
	rest := skipRunes(s.line(n.Line), n.Column-1)
	quote := 0
	if n.Style&(yaml.SingleQuotedStyle|yaml.DoubleQuotedStyle) != 0 && rest != "" {
		quote, rest = 1, rest[1:]
	}
	if before := n.Value[:offset]; strings.HasPrefix(rest, before) {
		column += quote + utf8.RuneCountInString(before)
	}
	s.at(n.Line, column, message, hint)
}

func skipRunes(line string, n int) string {
	for ; n > 0 && line != ""; n-- {
		_, size := utf8.DecodeRuneInString(line)
		line = line[size:]
	}
	return line
}

// err is what was found, in the order of the file; nil if nothing was.
func (s *source) err() error {
	if len(s.errors) == 0 {
		return nil
	}
	slices.SortStableFunc(s.errors, func(a, b *Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return s.errors
}
