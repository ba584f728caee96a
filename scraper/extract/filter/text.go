package filter

import (
	"encoding/json"
	"strings"
	"unicode"

	"scrape/scraper/weburl"
)

// each is a filter without arguments that works on one value.
func each(f func(v any) any) func([]argument) (step, *Error) {
	return func([]argument) (step, *Error) {
		return step{each: func(_ *run, v any) any { return f(v) }}, nil
	}
}

// eachText is a filter without arguments that makes text of text.
func eachText(f func(s string) string) func([]argument) (step, *Error) {
	return each(func(v any) any { return f(text(v)) })
}

// trim takes from the ends of s what is seen as nothing: white space, and the
// characters without width that editors leave behind.
func trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\u200b' || r == '\u2060' || r == '\ufeff'
	})
}

func elementText(v any) any {
	if e, ok := v.(Element); ok {
		return e.Text()
	}
	return v
}

func elementHTML(v any) any {
	if e, ok := v.(Element); ok {
		return e.HTML()
	}
	return v
}

func boolean(v any) any {
	if b, ok := v.(bool); ok {
		return b
	}
	switch strings.ToLower(trim(text(v))) {
	case "true", "yes", "y", "on", "1":
		return true
	case "false", "no", "n", "off", "0":
		return false
	}
	return nil
}

// resolved makes the filter url.
func resolved([]argument) (step, *Error) {
	return step{each: func(r *run, v any) any {
		ref := reference(v)
		if ref == "" {
			return nil
		}
		if r.env.Resolve != nil {
			absolute, ok := r.env.Resolve(ref)
			if !ok {
				return nil
			}
			ref = absolute
		}
		if scheme := weburl.SchemeOf(ref); scheme != "http" && scheme != "https" {
			return nil
		}
		return ref
	}}, nil
}

// reference is what v refers to. Nobody wants the text of a link resolved; but one may
// be spelt out in the text of an element that is none.
func reference(v any) string {
	e, ok := v.(Element)
	if !ok {
		return trim(text(v))
	}
	if ref, ok := e.Reference(); ok {
		return trim(ref)
	}
	if ref := trim(e.Text()); strings.Contains(ref, "://") {
		return ref
	}
	return ""
}

// replaced makes the filter replace.
func replaced(a []argument) (step, *Error) {
	old, by := a[0], a[1].value
	if pattern, ok := strings.CutPrefix(old.source, "re:"); ok {
		re, err := compile(pattern, old.inside()+len("re:"))
		if err != nil {
			return step{}, err
		}
		return step{each: func(r *run, v any) any { return r.replaceMatches(re, text(v), by) }}, nil
	}
	if old.value == "" {
		return step{}, &Error{old.at, "replace has nothing to look for", "its first argument is the text to replace"}
	}
	return step{each: func(r *run, v any) any {
		s := text(v)
		if grows := len(by) - len(old.value); grows > 0 && !r.grow(len(s), len(s)+grows*strings.Count(s, old.value)) {
			return nil
		}
		return strings.ReplaceAll(s, old.value, by)
	}}, nil
}

// matched makes the filter regex.
func matched(a []argument) (step, *Error) {
	re, err := compile(a[0].source, a[0].inside())
	if err != nil {
		return step{}, err
	}
	return step{each: func(r *run, v any) any {
		s := text(v)
		place, err := re.Find(r.ended, s)
		if r.err = err; err != nil || place == nil {
			return nil
		}
		if len(place) > 2 {
			place = place[2:]
		}
		if place[0] < 0 { // a group that had no part in the match
			return nil
		}
		return strings.Clone(s[place[0]:place[1]]) // s may be the whole page
	}}, nil
}

func isBlank(v any) bool {
	switch v := v.(type) {
	case string:
		return trim(v) == ""
	case []any:
		return len(v) == 0
	case Element:
		return trim(v.Text()) == ""
	}
	return false
}

// fallback makes the filter default. Its argument is JSON where it is not in
// quotes and reads as such, else text.
func fallback(a []argument) (step, *Error) {
	s := step{blank: true, each: func(_ *run, v any) any { return v }, empty: a[0].value}
	if a[0].quoted || !json.Valid([]byte(a[0].value)) {
		return s, nil
	}
	s.empty = decoded(a[0].value)
	if s.empty == nil {
		return step{}, &Error{a[0].at, "default(null) would leave a missing value missing", `write default("null") for the word`}
	}
	return s, nil
}

// required makes the filter of that name.
func required([]argument) (step, *Error) {
	return step{blank: true, each: func(_ *run, v any) any { return v }}, nil
}
