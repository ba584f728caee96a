package rule

import (
	"scrape/scraper/extract/pattern"
)

// regexpSelector is a regular expression (RE2 syntax) on the decoded text of a
// document of any kind but binary: its first group, or all of the match where it has
// no group or that takes no part. Empty matches do not count. Flags are those it
// begins with, as in "(?is)…".
type regexpSelector struct{ *pattern.Pattern }

func compileRegexp(p part) (selector, error) {
	expr, err := p.regexp()
	if err != nil {
		return nil, err
	}
	return regexpSelector{expr}, nil
}

// regexp compiles the part as an expression.
func (p part) regexp() (*pattern.Pattern, error) {
	expr, e := pattern.Compile(p.text)
	if e != nil {
		return nil, mistake(p.at+e.Offset, e.Message, e.Hint)
	}
	return expr, nil
}

func (r regexpSelector) find(s Scope, k *sink) error {
	text := s.Doc.Text()
	if s.Node != nil {
		text = s.element(s.Node).HTML()
	}
	ended := s.Doc.Context().Err
	m, err := r.Find(ended, text)
	for at := 0; m != nil && err == nil; {
		if v := matched(text, at, m); v != "" && !k.addText(v) {
			return nil
		}
		if at, m, err = r.FindBehind(ended, text, at+m[1], m[0] == m[1]); err != nil {
			return err
		}
	}
	return err
}

// matched is the value of a match, whose indexes count from a place in a text.
func matched(text string, at int, m []int) string {
	if len(m) > 2 && m[2] >= 0 {
		return text[at+m[2] : at+m[3]]
	}
	return text[at+m[0] : at+m[1]]
}
