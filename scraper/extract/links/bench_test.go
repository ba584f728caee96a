package links_test

import (
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/links"
)

// BenchmarkLinks sets the links of pages beside goquery finding the same.
func BenchmarkLinks(b *testing.B) {
	pages := documenttest.BenchPages(b)
	documenttest.BenchEachDocument(b, "ours", pages, func(d *document.Document) error {
		_, err := links.Links(d)
		return err
	})
	documenttest.BenchEachDocument(b, "goquery", pages, func(d *document.Document) error {
		_, err := goqueryLinks(d)
		return err
	})
}
