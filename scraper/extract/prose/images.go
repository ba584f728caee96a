package prose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// mendImages gives images that a script would load the source that they would have then,
// in a tree that is the caller's own: that of another attribute, of the sources of their
// picture, or of the noscript behind them. Images that have none are left out.
func mendImages(tree *html.Node) {
	var images, fallbacks []*html.Node
	for n := range tree.Descendants() {
		switch {
		case is(atom.Img)(n):
			images = append(images, n)
		case is(atom.Noscript)(n):
			fallbacks = append(fallbacks, n)
		}
	}
	for _, n := range images {
		if source := imageSource(n); source != "" {
			setAttribute(n, "src", source)
		}
	}
	for _, n := range fallbacks {
		mendFrom(n)
	}
	for _, n := range images {
		if attribute(n, "src") == "" {
			n.Parent.RemoveChild(n)
		}
	}
}

// imageSource is what an image shows, beside what its src holds itself.
func imageSource(n *html.Node) string {
	source := document.ImageSource(func(name string) string { return attribute(n, name) })
	if source != "" || !is(atom.Picture)(n.Parent) {
		return source
	}
	for c := n.Parent.FirstChild; c != nil && source == ""; c = c.NextSibling {
		if is(atom.Source)(c) {
			source = document.ImageSource(func(name string) string { return attribute(c, name) })
		}
	}
	return source
}

// mendFrom takes the image of a noscript for the placeholder right before it, or that
// should be in its picture or figure, and leaves that noscript out. Others hold what
// counts visitors, mostly.
func mendFrom(noscript *html.Node) {
	text := noscript.FirstChild
	if text == nil || text.Type != html.TextNode {
		return
	}
	image := fallbackImage(text.Data)
	if image == nil {
		return
	}
	before := noscript.PrevSibling
	for before != nil && before.Type == html.TextNode && strings.TrimSpace(before.Data) == "" {
		before = before.PrevSibling
	}
	switch {
	case before != nil && is(atom.Img)(before):
		if imageSource(before) == "" {
			setAttribute(before, "src", attribute(image, "src"))
			if attribute(before, "alt") == "" {
				setAttribute(before, "alt", attribute(image, "alt"))
			}
		}
	case is(atom.Figure)(noscript.Parent) || is(atom.Picture)(noscript.Parent):
		noscript.Parent.InsertBefore(image, noscript)
	default:
		return
	}
	noscript.Parent.RemoveChild(noscript)
}

// fallbackImage is the first image in the text of a noscript; nil where there is none.
func fallbackImage(text string) *html.Node {
	tags := markup.New(text)
	for kind := tags.NextTag(); kind != markup.End; kind = tags.NextTag() {
		if kind != markup.StartTag || tags.Name() != "img" {
			continue
		}
		source := document.ImageSource(func(name string) string {
			value, _ := tags.Attribute(name)
			return strings.TrimSpace(value)
		})
		if source == "" {
			return nil
		}
		image := &html.Node{Type: html.ElementNode, DataAtom: atom.Img, Data: "img"}
		setAttribute(image, "src", source)
		alt, _ := tags.Attribute("alt")
		setAttribute(image, "alt", strings.TrimSpace(alt))
		return image
	}
	return nil
}

// hasFallbackImage reports whether a noscript may hold an image.
func hasFallbackImage(n *html.Node) bool {
	return is(atom.Noscript)(n) && n.FirstChild != nil && markup.Mentions([]byte(n.FirstChild.Data), "img")
}

func setAttribute(n *html.Node, name, value string) {
	for i := range n.Attr {
		if a := &n.Attr[i]; a.Key == name && a.Namespace == "" {
			a.Val = value
			return
		}
	}
	n.Attr = append(n.Attr, html.Attribute{Key: name, Val: value})
}
