package markup

// Line collects text on one line: white space, which is ASCII's, is collapsed, and
// none is at the ends. The zero value is empty.
type Line struct {
	only  string // all there is, if it came in one piece that could stay as it is
	b     []byte
	space bool // stands before what is added next
}

// Add adds text. What is added first may be kept, without being copied.
func (l *Line) Add(s string) {
	if !l.empty() {
		l.append(s)
		return
	}
	trimmed := TrimSpace(s)
	if trimmed == "" {
		return
	}
	if isCollapsed(trimmed) {
		l.only = trimmed
		l.space = IsSpace(s[len(s)-1])
		return
	}
	l.append(s)
}

func (l *Line) append(s string) {
	if l.only != "" {
		l.b = append(l.b, l.only...)
		l.only = ""
	}
	for i := range len(s) {
		c := s[i]
		if IsSpace(c) {
			l.space = true
			continue
		}
		if l.space && len(l.b) > 0 {
			l.b = append(l.b, ' ')
		}
		l.space = false
		l.b = append(l.b, c)
	}
}

// Part makes what is added next stand apart.
func (l *Line) Part() { l.space = true }

func (l *Line) empty() bool { return l.only == "" && len(l.b) == 0 }

// Take returns what was collected and begins anew.
func (l *Line) Take() string {
	s := l.only
	if len(l.b) > 0 {
		s = string(l.b)
	}
	l.only, l.b, l.space = "", l.b[:0], false
	return s
}
