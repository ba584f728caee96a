package rule

import (
	"strings"
	"unicode"
)

// ParseField compiles a field, NAME=RULE or NAME[]=RULE; many is set for the
// second. The name is one that IsName takes; white space around it does not count. The
// error is a *filter.Error with an Offset into s.
func ParseField(s string) (name string, many bool, r *Rule, err error) {
	left, right, found := strings.Cut(s, "=")
	if !found {
		return "", false, nil, mistake(len(s), `"=" is missing`, "a field is NAME=SELECTOR, such as price=.price")
	}
	name = strings.Trim(left, spaces)
	begin := strings.Index(left, name)
	name, many = strings.CutSuffix(name, "[]")
	if name == "" {
		return "", false, nil, mistake(begin, "the field has no name", "a field is NAME=SELECTOR, such as price=.price")
	}
	if i := invalidInName(name); i >= 0 {
		if name[i] == '[' {
			return "", false, nil, mistake(begin+i, "not a name of a field: "+quoted(name), "[] behind a name is for all that is found; one of these is chosen with a filter: | nth(2)")
		}
		return "", false, nil, mistake(begin+i, "not a name of a field: "+quoted(name), nameHint)
	}
	r, err = Parse(right)
	if err != nil {
		return "", false, nil, shifted(err, len(left)+1)
	}
	return name, many, r, nil
}

// maxName is the limit on a field's name, in characters.
const maxName = 64

// nameHint says what IsName takes.
const nameHint = `a name is made of letters, digits, "_", "-" and ".", at most 64 of them, and begins with a letter or "_"`

// IsName tells what a field may be called: what a column, and a path of a result, can be
// called too. Letters are those of Unicode.
func IsName(name string) bool { return name != "" && invalidInName(name) < 0 }

// invalidInName is where the first character stands that cannot be in a name; -1: nowhere.
func invalidInName(name string) int {
	count := 0
	for i, r := range name {
		other := unicode.IsNumber(r) || r == '-' || r == '.'
		if !unicode.IsLetter(r) && r != '_' && (!other || i == 0) || count == maxName {
			return i
		}
		count++
	}
	return -1
}
