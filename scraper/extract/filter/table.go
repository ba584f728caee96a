package filter

import (
	"fmt"
	"strings"

	"scrape/scraper/nearest"
)

// Help is one filter, for documentation.
type Help struct {
	Name      string // such as "number"
	Signature string // its name and arguments, such as "number(HINT)"; those in [] may be left out
	Summary   string // one line, without full stop
}

// definition is one filter.
type definition struct {
	Help
	least, most int  // how many arguments it takes
	gives       Kind // of the values that it gives
	build       func(arguments []argument) (step, *Error)
}

// table are all filters, in the order of their documentation.
var table = []definition{
	{Help{"trim", "trim", "text without white space at its ends"}, 0, 0, TextKind, eachText(trim)},
	{Help{"text", "text", "the text of an element"}, 0, 0, asGiven, each(elementText)},
	{Help{"html", "html", "the HTML of an element"}, 0, 0, asGiven, each(elementHTML)},
	{Help{"number", "number[(HINT)]", `the first number in text; HINT is a language such as de, or "," for the decimal sign`}, 0, 1, NumberKind, numberStep(readNumber)},
	{Help{"int", "int[(HINT)]", "the first number in text, if it is a whole one"}, 0, 1, IntegerKind, numberStep(readWhole)},
	{Help{"bool", "bool", "true for true, yes, y, on, 1; false for false, no, n, off, 0"}, 0, 0, TruthKind, each(boolean)},
	{Help{"date", "date[(HINT)]", `the first date in text; HINT is a language such as en-GB, dmy, mdy or ymd, or a layout such as "02.01.2006"`}, 0, 1, DateKind, dateStep},
	{Help{"url", "url", "the absolute URL of a link, if it is http or https"}, 0, 0, TextKind, resolved},
	{Help{"lower", "lower", "text in lower case"}, 0, 0, TextKind, eachText(strings.ToLower)},
	{Help{"upper", "upper", "text in upper case"}, 0, 0, TextKind, eachText(strings.ToUpper)},
	{Help{"replace", "replace(OLD, NEW)", `text with NEW for every OLD; OLD may be a regular expression: "re:\s+"`}, 2, 2, TextKind, replaced},
	{Help{"regex", `regex("PATTERN")`, "the first group of the first match of a regular expression, or the match"}, 1, 1, TextKind, matched},
	{Help{"split", "split[(SEPARATOR)]", "the list of text's parts; without SEPARATOR, of its words"}, 0, 1, TextKind, divided},
	{Help{"join", "join[(SEPARATOR)]", `one text of a list; SEPARATOR is ", " if not given`}, 0, 1, TextKind, joined},
	{Help{"first", "first", "the first value of a list"}, 0, 0, asGiven, whole(first)},
	{Help{"last", "last", "the last value of a list"}, 0, 0, asGiven, whole(last)},
	{Help{"nth", "nth(N)", "the Nth value of a list: 1 is the first, -1 the last"}, 1, 1, asGiven, nth},
	{Help{"count", "count", "how many values a list has"}, 0, 0, IntegerKind, whole(count)},
	{Help{"default", "default(VALUE)", "VALUE instead of what is missing or blank"}, 1, 1, asGiven, fallback},
	{Help{"required", "required", "a page without this value has failed"}, 0, 0, asGiven, required},
	{Help{"json", "json", "the value of JSON text"}, 0, 0, Anything, each(decoded)},
}

// Names are all filters, in the order of their documentation.
func Names() []Help {
	out := make([]Help, len(table))
	for i, d := range table {
		out[i] = d.Help
	}
	return out
}

// compile finds the filter that c calls, and makes it ready.
func (c call) compile() (step, *Error) {
	for _, d := range table {
		if d.Name != c.name {
			continue
		}
		if err := d.mismatch(c); err != nil {
			return step{}, err
		}
		s, err := d.build(c.parameters)
		s.gives = d.gives
		return s, err
	}
	return step{}, &Error{c.at, fmt.Sprintf("unknown filter %q", c.name), suggestion(c.name)}
}

// mismatch is the mistake of a wrong number of arguments: at the first that is
// too many, or at the end of a call that has too few.
func (d definition) mismatch(c call) *Error {
	n := len(c.parameters)
	if d.least <= n && n <= d.most {
		return nil
	}
	takes := "no argument"
	if d.most > 0 {
		takes = fmt.Sprintf("%d argument%s", d.most, plural(d.most))
	}
	if d.least < d.most {
		takes = "at most " + takes
	}
	at := c.end
	if n > d.most {
		at = c.parameters[d.most].at
	}
	return &Error{at, fmt.Sprintf("%s takes %s, not %d", d.Name, takes, n), "it is written " + d.Signature}
}

func plural(n int) string {
	if n == 1 {
		return ""
	}
	return "s"
}

// habits are names that other tools have for our filters.
var habits = [...][2]string{
	{"strip", "trim"}, {"float", "number"}, {"decimal", "number"}, {"integer", "int"}, {"boolean", "bool"},
	{"datetime", "date"}, {"time", "date"}, {"lowercase", "lower"}, {"uppercase", "upper"}, {"re", "regex"},
	{"match", "regex"}, {"length", "count"}, {"len", "count"}, {"size", "count"}, {"get", "nth"}, {"absolute", "url"},
	{"inner_html", "html"}, {"sub", "replace"}, {"or", "default"},
}

// suggestion is the hint after an unknown filter.
func suggestion(name string) string {
	name = strings.ToLower(name)
	for _, h := range habits {
		if h[0] == name {
			return fmt.Sprintf("did you mean %s?", h[1])
		}
	}
	names := make([]string, len(table))
	for i, d := range table {
		names[i] = d.Name
	}
	if best := nearest.Name(name, names); best != "" {
		return fmt.Sprintf("did you mean %s?", best)
	}
	return "filters are " + strings.Join(names, ", ")
}
