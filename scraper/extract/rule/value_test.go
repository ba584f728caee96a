package rule_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/rule"
	"scrape/scraper/weburl"
)

const shop = `<!doctype html><html lang=en-GB><head><title>Shop</title>
<script type="application/ld+json">{"@type":"Product","name":"Chair","offers":[{"price":12.50},{"price":"13"}]}</script>
<script type="application/ld+json">{broken</script>
<script type='Application/LD+JSON; charset=utf-8'><!-- {"@type":"Shop","name":"Ikarus","n":null} --></script>
</head><body>
<h1 class="a price-list"> A
  <b>big</b> <!-- no --> chair<script>no()</script></h1>
<p class="price sale" lang=en data-id="7">Now <b>12</b> only<br>here</p><p class="price">13</p>
<table class=offers><tr id=r1><td class=shop>One<td>1.5</tr><tr id=r2><td class=shop>Two<td>2.5</tr></table>
<ul><li>a<li>b|c<li></ul>
<a href="/x?a=1&amp;b=2" title="a | b">X</a><a>none</a>
<svg><a xlink:href="/svg">S</a></svg><pre> a
  b </pre><div hidden></div>
</body></html>`

func page(body string, contentType string) *document.Document {
	u, err := weburl.Parse("https://shop.example/dir/page")
	if err != nil {
		panic(err)
	}
	return document.New(&countdown{context.Background(), 1 << 20}, document.Source{URL: u, Header: http.Header{}, ContentType: contentType, Body: []byte(body)})
}

// fuzzPages are a document of each kind.
func fuzzPages() []*document.Document {
	return []*document.Document{
		page(shop, "text/html"), page(feed, "application/xml"), page(`{"a":[1,{"b":"x"}],"c":null}`, "application/json"),
		page("a|b\nprice: 12", "text/plain"),
	}
}

const feed = `<?xml version="1.0" encoding="ISO-8859-1"?>
<rss xmlns:media="http://m"><channel><title>F&#233;</title>
<item><title>One</title><media:content url="1.png"/><pubDate>x</pubDate></item>
<item><title> Two
</title></item></channel></rss>`

func TestValues(t *testing.T) {
	html, xml, text := page(shop, "text/html"), page(feed, "application/xml"), page("a=1\nb=22\n", "text/plain")
	data := page(`{"b":[1,2.50,{"x":"y"}],"a":{"t":true},"n":null}`, "application/json")
	for _, c := range []struct {
		doc         *document.Document
		field, want string
	}{
		// CSS and what of an element is wanted.
		{html, `a=h1`, `"A big chair"`},
		{html, `a=.price`, `"Now 12 only here"`},
		{html, `a[]=.price`, `["Now 12 only here","13"]`},
		{html, `a=.price::text`, `"Now"`},
		{html, `a[]=.price::text`, `["Now","only","here","13"]`},
		{html, `a[]=.sale *::text`, `["12"]`},
		{html, `a[]=.sale::text, .sale *::text`, `["Now","12","only","here"]`},
		{html, `a=.price::attr(data-id)`, `"7"`},
		{html, `a[]=a::attr(href)`, `["/x?a=1\u0026b=2","/svg"]`},
		{html, `a=svg a::attr(xlink:href)`, `"/svg"`},
		{html, `a[]=::attr("ID")`, `["r1","r2"]`},
		{html, `a[]=td.shop, h1, a::attr(title)`, `["A big chair","One","Two","a | b"]`},
		{html, `a[]=p, .price, p::attr(class)`, `["Now 12 only here","price sale","13","price"]`},
		{html, `a=table`, `"One 1.5 Two 2.5"`},
		{html, `a=pre`, `"a\n  b"`},
		{html, `a[]=li`, `["a","b|c",""]`},
		{html, `a=.none`, `null`},
		{html, `a[]=.none`, `null`},
		{html, `a=.none | required`, `null`},
		{html, `a=script`, `"{\"@type\":\"Product\",\"name\":\"Chair\",\"offers\":[{\"price\":12.50},{\"price\":\"13\"}]}"`},
		{html, `a=head`, `""`},
		{html, `a=title`, `"Shop"`},
		// Selectors.
		{html, `a[]=tr > td:nth-child(2)`, `["1.5","2.5"]`},
		{html, `a[]=td:not(.shop, #r1 td)`, `["2.5"]`},
		{html, `a[]=tr:has(td.shop:contains(tWo))::attr(id)`, `["r2"]`},
		{html, `a[]=tr:has(+ tr)::attr(id)`, `["r1"]`},
		{html, `a[]=tr:has(~ #r2)::attr(id)`, `["r1"]`},
		{html, `a[]=p:has(> b)`, `["Now 12 only here"]`},
		{html, `a[]=:is(#r1, #r2):last-child td + td`, `["2.5"]`},
		{html, `a[]=li:nth-last-child(-n+2):not(:empty)`, `["b|c"]`},
		{html, `a[]=p[lang|=en]`, `["Now 12 only here"]`},
		{html, `a[]=a[title="a | b"]`, `["X"]`},
		{html, `a[]=li:contains("b|c")`, `["b|c"]`},
		{html, `a[]=li:matches(^[ab]$), li:matches([|])`, `["a","b|c"]`},
		{html, `a[]=li:matches("^[ab]$"), li:matches( 'b[|]c' )`, `["a","b|c"]`},
		{html, `a[]=p:matches("\\bonly\b.*\w{4}")`, `null`},
		{html, `a[]=p:matches("\bonlyhere\b"), p:matchesOwn('^\d\d$')`, `["Now 12 only here","13"]`},
		{html, `a[]=p:matchesOwn("12")`, `null`},
		{html, `a[]=p:MATCHES((?i)NOW)`, `["Now 12 only here"]`},
		{page(`<p>say "x"<p>x`, "text/html"), `a[]=p:matches("y \"x\""), p:matches('"x')`, `["say \"x\""]`},
		{html, `a[]=:scope > body > h1`, `["A big chair"]`},
		{html, `a[]=p:only-of-type, pre:only-of-type, h1:first-of-type`, `["A big chair","a\n  b"]`},
		{html, `a[]=h1 ~ p /* | */ + p`, `["13"]`},
		{html, `a[]=td[class#=(s|t)hop]`, `["One","Two"]`},
		// Filters.
		{html, `a=.price + .price | number`, `13`},
		{html, `a[]=h1, .price + .price|number`, `[13]`},
		{html, `a=li | last`, `"" `},
		{html, `a=li | count`, `3`},
		{html, `a=li | upper | count`, `3`},
		{html, `a=a::attr(href) | url`, `"https://shop.example/x?a=1\u0026b=2"`},
		{html, `a=h1 b | html`, `"\u003cb\u003ebig\u003c/b\u003e"`},
		{page(`<p title='"q"'>say "it's"<br></p>`, "text/html"), `a=p | html`, `"\u003cp title=\"\u0026quot;q\u0026quot;\"\u003esay \"it's\"\u003cbr\u003e\u003c/p\u003e"`},
		{html, `a=a | url`, `"https://shop.example/x?a=1\u0026b=2"`},
		{html, `a[]=a | url`, `["https://shop.example/x?a=1\u0026b=2","https://shop.example/svg"]`},
		{page(`<base href=/b/><img src=i.png><img alt=x><a href="mailto:a@b">m</a><q cite=c>d</q><object data=o></object><b>https://t.example/ </b><i>t</i><form action=f></form><area href=h>`, "text/html"),
			`a[]=body * | url`, `["https://shop.example/b/i.png","https://shop.example/b/c","https://shop.example/b/o","https://t.example/","https://shop.example/b/f","https://shop.example/b/h"]`},
		{page(`<r><link href="/1">x</link><link>/2</link></r>`, "application/xml"), `a[]=xpath://link | url`, `["https://shop.example/1","https://shop.example/2"]`},
		{html, `a[]=.none | default(x)`, `["x"]`},
		{html, `a[]=.none | number | default(0)`, `[0]`},
		{html, `a[]=.none | default(x) | upper`, `["X"]`},
		{html, `a[]=.none | default("x,y") | split(",")`, `["x","y"]`},
		{html, `a[]=.none | first | default(x)`, `"x"`},
		{html, `a[]=.none | join | split | default(x)`, `["x"]`},
		{html, `a[]=.none | count`, `0`},
		{html, `a=.none | default(x)`, `"x"`},
		{page("<html lang=en-GB><p>05/03/2024", "text/html"), `a=p | date`, `"2024-03-05"`},
		{page("<html lang=en-GB><p>05/03/2024", "text/html"), `a=p | date(en-US)`, `"2024-05-03"`},
		{page("<p>05/03/2024", "text/html"), `a=p | date`, `"2024-05-03"`},
		// XPath.
		{html, `a=xpath://h1`, `"A big chair"`},
		{html, `a[]=xpath://h1/text()`, `["A","chair"]`},
		{html, `a[]=xpath://tr/@id`, `["r1","r2"]`},
		{html, `a=xpath:count(//li)`, `3`},
		{html, `a=xpath:string(//h1/b)`, `"big"`},
		{html, `a=xpath:string(//none)`, `null`},
		{html, `a=xpath:number(//h1)`, `null`},
		{html, `a=xpath:boolean(//h1)`, `true`},
		{html, `a[]=xpath://h1 | //pre`, `["A big chair","a\n  b"]`},
		{html, `a[]=xpath://h1/b | //p/b/text() | upper`, `["BIG","12"]`},
		{html, `a[]=xpath://td[@class="shop" or .='1.5|']|upper`, `["ONE","TWO"]`},
		{html, `a[]=xpath:(//h1|//pre)[1]/b | trim`, `["big"]`},
		{html, `a=xpath://li | last`, `""`},
		{xml, `a[]=xpath://item/title`, `["One","Two"]`},
		{xml, `a=xpath://channel/title/text()`, `"Fé"`},
		{xml, `a=xpath://media:content/@url`, `"1.png"`},
		{xml, `a=xpath://pubDate | html`, `"\u003cpubDate\u003ex\u003c/pubDate\u003e"`},
		// JSONPath.
		{html, `a=jsonpath:$.name`, `"Chair"`},
		{html, `a[]=jsonpath:$.name | upper`, `["CHAIR","IKARUS"]`},
		{html, `a[]=jsonpath:$..price`, `[12.50,"13"]`},
		{html, `a=jsonpath:$[?@.price==13 || @.price=='13'].price`, `null`},
		{html, `a=jsonpath:$.offers[?@.price==13||@.price=='13'].price | number`, `13`},
		{html, `a=jsonpath:$.n`, `null`},
		{data, `a=jsonpath:$.b[1]`, `2.50`},
		{data, `a[]=jsonpath:$.*`, `[{"t":true},[1,2.50,{"x":"y"}]]`},
		{data, `a[]=jsonpath:$.b[::-1]`, `[{"x":"y"},2.50,1]`},
		{data, `a[]=jsonpath:$..x`, `["y"]`},
		{data, `a=jsonpath:$`, `{"a":{"t":true},"b":[1,2.50,{"x":"y"}],"n":null}`},
		// Regular expressions.
		{text, `a=re:\d+`, `"1"`},
		{text, `a[]=re:\d+`, `["1","22"]`},
		{text, `a[]=re:(?m)^(\w)=`, `["a","b"]`},
		{text, `a[]=re:^(\w)=`, `["a"]`},
		{text, `a[]=re:\b\d`, `["1","2"]`},
		{text, `a[]=re:a|22`, `["a","22"]`},
		{text, `a[]=re:a=(\d)|22`, `["1","22"]`},
		{text, `a[]=re:x*`, `null`},
		{text, "a=re:`a|22` | upper", `"A"`},
		{text, `a=re:a | upper`, `null`},
		// What does not apply.
		{text, `a=p`, `null`},
		{xml, `a=p`, `null`},
		{data, `a=xpath://p`, `null`},
		{text, `a=jsonpath:$`, `null`},
		{page("", "application/json"), `a=jsonpath:$`, `null`},
		{page("<a><b>1</a></b>", "application/xml"), `a=xpath:string(//b)`, `"1"`},
		// What stands before a mistake.
		{page("<r><a>1</a><a>2</a><a", "application/xml"), `a[]=xpath://a`, `["1","2"]`},
		{page("<r><a>1</a></b><a>2</a></r>", "application/xml"), `a[]=xpath://a`, `["1","2"]`},
		{page("<r><a>1\x01</a><a>2</a></r>", "application/xml"), `a[]=xpath://a`, `["1","2"]`},
		{page("<r><a>1</a><a>2</a><!-- ", "application/xml"), `a[]=xpath://a`, `["1","2"]`},
	} {
		_, many, r, err := rule.ParseField(c.field)
		if err != nil {
			t.Errorf("%s: %v", c.field, err)
			continue
		}
		v, err := r.Value(rule.Scope{Doc: c.doc}, many)
		got, _ := json.Marshal(v)
		if err != nil || string(got) != strings.TrimSpace(c.want) {
			t.Errorf("%s: got %s, %v, want %s", c.field, got, err, c.want)
		}
	}
}

func mustParse(t testing.TB, s string) *rule.Rule {
	t.Helper()
	r, err := rule.Parse(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return r
}

func TestScope(t *testing.T) {
	d := page(shop, "text/html")
	rows, err := mustParse(t, "table.offers tr").Elements(rule.Scope{Doc: d})
	if err != nil || len(rows) != 2 {
		t.Fatalf("rows: %v, %v", rows, err)
	}
	for text, want := range map[string]string{
		"td.shop": `["Two"]`, "table td": `null`, "tr > td": `["Two","2.5"]`, ":scope > td + td": `["2.5"]`, "::attr(id)": `["r2"]`,
		"tr:nth-child(2)::attr(id)": `["r2"]`, "tr:first-child::attr(id)": `null`, "xpath://td": `["Two","2.5"]`, "xpath:@id": `["r2"]`,
		"xpath:td[2]": `["2.5"]`, `re:\d\.\d`: `["2.5"]`, "jsonpath:$": `null`, "tr:has(td)::attr(id)": `["r2"]`,
	} {
		v, err := mustParse(t, text).Value(rule.Scope{Doc: d, Node: rows[1]}, true)
		if got, _ := json.Marshal(v); err != nil || string(got) != want {
			t.Errorf("%s: got %s, %v, want %s", text, got, err, want)
		}
	}
}

// checkValue checks that a value can go into a record.
func checkValue(t *testing.T, field string, r *rule.Rule, many bool, d *document.Document) {
	t.Helper()
	v, err := r.Value(rule.Scope{Doc: d}, many)
	if errors.Is(err, document.ErrNoTree) || errors.Is(err, context.DeadlineExceeded) {
		return
	}
	if err != nil {
		t.Fatalf("%q: %v", field, err)
	}
	text, err := json.Marshal(v)
	if err != nil || !utf8.Valid(text) {
		t.Fatalf("%q: %v", field, err)
	}
	again, err := rule.NewSet([]rule.Field{{Many: many, Rule: r}}).Values(rule.Scope{Doc: d})
	if errors.Is(err, context.DeadlineExceeded) {
		return
	}
	if err != nil {
		t.Fatalf("%q: %v", field, err)
	}
	if other, _ := json.Marshal(again[0]); string(other) != string(text) {
		t.Fatalf("%q: %s, and %s again", field, text, other)
	}
	if _, ok := v.([]any); many && v != nil && !ok && !strings.Contains(field, "|") {
		t.Fatalf("%q: %T is no list", field, v)
	}
}

func FuzzValue(f *testing.F) {
	f.Add(shop, uint8(0))
	f.Add(feed, uint8(1))
	f.Add(`{"a":[{"b":1}]}`, uint8(2))
	var rules []*rule.Rule
	for _, s := range append(slices.Clone(ten), "*", "*::text", "::attr(class)", "p:has(b) ~ :not(p:nth-child(2))", "tr:nth-last-of-type(2n+1)",
		"xpath://*", "xpath://text()", "xpath://@*", "xpath:string(/)", "xpath://*[last()]", "xpath://comment()", "jsonpath:$..*", "jsonpath:$", "re:(?m)^.*$", `re:\b(\w)|.`, "* | html") {
		rules = append(rules, mustParse(f, s))
	}
	f.Fuzz(func(t *testing.T, body string, kind uint8) {
		d := page(strings.ToValidUTF8(body, "\uFFFD"), []string{"text/html", "text/xml", "application/json", "text/plain"}[kind%4])
		defer d.Release()
		for _, r := range rules {
			checkValue(t, "", r, true, d)
			checkValue(t, "", r, false, d)
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	var fields []rule.Field
	for _, s := range append(slices.Clone(ten), "xpath://li[position()=2]", "xpath:count(//li)", "xpath:concat(//h1, '|', //li)", "jsonpath:$..price", "re:<li>", "tr:has(td)") {
		fields = append(fields, rule.Field{Many: true, Rule: mustParse(t, s)})
	}
	set := rule.NewSet(fields)
	want, err := set.Values(rule.Scope{Doc: page(shop, "text/html")})
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			for range 20 {
				got, err := set.Values(rule.Scope{Doc: page(shop, "text/html")})
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("got %v, %v", got, err)
				}
			}
		})
	}
	wait.Wait()
}

// countdown is a context that ends when it has been asked a number of times.
type countdown struct {
	context.Context
	left int
}

func (c *countdown) Err() error {
	if c.left--; c.left < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// JSON that is broken is an error, of the field alone.
func TestBrokenJSON(t *testing.T) {
	_, _, r, err := rule.ParseField("a=jsonpath:$")
	if err != nil {
		t.Fatal(err)
	}
	if v, err := r.Value(rule.Scope{Doc: page("{", "application/json")}, false); v != nil || !errors.Is(err, document.ErrBroken) || !rule.OfField(err) {
		t.Errorf("%v, %v", v, err)
	}
}
