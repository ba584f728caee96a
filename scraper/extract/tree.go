package extract

import (
	"bytes"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// treeTitle gives the text of the first title element of the page's tree, and whether there is one. It is not ok
// where there can be no tree: elements nested too deep, or a page built to exhaust a parser.
func treeTitle(page []byte) (title string, found, ok bool) {
	if exhausting(page) {
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

// exhausting says whether the tree of a page could be out of all proportion to its size. Two rules of tree
// construction multiply: formatting elements left open are opened anew in every block (each start tag at most
// three times for the same attributes), and the attributes of every further html or body tag are compared with
// those of all before.
func exhausting(page []byte) bool {
	const (
		maxClones = 1 << 20
		maxRoots  = 100
	)
	var (
		tokens, formatting, roots int
		seen                      = make(map[string]int)
	)
	for z := html.NewTokenizer(bytes.NewReader(page)); z.Next() != html.ErrorToken; tokens++ {
		raw := string(z.Raw())
		name, _ := z.TagName()
		switch atom.Lookup(name) {
		case atom.Html, atom.Body:
			roots++
		case atom.A, atom.B, atom.Big, atom.Code, atom.Em, atom.Font, atom.I, atom.Nobr, atom.S, atom.Small,
			atom.Strike, atom.Strong, atom.Tt, atom.U:
			if seen[raw]++; seen[raw] <= 3 {
				formatting++
			}
		}
	}
	return roots > maxRoots || tokens*formatting > maxClones
}

// mentionsTitle says whether a title tag may stand in a page: if not, its tree need not be asked for one.
func mentionsTitle(page []byte) bool {
	for {
		i := bytes.IndexByte(page, '<')
		if i < 0 {
			return false
		}
		page = page[i+1:]
		if bytesLeft(page).hasPrefix("title") {
			return true
		}
	}
}

// withoutCutTitle leaves out the title at the end of the page that was cut, if one was.
func withoutCutTitle(page []byte) []byte {
	for end := len(page); ; {
		end = bytes.LastIndexByte(page[:end], '<')
		switch b := bytesLeft(page[max(end, 0):]); {
		case end < 0, b.hasPrefix("</title"):
			return page
		case b.hasPrefix("<title"):
			return page[:end]
		}
	}
}
