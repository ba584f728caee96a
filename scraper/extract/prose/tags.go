package prose

import (
	"context"
	"slices"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// tagText is the text of a page of which there is no tree: each tag is taken for
// the start or end of its element, wherever it stands.
func tagText(ctx context.Context, page string) (string, error) {
	r := tagReader{tags: markup.New(page)}
	for steps := 1; ; steps++ {
		if steps%patience == 0 && ctx.Err() != nil {
			return "", ctx.Err()
		}
		switch r.tags.Next() {
		case markup.End:
			return r.out.String(), nil
		case markup.Text:
			r.write()
		case markup.StartTag:
			r.open()
		case markup.EndTag:
			r.close()
		}
	}
}

type tagReader struct {
	tags *markup.Tokenizer
	out  lines

	hidden atom.Atom // the element within which nothing is shown; 0: none
	depth  int       // how many of these are open
	pre    int       // how many elements are open whose white space is shown
	first  bool      // no cell of the row has been read yet
}

func (r *tagReader) write() {
	switch {
	case r.hidden != 0:
	case r.pre > 0:
		r.out.writePre(r.tags.Text())
	default:
		r.out.write(r.tags.Text())
	}
}

func (r *tagReader) open() {
	tag := r.tag()
	if r.hidden != 0 {
		if tag == r.hidden {
			r.depth++
		}
		return
	}
	b := boxOf(tag)
	if b == hidden {
		if !isVoid(tag) {
			r.hidden, r.depth = tag, 1
		}
		return
	}
	if hasEndTag(tag) && r.isHidden(tag) {
		r.hidden, r.depth = tag, 1
		return
	}
	if preformatted(tag) {
		r.pre++
	}
	r.bound(b, true)
}

// tag is the name of the tag that was read; 0 where HTML has no such element.
func (r *tagReader) tag() atom.Atom { return atom.Lookup([]byte(r.tags.Name())) }

// isHidden reports whether the attributes of the tag hide its element, or that it lacks
// one.
func (r *tagReader) isHidden(tag atom.Atom) bool {
	n := html.Node{Type: html.ElementNode, DataAtom: tag}
	for r.tags.NextAttribute() {
		i := slices.IndexFunc(lookAttributes, r.tags.KeyIs)
		if i < 0 {
			continue
		}
		key := lookAttributes[i]
		if _, ok := document.Attribute(&n, key); !ok { // of several the first counts
			n.Attr = append(n.Attr, html.Attribute{Key: key, Val: r.tags.Value()})
		}
	}
	return lookOf(&n, look{}).box == hidden
}

func (r *tagReader) close() {
	tag := r.tag()
	if r.hidden != 0 {
		if tag == r.hidden {
			r.depth--
		}
		if r.depth == 0 {
			r.hidden = 0
		}
		return
	}
	if preformatted(tag) && r.pre > 0 {
		r.pre--
	}
	r.bound(boxOf(tag), false)
}

// bound is one end of an element's box.
func (r *tagReader) bound(b box, start bool) {
	switch b {
	case lineBreak:
		r.out.lineBreak()
	case block:
		r.out.block(1)
	case paragraph:
		r.out.block(2)
	case row:
		r.out.tabs = 0
		r.out.block(1)
		r.first = true
	case cell:
		if start {
			if !r.first {
				r.out.tabs++
			}
			r.out.space, r.first = false, false
		}
	}
}

// hasEndTag reports whether an element that may be hidden by an attribute has to
// have an end tag.
func hasEndTag(tag atom.Atom) bool {
	switch tag {
	case 0, atom.P, atom.Li, atom.Dt, atom.Dd, atom.Tr, atom.Td, atom.Th, atom.Thead, atom.Tbody, atom.Tfoot,
		atom.Optgroup, atom.Option, atom.Rt, atom.Body, atom.Html:
		return false
	}
	return !isVoid(tag)
}

// isVoid reports whether a hidden element has no end tag, or may lack it.
func isVoid(tag atom.Atom) bool {
	switch tag {
	case atom.Area, atom.Base, atom.Basefont, atom.Br, atom.Col, atom.Colgroup, atom.Embed, atom.Frame,
		atom.Head, atom.Hr, atom.Img, atom.Input, atom.Link, atom.Meta, atom.Param, atom.Rp, atom.Source,
		atom.Track, atom.Wbr:
		return true
	}
	return false
}
