package extract

import (
	"bytes"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"scrape/scraper/extract/charset"
	"scrape/scraper/extract/document"
)

// treeOracle is the title as goquery's tree has it: the first title element of the HTML namespace that is in
// no template, ASCII white space collapsed. It is not ok where there is no tree: x/net/html refuses elements
// nested too deep.
func treeOracle(t testing.TB, page []byte, name string) (title string, ok bool) {
	t.Helper()
	for _, bom := range []string{"\xef\xbb\xbf", "\xfe\xff", "\xff\xfe"} {
		if bytes.HasPrefix(page, []byte(bom)) {
			page = page[len(bom):]
			break
		}
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(charset.Decode(page, name)))
	if err != nil {
		return "", false
	}
	titles := doc.Find("title").FilterFunction(func(_ int, s *goquery.Selection) bool {
		inTemplate := false
		for n := s.Nodes[0].Parent; n != nil; n = n.Parent {
			inTemplate = inTemplate || n.Data == "template" && n.Namespace == ""
		}
		return s.Nodes[0].Namespace == "" && !inTemplate
	})
	return collapse(titles.First().Text()), true
}

// collapse strips and collapses ASCII white space.
func collapse(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(" \t\n\f\r", r) }), " ")
}

// requireTreeTitle fails unless Title finds in the page what the tree has, with and without a header that says
// the charset.
func requireTreeTitle(t testing.TB, page []byte) {
	t.Helper()
	for _, contentType := range []string{"text/html", "text/html; charset=utf-8"} {
		got, err := Title(bytes.NewReader(page), contentType)
		if err != nil {
			t.Fatalf("Title(%q, %q): %v", page, contentType, err)
		}
		want, ok := treeOracle(t, page, got.Charset)
		cut := len(want) > maxTitle && strings.HasPrefix(want, got.Title)
		if ok && !exhausting(page) && got.Title != want && !cut {
			t.Fatalf("Title(%.1000q, %q) = %.1000q, the tree has %.1000q", page, contentType, got.Title, want)
		}
	}
}

// charsetOf determines the encoding of a page of which it is given the whole beginning, where Title reads in
// steps. A byte order mark is left for the caller to skip.
func charsetOf(head []byte, contentType string) string {
	_, label := document.ParseContentType(contentType)
	name, bom := charset.Declared(head, label)
	if name == "" {
		p := newPage(bytes.NewReader(head[bom:]))
		defer p.release()
		s := newScan(p, "")
		s.hasTitle = true // only the charset is asked for
		s.run()
		name = s.charset
	}
	if name == "" {
		name = charset.Guess(head)
	}
	return name
}

// exhausting says whether no tree is built of a page to find its title.
func exhausting(page []byte) bool {
	_, err := document.Cost(page)
	return err != nil
}
