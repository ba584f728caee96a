package head_test

import (
	"bytes"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/head"
)

// BenchmarkHead sets all that a head says beside ten fields of it, taken with goquery as plainly as it can be done.
func BenchmarkHead(b *testing.B) {
	pages := documenttest.BenchPages(b)
	documenttest.BenchEachDocument(b, "ours", pages, func(d *document.Document) error {
		_, err := head.Read(d)
		return err
	})
	documenttest.BenchEach(b, "goquery", pages, func(page []byte) error {
		doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
		if err != nil {
			return err
		}
		doc.Find(`meta[name="description"]`).Attr("content")
		doc.Find(`link[rel="canonical"]`).Attr("href")
		doc.Find("html").Attr("lang")
		doc.Find(`meta[name="author"]`).Attr("content")
		doc.Find(`meta[property="article:published_time"]`).Attr("content")
		doc.Find(`link[rel="alternate"][type]`).Each(func(_ int, s *goquery.Selection) { s.Attr("href") })
		doc.Find(`link[rel="alternate"][hreflang]`).Each(func(_ int, s *goquery.Selection) { s.Attr("href") })
		doc.Find(`meta[property^="og:"]`).Each(func(_ int, s *goquery.Selection) { s.Attr("content") })
		doc.Find(`meta[name="robots"]`).Attr("content")
		doc.Find(`script[type="application/ld+json"]`).Each(func(_ int, s *goquery.Selection) { _ = s.Text() })
		return nil
	})
}
