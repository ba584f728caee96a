package prose

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// errTooLarge is that a tree is beyond what a library is let work on.
var errTooLarge = errors.New("the page is too large, or built to take long")

// size is of a tree that a library works on, which cannot be interrupted: as a
// limit it bounds the time that takes.
type size struct {
	nodes int
	depth int // sum of the depths of all nodes: what each element's content is gone through for
	bytes int // of text and attributes, but for addresses, which hold whole images
	reads int // sum of the lengths of texts times their depths: what reading each element's text takes; no limit if 0
}

func (s size) within(limit size) bool {
	return s.nodes <= limit.nodes && s.depth <= limit.depth && s.bytes <= limit.bytes && (limit.reads == 0 || s.reads <= limit.reads)
}

// copier copies a tree, for libraries that change what they work on.
type copier struct {
	ctx   context.Context
	keep  func(*html.Node) bool // which elements are copied
	limit size
	size  size // of what is copied
	depth int
	// attributes are those of an element that are copied; nil: all.
	attributes func(*html.Node) []html.Attribute

	embeds int // elements that are open of which all is read within each element around them
}

// copy is a copy of n and of all it holds but comments, as deep as the tree is.
// Texts that a comment or an element left out had parted are one.
func (c *copier) copy(n *html.Node) (*html.Node, error) {
	if err := c.count(n); err != nil {
		return nil, err
	}
	c.depth++
	defer func() { c.depth-- }()
	if isEmbed(n) {
		c.embeds++
		defer func() { c.embeds-- }()
	}
	attributes := n.Attr
	if c.attributes != nil {
		attributes = c.attributes(n)
	}
	clone := &html.Node{Type: n.Type, DataAtom: n.DataAtom, Data: n.Data, Namespace: n.Namespace}
	clone.Attr = append(clone.Attr, attributes...)
	var texts []string
	flush := func() {
		if len(texts) > 0 {
			clone.AppendChild(&html.Node{Type: html.TextNode, Data: strings.Join(texts, "")})
			texts = texts[:0]
		}
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		switch child.Type {
		case html.TextNode:
			if err := c.count(child); err != nil {
				return nil, err
			}
			texts = append(texts, child.Data)
		case html.ElementNode, html.DoctypeNode:
			if !c.keep(child) {
				continue
			}
			flush()
			copied, err := c.copy(child)
			if err != nil {
				return nil, err
			}
			clone.AppendChild(copied)
		}
	}
	flush()
	return clone, nil
}

// count adds a node to what is copied.
func (c *copier) count(n *html.Node) error {
	c.size.nodes++
	c.size.depth += c.depth
	if n.Type == html.TextNode {
		c.size.bytes += len(n.Data)
		c.size.reads += c.depth * len(n.Data)
	}
	written := len(n.Data)
	for _, a := range n.Attr {
		if a.Key != "src" && a.Key != "href" {
			c.size.bytes += len(a.Val)
		}
		written += len(a.Key) + len(a.Val)
	}
	if c.embeds > 0 || isEmbed(n) {
		c.size.reads += 4 * c.depth * written // they are searched for names of video sites, which is slow
	}
	if !c.size.within(c.limit) {
		return errTooLarge
	}
	if c.size.nodes%patience == 0 {
		return c.ctx.Err()
	}
	return nil
}

// isEmbed reports whether n is something embedded.
func isEmbed(n *html.Node) bool { return is(atom.Object)(n) || is(atom.Embed)(n) || is(atom.Iframe)(n) }

// first is the first element of a tree that a test fits, in the order of the
// document; nil where none does.
func first(n *html.Node, fits func(*html.Node) bool) *html.Node {
	for d := range n.Descendants() {
		if d.Type == html.ElementNode && fits(d) {
			return d
		}
	}
	return nil
}

// is makes a test for elements of the HTML namespace.
func is(tag atom.Atom) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.DataAtom == tag && n.Namespace == "" }
}
