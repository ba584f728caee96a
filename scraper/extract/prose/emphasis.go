package prose

import (
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// partEmphasis parts italic text from bold text that follows at once, and what an
// element ends with from what follows that, where the library would make one emphasis
// of both. What stands between them then has nothing to show.
func partEmphasis(tree *html.Node) {
	var all []*html.Node
	for n := range tree.Descendants() {
		if emphasisOf(n) != noEmphasis {
			all = append(all, n)
		}
	}
	for _, n := range all {
		next, within := neighbour(n)
		if next == nil {
			continue
		}
		if e := emphasisOf(next); e != noEmphasis && !(within && e == emphasisOf(n)) {
			nothing := &html.Node{Type: html.ElementNode, Data: "nothing"}
			n.Parent.InsertBefore(nothing, n.NextSibling)
		}
	}
}

type emphasis uint8

const (
	noEmphasis emphasis = iota
	italic
	bold
)

func emphasisOf(n *html.Node) emphasis {
	if n.Type != html.ElementNode {
		return noEmphasis
	}
	switch n.Data {
	case "i", "em":
		return italic
	case "b", "strong":
		return bold
	}
	return noEmphasis
}

// neighbour is what stands behind an element; nil at the end. Spans count for nothing.
// It is within the same element as n, or not.
func neighbour(n *html.Node) (next *html.Node, within bool) {
	for within = true; ; {
		for n.NextSibling == nil {
			if n = n.Parent; n == nil {
				return nil, within
			}
			within = within && is(atom.Span)(n)
		}
		n = n.NextSibling
		for is(atom.Span)(n) && n.FirstChild != nil {
			n = n.FirstChild
		}
		if !is(atom.Span)(n) {
			return n, within
		}
	}
}
