package filter

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestMistakes marks the place of each mistake by "«", which is not part of the text.
func TestMistakes(t *testing.T) {
	for _, c := range []struct{ marked, message, hint string }{
		{`«numbr`, `unknown filter "numbr"`, "did you mean number?"},
		{`trim | «strip`, `unknown filter "strip"`, "did you mean trim?"},
		{`«Trim`, `unknown filter "Trim"`, "did you mean trim?"},
		{`«xyz(1)`, `unknown filter "xyz"`, "filters are trim, text, "},
		{`trim |«`, `a filter is missing`, "trim | number"},
		{`«| trim`, `a filter is missing`, "trim | number"},
		{`trim | «| lower`, `a filter is missing`, "trim | number"},
		{`trim «lower`, `"l" after the filter trim`, `put "|" between`},
		{`trim«)`, `")" after the filter trim`, `no "("`},
		{`nth«:2`, `":" after the filter nth`, "parentheses"},
		{`«"a"`, `name is missing before "\""`, "nth(2)"},
		{`«é`, `name is missing before "é"`, "nth(2)"},
		{`nth«`, `nth takes 1 argument, not 0`, "nth(N)"},
		{`nth()« | trim`, `nth takes 1 argument, not 0`, "nth(N)"},
		{`nth(1, «2)`, `nth takes 1 argument, not 2`, "nth(N)"},
		{`trim(«"a")`, `trim takes no argument, not 1`, "trim"},
		{`number(de, «en)`, `number takes at most 1 argument, not 2`, "number[(HINT)]"},
		{`replace(a)«`, `replace takes 2 arguments, not 1`, "replace(OLD, NEW)"},
		{`replace(«"", a)`, `nothing to look for`, ""},
		{`split(«"")`, `nothing to divide`, ""},
		{`nth(«0)`, `whole number other than 0`, "nth(1)"},
		{`nth(«a)`, `whole number other than 0`, "nth(1)"},
		{`nth«(1`, `"(" of nth is never closed`, `")"`},
		{`nth«(1 | trim`, `"(" of nth is never closed`, `")"`},
		{`nth«(`, `"(" of nth is never closed`, `")"`},
		{`nth«( | trim)`, `"(" of nth is never closed`, `")"`},
		{`join(«"a)`, `quotation that begins here never ends`, `"`},
		{`join(«'a\')`, `quotation that begins here never ends`, `\'`},
		{"join(«`a)", `quotation that begins here never ends`, "`"},
		{"join(a«`b`)", `"` + "`" + `" in an argument of join needs quotes`, `join('…')`},
		{`join("a"«b)`, `"b" after an argument`, `followed by "," or ")"`},
		{`split(«,)`, `argument of split is missing`, `quotes`},
		{`replace(a, «)`, `argument of replace is missing`, `quotes`},
		{`regex(«\d+)`, `"\\" in an argument of regex needs quotes`, `regex('…')`},
		{`regex(a«(b))`, `"(" in an argument of regex needs quotes`, `regex('…')`},
		{`regex("(a)«)b")`, `unexpected )`, `\(`},
		{`regex("a(b)[(]\((?:c|«(d[)]")`, `missing closing )`, `\(`},
		{`regex("a«(b")`, `missing closing )`, `\(`},
		{`regex("a«[b")`, `missing closing ]`, ``},
		{`trim | regex("ab«(?=c)")`, `(?=`, `look-around`},
		{`regex("(a)«\1")`, `invalid escape sequence`, `back-references`},
		{`regex("«*a")`, `missing argument to repetition`, `\*`},
		{`regex("a«{1001}")`, `repeat`, ``},
		{`replace("re:a«[", "")`, `missing closing ]`, ``},
		{`number(«xx)`, `no language`, `number(de)`},
		{`date(«xx)`, `no hint for dates`, `date(en-GB)`},
		{`date(«"15:04")`, `layout does not tell`, `02.01.2006`},
		{`default(«null)`, `leave a missing value missing`, ``},
	} {
		place := strings.Index(c.marked, "«")
		_, err := Parse(strings.Replace(c.marked, "«", "", 1))
		var e *Error
		if !errors.As(err, &e) {
			t.Errorf("%s: %v", c.marked, err)
			continue
		}
		if e.Offset != place || !strings.Contains(e.Message, c.message) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s: at %d (want %d): %s; %s", c.marked, e.Offset, place, e.Message, e.Hint)
		}
	}
}

func TestQuotedArguments(t *testing.T) {
	for filters, want := range map[string]string{
		`default("a|b")`: "a|b", `default('a"b')`: `a"b`, `default("a\"b\\c\'")`: `a"b\c'`, `default("\t\n\r\d")`: "\t\n\r\\d", `default( "(" )`: "(",
		"default(`a\"b'|`)": `a"b'|`, "default(`a\\`b`)": "a`b", "default(\"a\\`b\")": "a`b",
		`default(“a”)`: "“a”", `default(a b )`: "a b", `default("é")`: "é", `default("é\é")`: `é\é`,
	} {
		p, err := Parse(filters)
		if err != nil {
			t.Errorf("%s: %v", filters, err)
			continue
		}
		if got, _ := p.Apply(nil, nil); got != want {
			t.Errorf("%s = %q, want %q", filters, got, want)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, h := range Names() {
		f.Add(h.Signature, "a, 1.5")
	}
	for _, s := range []string{`trim | number(de) | default(0)`, `regex("a(b|c)") | split(',') | nth(-1)`, `replace("re:\s+", " ")`, `date("02.01.2006 15:04")`, `json | first | json`} {
		f.Add(s, `["1,5", {"a": [null, "5 March 2024"]}]`)
	}
	f.Fuzz(func(t *testing.T, filters, text string) {
		p, err := Parse(filters)
		if err != nil {
			var e *Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(filters) || e.Message == "" {
				t.Fatalf("%q: %#v", filters, err)
			}
			return
		}
		text = strings.ToValidUTF8(text, "")
		for _, in := range []any{nil, text, []any{text, nil, node{text, text}}} {
			v, err := p.Apply(nil, in)
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := v.([]any); ok || len(p.steps) == 0 {
				continue // it may hold elements
			}
			b, err := json.Marshal(v)
			if err != nil || !utf8.Valid(b) {
				t.Fatalf("%q of %q: %v", filters, in, err)
			}
		}
	})
}
