package prose

import (
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"
)

// A box is how an element is laid out, in as much as that shows in plain text
// (HTML standard, "rendering").
type box uint8

const (
	inline box = iota
	block
	paragraph // a block with an empty line before and behind it
	lineBreak
	row
	cell
	hidden
)

// boxOf is the box that an HTML element has without any style.
func boxOf(tag atom.Atom) box {
	switch tag {
	case atom.P:
		return paragraph
	case atom.Br:
		return lineBreak
	case atom.Tr:
		return row
	case atom.Td, atom.Th:
		return cell
	case atom.Address, atom.Article, atom.Aside, atom.Blockquote, atom.Body, atom.Caption, atom.Center,
		atom.Dd, atom.Details, atom.Dialog, atom.Dir, atom.Div, atom.Dl, atom.Dt, atom.Fieldset,
		atom.Figcaption, atom.Figure, atom.Footer, atom.Form, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5,
		atom.H6, atom.Header, atom.Hgroup, atom.Hr, atom.Html, atom.Legend, atom.Li, atom.Listing, atom.Main,
		atom.Menu, atom.Nav, atom.Ol, atom.Optgroup, atom.Option, atom.Plaintext, atom.Pre, atom.Search,
		atom.Section, atom.Summary, atom.Table, atom.Tbody, atom.Tfoot, atom.Thead, atom.Ul, atom.Xmp:
		return block
	case atom.Area, atom.Audio, atom.Base, atom.Basefont, atom.Canvas, atom.Col, atom.Colgroup, atom.Datalist,
		atom.Embed, atom.Frame, atom.Frameset, atom.Head, atom.Iframe, atom.Img, atom.Input, atom.Link,
		atom.Meta, atom.Meter, atom.Noembed, atom.Noframes, atom.Noscript, atom.Param, atom.Progress, atom.Rp,
		atom.Script, atom.Source, atom.Style, atom.Template, atom.Textarea, atom.Title, atom.Track, atom.Video:
		return hidden
	}
	return inline
}

// foreignBox is the box of an SVG or MathML element.
func foreignBox(name string) box {
	switch name {
	case "annotation", "annotation-xml", "clipPath", "defs", "desc", "linearGradient", "marker", "mask",
		"metadata", "pattern", "radialGradient", "script", "style", "symbol", "title":
		return hidden
	case "text", "foreignObject":
		return block
	}
	return inline
}

// preformatted reports whether an element's white space is shown.
func preformatted(tag atom.Atom) bool {
	return tag == atom.Pre || tag == atom.Listing || tag == atom.Xmp || tag == atom.Plaintext
}

// look is how an element's content is shown; that of a child begins as its
// parent's.
type look struct {
	box    box
	pre    bool // white space is shown
	unseen bool // takes up its place, but is not seen
}

// lookAttributes are the attributes that say how an element looks.
var lookAttributes = []string{"hidden", "open", "popover", "style"}

// lookOf is the look of element n, which stands in content of a look.
func lookOf(n *html.Node, outer look) look {
	l := look{box: inline, pre: outer.pre, unseen: outer.unseen}
	if n.Namespace == "" {
		l.box = boxOf(n.DataAtom)
		l.pre = l.pre || preformatted(n.DataAtom)
	} else {
		l.box = foreignBox(n.Data)
	}
	open := n.DataAtom != atom.Dialog
	style := ""
	for _, a := range n.Attr {
		switch a.Key {
		case "open":
			open = true
		case "hidden", "popover":
			l.box = hidden
		case "style":
			style = a.Val
		}
	}
	if !open {
		l.box = hidden
	}
	l.heed(style)
	return l
}

// heed applies the declarations of a style attribute that show in plain text.
func (l *look) heed(style string) {
	for declaration := range strings.SplitSeq(style, ";") {
		name, value, ok := strings.Cut(declaration, ":")
		if !ok {
			continue
		}
		value, _, _ = strings.Cut(value, "!")
		value = strings.ToLower(strings.TrimSpace(value))
		switch strings.ToLower(strings.TrimSpace(name)) {
		case "display":
			l.display(value)
		case "visibility":
			l.unseen = value == "hidden" || value == "collapse"
		case "white-space":
			l.pre = strings.HasPrefix(value, "pre") && value != "pre-line" || value == "break-spaces"
		}
	}
}

func (l *look) display(value string) {
	switch value {
	case "none":
		l.box = hidden
	case "inline", "inline-block", "inline-flex", "inline-table", "inline-grid", "contents":
		l.box = inline
	case "block", "flex", "grid", "table", "list-item", "flow-root", "table-caption":
		if l.box != paragraph {
			l.box = block
		}
	case "table-row":
		l.box = row
	case "table-cell":
		l.box = cell
	}
}
