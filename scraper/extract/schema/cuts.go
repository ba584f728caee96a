package schema

import (
	"strings"

	"scrape/scraper/extract/rule"
)

// split cuts a text at a separator outside of quotes and brackets.
func split(text string, separator byte) (parts []string) {
	start := 0
	scan(text, func(i int) bool {
		if text[i] == separator {
			parts = append(parts, text[start:i])
			start = i + 1
		}
		return true
	})
	return append(parts, text[start:])
}

// cssCuts are the offsets in a CSS selector before its combinators, and before
// each condition on an element.
func cssCuts(selector string) (cuts []int) {
	inside := func(i int) bool { return i > 0 && strings.IndexByte(" \t\r\n>+~", selector[i-1]) < 0 }
	opens(selector, func(i int) {
		switch c := selector[i]; {
		case strings.IndexByte(" \t\r\n>+~.#:[", c) < 0, !inside(i):
		case c == ':' && selector[i-1] == ':':
		default:
			cuts = append(cuts, i)
		}
	})
	return cuts
}

// pathCuts are the offsets before the steps and predicates of an XPath expression, which
// begin with / and [, or before the segments of a JSONPath (RFC 9535, section 1.4.2), which
// begin with . and [.
func pathCuts(s selector) (cuts []int) {
	step := byte('/')
	if s.Language == rule.JSONPath {
		step = '.'
	}
	first := len(s.Language) + len(":")
	opens(s.text, func(i int) {
		if c := s.text[i]; i > first && (c == '[' || c == step && s.text[i-1] != step) {
			cuts = append(cuts, i)
		}
	})
	return cuts
}

// opens visits the bytes outside of quotes and brackets, and the brackets that open.
func opens(text string, visit func(i int)) {
	next := 0
	scan(text, func(i int) bool {
		if i > next && text[next] == '[' {
			visit(next) // of a stretch that scan has left out
		}
		visit(i)
		next = i + 1
		return true
	})
	if next < len(text) && text[next] == '[' {
		visit(next)
	}
}
