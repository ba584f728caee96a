// Package filter turns what a selector has found into the value that is wanted:
// trimmed, a number, a date. It parses and runs the filters of a field's rule,
// such as "trim | number(de) | default(0)".
//
// # Values
//
// What flows from filter to filter is nil (nothing was found), a string, a bool,
// a json.Number, an Element of the page, a list ([]any) of these, or what JSON
// holds (map[string]any). Text is what most filters work on: of an Element it is
// Element.Text, of a number or a bool its JSON, of a map or a list inside of a
// list its JSON too.
//
// # Filters
//
// Filters run from left to right. "Each" says that a filter given a list works
// on each of its values, also of lists inside of it; "list" that it takes the
// list as a whole, and one value as a list of one.
//
//	trim                  each  text without white space at its ends
//	text                  each  text of an element; anything else as it is
//	html                  each  HTML of an element; anything else as it is
//	number, number(HINT)  each  the first number in text, see Number
//	int, int(HINT)        each  the same where it is whole ("12.0" is 12, "12.5" is missing)
//	bool                  each  true, yes, y, on, 1: true; false, no, n, off, 0: false; in upper or lower case
//	date, date(HINT)      each  the first date in text, see DateOn; without HINT, as DateOn has it for Env.Lang
//	url                   each  the absolute http or https URL of a reference; of another scheme, or empty, or beyond what Env.Resolve makes: missing. Of an
//	                            element it is where that leads, its href or src or the like; of one that leads nowhere, that in its text, if that is absolute
//	lower, upper          each  text in lower or upper case, as Unicode has it
//	replace(OLD, NEW)     each  every OLD in text by NEW; OLD as "re:…" is a regular expression, and NEW may say $1
//	regex(PATTERN)        each  the first group of the first match in text, or the match if there is no group
//	json                  each  the value of JSON text, up to 512 deep
//	split(SEPARATOR)      each  the list of text's parts, as they are; without SEPARATOR, of its words
//	join(SEPARATOR)       list  one text of the list's; SEPARATOR is ", " if not given
//	first, last           list  the first or last value
//	nth(N)                list  the Nth value: 1 is the first, -1 the last
//	count                 list  how many values there are; 0 of nothing
//	default(VALUE)        each  VALUE instead of what is missing or blank
//	required              each  what is blank counts as missing, and Pipeline.Required is true
//
// # What is missing
//
// A value that a filter cannot read, such as the number of "sold out", is missing
// from there on: it is nil, never an error. All filters but count and default
// leave it so. A list keeps the place of a missing value for a default that
// follows; first, last, nth, count and join pass over it, and at the end of the
// filters it is dropped. A list that is empty then is missing itself.
//
// So is a text that replace or join would make so large that those which the filter
// has made larger had more than 64 MiB in all.
//
// Text of nothing but white space is blank. It is a value like any other but for
// default and required. As filters run from left to right, default gives its
// value for what the filters before it did not find, and those behind it work
// on that value too: "default(0) | number" reads 0, "number | default(0)" gives
// it also for what is no number. A list without values gets the default as its
// one value. Where required stands does not matter for what it asks for: that
// there is a value at the end.
//
// # Grammar
//
//	filters  = [ filter { "|" filter } ]
//	filter   = name [ "(" [ argument { "," argument } ] ")" ]
//	argument = bare | quoted
//
// White space may stand between these. A bare argument is any text without
// quotes, brackets, commas, backslashes and "|"; white space at its ends is not
// part of it. A quoted one is inside of ', " or `, where a backslash stands before a
// quote or a backslash that is meant as itself, and \n, \r and \t are what they
// are in Go; a backslash before anything else is itself. A regular expression is
// taken as it stands between its quotes, so that "\d+" and "\"" are one.
//
// Regular expressions are those of Go's package regexp, that is of RE2: they take
// time in proportion to the text, whatever they say. They are compiled once.
package filter

import (
	"encoding/json"
	"strconv"
)

// Element is what a CSS or XPath selector finds on a page.
type Element interface {
	Text() string // what it says
	HTML() string // how it is written

	// Reference is where the element leads: the value of its href, or src, or the
	// like. It is not ok if it has none, or its text is where it leads, as in a feed.
	Reference() (ref string, ok bool)
}

// Env is what filters need to know of the page. The zero value, and nil, are of a page nothing is known of.
type Env struct {
	// Resolve makes an absolute URL of a reference, as the page's base URL has it.
	// If it is nil, only absolute URLs are read.
	Resolve func(reference string) (url string, ok bool)
	// Lang is the language that the page says it is in, a BCP 47 tag; "" if it does
	// not. It may be nil.
	Lang func() string
	// Err is asked now and then whether to go on, such as a context's method of that name. It may be nil.
	Err func() error
}

// Pipeline is a sequence of filters. The zero value leaves every value as it
// is. A Pipeline never changes: it is safe for concurrent use, as far as the
// Elements and the Env given to it are.
type Pipeline struct {
	steps    []step
	required bool
	list     bool
	value    bool
	splits   bool
	counts   bool
}

// step is one filter with its arguments. One of each and whole is set.
type step struct {
	each  func(r *run, v any) any   // gets no nil, and no list
	empty any                       // what takes the place of nil, where each is set
	blank bool                      // whether blank text and empty lists count as nil
	flat  bool                      // whether each gives a list whose values belong into the list that v is of
	whole func(r *run, v []any) any // gets no nil in its list
	gives Kind
}

// IsValue says whether the filters make one value of whatever they are given, as
// join and first do.
func (p Pipeline) IsValue() bool { return p.value }

// Required says whether the filter required is among the filters: whether a page
// for which they give nil does not hold what was asked for.
func (p Pipeline) Required() bool { return p.required }

// TakesList says whether the filters begin their work with a list, as count does:
// they are to be given all that a selector finds, even if only one value is asked
// for. "split(",") | first" has a list of its own, and takes none.
func (p Pipeline) TakesList() bool { return p.list }

// IsEmpty says whether there are no filters.
func (p Pipeline) IsEmpty() bool { return len(p.steps) == 0 }

// Counts says whether the first filter is count, which needs no more of a list than
// how many values are in it.
func (p Pipeline) Counts() bool { return p.counts }

// Apply runs the filters on v, which it does not change, and gives their result:
// nil if nothing is found. An Element that no filter has turned into text remains
// one. The only error is that of env.Err.
func (p Pipeline) Apply(env *Env, v any) (any, error) {
	if env == nil {
		env = &Env{}
	}
	if len(p.steps) == 0 {
		return v, nil
	}
	return p.run(env, p.steps, v)
}

// ApplyCounted is Apply for as many values as there are, of filters that Counts is
// true of.
func (p Pipeline) ApplyCounted(env *Env, values int) (any, error) {
	if env == nil {
		env = &Env{}
	}
	return p.run(env, p.steps[1:], json.Number(strconv.Itoa(values)))
}

func (p Pipeline) run(env *Env, steps []step, v any) (any, error) {
	r := run{env: env}
	for _, s := range steps {
		r.left = maxText
		v = r.apply(s, v)
		if r.err != nil {
			return nil, r.err
		}
	}
	return r.finish(v), nil
}

// run is the work of a pipeline on one value.
type run struct {
	env    *Env
	err    error
	left   int  // how many bytes of text that is longer than what it was a filter makes yet
	values int  // how many values a filter was called for
	mapped bool // whether a list may have places of missing values
}

// maxText is how many bytes the texts may have in all that a filter makes larger.
const maxText = 64 << 20

// grow says whether a filter may make a text of a size from one of another.
func (r *run) grow(from, to int) bool {
	if to <= from {
		return true
	}
	if to > r.left {
		return false
	}
	r.left -= to
	return true
}

// ended is the error of Env.Err.
func (r *run) ended() error {
	if r.env.Err == nil {
		return nil
	}
	return r.env.Err()
}

// checkEvery is after how many values env.Err is asked. A single value may be a
// page's whole text, so that it is asked for each of a few.
const checkEvery = 64

func (r *run) apply(s step, v any) any {
	if s.whole != nil {
		return s.whole(r, present(v))
	}
	return r.each(s, v)
}

// each applies s to v, or to every value of it. JSON is at most maxDepth deep,
// and so is the recursion.
func (r *run) each(s step, v any) any {
	if s.blank && isBlank(v) || v == nil {
		return s.empty
	}
	list, ok := v.([]any)
	if !ok {
		if r.values++; r.values%checkEvery == 0 && r.env.Err != nil {
			r.err = r.env.Err()
		}
		if r.err != nil {
			return nil
		}
		return s.each(r, v)
	}
	r.mapped = true
	out := make([]any, 0, len(list))
	for _, v := range list {
		_, nested := v.([]any)
		v = r.each(s, v)
		if r.err != nil {
			return nil
		}
		if several, ok := v.([]any); ok && s.flat && !nested {
			out = append(out, several...)
		} else {
			out = append(out, v)
		}
	}
	return out
}

// finish is the result of the filters: without the places of what is missing.
func (r *run) finish(v any) any {
	list, ok := v.([]any)
	if !ok {
		return v
	}
	if r.mapped {
		list = present(list)
	}
	if len(list) == 0 {
		return nil
	}
	return list
}

// present is v as a list, without nil.
func present(v any) []any {
	list, ok := v.([]any)
	if !ok {
		if v == nil {
			return nil
		}
		return []any{v}
	}
	for i, v := range list {
		if v != nil {
			continue
		}
		out := append(make([]any, 0, len(list)-1), list[:i]...)
		for _, v := range list[i:] {
			if v != nil {
				out = append(out, v)
			}
		}
		return out
	}
	return list
}

// text is what filters that work on text take v for.
func text(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case Element:
		return v.Text()
	case json.Number:
		return v.String()
	}
	b, err := json.Marshal(v)
	if err != nil {
		return ""
	}
	return string(b)
}
