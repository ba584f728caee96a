package prose

import (
	"context"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
)

// patience is how many nodes are worked on between two looks at whether there is
// still somebody who waits.
const patience = 1000

// treeText is the text of a tree.
func treeText(ctx context.Context, tree *html.Node) (string, error) {
	r := reader{ctx: ctx}
	r.children(tree, look{})
	return r.out.String(), r.err
}

// reader lays out a tree. Its recursion is as deep as the tree, which is no deeper
// than html.Parse lets it be: 512.
type reader struct {
	ctx   context.Context
	out   lines
	cells int // of the row being read
	steps int
	err   error // of ctx
}

func (r *reader) children(n *html.Node, l look) {
	closed := isClosed(n)
	for c := n.FirstChild; c != nil && r.err == nil; c = c.NextSibling {
		if r.steps++; r.steps%patience == 0 {
			r.err = r.ctx.Err()
		}
		switch c.Type {
		case html.TextNode:
			if !closed {
				r.write(c.Data, l)
			}
		case html.ElementNode:
			if closed && c.DataAtom != atom.Summary {
				continue
			}
			r.element(c, l)
		}
	}
}

// isClosed reports whether n is a details element of which only the summary is
// shown.
func isClosed(n *html.Node) bool {
	if n.DataAtom != atom.Details || n.Namespace != "" {
		return false
	}
	_, open := document.Attribute(n, "open")
	return !open
}

func (r *reader) write(s string, l look) {
	switch {
	case l.unseen:
	case l.pre:
		r.out.writePre(s)
	default:
		r.out.write(s)
	}
}

func (r *reader) element(n *html.Node, outer look) {
	l := lookOf(n, outer)
	switch l.box {
	case hidden:
	case inline:
		r.children(n, l)
	case lineBreak:
		r.out.lineBreak()
	case block:
		r.block(n, l, 1)
	case paragraph:
		r.block(n, l, 2)
	case row:
		r.row(n, l)
	case cell:
		m := r.out.openCell(r.cells == 0)
		r.cells++
		r.children(n, l)
		r.out.closeCell(m)
	}
}

func (r *reader) block(n *html.Node, l look, breaks int) {
	r.out.block(breaks)
	r.children(n, l)
	r.out.block(breaks)
}

func (r *reader) row(n *html.Node, l look) {
	r.out.block(1)
	outer, m := r.cells, r.out.mark()
	r.cells = 0
	r.children(n, l)
	r.cells = outer
	r.out.closeRow(m)
	r.out.block(1)
}

// attribute is the value of an attribute of n, trimmed; "" where it has none.
func attribute(n *html.Node, name string) string {
	value, _ := document.Attribute(n, name)
	return strings.TrimSpace(value)
}
