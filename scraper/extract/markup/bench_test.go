package markup_test

import (
	"bytes"
	"testing"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/markup"
)

// BenchmarkTags reads the tags of pages.
func BenchmarkTags(b *testing.B) {
	documenttest.BenchEach(b, "ours", documenttest.BenchPages(b), func(page []byte) error {
		for t := markup.New(string(page)); t.NextTag() != markup.End; {
		}
		return nil
	})
}

// BenchmarkHrefs sets the href attributes of pages beside those that the tokenizer of x/net/html finds.
func BenchmarkHrefs(b *testing.B) {
	pages := documenttest.BenchPages(b)
	documenttest.BenchEach(b, "ours", pages, func(page []byte) error {
		for t := markup.New(string(page)); t.NextTag() != markup.End; {
			if t.Kind() == markup.StartTag && t.Name() == "a" {
				t.Attribute("href")
			}
		}
		return nil
	})
	documenttest.BenchEach(b, "xnet", pages, func(page []byte) error {
		for z := html.NewTokenizer(bytes.NewReader(page)); z.Next() != html.ErrorToken; {
			if name, more := z.TagName(); string(name) == "a" {
				for more {
					_, _, more = z.TagAttr()
				}
			}
		}
		return nil
	})
}
