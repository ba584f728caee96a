package documenttest

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

// benchVariable names a directory of HTML pages that benchmarks are to read.
const benchVariable = "SCRAPE_BENCH_PAGES"

// mostBenchPages are read by a benchmark: of more, every second, third and so on.
const mostBenchPages = 500

// BenchPages are what benchmarks read: the HTML pages (.html, .htm) in and below the directory that the variable
// SCRAPE_BENCH_PAGES names, or where it is not set some that are made up. Of more than 500 they are 500, evenly
// spread over their names. Pages that x/net/html refuses to parse are left out, as there is nothing to set beside
// them. A directory that cannot be read, or has no page, fails the benchmark.
func BenchPages(b *testing.B) [][]byte {
	b.Helper()
	dir, ok := os.LookupEnv(benchVariable)
	if !ok {
		return madeUp()
	}
	pages, err := readPages(dir)
	if err != nil {
		b.Fatalf("%s: %v", benchVariable, err)
	}
	return pages
}

// readPages reads the pages of a directory.
func readPages(dir string) ([][]byte, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("%s is no directory", dir)
	}
	var names []string
	err = filepath.WalkDir(dir+string(filepath.Separator), func(path string, entry fs.DirEntry, err error) error {
		if ext := strings.ToLower(filepath.Ext(path)); err == nil && entry.Type().IsRegular() && (ext == ".html" || ext == ".htm") {
			names = append(names, path)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	var pages [][]byte
	for i := range min(len(names), mostBenchPages) {
		page, err := os.ReadFile(names[i*len(names)/min(len(names), mostBenchPages)])
		if err != nil {
			return nil, err
		}
		if _, err := html.Parse(strings.NewReader(string(page))); err == nil {
			pages = append(pages, page)
		}
	}
	if len(pages) == 0 {
		return nil, fmt.Errorf("%s has no HTML page", dir)
	}
	return pages, nil
}

// madeUp are pages such as many are, of 20, 60 and 500 KB: a head that says what heads say, a menu, what is for
// sale, a table and a footer.
func madeUp() (pages [][]byte) {
	for _, products := range []int{20, 80, 800} {
		var b strings.Builder
		b.WriteString(`<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="preload" href="/static/sans.woff2" as="font" type="font/woff2" crossorigin><link rel="stylesheet" href="/static/main.css">
<title>Chairs &amp; tables — Example</title><script src="/static/main.js" defer></script>
<meta name="description" content="Chairs &amp; tables of oak"><meta name="author" content="Ada Example"><meta name="robots" content="index, follow">
<link rel="canonical" href="/chairs"><link rel="alternate" type="application/rss+xml" title="New" href="/feed"><link rel="alternate" hreflang="de" href="/de">
<meta property="og:type" content="website"><meta property="og:image" content="/a.jpg"><meta property="article:published_time" content="2024-03-04T05:06:07Z">
<script type="application/ld+json">{"@context":"https://schema.org","@type":"WebPage","name":"Chairs","offers":[{"price":"12.50"}]}</script>
</head><body class="page wide">`)
		b.WriteString(`<header><nav class="menu top">` + strings.Repeat(`<a class="item link" href="/category/x?y=z&amp;a=b">Category</a> `, 30) + `</nav></header><main><h1>Chairs</h1>`)
		for i := range products {
			fmt.Fprintf(&b, `<article id="p%d" class="product card tile"><img class="lazy image" src="/i/%d.jpg" alt="A chair"><div class="body"><h2 class="title"><a class="link" href="/p/%d" rel="bookmark">Chair no. %d</a></h2>
<p class="text muted">A chair that is sat on by many, and <b>liked</b> by <a href="https://other.example/a">most</a> of them &amp; more.</p><ul class="tags"><li>wood</li><li>new</li></ul>
<div class="rating stars" data-value="4"><span class="star on"></span><span class="star"></span></div><span class="price sale">12.50 €</span></div></article>`, i, i, i, i)
		}
		b.WriteString(`<table class="offers">` + strings.Repeat(`<tr><td class="shop">One</td><td>1.5</td></tr>`, 20) + `</table><div id="description"><p>Text.</p></div>`)
		b.WriteString(`<a class="next" href="?page=2">next</a></main><footer>` + strings.Repeat(`<p class="small"><a href="/about">About</a> us</p>`, 20) + `</footer></body></html>`)
		pages = append(pages, []byte(b.String()))
	}
	return pages
}

// BenchEach is a benchmark of that name below b's, each turn of which reads all pages.
func BenchEach(b *testing.B, name string, pages [][]byte, read func(page []byte) error) {
	b.Run(name, func(b *testing.B) {
		var size int64
		for _, page := range pages {
			size += int64(len(page))
		}
		b.SetBytes(size)
		b.ReportAllocs()
		for b.Loop() {
			for i, page := range pages {
				if err := read(page); err != nil {
					b.Fatalf("page %d: %v", i, err)
				}
			}
		}
	})
}

// BenchEachDocument is the same of pages that are documents, each new when it is read.
func BenchEachDocument(b *testing.B, name string, pages [][]byte, read func(*document.Document) error) {
	u, err := weburl.Parse("https://www.example.com/dir/page")
	if err != nil {
		b.Fatal(err)
	}
	BenchEach(b, name, pages, func(page []byte) error {
		d := document.New(context.Background(), document.Source{URL: u, ContentType: "text/html", Body: page})
		defer d.Release()
		return read(d)
	})
}
