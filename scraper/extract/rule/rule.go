// Package rule reads and runs the rules by which a user says what is wanted of a
// page in one line:
//
//	RULE   = SELECTOR *( "|" FILTER )
//	FIELD  = NAME "=" RULE            ; the first match
//	       / NAME "[]=" RULE          ; a list of all matches
//
// A selector is one of four:
//
//	.price, a::attr(href)   CSS, on HTML and XML (Selectors Level 3 and what package
//	                        cascadia adds, with :is, :where and :scope), with ::text and
//	                        ::attr(NAME) as Scrapy has them; see css.go
//	xpath://h1/text()       XPath 1.0, on HTML and XML
//	jsonpath:$..price       RFC 9535, on JSON and on the JSON-LD of a page, each
//	                        script of it up to 4 MiB
//	re:"price":"([^"]+)"    a regular expression (RE2) on the text of the document:
//	                        its first group, or else all that it matches
//
// CSS and XPath look into no template of HTML, as browsers do not: a template itself is
// found, and its html is all of it. In XHTML as in XML letters' case counts in the
// names of elements.
//
// The first "|" outside quotes, brackets and parentheses begins the filters, with
// two exceptions. In XPath it may be a union: it begins filters only where a bare
// name follows, as in "//h1 | trim" or "//td | nth(2)"; "//h1 | //h2" is a union,
// and so is "a | text()"; an element of a union that has nothing but a name is
// written "./name". Of re: everything up to the end is the expression, so that it
// has no filters, unless it stands between back quotes: "re:`a|b` | number".
//
// What a field is: the text of an element is what a browser shows of it in one
// line, without its scripts and styles; text nodes and the values of ::text are
// tidied alike, and blank ones are no matches; attributes are given as they are. A
// field of NAME[]= is a list, also where default gives its one value, unless its
// filters end with one of them (first, last, nth, count, join). A
// field of NAME= is made of the first match, unless its filters ask for a list
// (first, last, nth, count, join): they are given all matches.
//
// What is compiled is safe for concurrent use; documents are not.
package rule

import (
	"context"
	"math"
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/filter"
)

// Rule is a selector and its filters, compiled.
type Rule struct {
	selector selector
	filters  filter.Pipeline
}

// selector finds things in a scope.
type selector interface {
	// find gives what it finds, in the order of the document, to sink, until that has
	// enough: strings, Elements, and what JSON values are.
	find(s Scope, sink *sink) error
}

// Scope is where a rule is looked for.
type Scope struct {
	Doc *document.Document

	// Node is the element to look in; nil: the whole document. As in Scrapy it may
	// match itself, and what surrounds it does not count: in a row, "table td"
	// finds nothing, "tr > td" and ":scope > td" find its cells. To XPath it is the
	// root and the context, to re: its HTML or XML is the text, and of JSON-LD that inside
	// of it counts.
	Node *html.Node
}

// Parse compiles a rule. The error is a *filter.Error with an Offset into s.
func Parse(s string) (*Rule, error) {
	head, tail, err := split(s)
	if err != nil {
		return nil, err
	}
	r := &Rule{}
	if r.selector, err = head.compile(); err != nil {
		return nil, err
	}
	if tail.at == none {
		return r, nil
	}
	if strings.Trim(tail.text, spaces) == "" {
		return nil, mistake(tail.at, "a filter is missing here", `filters stand behind "|": .price | number`)
	}
	if r.filters, err = filter.Parse(tail.text); err != nil {
		return nil, shifted(err, tail.at)
	}
	return r, nil
}

// Required tells whether a field that the rule finds nothing for is an error.
func (r *Rule) Required() bool { return r.filters.Required() }

// Kind is what the rule finds, or what the elements of the list are that it finds,
// as far as that is known without a page; many is that of Value.
func (r *Rule) Kind(many bool) (kind filter.Kind, list bool) {
	switch s := r.selector.(type) {
	case css, regexpSelector:
		kind = filter.TextKind
	case xpathSelector:
		kind = s.gives
	}
	return r.filters.Kind(kind), many && !r.filters.IsValue() || r.filters.Splits()
}

// Value is what the rule finds, ready for JSON: a string, json.Number, bool, value
// of a JSON document, or list of such. With many it is a list ([]any) of all
// matches, else the first. It is nil where nothing is found, also because the
// document is of a kind that the selector does not apply to.
//
// Errors are that of the document's context where that ends, and those that OfField tells.
//
// Elements inside of others that are found, and JSON values inside of others, come
// with all that is in them every time. A list ends where it would be longer than
// 64 MiB for that reason, or where the matches of a regular expression take that much
// memory, with 32 bytes more for each: filters see no more of it, but for count as
// the first, which counts all. One of re: without filters ends where it is longer
// than a field may be (document.Source).
func (r *Rule) Value(s Scope, many bool) (any, error) {
	sink := newSink(s, r, many)
	if err := r.selector.find(s, sink); err != nil {
		return nil, err
	}
	return r.finish(s, sink, many)
}

// Elements are the elements that the rule finds, in the order of the document, for
// others to be looked for inside of them. Filters do not count.
func (r *Rule) Elements(s Scope) ([]*html.Node, error) {
	sink := &sink{all: true, room: math.MaxInt, unlimited: true}
	if err := r.selector.find(s, sink); err != nil {
		return nil, err
	}
	var nodes []*html.Node
	for _, v := range sink.values {
		if e, ok := v.(Element); ok && e.node != nil {
			nodes = append(nodes, e.node)
		}
	}
	return nodes, nil
}

// finish runs the filters over what has been found. Of a Binary nothing is read, so that
// there is nothing to count in it, nor to stand in for.
func (r *Rule) finish(s Scope, found *sink, many bool) (any, error) {
	if s.Doc.Kind() == document.Binary {
		return nil, nil
	}
	var v any
	switch {
	case len(found.values) == 0:
	case many || r.filters.TakesList():
		v = found.values
	default:
		v = found.values[0]
	}
	var err error
	if found.counted > 0 {
		v, err = r.filters.ApplyCounted(environment(s), found.counted)
	} else {
		v, err = r.filters.Apply(environment(s), v)
	}
	if err != nil {
		return nil, err
	}
	v = plain(v)
	list, ok := v.([]any)
	switch {
	case !many:
		return v, nil
	case !ok && v != nil && !r.filters.IsValue():
		return []any{v}, nil // of default
	case !ok:
		return v, nil
	}
	if list = present(list); len(list) == 0 {
		return nil, nil
	}
	return list, nil
}

// element is one of the document.
func (s Scope) element(n *html.Node) Element {
	return Element{node: n, xml: s.Doc.Kind() == document.XML}
}

// environment is what filters ask of the page.
func environment(s Scope) *filter.Env {
	return &filter.Env{Resolve: s.Doc.Absolute, Lang: s.Doc.Lang, Err: s.Doc.Context().Err}
}

// plain turns elements into their text.
func plain(v any) any {
	switch v := v.(type) {
	case Element:
		return v.Text()
	case []any:
		for i := range v {
			if _, ok := v[i].(Element); ok { // others may be shared with the document
				v[i] = plain(v[i])
			}
		}
	}
	return v
}

// present is a list without its nils.
func present(list []any) []any {
	kept := make([]any, 0, len(list))
	for _, v := range list {
		if v != nil {
			kept = append(kept, v)
		}
	}
	return kept
}

// stepsPerLook is how much work is done before a context is asked whether to go on.
const stepsPerLook = 1024

// watch asks a context now and then whether work may go on.
type watch struct {
	ctx   context.Context
	steps int
}

// step counts n units of work, each of which is about as much as a look at a node.
func (w *watch) step(n int) error {
	w.steps += n
	if w.steps < stepsPerLook {
		return nil
	}
	w.steps = 0
	return w.ctx.Err()
}
