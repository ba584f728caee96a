package schema

import (
	"regexp/syntax"
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/filter"
	"scrape/scraper/extract/rule"
)

// swallowed is the hint for a filter that has become the last alternative of a regular
// expression. An expression may mean that: white space beside the | says that it does not.
func swallowed(s selector) string {
	if s.Language != rule.Regexp || s.isQuoted() {
		return ""
	}
	expression := s.Selector
	bar := strings.LastIndexByte(expression, '|')
	if bar < 0 || strings.TrimSpace(expression[:bar]) == expression[:bar] && strings.TrimSpace(expression[bar+1:]) == expression[bar+1:] {
		return ""
	}
	call := strings.TrimSpace(expression[bar+1:])
	if _, err := filter.Parse(call); err != nil || call == "" {
		return ""
	}
	if _, err := syntax.Parse(expression[:bar], syntax.Perl); err != nil {
		return "" // the | stands in a group or class, or for itself
	}
	return "| " + call + " is part of the expression; put that in back quotes: re:`…` | " + call
}

// graph is where JSON-LD has things that are told of together (JSON-LD 1.1, section
// "Named Graphs").
const graph = "['@graph'][*]"

// inList is the hint for a path that would find something one level deeper, where
// JSON-LD has a list.
func (t *tracer) inList(s selector, scope rule.Scope) (string, error) {
	rest, ok := strings.CutPrefix(s.Selector, "$")
	if !ok || rest == "" || strings.HasPrefix(rest, "..") {
		return "", nil
	}
	what := "the JSON-LD"
	if t.doc.Kind() == document.JSON {
		what = "the JSON"
	}
	for _, in := range []struct{ path, hint string }{
		{"$[*]" + rest, what + " is a list: $[*]" + rest},
		{"$" + graph + rest, "it is under @graph: $" + graph + rest},
		{"$[*]" + graph + rest, what + " is a list, and it is under @graph: $[*]" + graph + rest},
	} {
		n, _, err := t.count(rule.JSONPath+":"+in.path, scope)
		switch {
		case err != nil:
			return "", err
		case n == 0:
		case strings.HasPrefix(rest, "."):
			return in.hint + " or $." + rest, nil
		default:
			return in.hint, nil
		}
	}
	return "", nil
}

// TypeSelector is the selector, if that is the name of an element and nothing else; else "".
func (f *Finding) TypeSelector() string {
	name := selectorOf(f.Selector).text
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz") != "" {
		return ""
	}
	return name
}
