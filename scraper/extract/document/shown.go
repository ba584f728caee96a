package document

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/markup"
)

// Attribute is the value of an element's attribute that has no namespace, and
// whether it is there. The name is in lower case.
func Attribute(n *html.Node, name string) (value string, ok bool) {
	for i := range n.Attr {
		if a := &n.Attr[i]; a.Key == name && a.Namespace == "" {
			return a.Val, true
		}
	}
	return "", false
}

// IsHTML tells whether n is the HTML element a: none of a drawing or a formula.
func IsHTML(n *html.Node, a atom.Atom) bool {
	return n.Type == html.ElementNode && n.DataAtom == a && n.Namespace == ""
}

// Next is the node after n in the tree order of what is in root; nil behind the last.
// What is in templates is left out, which is no part of the page, and what is in
// noscript, which has elements in XHTML.
func Next(n, root *html.Node) *html.Node {
	if n.FirstChild != nil && !IsHTML(n, atom.Template) && !IsHTML(n, atom.Noscript) {
		return n.FirstChild
	}
	for n != root && n.NextSibling == nil {
		n = n.Parent
	}
	if n == root {
		return nil
	}
	return n.NextSibling
}

// ShownText is what a browser shows of what is in n, on one line: without scripts,
// styles, templates and comments; blocks, cells and line breaks are parted by a space.
// Elements below n that leaveOut wants left out are, and part what is around them;
// leaveOut may be nil. It is recursive: a tree is at most 512 elements deep.
func ShownText(n *html.Node, leaveOut func(*html.Node) bool) string {
	var l markup.Line
	addShown(&l, n, leaveOut)
	return l.Take()
}

func addShown(l *markup.Line, n *html.Node, leaveOut func(*html.Node) bool) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case c.Type == html.TextNode:
			l.Add(c.Data)
		case c.Type != html.ElementNode || markup.IsUnseen(c.DataAtom):
		case leaveOut != nil && leaveOut(c):
			l.Part()
		case markup.IsInline(c.DataAtom):
			addShown(l, c, leaveOut)
		default:
			l.Part()
			addShown(l, c, leaveOut)
			l.Part()
		}
	}
}
