package filter

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
)

// node is an Element of a text and its HTML.
type node struct{ text, html string }

func (n node) Text() string { return n.text }
func (n node) HTML() string { return n.html }

// Reference is the text of a node without HTML, and none of one whose HTML is text.
func (n node) Reference() (string, bool) { return n.text, n.html == "" }

func TestApply(t *testing.T) {
	env := &Env{Resolve: func(ref string) (string, bool) {
		if strings.Contains(ref, ":") {
			return ref, true
		}
		return "https://a.example/" + ref, ref != "bad"
	}}
	b := node{" 5 € ", "<b> 5 € </b>"}
	list := func(v ...any) []any { return v }
	num := func(s string) json.Number { return json.Number(s) }
	for _, c := range []struct {
		filters string
		in      any
		want    any
	}{
		{"", "a", "a"}, {"  ", b, b}, {"", nil, nil},
		{"trim", " \u00a0a b\u200b\n", "a b"}, {"trim", b, "5 €"}, {"trim", nil, nil}, {"trim", list(" a", nil, "b "), list("a", "b")},
		{"text", b, " 5 € "}, {"text", "<b>", "<b>"}, {"text", true, true}, {"html", b, "<b> 5 € </b>"}, {"html", "a&b", "a&b"},
		{"number", b, num("5")}, {"number(de)", "1.234", num("1234")}, {"number", "1.234", num("1234")}, {"number", num("1.234"), num("1.234")}, {"number", true, nil},
		{"number", list("1", "x", "3"), list(num("1"), num("3"))}, {"number", "x", nil}, {"number", list("x"), nil}, {`number(",")`, "1,234", num("1.234")},
		{"int", "12.0", num("12")}, {"int", "12.5", nil}, {"int(en)", "1,234", num("1234")}, {"int", num("3.0"), num("3")},
		{"bool", "Yes", true}, {"bool", " off ", false}, {"bool", num("1"), true}, {"bool", "perhaps", nil}, {"bool", false, false},
		{"date", "5 March 2024", "2024-03-05"}, {"date(en-GB)", "05/03/2024", "2024-03-05"}, {`date("2/1/2006")`, "5/3/2024", "2024-03-05"}, {"date(02.01.2006)", "05.03.2024", "2024-03-05"},
		{"date", true, nil}, {"date", num("1709633730"), "2024-03-05T10:15:30Z"},
		{"url", "x?y", "https://a.example/x?y"}, {"url", "bad", nil}, {"url", "mailto:a@b", nil}, {"url", "javascript://x", nil}, {"url", " ", nil}, {"url", node{" x ", ""}, "https://a.example/x"}, {"url", node{"x", "<b>x</b>"}, nil}, {"url", node{"http://x/", "<b>x</b>"}, "http://x/"}, {"url", list(node{"x", ""}, "y"), list("https://a.example/x", "https://a.example/y")}, {"url", "HTTP://x/", "HTTP://x/"},
		{"lower", "ÄB", "äb"}, {"upper", list("a", "b"), list("A", "B")},
		{`replace("a", 'b')`, "a.a", "b.b"}, {`replace(".", "")`, "1.2.3", "123"}, {`replace("re:(\d)\.", "$1-")`, "1.2.3", "1-2-3"}, {`replace("\n", " ")`, "a\nb", "a b"},
		{`regex("\d+")`, "ab 12 34", "12"}, {`regex("(\d+) (\d+)")`, "ab 12 34", "12"}, {`regex("a(x)?b")`, "ab", nil}, {`regex('x')`, "ab", nil}, {`regex("a|b")`, "cb", "b"},
		{`regex("\"(.*)\"")`, `say "hi"`, "hi"}, {`regex("(?P<a>b)")`, "ab", "b"}, {`regex("^$")`, "", ""},
		{`split(",")`, "a, b", list("a", " b")}, {`split(",") | trim`, "a, b", list("a", "b")}, {"split", " a  b\n", list("a", "b")}, {"split", " ", nil}, {`split(",")`, list("a,b", "c"), list("a", "b", "c")},
		{"join", list("a", nil, num("1"), b), "a, 1,  5 € "}, {`join("")`, list("a", "b"), "ab"}, {"join", "a", "a"}, {"join", nil, nil}, {"join", list(), nil},
		{"first", list(nil, "a", "b"), "a"}, {"first", "a", "a"}, {"first", nil, nil}, {"last", list("a", "b"), "b"}, {"last", list(), nil},
		{"nth(2)", list("a", "b"), "b"}, {"nth(-2)", list("a", "b"), "a"}, {"nth(3)", list("a", "b"), nil}, {"nth(-3)", list("a", "b"), nil}, {"nth(1)", "a", "a"},
		{"number | first", list("x", "2"), num("2")}, {"count", list("a", nil, "b"), num("2")}, {"count", nil, num("0")}, {"count", "a", num("1")}, {"number | count", list("a", "1"), num("1")},
		{"default(0)", nil, num("0")}, {"default(0)", " ", num("0")}, {"default('0')", nil, "0"}, {"default(n/a)", nil, "n/a"}, {"default(true)", nil, true}, {"default(-1.50)", nil, num("-1.50")},
		{"default(0)", "a", "a"}, {"default(0)", false, false}, {"default(0)", list(), num("0")}, {`default("")`, nil, ""}, {"default(0)", node{}, num("0")},
		{"number | default(0)", list("1", "x"), list(num("1"), num("0"))}, {"default(0) | number", "x", nil}, {"number | default(0)", "x", num("0")}, {"default(7) | number", "", num("7")},
		{"required", " ", nil}, {"required", "a", "a"}, {"required", list("", "a"), list("a")}, {"required", nil, nil},
		{"json", `{"a":[1.50,null]}`, map[string]any{"a": list(num("1.50"), nil)}}, {"json", "[1,null]", list(num("1"), nil)}, {"json", "x", nil}, {"json", "1 2", nil}, {"json", "null", nil}, {"json", "[]", nil},
		{"json", num("1"), num("1")}, {"json", strings.Repeat("[", 513) + strings.Repeat("]", 513), nil}, {"json", `"[[["`, "[[["}, {"json | number", `["1,5",[2.125]]`, list(num("1.5"), list(num("2.125")))},
		{"json | first", "[null,3]", num("3")}, {"json | text", `{"a":1}`, map[string]any{"a": num("1")}}, {"json | trim", `{"a":1}`, `{"a":1}`},
		{" trim|lower | upper ", " a ", "A"}, {"split() | first()", "a b", "a"},
	} {
		p, err := Parse(c.filters)
		if err != nil {
			t.Errorf("%q: %v", c.filters, err)
			continue
		}
		got, err := p.Apply(env, c.in)
		if err != nil || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q of %q = %#v, %v, want %#v", c.filters, c.in, got, err, c.want)
		}
	}
}

func TestApplyWithoutEnv(t *testing.T) {
	p, _ := Parse("url")
	if v, err := p.Apply(nil, []any{"/a", "https://a.example/"}); err != nil || !reflect.DeepEqual(v, []any{"https://a.example/"}) {
		t.Errorf("%v, %v", v, err)
	}
}

func TestApplyLeavesItsListAsItWas(t *testing.T) {
	in := []any{" a", nil, "b "}
	p, _ := Parse("trim | default(x) | split | first")
	if _, err := p.Apply(nil, in); err != nil || !reflect.DeepEqual(in, []any{" a", nil, "b "}) {
		t.Errorf("%v, %v", in, err)
	}
}

func TestApplyEndsWhenTold(t *testing.T) {
	over := errors.New("over")
	asked := 0
	env := &Env{Err: func() error {
		if asked++; asked == 3 {
			return over
		}
		return nil
	}}
	p, _ := Parse("trim | number | default(0)")
	v, err := p.Apply(env, make([]any, 10))
	if err != nil || asked != 0 || len(v.([]any)) != 10 {
		t.Errorf("%v, %v", v, err)
	}
	list := make([]any, 100_000)
	for i := range list {
		list[i] = "1"
	}
	if v, err := p.Apply(env, list); v != nil || !errors.Is(err, over) || asked != 3 {
		t.Errorf("%v, %v after %d", v, err, asked)
	}
}

func TestSplitHasALimit(t *testing.T) {
	for filters, text := range map[string]string{`split(",")`: strings.Repeat(",", 2*maxParts), "split": strings.Repeat("a ", 2*maxParts)} {
		p, _ := Parse(filters)
		if v, _ := p.Apply(nil, text); len(v.([]any)) != maxParts {
			t.Errorf("%s: %d parts", filters, len(v.([]any)))
		}
	}
}

func TestWhatAPipelineSaysOfItself(t *testing.T) {
	for _, c := range []struct {
		filters        string
		required, list bool
	}{
		{"", false, false}, {"trim | number", false, false}, {"trim | required", true, false}, {"required|trim", true, false},
		{"count", false, true}, {"number | first", false, true}, {`split(",") | join`, false, false}, {"json | first", false, false}, {"first | split | last", false, true},
	} {
		p, err := Parse(c.filters)
		if err != nil || p.Required() != c.required || p.TakesList() != c.list {
			t.Errorf("%q: %v, %v, %v", c.filters, err, p.Required(), p.TakesList())
		}
	}
}

func TestEveryFilterIsDocumentedAndParses(t *testing.T) {
	names := Names()
	if len(names) != 21 {
		t.Errorf("%d filters", len(names))
	}
	arguments := map[string]string{"replace": "(a, b)", "regex": "(a)", "nth": "(1)", "default": "(0)"}
	for _, h := range names {
		if _, err := Parse(h.Name + arguments[h.Name]); err != nil {
			t.Errorf("%s: %v", h.Name, err)
		}
		if !strings.HasPrefix(h.Signature, h.Name) || h.Summary == "" || strings.HasSuffix(h.Summary, ".") {
			t.Errorf("%+v", h)
		}
	}
}

// A regular expression that takes long ends when it is told to.
func TestExpressionsEndWhenTold(t *testing.T) {
	over := errors.New("over")
	long := strings.Repeat("a", 1<<20)
	for _, filters := range []string{
		`regex("(?:(?:x|p|x>){90}y|.{990}z|[^z]{900})(.{900}q)+")`,
		`replace("re:(?s:.*q|.)", "b")`,
		`replace("re:\b(?s:.*q|.)|(?s:.*q|.)", "b")`,
	} {
		asked := 0
		env := &Env{Err: func() error {
			if asked++; asked > 3 {
				return over
			}
			return nil
		}}
		p, err := Parse(filters)
		if err != nil {
			t.Fatal(err)
		}
		if v, err := p.Apply(env, long); v != nil || !errors.Is(err, over) {
			t.Errorf("%s: %v", filters, err)
		}
	}
}

// What can be stopped replaces what package regexp does.
func TestReplaceMatches(t *testing.T) {
	for _, expr := range []string{"a*", "", `\b`, "^a", "(?m)^", "a|b", "(b)|c", "x", "$", `(?P<n>.)\B`, "b*$"} {
		for _, s := range []string{"", "aabcb", "bä baa\nab", "ää", "cab\xffa"} {
			re, err := compile(expr, 0)
			if err != nil {
				t.Fatal(err)
			}
			for _, by := range []string{"<$0>", "<$1$n$$>"} {
				want := re.ReplaceAllString(s, by)
				if got := (&run{env: &Env{}, left: maxText}).replaceSlowly(re, s, by); got != want {
					t.Errorf("%q in %q: %q, want %q", expr, s, got, want)
				}
			}
		}
	}
}
