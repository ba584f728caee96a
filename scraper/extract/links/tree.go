package links

import (
	"cmp"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// treeLinks finds the links of a tree.
func treeLinks(d *document.Document, root *html.Node) ([]Link, error) {
	r := treeReader{resolver: newResolver(d), left: 1<<20 + 4*len(d.Text())}
	for n, seen := root, 1; n != nil; n, seen = document.Next(n, root), seen+1 {
		if seen%1024 == 0 {
			if err := d.Context().Err(); err != nil {
				return nil, err
			}
		}
		if document.IsHTML(n, atom.A) || document.IsHTML(n, atom.Area) {
			r.add(n)
		}
	}
	if err := r.resolver.Err(); err != nil {
		return nil, err
	}
	return r.links, nil
}

type treeReader struct {
	resolver resolver
	links    []Link
	text     markup.Line
	alt      markup.Line // of images
	left     int         // bytes of both: what is in links in links is repeated in each
}

func (r *treeReader) add(n *html.Node) {
	href, ok := document.Attribute(n, "href")
	if !ok {
		return
	}
	url, internal, ok := r.resolver.link(href)
	if !ok {
		return
	}
	rel, _ := document.Attribute(n, "rel")
	if r.left > 0 {
		r.addText(n)
	}
	text, alt := r.text.Take(), r.alt.Take()
	r.left -= len(text) + len(alt)
	r.links = append(r.links, Link{URL: url, Text: cmp.Or(text, alt), Rel: markup.Collapse(rel), Internal: internal})
}

// addText adds the text below n, and what images there say in their place. It is recursive: a tree is at most 512 elements
// deep.
func (r *treeReader) addText(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type == html.TextNode {
			r.text.Add(c.Data)
		}
		if c.Type != html.ElementNode {
			continue
		}
		if c.Namespace != "" {
			if c.DataAtom != atom.Style && c.DataAtom != atom.Script {
				r.addText(c)
			}
			continue
		}
		e := elementOf(c.Data)
		if e == hidden || e == template {
			continue
		}
		if c.DataAtom == atom.Img {
			alt, _ := document.Attribute(c, "alt")
			r.alt.Part()
			r.alt.Add(alt)
		}
		if e.isLine() {
			r.text.Part()
		}
		r.addText(c)
		if e.isLine() {
			r.text.Part()
		}
	}
}
