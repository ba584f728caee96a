package xhtml

import (
	"fmt"
	"io"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// MaxTreeDepth is how deep a tree of HTML or XML may be, in elements: as deep as those of
// html.Parse, since all that walk over trees are made for that.
const MaxTreeDepth = 512

// ErrTooDeep is Parse's error.
var ErrTooDeep = fmt.Errorf("its elements are nested deeper than %d", MaxTreeDepth)

// Parse builds the tree of a page, as html.Parse does of HTML: namespaces are "" for
// HTML, "svg", "math", and URIs for all others; comments are there, a doctype is not.
// What stands in an element that must be empty, such as br, stands behind it: no
// HTML can say it otherwise. Where the page is not well-formed the tree ends at the
// mistake.
func Parse(r io.Reader) (root *html.Node, mistake *Mistake, err error) {
	page := newReader(r, 0)
	root = &html.Node{Type: html.DocumentNode}
	at := root
	var run []byte // texts that follow each other
	flush := func() {
		if len(run) > 0 {
			at.AppendChild(&html.Node{Type: html.TextNode, Data: string(run)})
			run = run[:0]
		}
	}
	for {
		part := page.next()
		if part == text {
			run = append(run, page.text...)
			continue
		}
		flush()
		switch part {
		case end:
			return root, page.mistake, nil
		case startTag:
			if len(page.open) > MaxTreeDepth {
				return nil, nil, ErrTooDeep
			}
			n := page.element.node()
			at.AppendChild(n)
			if !page.element.isVoid() {
				at = n
			}
		case endTag:
			if !page.element.isVoid() {
				at = at.Parent
			}
		case comment:
			at.AppendChild(&html.Node{Type: html.CommentNode, Data: page.text})
		}
	}
}

func (e *element) node() *html.Node {
	n := &html.Node{Type: html.ElementNode, Data: e.name, Namespace: e.namespace, Attr: e.attributes}
	if e.namespace == "" || e.namespace == svg || e.namespace == math {
		n.DataAtom = atom.Lookup([]byte(e.name))
	}
	return n
}

// isVoid tells whether it is an element without content (HTML standard, "void elements").
func (e *element) isVoid() bool {
	if e.namespace != "" {
		return false
	}
	switch e.name {
	case "area", "base", "br", "col", "embed", "hr", "img", "input", "keygen", "link", "meta", "param", "source",
		"track", "wbr":
		return true
	}
	return false
}
