package structure_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/structure"
)

func TestHeadings(t *testing.T) {
	for markup, want := range map[string]string{
		"":                         `null`,
		"<h1>One</h1><h3 id=x>Two": `[{"level":1,"text":"One"},{"level":3,"text":"Two","id":"x"}]`,
		"<h2> a\n b&nbsp;<i>c</i>d<br>e<script>f</script></h2>":                                             "[{\"level\":2,\"text\":\"a b\u00a0cd e\"}]",
		"<h2><div><h3>in</h3></div>out</h2>":                                                                `[{"level":2,"text":"out"},{"level":3,"text":"in"}]`,
		"<template><h1>no</h1></template><!--<h1>no--><h7>no</h7><noscript><h1>no</h1></noscript><h6></h6>": `[{"level":6,"text":""}]`,
		"<svg><title><h1>x</h1></title></svg><h1>a<p>b<p>c":                                                 `[{"level":1,"text":"x"},{"level":1,"text":"a b c"}]`,
	} {
		documenttest.Check(t, structure.Headings, markup, want)
	}
}

// all are the functions, with their results as JSON.
var all = map[string]func(*document.Document) ([]byte, error){
	"Headings":  marshalled(structure.Headings),
	"Tables":    marshalled(structure.Tables),
	"Forms":     marshalled(structure.Forms),
	"Microdata": marshalled(structure.Microdata),
}

func marshalled[T any](find func(*document.Document) ([]T, error)) func(*document.Document) ([]byte, error) {
	return func(d *document.Document) ([]byte, error) {
		found, err := find(d)
		if err != nil {
			return nil, err
		}
		return json.Marshal(found)
	}
}

func TestOfWhatIsNotHTML(t *testing.T) {
	for name, find := range all {
		for _, contentType := range []string{"application/json", "text/plain", "application/rss+xml"} {
			b, err := find(documenttest.New(t, context.Background(), contentType, "<h1>x</h1><table><tr><td>y</table><form></form><p itemscope>"))
			if err != nil || string(b) != "null" {
				t.Errorf("%s of %s: %s, %v", name, contentType, b, err)
			}
		}
	}
}

func TestWithoutATree(t *testing.T) {
	for name, find := range all {
		if _, err := find(documenttest.Page(t, strings.Repeat("<div>", 1000))); !errors.Is(err, document.ErrNoTree) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestContextEnds(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	markup := "<form><p itemscope><table><tr><td>" + strings.Repeat("<h1 itemprop=x>x</h1>", 2000)
	for name, find := range all {
		if _, err := find(documenttest.New(t, ctx, "text/html", markup)); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// distinct is a list of n names.
func distinct(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "n%d ", i)
	}
	return b.String()
}

// doubling is a chain of n items, each of which has the next twice.
func doubling(n int) string {
	b := strings.Builder{}
	b.WriteString("<div itemscope itemref='a0 b0'></div>")
	for i := range n {
		for _, c := range "ab" {
			fmt.Fprintf(&b, "<div id=%c%d itemprop=x itemscope itemref='a%d b%d'></div>", c, i, i+1, i+1)
		}
	}
	return b.String()
}

func FuzzStructure(f *testing.F) {
	f.Add("<table><tr><th colspan=2>a<th rowspan=0>b<tr><td>c<td>d<tfoot><tr><td>e<tbody><td>f")
	f.Add("<form id=f><table><form action=x><tr><input form=f><select><option selected>a</select>")
	f.Add("<div itemscope itemref='a b'><a href=x itemprop='c d'></a><p id=a itemprop=e itemscope itemref=b><p id=b itemprop=f itemscope itemref=a>")
	f.Add("<h1><div><h2>x")
	f.Fuzz(func(t *testing.T, markup string) {
		d := documenttest.Page(t, strings.ToValidUTF8(markup, "\uFFFD"))
		for name, find := range all {
			if b, err := find(d); err != nil && !errors.Is(err, document.ErrNoTree) || err == nil && !json.Valid(b) {
				t.Errorf("%s: %s, %v", name, b, err)
			}
		}
		tables, _ := structure.Tables(d)
		for _, table := range tables {
			for _, row := range table.Rows {
				if len(row) != len(table.Rows[0]) || table.Columns != nil && len(row) != len(table.Columns) {
					t.Errorf("rows are not equally long: %q", table)
				}
			}
		}
	})
}
