package rule_test

import (
	"testing"

	"scrape/scraper/extract/rule"
)

func TestSplit(t *testing.T) {
	for text, want := range map[string]rule.Parts{
		"h1":                         {Selector: "h1", FiltersAt: -1},
		" h1 > b | trim | upper":     {Selector: "h1 > b", Filters: " trim | upper", SelectorAt: 1, FiltersAt: 9},
		"/* one | two */ tr|trim":    {Selector: "/* one | two */ tr", Filters: "trim", FiltersAt: 19},
		"xpath: //tr | id('x')":      {Language: rule.XPath, Selector: "//tr | id('x')", SelectorAt: 7, FiltersAt: -1},
		`xpath://tr[. != '\'] | t`:   {Language: rule.XPath, Selector: `//tr[. != '\']`, Filters: " t", SelectorAt: 6, FiltersAt: 22},
		" re:a |b ":                  {Language: rule.Regexp, Selector: "a |b ", SelectorAt: 4, FiltersAt: -1},
		"re:`a|b` | number":          {Language: rule.Regexp, Selector: "a|b", Filters: " number", SelectorAt: 4, FiltersAt: 10},
		"jsonpath:$.a[?@ == '|'] |x": {Language: rule.JSONPath, Selector: "$.a[?@ == '|']", Filters: "x", SelectorAt: 9, FiltersAt: 25},
	} {
		got, err := rule.Split(text)
		got = rule.Parts{Language: got.Language, Selector: got.Selector, Filters: got.Filters, SelectorAt: got.SelectorAt, FiltersAt: got.FiltersAt}
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", text, got, err, want)
		}
	}
	if _, err := rule.Split("p[ | trim"); err == nil {
		t.Error("a bracket that is open hides the filters")
	}
}

func TestPseudo(t *testing.T) {
	for text, want := range map[string]int{
		"h1":                                -1,
		"h1:not(.x)::text":                  10,
		"a::attr(href), b":                  1,
		"/* :: */ a":                        -1,
		"a[x='::'] > b:contains(::)":        -1,
		` re:x`:                             1,
		"re:`x` | trim":                     0,
		"jsonpath:$":                        0,
		"xpath://a":                         -1,
		"xpath://a/@href":                   9,
		"xpath://a/@href | //b":             -1,
		"xpath://b | //a/@href":             -1,
		"xpath://a/@href | //b//text()":     9,
		"xpath: @href":                      7,
		"xpath://a[@href]":                  -1,
		"xpath://a[b/@href]/..":             -1,
		"xpath://p//text( )[1]":             9,
		"xpath://p/child::text()":           9,
		"xpath://p/attribute::id":           9,
		"xpath://p/comment()":               9,
		"xpath://p/node()":                  -1,
		"xpath:(//a/@href)[1]":              10,
		"xpath:(//a)[@x=(1)]":               -1,
		"xpath:(//a/@href)[. = (')')]":      10,
		"xpath:(//a | //b/@c)[last()]":      -1,
		"xpath:(//a/@b)/..":                 -1,
		"xpath:count(//p)":                  6,
		"xpath:string(//p/@x)":              6,
		"xpath://p = 'x'":                   6,
		"xpath:1 + 1":                       6,
		"xpath:reverse(//p)":                -1,
		"xpath://*[local-name() = 'text']":  -1,
		"xpath://text":                      -1,
		"xpath://a[. = '\\'] | //b | trim":  -1,
		"xpath://td/@x[. = '/'] | number()": 10,
	} {
		parts, err := rule.Split(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		if at, ok := parts.Pseudo(); ok != (want >= 0) || ok && at != want {
			t.Errorf("%s: %d, %v, want %d", text, at, ok, want)
		}
	}
}
