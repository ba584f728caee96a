package rule

import (
	"strconv"
	"strings"
)

// maxRule is the length in bytes that a rule may have. Compiled rules may be nested
// as deep as they are long.
const maxRule = 16 << 10

const spaces = " \t\r\n\f"

// part is a piece of a rule, at bytes into it.
type part struct {
	language string // of a selector: "", XPath, JSONPath, Regexp
	text     string
	at       int
}

// trimmed is the part without white space around it.
func (p part) trimmed() part {
	text := strings.TrimLeft(p.text, spaces)
	p.at += len(p.text) - len(text)
	p.text = strings.TrimRight(text, spaces)
	return p
}

// compile compiles a selector.
func (p part) compile() (selector, error) {
	if strings.TrimSpace(p.text) == "" { // white space that CSS does not know, too
		return nil, mistake(p.at, "the selector is empty", "write a CSS selector, xpath:…, jsonpath:… or re:…")
	}
	switch p.language {
	case XPath:
		return compileXPath(p)
	case JSONPath:
		return compileJSONPath(p)
	case Regexp:
		return compileRegexp(p)
	}
	return compileCSS(p)
}

// none is the place of filters that are not there.
const none = -1

// split divides a rule into its selector and its filters, whose place is none where
// there are none.
func split(s string) (head, filters part, err error) {
	if len(s) > maxRule {
		return head, filters, mistake(maxRule, "the rule is too long", "a rule has at most "+strconv.Itoa(maxRule)+" bytes")
	}
	p := part{text: s}.trimmed()
	for _, language := range []string{XPath, JSONPath, Regexp} {
		if rest, ok := strings.CutPrefix(p.text, language+":"); ok {
			p = part{language: language, text: rest, at: p.at + len(language) + 1}
			break
		}
	}
	if p.language == Regexp {
		// Of an expression white space counts, also at its ends.
		return splitRegexp(part{language: Regexp, text: s[p.at:], at: p.at})
	}
	bar, err := p.bar()
	if err != nil {
		return head, filters, err
	}
	if bar < 0 {
		return p.trimmed(), part{at: none}, nil
	}
	head = part{language: p.language, text: p.text[:bar], at: p.at}
	return head.trimmed(), part{text: s[p.at+bar+1:], at: p.at + bar + 1}, nil
}

// splitRegexp divides a re: rule: only back quotes end the expression before the rule does.
func splitRegexp(p part) (head, filters part, err error) {
	if !strings.HasPrefix(p.text, "`") {
		return p, part{at: none}, nil
	}
	inner, rest, closed := strings.Cut(p.text[1:], "`")
	if !closed {
		return p, filters, mistake(p.at, "the back quote is not closed", "an expression that begins with a back quote itself is written \\x60…")
	}
	head = part{language: Regexp, text: inner, at: p.at + 1}
	tail := part{text: rest, at: p.at + len(inner) + 2}.trimmed()
	if tail.text == "" {
		return head, part{at: none}, nil
	}
	if tail.text[0] != '|' {
		return head, filters, mistake(tail.at, "filters after a back quote begin with |", "write re:`…` | number")
	}
	return head, part{text: tail.text[1:], at: tail.at + 1}, nil
}

// bar is where the "|" stands that begins the filters; -1: nowhere.
func (p part) bar() (int, error) {
	bar := -1
	err := p.outside(func(i int) bool {
		if p.text[i] == '|' && (p.language != XPath || beginsFilter(p.text[i+1:])) {
			bar = i
		}
		return bar < 0
	})
	return bar, err
}

// outside visits the bytes outside of quotes, brackets, escapes and comments, until visit
// says to stop.
func (p part) outside(visit func(i int) bool) error {
	var open []int
	for i := 0; i < len(p.text); i++ {
		switch c := p.text[i]; c {
		case '\\':
			if p.language != XPath {
				i++
				continue
			}
		case '/':
			if p.language == "" {
				if end := commentEnd(p.text, i); end > i {
					i = end
					continue
				}
			}
		case '"', '\'':
			end := closing(p.text, i, p.language != XPath)
			if end < 0 {
				return mistake(p.at+i, "the quote is not closed", "close it with "+string(c))
			}
			i = end
			continue
		case '(', '[':
			open = append(open, i)
		case ')', ']':
			if len(open) == 0 || p.text[open[len(open)-1]] != pair(c) {
				return mistake(p.at+i, "nothing is open that "+string(c)+" could close", "take it away, or put the one before it that opens")
			}
			open = open[:len(open)-1]
			continue
		}
		if len(open) == 0 && !visit(i) {
			return nil
		}
	}
	if len(open) > 0 {
		at := open[len(open)-1]
		return mistake(p.at+at, "the bracket "+p.text[at:at+1]+" is not closed", "put "+closer(p.text[at])+" behind what belongs into it")
	}
	return nil
}

// commentEnd is where the comment that begins at i ends; i where there is none.
func commentEnd(s string, i int) int {
	if strings.HasPrefix(s[i:], "/*") {
		if length := strings.Index(s[i+2:], "*/"); length >= 0 {
			return i + length + 3
		}
	}
	return i
}

// closer is what closes a bracket.
func closer(open byte) string {
	if open == '(' {
		return ")"
	}
	return "]"
}

func pair(closing byte) byte {
	if closing == ')' {
		return '('
	}
	return '['
}

// closing is where the quote that begins at i ends; -1: nowhere.
func closing(s string, i int, escapes bool) int {
	for j := i + 1; j < len(s); j++ {
		switch {
		case s[j] == s[i]:
			return j
		case s[j] == '\\' && escapes:
			j++
		}
	}
	return -1
}

// beginsFilter tells whether a filter follows, rather than the next path of a union:
// a name with arguments or without, and then the end or another "|".
func beginsFilter(s string) bool {
	s = strings.TrimLeft(s, spaces)
	n := 0
	for n < len(s) && (s[n] == '_' || 'a' <= s[n]|0x20 && s[n]|0x20 <= 'z' || n > 0 && '0' <= s[n] && s[n] <= '9') {
		n++
	}
	name, rest := s[:n], strings.TrimLeft(s[n:], spaces)
	switch {
	case rest == "" || rest[0] == '|':
		return true // also where there is no name: filters say what is missing
	case name == "" || rest[0] != '(':
		return false
	}
	switch inside := strings.TrimLeft(rest[1:], spaces); name {
	case "text", "node", "comment":
		return !strings.HasPrefix(inside, ")") // else a test of XPath
	case "id":
		return false // XPath's only function that gives nodes
	}
	return true
}

// quoted is a text as messages show it, cut where it is long.
func quoted(s string) string {
	if len(s) > 40 {
		s = strings.ToValidUTF8(s[:40], "") + "…"
	}
	return strconv.Quote(s)
}
