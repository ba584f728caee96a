package rule_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/rule"
)

// ten are the selectors of a shop's page.
var ten = []string{
	"h1", ".price", "#description p", "table.offers tr td.shop", "a.next::attr(href)", "ul.tags > li", "div.rating[data-value]",
	"nav a::attr(href)", "article .author", "img::attr(src)",
}

// tenOfManuals are those of a page of documentation.
var tenOfManuals = []string{
	"h1", "h2", "div.section > p", "pre", "table tr td", "ul > li > a::attr(href)", "a.reference::attr(href)", "dl dt",
	"meta[name=generator]::attr(content)", "img::attr(src)",
}

// BenchmarkSelectors sets sets of ten selectors beside one parse, and beside goquery finding the same elements.
func BenchmarkSelectors(b *testing.B) {
	pages := documenttest.BenchPages(b)
	documenttest.BenchEach(b, "parse", pages, func(page []byte) error {
		_, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
		return err
	})
	for _, c := range []struct {
		of        string
		selectors []string
	}{{"shop", ten}, {"manual", tenOfManuals}} {
		var fields []rule.Field
		for _, s := range c.selectors {
			fields = append(fields, rule.Field{Many: true, Rule: mustParse(b, s)})
		}
		set := rule.NewSet(fields)
		documenttest.BenchEachDocument(b, c.of+"/ours", pages, func(d *document.Document) error {
			_, err := set.Values(rule.Scope{Doc: d})
			return err
		})
		documenttest.BenchEach(b, c.of+"/goquery", pages, func(page []byte) error {
			d, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
			if err != nil {
				return err
			}
			for _, s := range c.selectors {
				selector, _, _ := strings.Cut(s, "::")
				d.Find(selector).Each(func(_ int, s *goquery.Selection) { _ = s.Text() })
			}
			return nil
		})
	}
}
