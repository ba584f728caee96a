package extract

import (
	"bytes"

	"github.com/PuerkitoBio/goquery"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// treeTitle gives the text of the first title element of the page's tree, and whether there is one. It is not ok
// where there can be no tree: elements nested too deep, or a page built to exhaust a parser.
func treeTitle(page []byte) (title string, found, ok bool) {
	if _, err := document.Cost(page); err != nil {
		return "", false, false
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		return "", false, false
	}
	// Not the titles of drawings and formulas, nor those in templates, which
	// are documents of their own.
	own := func(_ int, s *goquery.Selection) bool {
		return s.Nodes[0].Namespace == "" && s.Closest("template").Length() == 0
	}
	titles := doc.Find("title").FilterFunction(own)
	return titles.First().Text(), titles.Length() > 0, true
}

// withoutCutTitle leaves out the title at the end of the page that was cut, if one was.
func withoutCutTitle(page []byte) []byte {
	for end := len(page); ; {
		end = bytes.LastIndexByte(page[:end], '<')
		switch b := page[max(end, 0):]; {
		case end < 0, markup.HasPrefix(b, "</title"):
			return page
		case markup.HasPrefix(b, "<title"):
			return page[:end]
		}
	}
}
