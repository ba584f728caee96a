package extract

import (
	"bytes"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"scrape/scraper/extract/document/documenttest"
)

// BenchmarkTitle sets the title by tokenizer beside that of the whole tree.
func BenchmarkTitle(b *testing.B) {
	pages := documenttest.BenchPages(b)
	r := new(bytes.Reader)
	documenttest.BenchEach(b, "ours", pages, func(page []byte) error {
		r.Reset(page)
		_, err := Title(r, "text/html")
		return err
	})
	documenttest.BenchEach(b, "goquery", pages, func(page []byte) error {
		r.Reset(page)
		doc, err := goquery.NewDocumentFromReader(r)
		if err == nil {
			_ = doc.Find("title").First().Text()
		}
		return err
	})
}

// BenchmarkTitleNone reads whole pages, which have no title.
func BenchmarkTitleNone(b *testing.B) {
	pages := documenttest.BenchPages(b)
	for i, page := range pages {
		pages[i] = bytes.ReplaceAll(page, []byte("title>"), []byte("xitle>"))
	}
	r := new(bytes.Reader)
	documenttest.BenchEach(b, "ours", pages, func(page []byte) error {
		r.Reset(page)
		_, err := Title(r, "text/html; charset=utf-8")
		return err
	})
}

// BenchmarkCharset finds out what pages are written in.
func BenchmarkCharset(b *testing.B) {
	documenttest.BenchEach(b, "ours", documenttest.BenchPages(b), func(page []byte) error {
		charsetOf(page[:min(len(page), 1024)], "text/html")
		return nil
	})
}
