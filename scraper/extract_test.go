package scraper_test

import (
	"slices"
	"testing"

	"scrape/results"
	"scrape/scraper"
)

func TestDataColumns(t *testing.T) {
	schema := scraper.SchemaFile{Name: "shop.yaml", Text: []byte(`
match: "*://*/shop"
fields:
  name: h1
  cost: .price | number
  since: {select: time, filters: [date]}
  stock: .stock | int
  tags[]: .tag
  sizes[]: .size | number
  offers: {each: .offer, fields: {shop: b, price: i | number}}
  maker: {fields: {name: .maker}}
---
match: "*://*/sold"
fields:
  name: h2
  stock: .stock | number
  since: .since
  tags: .tag
`)}
	got := scraper.DataColumns(scraper.Extract{Extract: []string{
		"links,lang,published,headings",
		"price=.price | number(de) | required",
		"left=.stock | int | default(0)",
		"new=.new | bool",
		"seen=xpath://time/@datetime | date",
		"ads=xpath:count(//ad)",
		"sku=jsonpath:$.sku",
		"number=re:([0-9]+)",
		"links2[]=a::text",
		"rates[]=.rate | number",
		"last=.rate | last | number",
		"words=p | split",
	}, Schemas: []scraper.SchemaFile{schema}})
	want := []results.Column{
		{Name: "lang", Type: results.TextColumn},
		{Name: "published", Type: results.TimeColumn},
		{Name: "headings", Type: results.JSONColumn},
		{Name: "price", Type: results.DoubleColumn},
		{Name: "left", Type: results.IntegerColumn},
		{Name: "new", Type: results.BooleanColumn},
		{Name: "seen", Type: results.TimeColumn},
		{Name: "ads", Type: results.DoubleColumn},
		{Name: "sku", Type: results.JSONColumn},
		{Name: "number", Type: results.TextColumn},
		{Name: "links2", Type: results.TextsColumn},
		{Name: "rates", Type: results.JSONColumn},
		{Name: "last", Type: results.DoubleColumn},
		{Name: "words", Type: results.TextsColumn},
		{Name: "name", Type: results.TextColumn},
		{Name: "cost", Type: results.DoubleColumn},
		{Name: "since", Type: results.TextColumn},
		{Name: "stock", Type: results.DoubleColumn},
		{Name: "tags", Type: results.JSONColumn},
		{Name: "sizes", Type: results.JSONColumn},
		{Name: "offers", Type: results.JSONColumn},
		{Name: "maker", Type: results.JSONColumn},
	}
	if !slices.Equal(got, want) {
		t.Errorf("columns are\n%v\nwant\n%v", got, want)
	}
	if got := scraper.DataColumns(scraper.Extract{}); got != nil {
		t.Errorf("of a title: %v", got)
	}
}

// A field of several files is one column.
func TestDataColumnsOfSeveralSchemas(t *testing.T) {
	got := scraper.DataColumns(scraper.Extract{Schemas: []scraper.SchemaFile{
		{Name: "a.yaml", Text: []byte("match: \"*://*/a\"\nfields: {name: h1, cost: .a | int, tag: {select: b, all: true}}")},
		{Name: "b.yaml", Text: []byte("match: \"*://*/b\"\nfields: {cost: .b | number, size: i, tag: b}")},
	}})
	want := []results.Column{
		{Name: "name", Type: results.TextColumn}, {Name: "cost", Type: results.DoubleColumn},
		{Name: "tag", Type: results.JSONColumn}, {Name: "size", Type: results.TextColumn},
	}
	if !slices.Equal(got, want) {
		t.Errorf("columns are\n%v\nwant\n%v", got, want)
	}
}
