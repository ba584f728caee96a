package structure

import (
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
)

// textContent is the text of n as it is, of which a textarea is made.
func textContent(n *html.Node) string {
	if n.FirstChild == nil {
		return ""
	}
	if n.FirstChild == n.LastChild && n.FirstChild.Type == html.TextNode {
		return n.FirstChild.Data
	}
	var b strings.Builder
	for c := n; c != nil; c = document.Next(c, n) {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
	}
	return b.String()
}
