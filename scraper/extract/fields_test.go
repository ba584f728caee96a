package extract

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"scrape/scraper/extract/document"
)

// samples are documents of each kind that have all that one of it may have.
func samples(t *testing.T) map[document.Kind][]Source {
	t.Helper()
	article, err := os.ReadFile("prose/testdata/article.html")
	if err != nil {
		t.Fatal(err)
	}
	const page = `<html lang=en><title>T</title><meta name=description content=d><link rel=canonical href=/c><meta name=author content=A>
<meta name=date content=2024-03-01><meta name=lastmod content=2024-03-02><link rel=feed href=/f><link rel=alternate hreflang=de href=/de>
<meta property=og:title content=T><meta name=twitter:card content=x><meta name=robots content=noindex>
<script type=application/ld+json>{"@type":"Thing"}</script><h1 itemscope><b itemprop=a>x</b></h1><a href=/x>x</a><img src=y>
<table><tr><td>1</table><form></form>a@b.example`
	const linked = `{"@context":"https://schema.org","@type":"Article","author":{"name":"A"},"datePublished":"2024-03-01","dateModified":"2024-03-02"}`
	const feed = `{"version":"https://jsonfeed.org/version/1.1","title":"T","items":[{"title":"a@b.example","url":"https://a.example/"}]}`
	return map[document.Kind][]Source{
		document.HTML: {sourceOf(t, "text/html", page), sourceOf(t, "text/html", string(article))},
		document.XML: {
			sourceOf(t, "application/rss+xml", "<rss><channel><title>T</title><language>en</language><item><title>a@b.example</title><link>/x</link></item></channel></rss>"),
			sourceOf(t, "text/xml", "<html lang='en'><title>T</title><h1>x</h1><a href='/x'>a@b.example</a><table><tr><td>1</td></tr></table></html>"),
		},
		document.JSON:   {sourceOf(t, "application/ld+json", linked), sourceOf(t, "application/feed+json", feed)},
		document.CSV:    {sourceOf(t, "text/csv", "a,b\na@b.example,https://a.example/\n")},
		document.Text:   {sourceOf(t, "text/plain", "# T\n\n<a href=/x>a@b.example</a> and https://a.example/\n")},
		document.Binary: {sourceOf(t, "application/pdf", "%PDF-1.4 a@b.example")},
	}
}

// TestKindsOfFields holds that documents have a field in them where its kinds say so, and nowhere else.
func TestKindsOfFields(t *testing.T) {
	all := samples(t)
	for i := range readyMades {
		f := &readyMades[i]
		p := compile(t, Spec{Extract: []string{f.name}})
		for kind, sources := range all {
			found := ""
			for _, s := range sources {
				if d := document.New(t.Context(), s); d.Kind() != kind {
					t.Fatalf("%s is of kind %d, not %d", s.ContentType, d.Kind(), kind)
				}
				c, err := p.Read(t.Context(), s)
				if err != nil {
					t.Errorf("%s of %s: %v", f.name, s.ContentType, err)
				}
				if f.read == nil {
					found += c.Title
				} else {
					found += fmt.Sprintf("%s%s", c.Data, c.Links)
				}
			}
			if may := slices.Contains(f.kinds, kind); may != (found != "") {
				t.Errorf("%s may be in kind %d: %v, found %.200q", f.name, kind, may, found)
			}
		}
	}
}
