//go:build !race

package extract

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"testing"
	"unicode/utf8"
)

// fuzzSchema has what a schema can have: a document for some pages and one for all, lists of objects, objects, and
// fields of each kind of selector. Its names are not those of fields that the fuzzer asks for.
const fuzzSchema = `match: https://shop.example/*
fields:
  of_schema_title: title
  of_schema_price: {select: ".price", filters: ["number(de)"]}
  of_schema_words[]: p::text | trim | upper
  of_schema_rows:
    each: "table tr, div, item"
    fields: {first: "td, p", link: "a::attr(href) | url", source: "xpath:.//@src"}
  of_schema_one: {select: body, fields: {markup: "* | html", count: "xpath:count(.//*)"}}
  of_schema_sku: "jsonpath:$..a"
  of_schema_day: "re:` + "`[0-9]{4}-[0-9]{2}-[0-9]{2}`" + ` | date"
---
fields: {of_schema_any: "*"}
`

// ends are the first and the last bytes of a page that is longer than both.
func ends(page string) string {
	const each = 1 << 10
	if len(page) > 2*each {
		page = page[:each] + page[len(page)-each:]
	}
	return page
}

func FuzzExtract(f *testing.F) {
	const page = "title,description,canonical,lang,author,published,modified,headings,links,images,feeds,alternates,opengraph,twitter,jsonld"
	const body = "microdata,meta,text,article,markdown,markdown:full,tables,forms,emails,html,robots,feed"
	f.Add("price=.price | number", "text/html", pot, uint16(50))
	f.Add("links,article,markdown,tables,feed,microdata", "", pot, uint16(50))
	f.Add("a[]=xpath://p", "application/xml", "<a><p>x</p></a>", uint16(50))
	f.Add("a=jsonpath:$..a", "application/json", `{"a":[1,{"a":2}]}`, uint16(50))
	f.Add(page, "application/xhtml+xml", `<html xmlns="http://www.w3.org/1999/xhtml"><title>&lt;</title><p>x</div></html>`, uint16(9))
	f.Add("feed,links", "application/rss+xml", "<rss><channel><title>T</title><item><link>/x</link></item></channel></rss>", uint16(300))
	f.Add("tables,text", "text/csv", "a,b\n\"c\nd\",\xff", uint16(300))
	f.Add(page, "image/gif", "GIF89a,", uint16(1))
	awkward := nasty()
	for i, name := range slices.Sorted(maps.Keys(awkward)) {
		f.Add([]string{page, body, "a[]=* | html", "none"}[i%4], "text/html", "<title>T</title>"+ends(awkward[name].page), uint16(1)<<(i%16))
	}
	schemas := []SchemaFile{{Name: "fuzz.yaml", Text: []byte(fuzzSchema)}}
	compile(f, Spec{Extract: []string{page, body}, Schemas: schemas}) // else nothing would be read below
	f.Fuzz(func(t *testing.T, what, contentType, body string, most uint16) {
		if len(body) > 64<<10 {
			t.Skip("a large page takes its time")
		}
		maxField := int64(most) + 1
		p, err := Compile(Spec{Extract: []string{what}, Schemas: schemas, MaxField: maxField})
		if err != nil {
			if e, ok := errors.AsType[*Error](err); !ok || e.Message == "" {
				t.Fatalf("%q: %v", what, err)
			}
			return
		}
		got, err := p.Read(t.Context(), sourceOf(t, contentType, body))
		if _, ok := errors.AsType[*FieldError](err); err != nil && !ok {
			t.Fatal(err)
		}
		requireSound(t, got, int(maxField))
	})
}

// requireSound fails unless what was read is UTF-8 and JSON, and no field is longer than it may be.
func requireSound(t *testing.T, got Content, maxField int) {
	t.Helper()
	most := maxField + len(mark+`""`)
	if !utf8.ValidString(got.Title) || len(got.Title) > most {
		t.Errorf("title of %d bytes, at most %d: %.200q", len(got.Title), maxField, got.Title)
	}
	if !utf8.ValidString(got.Charset) || !utf8.ValidString(got.MediaType) {
		t.Errorf("charset %q, media type %q", got.Charset, got.MediaType)
	}
	values := map[string]json.RawMessage{}
	if len(got.Data) > 0 {
		if err := json.Unmarshal(got.Data, &values); err != nil {
			t.Fatalf("data %.500q: %v", got.Data, err)
		}
	}
	if len(got.Links) > 0 {
		values["links, beside the data"] = json.RawMessage(got.Links)
	}
	for name, value := range values {
		if !utf8.ValidString(name) || !utf8.Valid(value) || !json.Valid(value) || len(value) > most {
			t.Errorf("%q of %d bytes, at most %d: %.500q", name, len(value), maxField, value)
		}
	}
}
