package rule

import (
	"context"
	"strings"

	"github.com/antchfx/xpath"
	"golang.org/x/net/html"
)

// Languages of selectors that are not CSS: what stands before their colon.
const (
	XPath    = "xpath"
	JSONPath = "jsonpath"
	Regexp   = "re"
)

// Parts are those of a rule, as Parse divides it. They need not be right by themselves.
type Parts struct {
	Language   string // of the selector: "" (CSS), XPath, JSONPath or Regexp
	Selector   string // without its language, its back quotes and the white space around it
	Filters    string // what stands behind the first |
	SelectorAt int    // where Selector begins in the rule, in bytes
	FiltersAt  int    // where Filters begin, right behind the |; -1: there are none

	begin int // of the selector with its language
}

// Split divides a rule. The error is a *filter.Error with an Offset into s, of what hides
// where the selector ends, such as a quote that is not closed.
func Split(s string) (Parts, error) {
	head, tail, err := split(s)
	if err != nil {
		return Parts{}, err
	}
	return Parts{head.language, head.text, tail.text, head.at, tail.at, part{text: s}.trimmed().at}, nil
}

// Pseudo is where that begins, in bytes of the rule, by which the selector finds values
// and never an element: a pseudo-element of CSS; the last step of an XPath expression that
// leads to attributes or texts, with the / before it, or all of one whose result is no
// nodes; all of a jsonpath: or re:. Of several alternatives it is that of the first; of
// XPath all have to be such.
func (p Parts) Pseudo() (at int, ok bool) {
	selector := part{p.Language, p.Selector, p.SelectorAt}
	switch p.Language {
	case JSONPath, Regexp:
		return p.begin, true
	case XPath:
		if !givesNodes(p.Selector) {
			return p.SelectorAt, true
		}
		return selector.valueStep()
	}
	err := selector.outside(func(i int) bool {
		if strings.HasPrefix(selector.text[i:], "::") {
			at, ok = selector.at+i, true
		}
		return !ok
	})
	return at, ok && err == nil
}

// valueOfStep is a step of XPath to attributes, texts or comments.
var valueOfStep = lazily(`^(?:@|attribute\s*::|(?:[a-z-]+\s*::\s*)?(?:text|comment)\s*\(\s*\)\s*$)`)

// valueStep is where the last step of the first path of a union begins, if those of all
// paths lead to no elements.
func (p part) valueStep() (at int, ok bool) {
	start, slash, all := 0, none, true
	path := func(end int) {
		step, is := p.slice(start, end).lastStep(slash - start)
		if start == 0 {
			at = step
		}
		start, slash, all = end+1, none, all && is
	}
	err := p.outside(func(i int) bool {
		switch p.text[i] {
		case '/':
			slash = i
		case '|':
			path(i)
		}
		return all
	})
	if err != nil || !all {
		return 0, false
	}
	path(len(p.text))
	return at, all
}

// slice is a stretch of the part.
func (p part) slice(from, to int) part {
	return part{p.language, p.text[from:to], p.at + from}
}

// lastStep is where the last step of a path begins, with the / before it, and whether it
// leads to no elements. slash is the last one outside of brackets; less than 0: there is none.
func (p part) lastStep(slash int) (at int, value bool) {
	step := p.slice(max(slash+1, 0), len(p.text)).trimmed()
	if strings.HasPrefix(step.text, "(") { // with what is chosen of all that is found: (//a/@href)[1]
		return step.slice(1, closingParenthesis(step.text)).valueStep()
	}
	bare, _, _ := strings.Cut(step.text, "[")
	if slash < 0 {
		return step.at, valueOfStep().MatchString(bare)
	}
	path := strings.TrimRight(p.text[:slash], "/"+spaces)
	return p.at + len(path), valueOfStep().MatchString(bare)
}

// closingParenthesis is where that closes which an expression begins with; its end where
// nothing does.
func closingParenthesis(text string) int {
	open := 0
	for i, c := range []byte(unquoted(text)) {
		switch c {
		case '(':
			open++
		case ')':
			if open--; open == 0 {
				return i
			}
		}
	}
	return len(text)
}

// givesNodes tells whether the result of an expression is nodes, and no number, text or
// truth value, also where it cannot be known.
func givesNodes(text string) (nodes bool) {
	defer func() {
		if recover() != nil {
			nodes = true
		}
	}()
	expr, err := xpath.Compile(text)
	if err != nil {
		return true
	}
	looks := &watch{ctx: &fewLooks{context.Background(), 100}}
	_, nodes = expr.Evaluate(&watchedNavigator{newXMLNavigator(&html.Node{Type: html.ElementNode, Data: "p"}), looks}).(*xpath.NodeIterator)
	return nodes
}
