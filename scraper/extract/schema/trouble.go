package schema

import (
	"strings"

	"scrape/scraper/extract/rule"
)

// trouble is a mistake against YAML with its place. The library tells no columns, and
// for a quotation mark or bracket without a partner not even the line where it stands.
type trouble struct {
	spot
	message string // "": that of the library
	hint    string
}

// spot is a place in lines.
type spot struct {
	line int // counted from 0
	at   int // bytes
}

// findTrouble looks for the first mistake in a file that the library has refused. It
// knows as much of YAML as people write by hand; nil where it finds nothing.
func findTrouble(lines []string) *trouble {
	t := &troubleshooter{lines: lines}
	for t.line < len(lines) && t.found == nil {
		t.readLine()
	}
	return t.found
}

// level is a mapping or a list that is open, by the column of its entries.
type level struct {
	indent int
	list   bool
}

// troubleshooter reads a file line by line, as far as blocks go.
type troubleshooter struct {
	lines  []string
	spot   // where it is
	levels []level
	empty  bool  // a value may begin in the next line
	text   *spot // where a text began that the next line may go on with
	alone  bool  // that was the beginning of its line
	found  *trouble
}

func (t *troubleshooter) wrong(s spot, message, hint string) {
	if t.found == nil {
		t.found = &trouble{s, message, hint}
	}
}

// rest is what the line still has.
func (t *troubleshooter) rest() string { return t.lines[t.line][min(t.at, len(t.lines[t.line])):] }

// space skips white space in the line, and a comment.
func (t *troubleshooter) space() {
	rest := t.rest()
	trimmed := strings.TrimLeft(rest, " \t")
	if strings.HasPrefix(trimmed, "#") && (t.at == 0 || len(trimmed) < len(rest)) {
		trimmed = ""
	}
	t.at += len(rest) - len(trimmed)
}

// next goes to the next line.
func (t *troubleshooter) next() { t.line, t.at = t.line+1, 0 }

// readLine reads a line, with all lines that what begins in it reaches over.
func (t *troubleshooter) readLine() {
	line := t.lines[t.line]
	for _, mark := range []string{"<<<<<<< ", "=======", ">>>>>>> "} {
		if strings.HasPrefix(line, mark) {
			t.wrong(t.spot, "what is left of a merge", "two versions of the file are in it: keep one")
			return
		}
	}
	if isMarker(line) {
		t.levels, t.empty, t.text = nil, true, nil
		t.at = len("---")
	} else if strings.HasPrefix(line, "%") && len(t.levels) == 0 {
		t.next()
		return
	}
	t.space()
	if t.rest() == "" {
		t.next()
		return
	}
	t.entry()
	t.next()
}

// isMarker tells the beginning or end of a document.
func isMarker(line string) bool {
	rest, ok := strings.CutPrefix(line, "---")
	if !ok {
		rest, ok = strings.CutPrefix(line, "...")
	}
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// entry reads a key with its value, an element of a list, or a text.
func (t *troubleshooter) entry() {
	for isIndicator(t.rest(), '-') {
		if !t.enter(level{t.at, true}) {
			return
		}
		t.at++
		t.empty = true
		if t.space(); t.rest() == "" {
			return
		}
	}
	begin := t.spot
	key := t.key()
	switch {
	case t.found != nil:
		return
	case key == begin.at:
		t.wrong(begin, "a name is missing before :", "a field is NAME: RULE")
	case key >= 0:
		if !t.enter(level{begin.at, false}) {
			return
		}
		t.at = key + 1
		t.empty, t.text = true, nil
		if t.space(); t.rest() != "" {
			t.empty = false
			t.value(begin.at)
		}
	case t.text != nil && begin.at > t.column(): // it goes on with the text
		t.empty = false
	case t.empty || len(t.levels) == 0:
		t.text, t.alone, t.empty = &begin, true, false
		t.at = begin.at
		if strings.IndexByte("\"'[{&*!|>", t.rest()[0]) >= 0 {
			t.value(t.column())
		}
	default:
		t.colonMissing(begin)
	}
}

// column is that of the innermost level; -1: there is none.
func (t *troubleshooter) column() int {
	if len(t.levels) == 0 {
		return -1
	}
	return t.levels[len(t.levels)-1].indent
}

// enter opens a level, or goes back to it.
func (t *troubleshooter) enter(l level) bool {
	here := spot{t.line, l.indent}
	if t.text != nil && l.indent > t.column() {
		switch {
		case t.alone:
			t.colonMissing(*t.text)
		case !l.list:
			t.wrong(here, "", columnHint+": this one is further to the right than the one above")
		default:
			return true // a text may have a line that begins with -
		}
		return false
	}
	back := false
	for n := len(t.levels); n > 0; n-- {
		top := t.levels[n-1]
		if top == l {
			t.text = nil
			return true
		}
		// A list may begin in the column of the key that it is the value of.
		if top.indent < l.indent || top.indent == l.indent && l.list {
			break
		}
		back = true
		t.levels = t.levels[:n-1]
	}
	if back || !t.empty && len(t.levels) > 0 {
		hint := columnHint
		if l.list {
			hint = "a list stands below its key, or in [ ]"
		}
		t.wrong(here, "", hint)
		return false
	}
	t.levels = append(t.levels, l)
	t.text = nil
	return true
}

// colonMissing is the mistake of a text where a key is wanted.
func (t *troubleshooter) colonMissing(s spot) {
	text := strings.TrimRight(t.lines[s.line], " \t")
	if i := strings.IndexByte(text[s.at:], ':'); i > 0 && rule.IsName(text[s.at:s.at+i]) {
		t.wrong(spot{s.line, s.at + i}, "no white space behind :", text[s.at:s.at+i]+": "+short(text[s.at+i+1:]))
		return
	}
	if text[s.at] == '<' {
		t.wrong(s, "", "is this the schema, or the page?")
		return
	}
	t.wrong(s, "could not find expected ':'", "a field is NAME: RULE; "+quoteHint)
}

// isIndicator tells a - or ? that stands for itself from one that begins a text.
func isIndicator(text string, c byte) bool {
	return text != "" && text[0] == c && (len(text) == 1 || text[1] == ' ' || text[1] == '\t')
}
