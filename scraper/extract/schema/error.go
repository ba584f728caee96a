package schema

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Error is one mistake in a file.
type Error struct {
	Name         string // of the file
	Line, Column int    // from 1; columns count characters
	Message      string // lower case, without a full stop
	Hint         string // what to do about it; "" if there is nothing to say
	Source       string // the line, without its end
}

// Error is "shop.yaml:3:10: what is wrong", without the hint.
func (e *Error) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", e.Name, e.Line, e.Column, e.Message)
}

// maxQuoted is how much of a line Excerpt shows, in characters.
const maxQuoted = 100

// Excerpt is the line with a caret under the place, in two lines without an end,
// or "" where there is nothing to show. Of a long line it is the part around the
// place. Control characters are shown as spaces.
func (e *Error) Excerpt() string {
	line := []rune(strings.ToValidUTF8(e.Source, string(utf8.RuneError)))
	at := min(max(e.Column-1, 0), len(line))
	from := 0
	if len(line) > maxQuoted {
		from = min(max(at-maxQuoted/2, 0), len(line)-maxQuoted)
		line = line[from : from+maxQuoted]
	}
	for i, r := range line {
		if r < ' ' || r == 0x7f {
			line[i] = ' '
		}
	}
	if strings.TrimSpace(string(line)) == "" {
		return ""
	}
	return string(line) + "\n" + strings.Repeat(" ", at-from) + "^"
}

// Errors are the mistakes in a file, in its order, the first maxErrors of them.
// There is at least one.
type Errors []*Error

// maxErrors is how many mistakes are told at a time.
const maxErrors = 10

// Error has a line for each mistake.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, one := range e {
		lines[i] = one.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap gives the mistakes one by one.
func (e Errors) Unwrap() []error {
	all := make([]error, len(e))
	for i, one := range e {
		all[i] = one
	}
	return all
}
