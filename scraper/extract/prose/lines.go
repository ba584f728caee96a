package prose

import "strings"

// lines is text while it is laid out. White space and line breaks wait until
// something follows that is to be seen, so that none is at either end.
type lines struct {
	text   strings.Builder
	breaks int  // line breaks that wait
	tabs   int  // tabs that wait, to stand behind the breaks
	space  bool // a space waits, to stand between two words of a line
	fresh  bool // a cell has begun and holds nothing yet: blocks break no line
}

// collapsible is white space of which a browser shows a run as one space (CSS
// Text, "white space processing"). A form feed is none by the standard; browsers
// show nothing of it.
func collapsible(c byte) bool {
	return c == ' ' || c == '\n' || c == '\t' || c == '\r' || c == '\f'
}

// write adds text whose white space is collapsed.
func (l *lines) write(s string) {
	for s != "" {
		i := 0
		for i < len(s) && collapsible(s[i]) {
			i++
		}
		l.space = l.space || i > 0
		s = s[i:]
		i = 0
		for i < len(s) && !collapsible(s[i]) {
			i++
		}
		if i > 0 {
			l.settle()
			l.text.WriteString(s[:i])
			s = s[i:]
		}
	}
}

// writePre adds text that is shown as it is.
func (l *lines) writePre(s string) {
	for s != "" {
		line, rest, broken := strings.Cut(s, "\n")
		line = strings.TrimSuffix(line, "\r")
		if line != "" {
			l.settle()
			l.text.WriteString(line)
		}
		if broken {
			l.lineBreak()
		}
		s = rest
	}
}

// settle writes what waits.
func (l *lines) settle() {
	start := l.text.Len() == 0
	if !start {
		for range l.breaks {
			l.text.WriteByte('\n')
		}
	}
	for range l.tabs {
		l.text.WriteByte('\t')
	}
	if l.space && !start && l.breaks == 0 && l.tabs == 0 {
		l.text.WriteByte(' ')
	}
	l.breaks, l.tabs, l.space, l.fresh = 0, 0, false, false
}

// lineBreak is a br, or the end of a line of pre.
func (l *lines) lineBreak() {
	l.space = false
	if !l.fresh {
		l.breaks++
	}
}

// block is the start or end of a block: n line breaks at least between what is
// before and what is behind it.
func (l *lines) block(n int) {
	l.space = false
	if !l.fresh {
		l.breaks = max(l.breaks, n)
	}
}

// A mark is where lines were when a row or a cell of a table began.
type mark struct {
	len, breaks, tabs int
	fresh             bool
}

func (l *lines) mark() mark { return mark{l.text.Len(), l.breaks, l.tabs, l.fresh} }

// openCell begins a cell, behind others of its row if there are any. Blocks at its
// start and end do not break the line.
func (l *lines) openCell(first bool) mark {
	if !first {
		l.tabs++
	}
	m := l.mark()
	l.space, l.fresh = false, true
	return m
}

func (l *lines) closeCell(m mark) {
	l.space = false
	if l.text.Len() == m.len {
		l.breaks, l.fresh = m.breaks, m.fresh
		return
	}
	l.breaks = 0
	l.fresh = false
}

// closeRow forgets the cells at the end of a row that hold nothing.
func (l *lines) closeRow(m mark) {
	if l.text.Len() == m.len {
		l.tabs = m.tabs
		return
	}
	l.tabs = 0
}

func (l *lines) String() string { return l.text.String() }
