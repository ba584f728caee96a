package schema

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

// For a miss it is told how far the selector gets.
func TestMiss(t *testing.T) {
	for rule, want := range map[string]string{
		"div.product > span.price":     "1 × div.product, no span directly in it @ html > body > main#main > div.product.big",
		"div.product span":             "1 × div.product, no span in it @ html > body > main#main > div.product.big",
		".tag + b":                     "2 × .tag, no b right behind them @ html > body > main#main > div.product.big > a.tag",
		"h1~b":                         "1 × h1, no b behind it @ html > body > main#main > div.product.big > h1",
		"td.prize":                     "4 × td, and none of them is .prize @",
		"div.product[data-id='a > b']": "1 × div.product, and it is not [data-id='a > b'] @",
		"article":                      "no article on the page @ ",
		"article.x p":                  "no article on the page @ ",
		"article, .seller i":           "1 × .seller, no i in it @",
		"jsonpath:$.a.b":               "no JSON, and no JSON-LD @ ",
		"xpath://main/div/i":           "1 × xpath://main/div, no /i in it @ html > body > main#main > div.product.big",
		"re:nowhere":                   "no match in the text @ ",
		"h1::attr(id)":                 "1 × h1, and nothing for ::attr(id) @",
		".shop | trim | number":        `.shop finds "One" and 1 more, of which number leaves nothing @`,
	} {
		s := parse(t, "fields:\n  a: \""+rule+"\"\n")
		all, _, err := s.For(weburl.URL{}).Find(page(t, product))
		if err != nil {
			t.Fatal(err)
		}
		if got := all[0].Stop + " @ " + all[0].Element; all[0].Value != "" || !strings.HasPrefix(got, want) {
			t.Errorf("%s: %s; want %s", rule, got, want)
		}
	}
}

// What is in an object says so, and segments of JSONPath go into what is there.
func TestMissInside(t *testing.T) {
	s := parse(t, "fields:\n  a: {each: .shop, fields: {b: '::attr(x)', c: i}}\n  j: jsonpath:$..author\n")
	all, _, err := s.For(weburl.URL{}).Find(page(t, product+"<script type=application/ld+json>[{}]</script>"))
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"nothing for ::attr(x) in this element", "no i in this element"} {
		if f := all[0].Objects[0][i]; f.Stop != want {
			t.Errorf("%q, want %q", f.Stop, want)
		}
	}
	if want := "1 × jsonpath:$, no ..author in it"; all[1].Stop != want {
		t.Errorf("%q, want %q", all[1].Stop, want)
	}
}

// A hint says what may have been meant.
func TestHint(t *testing.T) {
	const list, graph = `[{"sku":"1"},{"sku":"2"}]`, `{"@graph":[{"@type":"Product","sku":"1"}]}`
	for _, c := range []struct{ rule, jsonLD, want string }{
		{`re:x ([0-9]+) | number`, "", "| number is part of the expression; put that in back quotes: re:`…` | number"},
		{`re:x| date(de)`, "", "| date(de) is part of the expression; put that in back quotes: re:`…` | date(de)"},
		{`re:x | trim | lower`, "", "| lower is part of the expression; put that in back quotes: re:`…` | lower"},
		{`re:a lamp | number`, "", "| number is part of the expression; put that in back quotes: re:`…` | number"},
		{"re:`x` | number", "", ""},
		{`re:first|last`, "", ""},
		{`re:(x | number)`, "", ""},
		{`re:[x | number]`, "", ""},
		{`re:[x]|[| number(]`, "", ""},
		{`re:x \| number`, "", ""},
		{`re:x | y`, "", ""},
		{`h1 | number`, "", ""},
		{`jsonpath:$.sku`, list, "the JSON-LD is a list: $[*].sku or $..sku"},
		{`jsonpath:$['sku'] | number`, list, "the JSON-LD is a list: $[*]['sku']"},
		{`jsonpath:$.sku`, graph, "it is under @graph: $['@graph'][*].sku or $..sku"},
		{`jsonpath:$.sku`, "[" + graph + "]", "the JSON-LD is a list, and it is under @graph: $[*]['@graph'][*].sku or $..sku"},
		{`jsonpath:$.name`, list, ""},
		{`jsonpath:$[*].sku`, list, ""},
		{`jsonpath:$.sku`, "", ""},
	} {
		s, err := Inline("x", []string{"a=" + c.rule})
		if err != nil {
			t.Fatal(err)
		}
		body := product
		if c.jsonLD != "" {
			body += "<script type=application/ld+json>" + c.jsonLD + "</script>"
		}
		all, _, err := s.For(weburl.URL{}).Find(page(t, body))
		if err != nil || all[0].Hint != c.want {
			t.Errorf("%s, %s: %v, %q; want %q", c.rule, c.jsonLD, err, all[0].Hint, c.want)
		}
	}
}

// What is required and missing in one element is not counted as found.
func TestTallyOfMissing(t *testing.T) {
	s := parse(t, "fields:\n  offers: {each: .offers tr, fields: {shop: td.shop | required, none: b}}\n")
	all, missing, err := s.For(weburl.URL{}).Find(page(t, product))
	if found, of := all[0].Tally(); err != nil || len(missing) != 1 || found != 1 || of != 3 {
		t.Errorf("%v: %d of %d, missing %q", err, found, of, missing)
	}
}

func TestFind(t *testing.T) {
	s := parse(t, "fields:\n  name: h1\n  offers: {each: .offers tr, fields: {shop: td.shop, price: {select: td.prize, required: true}}}\n")
	all, missing, err := s.For(weburl.URL{}).Find(page(t, product))
	if err != nil {
		t.Fatal(err)
	}
	if len(missing) != 1 || missing[0] != "offers[0].price" {
		t.Errorf("missing: %q", missing)
	}
	if all[0].Value != `"A lamp"` || all[1].Count != 3 || len(all[1].Objects) != 3 {
		t.Errorf("%+v", all)
	}
	if o := all[1].Objects; o[0][0].Stop != "no td in this element" || o[1][0].Value != `"One"` || o[1][1].Stop != "1 × td, and it is not .prize" && !strings.HasPrefix(o[1][1].Stop, "2 × td") {
		t.Errorf("%+v", o)
	}
}

// What a check counts is what a run does: a field in a list is found if any element
// has it, and a list that has nothing in it is not.
func TestTally(t *testing.T) {
	for fields, want := range map[string][2]int{
		"a: h1": {1, 1},
		"a: {each: .offers tr, fields: {shop: td.shop, price: td.prize}}":       {2, 3},
		"a: {each: .offers tr, fields: {b: td.x, c: td.y}}":                     {0, 3},
		"a: {each: .none tr, fields: {b: td.x, c: td.y}}":                       {0, 1},
		"a: {fields: {b: h1, c: {each: .offers tr, fields: {d: .shop, e: i}}}}": {4, 5},
	} {
		all, _, err := parse(t, "fields:\n  "+fields+"\n").For(weburl.URL{}).Find(page(t, product))
		if err != nil {
			t.Fatal(err)
		}
		if found, of := all[0].Tally(); found != want[0] || of != want[1] {
			t.Errorf("%s: %d of %d; want %d of %d", fields, found, of, want[0], want[1])
		}
	}
}

// A page that no tree can be built of has what needs none.
func TestFindWithoutTree(t *testing.T) {
	deep := page(t, "<p>sku=7"+strings.Repeat("<div>", 1000))
	sh := parse(t, "fields:\n  a: p\n  b: re:sku=(\\d)\n  c: {each: p, required: true, fields: {d: p}}\n").For(weburl.URL{})
	values, err := sh.Read(deep)
	if !errors.Is(err, document.ErrNoTree) || len(values) != 3 || values[1].Value != "7" || !slices.Equal(values[2].Missing, []string{"c"}) {
		t.Errorf("%v, %v", values, err)
	}
	all, missing, err := sh.Find(deep)
	if err != nil || len(missing) != 1 || all[0].Stop == "" || all[1].Value != `"7"` || all[2].Stop == "" {
		t.Errorf("%+v, %q, %v", all, missing, err)
	}
}

// Whatever a rule is, it can be said why it finds nothing.
func FuzzMiss(f *testing.F) {
	for _, rule := range []string{"div.product > span.price", "a, b c", "h1::attr(id)", "xpath://a[1]/b | trim", "jsonpath:$.a[0]", "re:`a` | int", "[a='>'] \\. b", "\u3000"} {
		f.Add(rule)
	}
	text := product
	f.Fuzz(func(t *testing.T, rule string) {
		s, err := Inline("-e", []string{"a=" + rule})
		if err != nil {
			return
		}
		all, _, err := s.shapes[0].Find(page(t, text))
		if err != nil {
			t.Fatal(err)
		}
		if f := all[0]; !f.Found() && f.Stop == "" {
			t.Errorf("%q: %+v", rule, f)
		}
	})
}
