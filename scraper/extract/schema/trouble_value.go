package schema

import (
	"strconv"
	"strings"
)

// key is where the colon stands behind the key that begins here; -1: there is none.
// Of a text in quotes or brackets it may be that of a value.
func (t *troubleshooter) key() int {
	begin, rest := t.spot, t.rest()
	if strings.IndexByte("\"'[{", rest[0]) >= 0 {
		if t.skipBracketed(); t.found != nil {
			return -1
		}
		end := t.spot
		t.space()
		if end.line == begin.line && isIndicator(t.rest(), ':') {
			return t.at
		}
		t.spot = begin
		return -1
	}
	if rest[0] == '|' || rest[0] == '>' {
		return -1
	}
	return t.colon()
}

// colon is where the first ": " of a plain text stands; -1: nowhere.
func (t *troubleshooter) colon() int {
	rest := t.rest()
	for i := range len(rest) {
		switch {
		case rest[i] == '#' && i > 0 && (rest[i-1] == ' ' || rest[i-1] == '\t'):
			return -1
		case isIndicator(rest[i:], ':'):
			return t.at + i
		}
	}
	return -1
}

func (t *troubleshooter) skipBracketed() {
	switch t.rest()[0] {
	case '"', '\'':
		t.quoted()
	case '[', '{':
		t.flow()
	}
}

// value reads the value behind a key in a column.
func (t *troubleshooter) value(column int) {
	begin, rest := t.spot, t.rest()
	switch c := rest[0]; {
	case strings.IndexByte("\"'[{", c) >= 0:
		t.skipBracketed()
		if t.found != nil {
			return
		}
		closed := t.spot
		if t.space(); t.rest() == "" {
			t.text = nil
			return
		}
		t.behind(begin, closed)
	case c == '|' || c == '>':
		if header := strings.TrimLeft(rest[1:], "+-123456789"); header != "" && header[0] != ' ' && header[0] != '\t' || strings.TrimSpace(cutComment(header)) != "" {
			t.wrong(begin, "", "a text that begins with "+string(c)+" stands in quotes: "+inQuotes(rest))
			return
		}
		t.block(column)
	case c == '&' || c == '*':
		if len(rest) == 1 || !isAnchor(rest[1]) {
			t.wrong(begin, "", "a text that begins with "+string(c)+" stands in quotes: "+inQuotes(rest))
		}
	case strings.IndexByte("@`%,]}", c) >= 0:
		t.wrong(begin, "", "a text that begins with "+string(c)+" stands in quotes: "+inQuotes(rest))
	case isIndicator(rest, '-'):
		t.wrong(begin, "", "a list begins in the line below its key, or stands in [ ]")
	case isIndicator(rest, '?'):
		t.wrong(begin, "", "a text that begins with ? stands in quotes")
	case c == '!':
		if tag, _, _ := strings.Cut(rest, " "); strings.Count(tag, "!") > 1 {
			t.wrong(begin, "", "a text that begins with ! stands in quotes: "+inQuotes(rest))
		}
	default:
		if i := t.colon(); i >= 0 {
			t.wrong(spot{t.line, i}, "", "a text with \": \" in it stands in quotes: "+inQuotes(cutComment(rest)))
			return
		}
		t.text, t.alone = &begin, false
	}
}

func cutComment(text string) string {
	before, _, _ := strings.Cut(text, " #")
	return strings.TrimRight(before, " \t")
}

func isAnchor(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || c == '_' || c == '-'
}

// behind is the mistake of something behind a quotation mark or bracket that closes.
func (t *troubleshooter) behind(begin, closed spot) {
	first := t.lines[begin.line][begin.at]
	switch c := t.rest()[0]; {
	case begin.line < closed.line && (first == '"' || first == '\''):
		t.wrong(begin, "a quotation that is never closed", "it ends only in line "+strconv.Itoa(closed.line+1)+": put "+string(first)+" where it was meant to end")
	case c == ']' || c == '}':
		t.wrong(t.spot, "nothing is open that "+string(c)+" could close", "take it away; a text with one at its end stands in quotes, all of it")
	case first == '"' || first == '\'':
		other := "'"
		if first == '\'' {
			other = "\""
		}
		t.wrong(t.spot, "something stands behind the quotation", "all of a text stands in quotation marks; one with "+string(first)+" in it stands in "+other+", or has it twice where that is '")
	default:
		t.wrong(t.spot, "something stands behind the closing bracket", "a text that begins with "+string(first)+" stands in quotes: "+inQuotes(t.lines[begin.line][begin.at:]))
	}
}

// block passes over the lines of a block of text, which belongs to a key in a column.
func (t *troubleshooter) block(column int) {
	for t.line+1 < len(t.lines) {
		line := t.lines[t.line+1]
		if body := strings.TrimLeft(line, " "); body != "" && len(line)-len(body) <= column {
			break
		}
		t.next()
	}
	t.at = len(t.lines[t.line])
	t.text = nil
}

// quoted passes over a text in quotation marks.
func (t *troubleshooter) quoted() {
	begin, quote := t.spot, t.rest()[0]
	for t.at++; t.line < len(t.lines); t.next() {
		for line := t.lines[t.line]; t.at < len(line); t.at++ {
			switch c := line[t.at]; {
			case c == quote && quote == '\'' && strings.HasPrefix(line[t.at+1:], "'"):
				t.at++
			case c == quote:
				t.at++
				return
			case c == '\\' && quote == '"':
				if !isEscape(line[t.at+1:]) {
					t.wrong(t.spot, "", escapeHint)
					return
				}
				t.at++
			}
		}
	}
	t.spot = begin
	t.wrong(begin, "", partnerHint+": put "+string(quote)+" where the text ends")
}

// isEscape tells whether what follows a backslash makes it an escape (YAML 1.2.2,
// section 5.7).
func isEscape(text string) bool {
	if text == "" {
		return true // of the end of a line
	}
	digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[text[0]]
	if digits == 0 {
		return strings.IndexByte("0abt\tnvfre \"/\\N_LP", text[0]) >= 0
	}
	return len(text) > digits && strings.Trim(text[1:1+digits], "0123456789abcdefABCDEF") == ""
}
