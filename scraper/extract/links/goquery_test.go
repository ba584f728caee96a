package links_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/document/documenttest"
	"scrape/scraper/extract/links"
)

// goqueryLinks is what one would write with goquery to find the same links.
func goqueryLinks(d *document.Document) ([]links.Link, error) {
	page, err := goquery.NewDocumentFromReader(strings.NewReader(d.Text()))
	if err != nil {
		return nil, err
	}
	resolve := links.Resolve(d)
	var found []links.Link
	page.Find("a[href], area[href]").Each(func(_ int, s *goquery.Selection) {
		n := s.Get(0)
		if n.Namespace != "" || inTemplate(n) {
			return
		}
		href, _ := s.Attr("href")
		url, internal, ok := resolve(href)
		if !ok {
			return
		}
		var b strings.Builder
		appendText(&b, n)
		if collapsed(b.String()) == "" {
			for c := range n.Descendants() {
				if c.Namespace == "" && c.Data == "img" && !inTemplate(c) {
					alt, _ := document.Attribute(c, "alt")
					b.WriteString(" " + alt + " ")
				}
			}
		}
		found = append(found, links.Link{
			URL: url, Text: collapsed(b.String()), Rel: collapsed(s.AttrOr("rel", "")), Internal: internal,
		})
	})
	return found, nil
}

func inTemplate(n *html.Node) bool {
	for p := range n.Ancestors() {
		if p.Data == "template" && p.Namespace == "" {
			return true
		}
	}
	return false
}

func collapsed(s string) string { return strings.Join(strings.FieldsFunc(s, isSpace), " ") }

func isSpace(r rune) bool { return r == ' ' || r == '\t' || r == '\n' || r == '\f' || r == '\r' }

// treatment is what the text of an element of HTML is to the text around it, where it does not simply belong to it.
type treatment int

const (
	apart  treatment = iota + 1 // there is a space before and behind it
	hidden                      // it is none
)

var treatments = func() map[string]treatment {
	all := map[string]treatment{}
	for name := range strings.FieldsSeq("address article aside blockquote br caption center col colgroup dd details dialog dir div dl dt fieldset " +
		"figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr li listing main menu nav ol p pre search section " +
		"summary table tbody td tfoot th thead tr ul") {
		all[name] = apart
	}
	for name := range strings.FieldsSeq("script style iframe noembed noframes noscript template") {
		all[name] = hidden
	}
	return all
}()

func appendText(b *strings.Builder, n *html.Node) {
	for c := range n.ChildNodes() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
			continue
		case c.Type != html.ElementNode:
			continue
		case c.Namespace != "":
			if c.Data != "script" && c.Data != "style" {
				appendText(b, c)
			}
			continue
		}
		switch treatments[c.Data] {
		case hidden:
		case apart:
			b.WriteByte(' ')
			appendText(b, c)
			b.WriteByte(' ')
		default:
			appendText(b, c)
		}
	}
}

// same compares the links of a page with those that goquery finds, if it can read
// the page.
func same(t *testing.T, markup string) {
	t.Helper()
	d := documenttest.Page(t, markup)
	want, err := goqueryLinks(d)
	if err != nil {
		return
	}
	got, err := links.Links(d)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%.500q: sure %v, %v\n got %+v\nwant %+v", markup, links.IsSure(d), err, got, want)
	}
}
