// Package humanize stands for github.com/dustin/go-humanize, of which SQLite's C
// library uses one function, in its own traces. The tables of the others would cost
// every process a tenth of a millisecond of its start: go.mod replaces it.
package humanize

import "strconv"

// Comma writes a number with a comma before each group of three digits.
func Comma(n int64) string {
	s := strconv.FormatInt(n, 10)
	first := 0 // digit, behind the sign
	if n < 0 {
		first = 1
	}
	for i := len(s) - 3; i > first; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
