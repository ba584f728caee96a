package extract

import (
	"context"
	"strings"
	"testing"
)

// Each mistake in --extract has its column, and a hint that would help.
func TestMistakes(t *testing.T) {
	for _, c := range []struct {
		value         string
		column        int
		message, hint string // parts
	}{
		{"titel", 1, "there is no field titel", "did you mean title?"},
		{"title,,links", 7, "a name is missing", "for the list: --extract help"},
		{"title, linsk", 8, "there is no field linsk", "did you mean links?"},
		{"tables;forms", 1, "there is no field tables;forms", "did you mean tables?"},
		{"opengrpah", 1, "there is no field opengrpah", "did you mean opengraph?"},
		{"markdown-full", 1, "there is no field markdown-full", "did you mean markdown:full?"},
		{"TITLE", 1, "there is no field TITLE", "did you mean title?"},
		{"h1", 1, "there is no field h1", "for the list: --extract help; a field of your"},
		{"none,title", 1, "none stands alone, or beside fields of your own", "leave it out, or the other ready-made fields"},
		{"price .price", 1, "there is no field price .price", "for the list: --extract help; a field of your"},
		{"price:.price", 1, "there is no field price:.price", "for the list: --extract help; a field of your"},
		{"=h1", 1, "the field has no name", "a field is NAME=SELECTOR, such as price=.price"},
		{"[]=h1", 1, "the field has no name", "a field is NAME=SELECTOR, such as price=.price"},
		{"a b=h1", 2, "not a name of a field: \"a b\"", "a name is made of letters, digits, \"_\","},
		{"9a=h1", 1, "not a name of a field: \"9a\"", "a name is made of letters, digits, \"_\","},
		{"a[=h1", 2, "not a name of a field: \"a[\"", "[] behind a name is for all that is found; one"},
		{"a[0]=h1", 2, "not a name of a field: \"a[0]\"", "[] behind a name is for all that is found; one"},
		{"a=", 3, "the selector is empty", "write a CSS selector, xpath:…, jsonpath:…"},
		{"a=|trim", 3, "the selector is empty", "write a CSS selector, xpath:…, jsonpath:…"},
		{"a= | trim", 4, "the selector is empty", "write a CSS selector, xpath:…, jsonpath:…"},
		{"a=h1 |", 7, "a filter is missing here", "filters stand behind \"|\": .price | number"},
		{"a=h1 | | trim", 8, "a filter is missing here", "filters stand between \"|\": trim | number"},
		{"a=h1 || trim", 7, "a filter is missing here", "filters stand between \"|\": trim | number"},
		{"a=h1 | nmber", 8, "unknown filter \"nmber\"", "did you mean number?"},
		{"a=h1 | Number", 8, "unknown filter \"Number\"", "did you mean number?"},
		{"a=h1 | trim number", 13, "\"n\" after the filter trim is not understood", "put \"|\" between filters: trim | number"},
		{"a=h1 | number(de", 14, "the \"(\" of number is never closed", "put \")\" behind its last argument"},
		{"a=h1 | number de", 15, "\"d\" after the filter number is not understood", "put \"|\" between filters: trim | number"},
		{"a=h1 | number:de", 14, "\":\" after the filter number is not understood", "arguments stand in parentheses: nth(2)"},
		{"a=h1 | number(xx-zz)", 15, "this is no language whose numbers are known", "write a language such as number(de) or"},
		{"a=h1 | number(german)", 15, "this is no language whose numbers are known", "write a language such as number(de) or"},
		{"a=h1 | date(foo)", 13, "this is no hint for dates", "write dmy, mdy, ymd or a language such as"},
		{"a=h1 | nth(0)", 12, "nth takes a whole number other than 0", "nth(1) is the first value, nth(-1) the last"},
		{"a=h1 | nth(x)", 12, "nth takes a whole number other than 0", "nth(1) is the first value, nth(-1) the last"},
		{"a=h1 | nth", 11, "nth takes 1 argument, not 0", "it is written nth(N)"},
		{"a=h1 | replace(a)", 18, "replace takes 2 arguments, not 1", "it is written replace(OLD, NEW)"},
		{"a=h1 | replace(a, b, c)", 22, "replace takes 2 arguments, not 3", "it is written replace(OLD, NEW)"},
		{"a=h1 | replace('a, b)", 16, "the quotation that begins here never ends", "put ' behind it; a ' inside of it is written \\'"},
		{"a=h1 | regex('(')", 15, "no regular expression: missing closing ): \"(\"", "the syntax is RE2's; what is meant as itself has \\ before it: \\( or"},
		{"a=h1 | regex([0-9]+)", 14, "\"[\" in an argument of regex needs quotes around", "write regex('…') or regex(\"…\")"},
		{"a=h1 | replace('re:[', b)", 20, "no regular expression: missing closing ]: \"[\"", "the syntax is RE2's; what is meant as itself has \\ before it: \\["},
		{"a=h1 | trim()x", 14, "\"x\" after the filter trim is not understood", "put \"|\" between filters: trim | number"},
		{"a=h1 | trim(x)", 13, "trim takes no argument, not 1", "it is written trim"},
		{"a=h1 | default", 15, "default takes 1 argument, not 0", "it is written default(VALUE)"},
		{"a=h1 | strip", 8, "unknown filter \"strip\"", "did you mean trim?"},
		{"a=h1 | .x", 8, "a filter's name is missing before \".\"", "a filter is a name, perhaps with arguments:"},
		{"a=h1 | text)", 12, "\")\" after the filter text is not understood", "there is no \"(\" that it closes"},
		{"a=h1::txt", 5, "unknown pseudo-element ::txt", "there are ::text and ::attr(NAME)"},
		{"a=h1::attr(href", 11, "the bracket ( is not closed", "put ) behind what belongs into it"},
		{"a=h1::attr", 5, "::attr() needs the name of an attribute", "such as a::attr(href)"},
		{"a=h1:text", 5, "unknown pseudo-class :text", "a pseudo-element has two colons: ::text"},
		{"a=h1::text()", 5, "::text has no argument", "write ::text alone"},
		{"a=h1@href", 5, "a selector cannot have \"@\" here", "an attribute's value is written"},
		{"a=h1/text()", 5, "a selector cannot have \"/\" here", "an XPath expression is written xpath:h1/text()"},
		{"a=//h1", 3, "a selector cannot have \"/\" here", "an XPath expression is written xpath://h1"},
		{"a=$.name", 3, "a selector cannot have \"$\" here", "a JSONPath is written jsonpath:$.name"},
		{"a=p[href", 4, "the bracket [ is not closed", "put ] behind what belongs into it"},
		{"a=p[href=", 4, "the bracket [ is not closed", "put ] behind what belongs into it"},
		{"a=p[href=\"x]", 10, "the quote is not closed", "close it with \""},
		{"a=p[href=x\"]", 11, "the quote is not closed", "close it with \""},
		{"a=p..x", 5, "the name of a class is missing", "such as .price or #main"},
		{"a=p#", 5, "the name of an id is missing", "such as .price or #main"},
		{"a=p >", 6, "a selector is missing", "a selector follows on each of , > + and ~"},
		{"a=> p", 3, "a selector is missing before >", "in an element, the element itself is :scope"},
		{"a=p,,q", 5, "a selector is missing", "take the comma away"},
		{"a=p, ", 5, "a selector is missing", "a selector follows on each of , > + and ~"},
		{"a=p:nth-child(", 14, "the bracket ( is not closed", "put ) behind what belongs into it"},
		{"a=p:nth-child(x)", 15, "not a place among siblings: \"x\"", "such as 2, odd, 2n+1 or -n+3"},
		{"a=p:nth-chlid(2)", 4, "unknown pseudo-class :nth-chlid", "did you mean :nth-child?"},
		{"a=p:containss(\"x\")", 4, "unknown pseudo-class :containss", "did you mean :contains?"},
		{"a=p:has()", 4, ":has() needs a selector", "such as :has(.sale)"},
		{"a=p:not(::text)", 9, "a pseudo-element cannot stand in parentheses", "put it behind them: p:not(.x)::text"},
		{"a=p{x}", 4, "a selector cannot have \"{\" here", "CSS has parentheses behind a pseudo-class only,"},
		{"a=\"h1\"", 3, "a selector cannot have \"\\\"\" here", "quotes stand around a value of an attribute"},
		{"a='h1'", 3, "a selector cannot have \"'\" here", "quotes stand around a value of an attribute"},
		{"a=`h1`", 3, "a selector cannot have \"`\" here", "quotes stand around a value of an attribute"},
		{"a=h1=x", 5, "a selector cannot have \"=\" here", "a condition on an attribute stands in brackets:"},
		{"a=p:hover:foo", 10, "unknown pseudo-class :foo", "those there are: :checked, :contains,"},
		{"a=xpath://h1[", 13, "the bracket [ is not closed", "put ] behind what belongs into it"},
		{"a=xpath://h1[@x='y]", 17, "the quote is not closed", "close it with '"},
		{"a=xpath:contans(//h1, 'x')", 9, "no XPath expression: unknown function \"contans\"", "did you mean contains()?"},
		{"a=xpath://h1[contians(., 'x')]", 14, "no XPath expression: unknown function \"contians\"", "did you mean contains()?"},
		{"a=xpath://h1[starts_with(., 'x')]", 14, "no XPath expression: unknown function", "did you mean starts-with()?"},
		{"a=xpath:h1/", 9, "no XPath expression: expression must evaluate to", "XPath 1.0, such as xpath://h1/text() or"},
		{"a=xpath://h1/txt()", 14, "no XPath expression: unknown test of nodes \"txt\"", "did you mean text()?"},
		{"a=xpath:", 9, "the selector is empty", "write a CSS selector, xpath:…, jsonpath:…"},
		{"a=xpath://h1[@class=]", 9, "no XPath expression: expression must evaluate to", "XPath 1.0, such as xpath://h1/text() or"},
		{"a=xpath://parnet::h1", 11, "no XPath expression: unknown axis \"parnet\"", "did you mean parent::?"},
		{"a=xpath://h1 | nmber", 16, "unknown filter \"nmber\"", "did you mean number?"},
		{"a=xpth://h1", 7, "the name of a pseudo-class is missing", "did you mean xpath:?"},
		{"a=XPath://h1", 8, "the name of a pseudo-class is missing", "did you mean xpath:?"},
		{"a=jsonpath:name", 12, "no JSONPath: unexpected identifier", "a path begins with $, such as"},
		{"a=jsonpath:$.a[", 15, "the bracket [ is not closed", "put ] behind what belongs into it"},
		{"a=jsonpath:$.a[0", 15, "the bracket [ is not closed", "put ] behind what belongs into it"},
		{"a=jsonpath:$.a[?@.b = 1]", 21, "no JSONPath: invalid comparison operator", "values are compared with ==, !=, <, <=, > and >="},
		{"a=jsonpath:$.a[?lenght(@.b) > 1]", 17, "no JSONPath: unknown function lenght()", "did you mean length()?"},
		{"a=jsonpath:$.a[?serach(@.b, 'x')]", 17, "no JSONPath: unknown function serach()", "did you mean search()?"},
		{"a=jsonpath:$.a..", 17, "no JSONPath: unexpected eof", "such as jsonpath:$.offers[0].price or"},
		{"a=jsonpath:$a", 12, "no JSONPath: unexpected identifier", "such as jsonpath:$.offers[0].price or"},
		{"a=jsonpath:$.a b", 15, "no JSONPath: unexpected blank space", "such as jsonpath:$.offers[0].price or"},
		{"a=json:$.a", 7, "the name of a pseudo-class is missing", "did you mean jsonpath:?"},
		{"a=jsnopath:$.a", 11, "the name of a pseudo-class is missing", "did you mean jsonpath:?"},
		{"a=re:(", 6, "no regular expression: missing closing ): \"(\"", "the syntax is RE2's; what is meant as itself"},
		{"a=re:[a", 6, "no regular expression: missing closing ]: \"[a\"", "the syntax is RE2's; what is meant as itself"},
		{"a=re:a**", 7, "no regular expression: invalid nested repetition", "the syntax is RE2's"},
		{"a=re:(?=x)", 6, "no regular expression: invalid or unsupported", "the syntax is RE2's, which has no look-around"},
		{"a=re:\\1", 6, "no regular expression: invalid escape sequence:", "the syntax is RE2's, which has no look-around"},
		{"a=re:x{2000}", 7, "no regular expression: invalid repeat count:", "the syntax is RE2's, which repeats a thing 1000"},
		{"a=re:`x", 6, "the back quote is not closed", "an expression that begins with a back quote"},
		{"a=re:`x` number", 10, "filters after a back quote begin with |", "write re:`…` | number"},
		{"a=re:`x` | nmber", 12, "unknown filter \"nmber\"", "did you mean number?"},
		{"a=regex:x", 8, "unknown pseudo-class :x", "did you mean re:?"},
		{"a=regexp:x", 9, "unknown pseudo-class :x", "did you mean re:?"},
		{"a=css:h1", 6, "unknown pseudo-class :h1", "a CSS selector has no prefix"},
		{"a=re:", 6, "the selector is empty", "write a CSS selector, xpath:…, jsonpath:…"},
		{"a=text(h1)", 7, "a selector cannot have \"(\" here", "CSS has parentheses behind a pseudo-class only,"},
		{"title,p=.price", 6, "not a name of a field: \"title,p\"", "give it twice: --extract title --extract 'p=.price'"},
		{"title, author , p[]=a, b", 6, "not a name of a field", "give it twice: --extract title,author --extract 'p[]=a, b'"},
		{"name,p=.price", 5, "not a name of a field", "a name is made of letters, digits, \"_\","},
		{"a=h1|number|", 13, "a filter is missing here", "filters stand between \"|\": trim | number"},
	} {
		all := Spec{Extract: []string{c.value}}.Mistakes()
		if len(all) != 1 {
			t.Errorf("%q: %v", c.value, all)
			continue
		}
		e := all[0]
		if e.Name != InlineName || e.Line != 1 || e.Column != c.column || !strings.Contains(e.Message, c.message) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%q: column %d: %s (%s)\nwant column %d: …%s… (…%s…)", c.value, e.Column, e.Message, e.Hint, c.column, c.message, c.hint)
		}
		if _, err := Compile(Spec{Extract: []string{c.value}}); err == nil {
			t.Errorf("%q: Compile takes it", c.value)
		}
	}
}

// All mistakes are told at once; those of values together only where each is right.
func TestAllMistakes(t *testing.T) {
	file := SchemaFile{Name: "a.yaml", Text: []byte("fields:\n  a: h1 | nmber\n  b: {selct: p}\n")}
	all := Spec{Extract: []string{"titel", "links", "a=p |"}, Schemas: []SchemaFile{file}}.Mistakes()
	var places []string
	for _, e := range all {
		places = append(places, strings.Join(strings.SplitN(e.Error(), ":", 4)[:3], ":"))
	}
	if got := strings.Join(places, " "); got != "--extract:1:1 --extract:3:6 a.yaml:2:11 a.yaml:3:7" {
		t.Error(got)
	}
	for _, s := range []Spec{
		{Extract: []string{"links", "links"}},
		{Extract: []string{"a=p", "a=h1"}},
		{Extract: []string{"links", "none"}},
		{Extract: []string{"a=p"}, Schemas: []SchemaFile{{Name: "a.yaml", Text: []byte("fields: {a: h1}")}}},
	} {
		if all := s.Mistakes(); len(all) == 0 || all[0].Hint == "" {
			t.Errorf("%v: %v", s, all)
		}
	}
	twice := Spec{Schemas: []SchemaFile{{Name: "a.yaml", Text: []byte("fields: {a: h1}")}, {Name: "b.yaml", Text: []byte("fields:\n  a: h1")}}}
	if all := twice.Mistakes(); len(all) != 1 || all[0].Error() != "b.yaml:2:3: field a is asked for by a.yaml:1:10, too" || all[0].Excerpt() != "  a: h1\n  ^" {
		t.Errorf("%v", all)
	}
	if all := (Spec{Extract: []string{"title,links", "a=p", "none"}}).Mistakes(); len(all) != 1 {
		t.Errorf("%v", all)
	}
	if all := (Spec{Extract: []string{"title,links", "a[]=p"}}).Mistakes(); all != nil {
		t.Errorf("%v", all)
	}
}

// What a page cannot have is out of reach, and says what the page is.
func TestTryKinds(t *testing.T) {
	spec := Spec{Extract: []string{"title", "text", "c=h1", "x=xpath://h1", "j=jsonpath:$.a", "r=re:nowhere"}}
	for _, c := range []struct {
		contentType, body string
		unreachable       string
		stop              string // of the first
	}{
		{"text/html", "<p>x", "", "not on the page: what a browser"},
		{"text/html", "<p>x" + strings.Repeat("<div>", 1000), "c x", "not on the page: what a browser"},
		{"application/pdf", "%PDF-1.4", "title text c x j r", "the page is application/pdf, which has none"},
		{"", "\x89PNG\r\n\x1a\n", "title text c x j r", "the page is image/png, which has none"},
		{"application/json", `{"b": 1}`, "title text c x", "the page is application/json, which has none"},
		{"application/json", `{"b": 1`, "title text c x j", ""},
		{"text/plain", "some text", "title c x j", ""},
		{"text/csv", "a,b", "title c x j", ""},
		{"application/rss+xml", "<rss><channel><title>x</title></channel></rss>", "title j", ""},
	} {
		r, err := spec.Try(context.Background(), Source{ContentType: c.contentType, Body: []byte(c.body)})
		if err != nil || len(r.Findings) != len(spec.Extract) {
			t.Errorf("%.40q: %v, %v", c.body, r, err)
			continue
		}
		var unreachable []string
		for _, f := range r.Findings {
			if f.Unreachable {
				unreachable = append(unreachable, f.Name)
			}
			if (f.Stop == "") != f.Found() {
				t.Errorf("%.40q: %+v", c.body, f)
			}
		}
		if got := strings.Join(unreachable, " "); got != c.unreachable || !strings.Contains(r.Findings[0].Stop, c.stop) {
			t.Errorf("%.40q: %s; want %s; %s", c.body, got, c.unreachable, r.Findings[0].Stop)
		}
	}
}

// A page whose JSON-LD is broken has one, and it is told where it breaks.
func TestTryBrokenJSONLD(t *testing.T) {
	const page = "<script type=application/ld+json>\n{\"a\":1,,\n\"b\": x}</script><script type=application/ld+json>{\"a\":1}</script>"
	spec := Spec{Extract: []string{"jsonld", "a=jsonpath:$.b"}}
	for body, want := range map[string][2]string{
		page[:strings.Index(page, "<script type=application/ld+json>{")]: {
			"not on the page: its JSON-LD, as it stands there: JSON-LD is broken at line 2, column 8: ", "no JSON, and no JSON-LD: JSON-LD is broken at line 2, column 8: "},
		page: {"", "1 × jsonpath:$, no .b in it: JSON-LD is broken at line 2, column 8: "},
	} {
		r, err := spec.Try(t.Context(), Source{ContentType: "text/html", Body: []byte(body)})
		if err != nil || !strings.HasPrefix(r.Findings[0].Stop, want[0]) || !strings.HasPrefix(r.Findings[1].Stop, want[1]) {
			t.Errorf("%s: %v\n%s\n%s", body, err, r.Findings[0].Stop, r.Findings[1].Stop)
		}
	}
}

// Ready-made fields have what a run has, and schemas are read as in a run: each of them.
func TestTry(t *testing.T) {
	page := Source{ContentType: "text/html", Body: []byte("<title>T\xe9</title><meta name=author content=Ida><h1>x</h1>")}
	spec := Spec{
		Extract: []string{"title,author,markdown:full", "a=h1 | required"},
		Schemas: []SchemaFile{{Name: "1", Text: []byte("fields: {b: h1}")}, {Name: "2", Text: []byte("fields: {c: h1}")}},
	}
	r, err := spec.Try(context.Background(), page)
	var got []string
	for _, f := range r.Findings {
		got = append(got, f.Name+"="+f.Value)
	}
	if all := strings.Join(got, " "); err != nil || all != `title="Té" author="Ida" markdown_full="# x" a="x" b="x" c="x"` {
		t.Errorf("%s, %v", all, err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := spec.Try(ctx, page); err == nil {
		t.Error("the end of the task is no error")
	}
}
