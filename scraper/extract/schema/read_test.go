package schema

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

const product = `<!DOCTYPE html><title>Lamp</title><body><main id=main><div class="product big">
<h1> A lamp </h1><p class=price>12.50</p><a class=tag href=/a>light</a><a class=tag href=/b>home</a>
<div class=seller><b>Ann</b></div>
<table class=offers><tr><th>Shop<th>Price<tr><td class=shop>One<td class=price>12<tr><td class=shop>Two<td class=price>sold out</table>
</div></main>`

func page(t testing.TB, text string) *document.Document {
	t.Helper()
	u, err := weburl.Parse("https://www.example.com/products/7")
	if err != nil {
		t.Fatal(err)
	}
	d := document.New(t.Context(), document.Source{URL: u, ContentType: "text/html; charset=utf-8", Body: []byte(text)})
	t.Cleanup(d.Release)
	return d
}

func parse(t testing.TB, text string) *Schema {
	t.Helper()
	s, err := Parse("test.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asJSON is what was found as one JSON object, and the paths of what is missing.
func asJSON(t *testing.T, values []Value) (text string, missing []string) {
	t.Helper()
	b, err := json.Marshal(Object(values))
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range values {
		missing = append(missing, v.Missing...)
	}
	return string(b), missing
}

func TestRead(t *testing.T) {
	for _, test := range []struct{ fields, want, missing string }{
		{"name: h1", `{"name":"A lamp"}`, "[]"},
		{"b: h1\n  a: p.price | number\n  c: h2", `{"b":"A lamp","a":12.5}`, "[]"},
		{"tags[]: .tag", `{"tags":["light","home"]}`, "[]"},
		{"tags: {select: .tag, all: true}", `{"tags":["light","home"]}`, "[]"},
		{"urls: {select: '.tag::attr(href)', all: true}", `{"urls":["/a","/b"]}`, "[]"},
		{"price: {select: p.price, filters: [trim, number]}", `{"price":12.5}`, "[]"},
		{"x: {select: 're:<h(1)>', filters: [number]}", `{"x":1}`, "[]"},
		{"x: {select: h2, required: true}", `{}`, "[x]"},
		{"x: h2 | required", `{}`, "[x]"},
		{"seller: {select: .seller, fields: {name: b, place: i}}", `{"seller":{"name":"Ann"}}`, "[]"},
		{"seller: {select: .seller, fields: {name: b, place: {select: i, required: true}}}", `{"seller":{"name":"Ann"}}`, "[seller.place]"},
		{"seller: {select: .nobody, fields: {name: {select: b, required: true}}}", `{}`, "[]"},
		{"seller: {select: .nobody, required: true, fields: {name: b}}", `{}`, "[seller]"},
		{"about: {fields: {name: h1, title: title}}", `{"about":{"name":"A lamp","title":"Lamp"}}`, "[]"},
		{"offers: {each: .offers tr, fields: {shop: td.shop, price: td.price | number}}",
			`{"offers":[{"shop":"One","price":12},{"shop":"Two"}]}`, "[]"},
		{"offers: {each: .offers tr, fields: {shop: td.shop, price: {select: td.price, filters: number, required: true}}}",
			`{"offers":[{},{"shop":"One","price":12},{"shop":"Two"}]}`, "[offers[0].price]"},
		{"offers: {each: '.offers td.price', fields: {a: {fields: {b: {select: i, required: true}}}}}", `{"offers":[{},{}]}`, "[offers[0].a.b]"},
		{"a: {select: i, required: true}\n  b: {each: .offers tr, fields: {shop: {select: td.shop, required: true}, c: {each: td, fields: {i: {select: i, required: true}}}}}",
			`{"b":[{},{"shop":"One","c":[{},{}]},{"shop":"Two","c":[{},{}]}]}`, "[a b[0].shop b[1].c[0].i]"},
		{"offers: {each: .none, required: true, fields: {shop: td.shop}}", `{}`, "[offers]"},
		{"offers[]: {select: .offers tr, fields: {shop: td.shop}}", `{"offers":[{"shop":"One"},{"shop":"Two"}]}`, "[]"},
	} {
		values, err := parse(t, "fields:\n  "+test.fields+"\n").For(weburl.URL{}).Read(page(t, product))
		if err != nil {
			t.Fatal(err)
		}
		got, missing := asJSON(t, values)
		if got != test.want || fmt.Sprint(missing) != test.missing {
			t.Errorf("%s: %s, missing %s; want %s, %s", test.fields, got, missing, test.want, test.missing)
		}
	}
}

// A page may have any number of elements: reading them takes time in proportion,
// and stops when nobody waits any more.
func TestReadManyElements(t *testing.T) {
	text := strings.Repeat("<div class=row><p class=a>x</p><p class=b>y</p></div>", 100_000)
	sh := parse(t, "fields:\n  rows: {each: .row, fields: {a: .a, b: .b, c: .c}}\n").For(weburl.URL{})
	values, err := sh.Read(page(t, text))
	if err != nil || len(values[0].Value.([]any)) != 100_000 {
		t.Fatalf("%v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = sh.Read(document.New(ctx, document.Source{ContentType: "text/html", Body: []byte(text)}))
	if !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Elements inside of one another repeat their text: that is bounded.
func TestReadNestedTexts(t *testing.T) {
	text := strings.Repeat("<div>", 400) + "<p>" + strings.Repeat("x", 1<<20)
	values, err := parse(t, "fields:\n  all: {each: div, fields: {text: p}}\n").For(weburl.URL{}).Read(page(t, text))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(values[0].Value.([]any)); n > maxRead>>20+1 {
		t.Errorf("%d objects of 1 MiB", n)
	}
}

func TestMatch(t *testing.T) {
	for _, test := range []struct {
		pattern, url string
		want         bool
	}{
		{"https://*.example.com/products/*", "https://www.example.com/products/7", true},
		{"https://*.example.com/products/*", "https://a.b.example.com/products/7/8?x=/#y", true},
		{"https://*.example.com/products/*", "https://example.com/products/7", false},
		{"https://*.example.com/products/*", "http://www.example.com/products/7", false},
		{"https://*.example.com/products/*", "https://evil.org/www.example.com/products/7", false},
		{"https://*.example.com/products/*", "https://evil.org?.example.com/products/7", false},
		{"https://*.example.com/products/*", "https://u:p@www.example.com/products/", true},
		{"https://*.example.com/products/*", "https://www.example.com:444/products/", false},
		{"https://example.com/", "https://example.com", true},
		{"https://example.com/", "https://example.com/x", false},
		{"https://EXAMPLE.com/A*", "https://example.com/Abc", true},
		{"https://EXAMPLE.com/A*", "https://example.com/abc", false},
		{"*://example.com/*", "http://example.com/a", true},
		{"http*://example.com/*", "https://example.com/a", true},
		{"https://example.com:443/*", "https://example.com/", true},
		{"http://example.com:80/*", "http://example.com/", true},
		{"http://example.com:8080/*", "http://example.com:8080/", true},
		{"https://*/p/*/q", "https://a.org/p/1/2/q", true},
		{"https://*/p/*/q", "https://a.org/p/1/2/q/r", false},
		{"https://bücher.example/ü*", "https://xn--bcher-kva.example/%C3%BCber", true},
		{"https://*.bücher.example/*", "https://www.bücher.example/", true},
		{"https://example.com/?id=*", "https://example.com/?id=7", true},
		{"https://example.com/a*a", "https://example.com/a", false},
		{"https://example.com/*a*b*", "https://example.com/xaybz", true},
		{"https://example.com/*.html", "https://example.com/a.html?b", false},
	} {
		p, _, message, _ := parsePattern(test.pattern)
		if message != "" {
			t.Errorf("%s: %s", test.pattern, message)
			continue
		}
		u, err := weburl.Parse(test.url)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.fits(u.Origin(), u.RequestURI()); got != test.want {
			t.Errorf("%s (%s) fits %s: %v", test.pattern, p, u, got)
		}
	}
	s := parse(t, shop)
	for url, want := range map[string]int{
		"https://www.example.com/products/7": 0, "http://example.com/news/1": 1, "https://example.com/": 1, "http://a.org/": 2,
	} {
		u, err := weburl.Parse(url)
		if err != nil {
			t.Fatal(err)
		}
		if s.For(u) != s.shapes[want] {
			t.Errorf("%s: another shape than the %dth", url, want)
		}
	}
	if s := parse(t, "match: http://a/*\nfields: {a: b}\n"); s.For(page(t, "").URL()) != nil {
		t.Error("a shape for a URL that it does not match")
	}
}

func BenchmarkRead(b *testing.B) {
	sh := parse(b, shop).shapes[0]
	d := page(b, product)
	for b.Loop() {
		if _, err := sh.Read(d); err != nil {
			b.Fatal(err)
		}
	}
}

// White space around a rule means nothing in a file, also where all up to the end is an
// expression; what is meant stands in back quotes.
func TestWhiteSpaceAroundRules(t *testing.T) {
	for text, want := range map[string]string{
		`{select: " re:SKU-([0-9]+)", filters: [number]}`: `{"a":12}`,
		"|\n    re:SKU-([0-9]+)\n":                        `{"a":"12"}`,
		"|\n    re:`SKU-([0-9]+) ` | number\n":            `{"a":12}`,
		"'re:`SKU-([0-9]+)\n\n `'":                        `{}`,
	} {
		values, err := parse(t, "fields:\n  a: "+text).For(weburl.URL{}).Read(page(t, "<p>SKU-12 and number"))
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := asJSON(t, values); got != want {
			t.Errorf("%s: %s; want %s", text, got, want)
		}
	}
}
