package pattern

import (
	"strings"
	"testing"
)

func TestMistakes(t *testing.T) {
	for expr, want := range map[string]Error{
		"a(b(c)":     {1, `missing closing ): "a(b(c)"`, `\( or \)`},
		"a[)]b)c":    {5, `unexpected ): "a[)]b)c"`, `\( or \)`},
		"a[b":        {1, `missing closing ]: "[b"`, `\[`},
		"ab|*":       {3, `missing argument to repetition operator: "*"`, `\* \+ or \?`},
		"ab**":       {2, `invalid nested repetition operator: "**"`, "RE2"},
		"a(?=b)":     {1, `invalid or unsupported Perl syntax: "(?="`, "no look-around"},
		`(a)\1`:      {3, `invalid escape sequence: "\\1"`, "no back-references"},
		"x{2000}":    {1, `invalid repeat count: "{2000}"`, "1000 times"},
		`\b(a{1001}`: {4, `invalid repeat count`, "1000 times"},
		"é\xff":      {0, `invalid UTF-8`, ""},
	} {
		p, e := Compile(expr)
		if p != nil || e == nil || e.Offset < 0 || !strings.HasPrefix(e.Message, "no regular expression: "+want.Message) || !strings.Contains(e.Hint, want.Hint) || want.Message != "invalid UTF-8" && e.Offset != want.Offset {
			t.Errorf("%q: %+v, want %+v", expr, e, want)
		}
	}
}
