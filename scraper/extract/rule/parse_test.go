package rule_test

import (
	"errors"
	"strings"
	"testing"

	"scrape/scraper/extract/filter"
	"scrape/scraper/extract/rule"
)

func TestParseFieldNames(t *testing.T) {
	for _, c := range []struct {
		field, name string
		many        bool
	}{
		{"price=.price", "price", false},
		{"links[]=a::attr(href)", "links", true},
		{" a.b-c_9 =p", "a.b-c_9", false},
		{"_[] = p", "_", true},
		{"größe=p", "größe", false},
		{"価格[]=p", "価格", true},
		{strings.Repeat("ß", 64) + "=p", strings.Repeat("ß", 64), false},
		{"x=a[href='=']", "x", false},
	} {
		name, many, r, err := rule.ParseField(c.field)
		if err != nil || name != c.name || many != c.many || r == nil {
			t.Errorf("ParseField(%q) = %q, %v, %v, %v", c.field, name, many, r, err)
		}
	}
}

func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		field   string
		offset  int
		message string // a part of it
		hint    string // a part of it
	}{
		{"", 0, `"=" is missing`, "NAME=SELECTOR"},
		{"price", 5, `"=" is missing`, "NAME=SELECTOR"},
		{"=p", 0, "no name", ""},
		{"[]=p", 0, "no name", ""},
		{"9a=p", 0, "not a name", "letter"},
		{"a b=p", 1, "not a name", ""},
		{"a[=p", 1, "not a name", ""},
		{"€=p", 0, "not a name", "letters, digits"},
		{"é€=p", 2, "not a name", ""},
		{strings.Repeat("ß", 65) + "=p", 128, "not a name", "at most 64"},
		{"a=", 2, "selector is empty", "xpath:"},
		{"a= | trim", 3, "selector is empty", ""},
		{"a=xpath:", 8, "selector is empty", ""},
		{"a=re:", 5, "selector is empty", ""},
		{"a=p[href", 3, "not closed", ""},
		{"a=p:not(.x", 7, "not closed", ""},
		{`a=p[title="x]`, 10, "quote is not closed", `"`},
		{"a=p)", 3, "nothing is open", ""},
		{"a=p]", 3, "nothing is open", ""},
		{"a=p[(x])", 6, "nothing is open", ""},
		{"a=p:frist-child", 3, "unknown pseudo-class :frist-child", "did you mean :first-child?"},
		{"a=p:zzz", 3, "unknown pseudo-class :zzz", ":nth-child"},
		{"a=p:text", 3, "unknown pseudo-class", "::text"},
		{"a=p::txt", 3, "unknown pseudo-element ::txt", "::text"},
		{"a=p::attr()", 3, "needs the name", "a::attr(href)"},
		{"a=p::attr", 3, "needs the name", ""},
		{"a=p::text(x)", 3, "no argument", ""},
		{"a=p::text b", 10, "ends its selector", "*::text"},
		{"a=p::text.b", 9, "ends its selector", ""},
		{"a=p:not(b::text)", 9, "in parentheses", ""},
		{"a=p:not()", 3, "needs a selector", ":not(.sale)"},
		{"a=p:first-child(2)", 3, "no argument", ""},
		{"a=p:nth-child(x)", 14, "not a place", "2n+1"},
		{"a=p:nth-child", 3, "", "2n+1"},
		{"a=a, ", 4, "selector is missing", ""},
		{"a=a,,b", 4, "selector is missing", "comma"},
		{"a=> b", 2, "selector is missing before >", ":scope"},
		{"a=a >", 5, "selector is missing", ""},
		{"a=a b..c", 6, "name of a class", ""},
		{"a=p#", 4, "name of an id", ""},
		{"a=p[1]", 3, "no selector", "[name=value]"},
		{"a=//h1", 2, `cannot have "/"`, "xpath://h1"},
		{"a=$.name", 2, `cannot have "$"`, "jsonpath:$.name"},
		{"a=a@href", 3, `cannot have "@"`, "::attr(NAME)"},
		{"a=p | nunber", 6, "unknown filter", ""},
		{"a=xpath://h1 | nunber", 15, "unknown filter", ""},
		{"a=xpath://h1[", 12, "not closed", ""},
		{"a=xpath://h1/", 8, "no XPath", "XPath 1.0"},
		{"a=xpath:foo(//h1)", 8, "no XPath", ""},
		{"a=xpath:sum('x')", 8, "no XPath", ""},
		{"a=xpath://p[contains(text(),1)]", 8, "argument type must be string", "string(…)"},
		{"a=xpath://section[contains(.,1)]", 8, "argument type must be string", "string(…)"},
		{"a=xpath://div[@class='x']/ul[li]/li[.=\"y\"][starts-with(., 2)]", 8, "argument type must be string", ""},
		{"a=xpath://h2[@id]/following-sibling::p[not(@id)][contains(., 3)]", 8, "argument type must be string", ""},
		{"a=xpath:@id[contains(., 3)]", 8, "argument type must be string", ""},
		{"a=xpath://m:a[@m:b='x' and contains(., 3)]", 8, "argument type must be string", ""},
		{"a=xpath://q/comment()[contains(., 3)]", 8, "argument type must be string", ""},
		{"a=xpath://q[replace(., '(', '')]", 8, "not a valid regexp", ""},
		{"a=xpath://q[matches(., 1)]", 8, "a function cannot work with what it is given", ""},
		{"a=xpath://p[contains(.)]", 12, "the function contains has too few arguments", "contains(., 'text')"},
		{"a=xpath://p[contains(., 'contains(') and ends-with(concat(., ','))]", 41, "the function ends-with has too few arguments", ""},
		{"a=xpath:number()", 8, "the function number has too few arguments", "number(.)"},
		{"a=xpath://q[boolean( )]", 12, "the function boolean has too few arguments", "boolean(.)"},
		{"a=jsonpath:name", 11, "no JSONPath", "begins with $"},
		{"a=jsonpath:$.a[", 14, "not closed", ""},
		{"a=jsonpath:$.a b", 14, "no JSONPath", ""},
		{"a=jsonpath:$[?@..a[?@..b]]", 11, "descendants more than once", ""},
		{"a=re:a(b", 6, "missing closing )", "RE2"},
		{"a=re:a(?=b)", 6, "invalid or unsupported Perl syntax", "look-around"},
		{"a=re:`ab", 5, "back quote is not closed", ""},
		{"a=re:`ab` trim", 10, "begin with |", ""},
		{"a=re:`ab` | nunber", 12, "unknown filter", ""},
		{"a=" + strings.Repeat("p ", 10_000), 2 + 16<<10, "too long", ""},
		{"a=p:contains(x", 12, "not closed", ""},
		{"a=p:matches", 3, "needs a regular expression", ""},
		{"a=p:matches( )", 3, "needs a regular expression", ":matches("},
		{"a=p:matches(x{2,1})", 13, "no regular expression", "RE2"},
		{`a=p:matchesOwn( "x)y" )`, 18, "unexpected )", "RE2"},
		{"a=p:has(> a b)", 3, "one compound only", "XPath"},
	} {
		_, _, _, err := rule.ParseField(c.field)
		var e *filter.Error
		if !errors.As(err, &e) {
			t.Errorf("%.40q: got %v, want a *filter.Error", c.field, err)
			continue
		}
		if e.Offset != c.offset || !strings.Contains(e.Message, c.message) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%.40q: offset %d: %s (%s)\nwant offset %d: …%s… (…%s…)", c.field, e.Offset, e.Message, e.Hint, c.offset, c.message, c.hint)
		}
	}
}

// What may fail on a page is refused by nobody who has not seen that page.
func TestXPathThatMayWork(t *testing.T) {
	for _, s := range []string{
		"//q[substring(., number(h2)) = 'x']", "substring(//h1, number(//h2))", "replace(//p, string(//p/@re), '')",
		"//a[contains(@href, 'x')][contains(., \"y\")]", "//q[@a='x' or @a='y']/*[last()]", "sum(//q/@price)", "//q[number(text()) > 3]", "count(//a//b//c//*[. = //*])",
	} {
		if _, err := rule.Parse("xpath:" + s); err != nil {
			t.Errorf("%s: %v", s, err)
		}
	}
}

func FuzzParseField(f *testing.F) {
	for _, s := range []string{
		"a=p", "a[]=a::attr(href), b::text | trim", "a=xpath://a | //b | text | first", "a=jsonpath:$..[?@.a||@.b].c | number",
		"a=re:`a|b` | upper", "a=xpath:count(//a)", "a=xpath:(//a/@href | //p/text())[1] | first", "a=xpath://a/.. | @b", "a=xpath://a[@b='c' and contains(., 'd')]", `a=p:not(.x, [y="]"]):nth-child(2n+1):has(> a)`, "a=p:contains(\"|\")", `a=\31 x.\.y`, `a=p:matches( "a)|" )`, `a=:matchesOwn('x')`, "a=:is(a /*|*/ b)",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		_, many, r, err := rule.ParseField(s)
		if err != nil {
			var e *filter.Error
			if !errors.As(err, &e) || e.Offset < 0 || e.Offset > len(s) || e.Message == "" {
				t.Fatalf("%q: %#v", s, err)
			}
			return
		}
		_, text, _ := strings.Cut(s, "=")
		values := checkParts(t, text)
		for _, page := range fuzzPages() {
			checkValue(t, s, r, many, page)
			if nodes, err := r.Elements(rule.Scope{Doc: page}); values && err == nil && len(nodes) > 0 {
				t.Fatalf("%q: %d elements, and Pseudo says that there are none", s, len(nodes))
			}
			page.Release()
		}
	})
}

// checkParts divides a rule that can be parsed, and tells what Pseudo does.
func checkParts(t *testing.T, text string) (values bool) {
	parts, err := rule.Split(text)
	if err != nil || !strings.HasPrefix(text[parts.SelectorAt:], parts.Selector) {
		t.Fatalf("%q: %+v, %v", text, parts, err)
	}
	if at := parts.FiltersAt; at >= 0 && (text[at-1] != '|' || text[at:] != parts.Filters && strings.TrimRight(text[at:], " \t\r\n\f") != parts.Filters) {
		t.Fatalf("%q: %+v", text, parts)
	}
	at, ok := parts.Pseudo()
	if ok && (at < 0 || at > len(text)) {
		t.Fatalf("%q: %d", text, at)
	}
	// Of a list in CSS one with a pseudo-element is enough.
	return ok && (parts.Language != "" || !strings.Contains(parts.Selector, ","))
}
