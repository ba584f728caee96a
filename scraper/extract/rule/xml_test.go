package rule_test

import (
	"encoding/json"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/rule"
)

// TestXML holds that CSS finds on XML what XPath does, by the names as they are written.
func TestXML(t *testing.T) {
	const feed = `<?xml version="1.1"?><rss xmlns:media="urn:m" xmlns="urn:d"><channel><title>C</title>
		<item id="i1" isPermaLink="true"><title>O<![CDATA[ne]]></title><pubDate>d1</pubDate><media:title media:lang="en">M1</media:title></item>
		<item class="a b"><title>Two</title><Title>capital</Title><media:thumbnail url="u"/><script>a  b</script></item></channel></rss>`
	for _, c := range []struct{ field, want string }{
		{`a=item > title::text`, `"One"`},
		{`a[]=item > title`, `["One","M1","Two"]`},
		{`a[]=item title:first-child`, `["One","Two"]`},
		{`a[]=item > title:first-of-type`, `["One","Two"]`},
		{`a=pubDate`, `"d1"`},
		{`a=pubdate`, `null`},
		{`a[]=Title`, `["capital"]`},
		{`a[]=media\:title`, `["M1"]`},
		{`a[]=media\3a title`, `["M1"]`},
		{`a[]=m\65 dia\:title, item > Title`, `["M1","capital"]`},
		{`a=other\:title`, `null`},
		{`a=thumbnail::attr(url)`, `"u"`},
		{`a=title::attr(media:lang)`, `"en"`},
		{`a[]=item[isPermaLink] > title::text`, `["One","M1"]`},
		{`a=[ispermalink=true]::attr(isPermaLink)`, `"true"`},
		{`a=#i1 > pubDate`, `"d1"`},
		{`a[]=.a.b > Title`, `["capital"]`},
		{`a=item:has(> Title) > title`, `"Two"`},
		{`a=item:has(pubdate) > title`, `null`},
		{`a=item:not(:has(pubDate)) > title`, `"Two"`},
		{`a=item:is(.a) > title`, `"Two"`},
		{`a[]=title:contains("wo")`, `["Two"]`},
		{`a=script`, `"a b"`},
		{`a=rss:root > channel > title`, `"C"`},
		{`a=thumbnail | html`, `"\u003cmedia:thumbnail url=\"u\"\u003e\u003c/media:thumbnail\u003e"`},
		{`a=item | count`, `2`},
		{`a[]=xpath://item/title/text()`, `["One","Two"]`},
		{`a[]=xpath://media:title`, `["M1"]`},
		{`a=xpath://media:title/@media:lang`, `"en"`},
		{`a=xpath://item[@id]/@isPermaLink`, `"true"`},
		{`a=xpath:count(//item/@*)`, `3`},
	} {
		name, many, r, err := rule.ParseField(c.field)
		if err != nil {
			t.Errorf("%s: %v", c.field, err)
			continue
		}
		d := documenttest.New(t, t.Context(), "text/xml", feed)
		alone, err := r.Value(rule.Scope{Doc: d}, many)
		if got, _ := json.Marshal(alone); err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.field, got, err, c.want)
		}
		inSet, err := rule.NewSet([]rule.Field{{Name: name, Many: many, Rule: r}}).Values(rule.Scope{Doc: d})
		if got, _ := json.Marshal(inSet[0]); err != nil || string(got) != c.want {
			t.Errorf("%s in a set: %s, %v; want %s", c.field, got, err, c.want)
		}
	}
}

// TestInsideXML looks for rules in an element that another has found.
func TestInsideXML(t *testing.T) {
	const page = `<r xmlns:m="urn:m"><Item><m:a b="1">x</m:a></Item><Item><m:a>y</m:a></Item></r>`
	for _, each := range []string{"Item", "xpath://Item"} {
		for text, want := range map[string]string{
			"a": `"y"`, ":scope > a::text": `"y"`, "xpath:m:a": `"y"`, "xpath:./m:a/text()": `"y"`, "xpath://m:a": `"y"`, "re:<m:a>(.)": `"y"`, "r": "null",
		} {
			d := documenttest.New(t, t.Context(), "text/xml", page)
			items, err := mustParse(t, each).Elements(rule.Scope{Doc: d})
			if err != nil || len(items) != 2 {
				t.Fatalf("%s: %v, %v", each, items, err)
			}
			v, err := mustParse(t, text).Value(rule.Scope{Doc: d, Node: items[1]}, false)
			if got, _ := json.Marshal(v); err != nil || string(got) != want {
				t.Errorf("%s in %s: %s, %v; want %s", text, each, got, err, want)
			}
		}
	}
	broken := documenttest.New(t, t.Context(), "text/xml", "")
	if broken.Kind() != document.XML {
		t.Fatal("no XML")
	}
	if v, err := mustParse(t, "a").Value(rule.Scope{Doc: broken}, false); v != nil || err != nil {
		t.Errorf("nothing: %v, %v", v, err)
	}
}

// TestXHTML has names of elements as they are written, as browsers do.
func TestXHTML(t *testing.T) {
	d := documenttest.New(t, t.Context(), "application/xhtml+xml", `<html xmlns="http://www.w3.org/1999/xhtml"><body><h1 class="a">one</h1><H1>other</H1>`+
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><linearGradient id="g">x</linearGradient></svg></body></html>`)
	for text, want := range map[string]string{
		"h1": `["one"]`, "H1": `["other"]`, "body > h1.a, H1::text": `["one","other"]`, "BODY": `null`, "linearGradient": `["x"]`, "lineargradient": `null`,
		"svg:has(linearGradient)::attr(viewBox)": `["0 0 1 1"]`, "[viewBox] > *": `["x"]`, "h1:not(H1)": `["one"]`, "xpath://H1": `["other"]`,
	} {
		v, err := mustParse(t, text).Value(rule.Scope{Doc: d}, true)
		if got, _ := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%s: %s, %v; want %s", text, got, err, want)
		}
	}
}
