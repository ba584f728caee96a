package state

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Bounds on a diff, so that no page can hold up a run with it.
const (
	mostEdits    = 500     // between the lines that are the same at both ends
	mostDiff     = 8 << 10 // in bytes
	mostDiffLine = 300     // likewise
)

// diffContents shows to a person how a content differs from what it was: lines that
// begin with "-" are gone, those with "+" are there now. It is "" where no line tells.
func diffContents(was, is *content) string {
	before, cutBefore := was.lines()
	after, cutAfter := is.lines()
	var edits []edit
	for i := range before {
		edits = append(edits, diff(before[i], after[i])...)
	}
	out := show(edits)
	if cutBefore || cutAfter {
		out += "… only the beginning was compared\n"
	}
	return out
}

// show writes edits for a person to read, as many as there is room for.
func show(edits []edit) string {
	var out strings.Builder
	for i, e := range edits {
		sign := byte('-')
		if e.added {
			sign = '+'
		}
		line := shorten(e.line)
		if out.Len()+len(line)+2 > mostDiff {
			fmt.Fprintf(&out, "… and %d more lines\n", len(edits)-i)
			break
		}
		out.WriteByte(sign)
		out.WriteString(line)
		out.WriteByte('\n')
	}
	return out.String()
}

// diff compares lines. Where more than mostEdits differ, all between the first and the
// last difference count as other.
func diff(a, b []string) []edit {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	a, b = a[n:], b[n:]
	n = 0
	for n < len(a) && n < len(b) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	a, b = a[:len(a)-n], b[:len(b)-n]
	edits, ok := shortest(a, b)
	if ok {
		return edits
	}
	for _, line := range a {
		edits = append(edits, edit{line, false})
	}
	for _, line := range b {
		edits = append(edits, edit{line, true})
	}
	return edits
}

// edit is a line that is gone, or was added.
type edit struct {
	line  string
	added bool
}

// shortest finds the fewest edits that make b of a, in their order, by Myers, An O(ND)
// Difference Algorithm and Its Variations (1986). It is not ok beyond mostEdits.
func shortest(a, b []string) (edits []edit, ok bool) {
	// Equal lines have equal numbers, which compare faster.
	numbers := make(map[string]int32)
	number := func(lines []string) []int32 {
		all := make([]int32, len(lines))
		for i, line := range lines {
			n, known := numbers[line]
			if !known {
				n = int32(len(numbers))
				numbers[line] = n
			}
			all[i] = n
		}
		return all
	}
	x, y := number(a), number(b)
	most := min(len(x)+len(y), mostEdits)
	// furthest[k+most+1] is how far in a the furthest way with d edits reaches on
	// diagonal k, where k is the index in a less that in b. trace has, for each d, what
	// it was before for the diagonals that d edits can reach.
	furthest := make([]int32, 2*most+3)
	at := func(k int) *int32 { return &furthest[k+most+1] }
	var trace [][]int32
	for d := 0; d <= most; d++ {
		trace = append(trace, slices.Clone(furthest[most+1-d:most+2+d]))
		for k := -d; k <= d; k += 2 {
			i := *at(k - 1) + 1 // a line of a is gone
			if k == -d || k != d && *at(k - 1) < *at(k + 1) {
				i = *at(k + 1) // a line of b was added
			}
			for int(i) < len(x) && int(i)-k < len(y) && int(i)-k >= 0 && x[i] == y[int(i)-k] {
				i++
			}
			*at(k) = i
			if k == len(x)-len(y) && int(i) >= len(x) {
				return wayBack(a, b, trace), true
			}
		}
	}
	return nil, false
}

// wayBack follows the trace from the ends to the beginnings.
func wayBack(a, b []string, trace [][]int32) (edits []edit) {
	i, j := len(a), len(b)
	for d := len(trace) - 1; d > 0; d-- {
		before := trace[d] // its diagonals are -d to d
		at := func(k int) int { return int(before[k+d]) }
		k := i - j
		added := k == -d || k != d && at(k-1) < at(k+1)
		if added {
			k++
			i = at(k)
			j = i - k
			edits = append(edits, edit{b[j], true})
		} else {
			k--
			i = at(k)
			j = i - k
			edits = append(edits, edit{a[i], false})
		}
	}
	slices.Reverse(edits)
	return edits
}

// shorten cuts a line that is too long to be shown.
func shorten(line string) string {
	if len(line) <= mostDiffLine {
		return line
	}
	n := mostDiffLine
	for n > 0 && !utf8.RuneStart(line[n]) {
		n--
	}
	return line[:n] + "…"
}
