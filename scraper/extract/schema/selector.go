package schema

import (
	"strings"

	"scrape/scraper/extract/rule"
)

// selector is that of a rule, as it stands in a file.
type selector struct {
	rule.Parts
	text    string // with its language and back quotes, without white space around it
	filters string // from the | on; "": there are none
}

// selectorOf takes the selector from a rule. Of one that cannot be divided it is all.
func selectorOf(text string) selector {
	parts, err := rule.Split(text)
	if err != nil || parts.FiltersAt < 0 {
		return selector{parts, strings.TrimSpace(text), ""}
	}
	bar := parts.FiltersAt - 1
	return selector{parts, strings.TrimSpace(text[:bar]), text[bar:]}
}

// isQuoted tells an expression of re: in back quotes.
func (s selector) isQuoted() bool {
	return strings.HasPrefix(s.text, rule.Regexp+":`")
}

// scan visits the bytes of a text that are outside of quotes, brackets and
// escapes, until visit says to stop.
func scan(text string, visit func(i int) bool) {
	depth := 0
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\\':
			i++
			continue
		case '"', '\'', '`':
			i++
			for i < len(text) && text[i] != c {
				if text[i] == '\\' {
					i++
				}
				i++
			}
			continue
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			depth = max(depth-1, 0)
		}
		if depth == 0 && !visit(i) {
			return
		}
	}
}
