package rule

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/theory/jsonpath"
	"github.com/theory/jsonpath/spec"

	"scrape/scraper/nearest"
)

// jsonPath is a JSONPath query (RFC 9535). Members of objects come in the order of
// their names: the RFC leaves the order open, and that of the document is not known
// any more.
//
// The library is asked about one selector and one value at a time only, so that the
// context is looked at in between. Filters may look at descendants (@..) once: filters
// in filters that do so take time that grows with a power of the depth.
type jsonPath struct {
	segments []*spec.Segment
}

// maxJSONMatches bounds what a query gives: "$..*..*" finds a value once for every
// ancestor, and more with every "..*".
const maxJSONMatches = 1 << 20

func compileJSONPath(p part) (selector, error) {
	path, err := jsonpath.Parse(p.text)
	if err != nil {
		return nil, jsonPathMistake(p, err)
	}
	segments := path.Query().Segments()
	for _, segment := range segments {
		for _, s := range segment.Selectors() {
			if f, ok := s.(*spec.FilterSelector); ok && strings.Count(f.String(), "..") > 1 {
				return nil, mistake(p.at, "the filter looks at descendants more than once", "have one .. in a filter")
			}
		}
	}
	return jsonPath{segments}, nil
}

// jsonPathMistake finds in the text of the library's error where the mistake is.
func jsonPathMistake(p part, err error) error {
	message := strings.TrimPrefix(err.Error(), jsonpath.ErrPathParse.Error()+": ")
	at := len(p.text)
	if before, position, ok := strings.Cut(message, " at position "); ok {
		if n, err := strconv.Atoi(position); err == nil {
			message, at = before, min(max(n-1, 0), len(p.text))
		}
	}
	hint := "such as jsonpath:$.offers[0].price or jsonpath:$..name"
	if !strings.HasPrefix(p.text, "$") {
		hint = "a path begins with $, " + hint
	}
	if rest, ok := strings.CutPrefix(message, "unknown function "); ok {
		name := strings.TrimSuffix(rest, "()")
		hint = "functions are length, count, match, search and value"
		if best := nearest.Name(name, []string{"length", "count", "match", "search", "value"}); best != "" {
			hint = "did you mean " + best + "()?"
		}
		at = max(strings.Index(p.text, name+"("), 0)
	} else if strings.HasSuffix(message, "comparison operator") {
		hint = "values are compared with ==, !=, <, <=, > and >="
	}
	return mistake(p.at+at, "no JSONPath: "+message, hint)
}

func (j jsonPath) find(s Scope, k *sink) error {
	values, err := s.values()
	if err != nil {
		return err
	}
	for _, v := range values {
		q := &jsonQuery{watch: watch{ctx: s.Doc.Context()}, root: v, sink: k}
		if err := q.run(v, j.segments); err != nil && !errors.Is(err, errEnough) {
			return err
		}
		if k.full() {
			return nil
		}
	}
	return nil
}

// errEnough ends a query.
var errEnough = errors.New("enough")

// jsonQuery is one evaluation of a path.
type jsonQuery struct {
	watch
	root any
	sink *sink
}

// run gives what segments select from a value. Values are as deep as encoding/json
// lets them be (10,000).
func (q *jsonQuery) run(v any, segments []*spec.Segment) error {
	if err := q.step(1); err != nil {
		return err
	}
	if len(segments) == 0 {
		if v != nil {
			if err := q.sink.addNested(&q.watch, v); err != nil {
				return err
			}
		}
		if q.sink.full() || q.sink.seen() >= maxJSONMatches {
			return errEnough
		}
		return nil
	}
	for _, s := range segments[0].Selectors() {
		if err := q.select1(v, s, segments[1:]); err != nil {
			return err
		}
	}
	if !segments[0].IsDescendant() {
		return nil
	}
	return children(v, func(child any) error { return q.run(child, segments) })
}

// select1 gives what a selector, and then segments, select from a value.
func (q *jsonQuery) select1(v any, s spec.Selector, rest []*spec.Segment) error {
	switch s := s.(type) {
	case spec.WildcardSelector:
		return children(v, func(child any) error { return q.run(child, rest) })
	case *spec.FilterSelector:
		return children(v, func(child any) error {
			if err := q.ctx.Err(); err != nil {
				return err
			}
			if !s.Eval(child, q.root) {
				return q.step(1)
			}
			return q.run(child, rest)
		})
	}
	for _, child := range s.Select(v, q.root) {
		if err := q.run(child, rest); err != nil {
			return err
		}
	}
	return nil
}

// children calls f with the values of an array, or with those of an object in the
// order of their names, until it gives an error.
func children(v any, f func(any) error) error {
	switch v := v.(type) {
	case []any:
		for _, child := range v {
			if err := f(child); err != nil {
				return err
			}
		}
	case map[string]any:
		for _, name := range slices.Sorted(maps.Keys(v)) {
			if err := f(v[name]); err != nil {
				return err
			}
		}
	}
	return nil
}
