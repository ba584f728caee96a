package document_test

import (
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/document/documenttest"
)

// BenchmarkTree sets a tree beside what it costs to find out, before, what it will take.
func BenchmarkTree(b *testing.B) {
	pages := documenttest.BenchPages(b)
	documenttest.BenchEach(b, "cost", pages, func(page []byte) error {
		_, err := document.Cost(page)
		return err
	})
	documenttest.BenchEachDocument(b, "ours", pages, func(d *document.Document) error {
		_, err := d.Tree()
		return err
	})
}
