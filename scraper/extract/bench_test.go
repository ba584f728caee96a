package extract

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// typicalPage is 30 KB of HTML whose title stands where most pages have it, behind a few meta and link tags.
func typicalPage() []byte {
	var b strings.Builder
	b.WriteString(`<!DOCTYPE html>
<html lang="en">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <link rel="preload" href="/static/fonts/sans.woff2" as="font" type="font/woff2" crossorigin>
  <link rel="stylesheet" href="/static/css/main.css">
  <title>An article &amp; its title — Example</title>
  <script src="/static/js/main.js" defer></script>
</head>
<body class="page">
`)
	for i := 0; b.Len() < 30_000; i++ {
		fmt.Fprintf(&b, `<div class="item" id="n%d"><p>Some text with <a href="/item/%d">a link</a> and <b>more</b>.</p></div>`+"\n", i, i)
	}
	return []byte(b.String())
}

func BenchmarkTitle(b *testing.B) {
	page := typicalPage()
	r := bytes.NewReader(page)
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(page)
		if p, err := Title(r, "text/html"); err != nil || p.Title == "" {
			b.Fatal(p, err)
		}
	}
}

// BenchmarkTitleGoquery is the same by way of the whole tree.
func BenchmarkTitleGoquery(b *testing.B) {
	page := typicalPage()
	b.ReportAllocs()
	for b.Loop() {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
		if err != nil || doc.Find("title").First().Text() == "" {
			b.Fatal(err)
		}
	}
}

// BenchmarkTitleNone scans a whole page that has no title.
func BenchmarkTitleNone(b *testing.B) {
	page := bytes.ReplaceAll(typicalPage(), []byte("title>"), []byte("xitle>"))
	r := bytes.NewReader(page)
	b.SetBytes(int64(len(page)))
	b.ReportAllocs()
	for b.Loop() {
		r.Reset(page)
		if p, err := Title(r, "text/html; charset=utf-8"); err != nil || p.Title != "" {
			b.Fatal(p, err)
		}
	}
}

func BenchmarkCharset(b *testing.B) {
	head := typicalPage()[:1024]
	b.ReportAllocs()
	for b.Loop() {
		if _, name := charsetOf(head, "text/html"); name != "utf-8" {
			b.Fatal(name)
		}
	}
}
