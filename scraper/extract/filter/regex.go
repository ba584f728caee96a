package filter

import (
	"strings"
	"unicode/utf8"

	"scrape/scraper/extract/pattern"
)

// compile compiles a regular expression that stands at an offset.
func compile(expr string, at int) (*pattern.Pattern, *Error) {
	re, e := pattern.Compile(expr)
	if e != nil {
		return nil, &Error{at + e.Offset, e.Message, e.Hint}
	}
	return re, nil
}

// replaceMatches is Regexp.ReplaceAllString, but can be stopped, and gives nil for
// what would be too large.
func (r *run) replaceMatches(re *pattern.Pattern, s, by string) any {
	if re.IsQuick(len(s)) && len(by)*(len(s)+1) < 1<<20 {
		if out := re.ReplaceAllString(s, by); r.grow(len(s), len(out)) {
			return out
		}
		return nil
	}
	return r.replaceSlowly(re, s, by)
}

// replaceSlowly is replaceMatches for texts and expressions that may take long.
func (r *run) replaceSlowly(re *pattern.Pattern, s, by string) any {
	m, err := re.Find(r.ended, s)
	groups := strings.Count(by, "$")
	var out []byte
	limit := max(len(s), r.left)
	last, from, at := 0, 0, 0 // the end of the last match, where the search began, what m counts from
	for m != nil && err == nil {
		start, end := at+m[0], at+m[1]
		most := max(len(by)-2*groups, 0) + groups*(end-start) // of what by becomes
		if len(out)+start-last+most+len(s)-end > limit && most > end-start {
			return nil
		}
		out = append(out, s[last:start]...)
		if end > last || start == 0 { // no empty match behind another
			out = re.ExpandString(out, by, s[at:], m)
		}
		last = end
		empty := end == from
		from = end
		if empty {
			_, width := utf8.DecodeRuneInString(s[end:])
			from += width
		}
		at, m, err = re.FindBehind(r.ended, s, end, empty)
	}
	if r.err = err; err != nil {
		return nil
	}
	if !r.grow(len(s), len(out)+len(s)-last) {
		return nil
	}
	return string(append(out, s[last:]...))
}
