package rule

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// Element is what a CSS selector or XPath finds: an element of an HTML or XML
// document. It implements filter.Element.
type Element struct {
	node *html.Node
	xml  bool
}

// Text is what a browser shows of the element in one line: without scripts, styles,
// templates and comments, with white space stripped and collapsed; blocks, cells and
// line breaks are set off by a space. That of a script or style itself is its content,
// that of a template nothing.
func (e Element) Text() string {
	if e.xml {
		return markup.Collapse(allText(e.node))
	}
	switch {
	case isTemplate(e.node):
		return ""
	case isVerbatim(e.node):
		return verbatim(e.node)
	}
	return document.ShownText(e.node, nil)
}

// HTML is the element with its tags, serialised as the HTML standard has it; that of
// an XML document as XML.
func (e Element) HTML() string {
	if e.xml {
		return document.OuterXML(e.node)
	}
	return document.OuterHTML(e.node)
}

// Reference is the href of an HTML element that is a link, or the address of what it
// shows, quotes or sends to. An element of XML leads to its href, or its text.
func (e Element) Reference() (ref string, ok bool) {
	if e.xml {
		if ref, ok = attributeOf(e.node, "href"); ok && ref != "" {
			return ref, true
		}
		return e.Text(), true
	}
	name := "src"
	switch e.node.DataAtom {
	case atom.A, atom.Area, atom.Link, atom.Base:
		name = "href"
	case atom.Object:
		name = "data"
	case atom.Form:
		name = "action"
	case atom.Blockquote, atom.Q, atom.Ins, atom.Del:
		name = "cite"
	}
	if ref, ok = attributeOf(e.node, name); !ok && name == "href" {
		ref, ok = attributeOf(e.node, "xlink:href")
	}
	return ref, ok
}

// isTemplate tells whether what is below an element is not of its document: html.Parse
// has what is in a template as its children, of which a browser's template has none
// (HTML standard, "the template element"). No element of XML is one: none has an atom.
func isTemplate(n *html.Node) bool {
	return n.Type == html.ElementNode && n.DataAtom == atom.Template && n.Namespace == ""
}

// allText is all text in an element, but for that in templates.
func allText(n *html.Node) string {
	var b strings.Builder
	addText(&b, n)
	return b.String()
}

func addText(b *strings.Builder, n *html.Node) {
	if isTemplate(n) {
		return
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			b.WriteString(c.Data)
		}
		addText(b, c)
	}
}

// verbatim is the text of an element whose white space means something, trimmed.
func verbatim(n *html.Node) string { return strings.Trim(allText(n), spaces) }

func isVerbatim(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Script, atom.Style, atom.Textarea, atom.Pre:
		return true
	}
	return false
}

// tidyText is a text node as a value: collapsed, if white space means nothing in it.
func tidyText(n *html.Node) string {
	if n.Parent != nil && isVerbatim(n.Parent) {
		return strings.Trim(n.Data, spaces)
	}
	return markup.Collapse(n.Data)
}
