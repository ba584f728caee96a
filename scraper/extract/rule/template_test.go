package rule_test

import (
	"encoding/json"
	"testing"

	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/rule"
)

// TestTemplates has nothing found in templates, of whose content a browser's document
// knows nothing.
func TestTemplates(t *testing.T) {
	const body = `<body><template id=t class=x><h1>t</h1>own<a href=tpl>t</a><template><a href=deeper>d</a></template></template>` +
		`<h1>A</h1><div><template><b>sold out</b></template><b>in stock</b></div><pre>p<template>q</template></pre>` +
		`<svg><template><g>drawn</g></template></svg><ul><li>1<template><li>no</template><li>2</ul>`
	for _, kind := range []string{"text/html", "application/xhtml+xml"} {
		text := body
		if kind != "text/html" {
			text = `<html xmlns="http://www.w3.org/1999/xhtml"><body><template id="t" class="x"><h1>t</h1>own<a href="tpl">t</a>` +
				`<template><a href="deeper">d</a></template></template><h1>A</h1><div><template><b>sold out</b></template><b>in stock</b></div>` +
				`<pre>p<template>q</template></pre><svg xmlns="http://www.w3.org/2000/svg"><template><g>drawn</g></template></svg>` +
				`<ul><li>1<template><li>no</li></template></li><li>2</li></ul></body></html>`
		}
		d := documenttest.New(t, t.Context(), kind, text)
		for _, c := range []struct{ field, want string }{
			{`a=h1`, `"A"`},
			{`a[]=h1`, `["A"]`},
			{`a[]=body h1, body > div > b`, `["A","in stock"]`},
			{`a[]=a`, `null`},
			{`a[]=a::attr(href)`, `null`},
			{`a[]=*:is(a)`, `null`},
			{`a[]=template > *`, `["drawn"]`}, // svg has no templates,
			{`a[]=template *::text, template::text`, `["drawn"]`},
			{`a=template`, `""`},
			{`a=.x::attr(id)`, `"t"`},
			{`a=#t + h1`, `"A"`},
			{`a[]=#t ~ div`, `["in stock"]`},
			{`a[]=:has(> a)`, `null`},
			{`a=:has(a) | count`, `0`},
			{`a=template:haschild(h1) | count`, `0`},
			{`a=template:empty | count`, `4`},
			{`a=div b:nth-of-type(1)`, `"in stock"`},
			{`a[]=div b:first-child`, `null`},
			{`a[]=div:contains("sold out")`, `null`},
			{`a[]=div:contains("in stock")`, `["in stock"]`},
			{`a[]=div:matches(sold)`, `null`},
			{`a[]=div:matches(^in.stock$)`, `["in stock"]`},
			{`a[]=template:containsOwn(own), template:matchesOwn(own)`, `null`},
			{`a=pre`, `"p"`},
			{`a=g`, `"drawn"`},
			{`a[]=li`, `["1","2"]`},
			{`a[]=xpath://h1`, `["A"]`},
			{`a[]=xpath://a`, `null`},
			{`a[]=xpath://a/@href`, `null`},
			{`a=xpath:count(//a)`, `0`},
			{`a=xpath:count(//li)`, `2`},
			{`a=xpath:count(//template)`, `5`},
			{`a=xpath:count(//template/node())`, `1`}, // in the drawing
			{`a=xpath://template/@id`, `"t"`},
			{`a=xpath:string(//template)`, `null`},
			{`a=xpath:string(//div)`, `"in stock"`},
			{`a[]=xpath://div[contains(., 'sold')]`, `null`},
			{`a[]=xpath://template[@id]/following::b`, `["in stock"]`},
			{`a[]=xpath://pre/preceding::b`, `["in stock"]`},
			{`a[]=xpath://div/descendant::b`, `["in stock"]`},
			{`a[]=xpath://pre/ancestor::*[a]`, `null`},
			{`a=div template | html`, `"\u003ctemplate\u003e\u003cb\u003esold out\u003c/b\u003e\u003c/template\u003e"`},
		} {
			name, many, r, err := rule.ParseField(c.field)
			if err != nil {
				t.Errorf("%s: %v", c.field, err)
				continue
			}
			v, err := r.Value(rule.Scope{Doc: d}, many)
			if got, _ := json.Marshal(v); err != nil || string(got) != c.want {
				t.Errorf("%s: %s: %s, %v; want %s", kind, c.field, got, err, c.want)
			}
			inSet, err := rule.NewSet([]rule.Field{{Name: name, Many: many, Rule: r}}).Values(rule.Scope{Doc: d})
			if got, _ := json.Marshal(inSet[0]); err != nil || string(got) != c.want {
				t.Errorf("%s: %s in a set: %s, %v; want %s", kind, c.field, got, err, c.want)
			}
		}
		for _, each := range []string{"template", "xpath://template"} {
			found, err := mustParse(t, each).Elements(rule.Scope{Doc: d})
			if err != nil || len(found) != 5 {
				t.Fatalf("%s: %s: %d elements, %v", kind, each, len(found), err)
			}
			for _, inside := range []string{"h1", "a", "xpath://a", "xpath:.//h1", "xpath:*"} {
				if v, err := mustParse(t, inside).Value(rule.Scope{Doc: d, Node: found[0]}, true); v != nil || err != nil {
					t.Errorf("%s: %s in %s: %v, %v", kind, inside, each, v, err)
				}
			}
		}
	}
	// Elsewhere a name says nothing.
	style := documenttest.New(t, t.Context(), "application/xml", `<xsl:s xmlns:xsl="urn:x"><xsl:template><a>1</a></xsl:template><template><a>2</a></template></xsl:s>`)
	for text, want := range map[string]string{"a": `["1","2"]`, "template": `["1","2"]`, "xpath://a": `["1","2"]`, `template:contains("2")`: `["2"]`} {
		v, err := mustParse(t, text).Value(rule.Scope{Doc: style}, true)
		if got, _ := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("XML: %s: %s, %v; want %s", text, got, err, want)
		}
	}
}
