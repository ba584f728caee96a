package prose

import (
	"errors"
	"strings"
	"sync"

	"github.com/JohannesKaufmann/html-to-markdown/v2/converter"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/base"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/commonmark"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/strikethrough"
	"github.com/JohannesKaufmann/html-to-markdown/v2/plugin/table"
	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
)

// maxMarkdown is how large a tree may be that is converted.
var maxMarkdown = size{nodes: 200_000, depth: 4_000_000, bytes: 4 << 20}

// maxRewritten is how many bytes are written again within all the elements around them.
const maxRewritten = 32 << 20

// Markdown is the page as Markdown (CommonMark, with the tables and the strikethrough
// of GitHub's), links and images absolute: its article, below its title; where it
// has none, what its main element holds, else its only article element, else all
// its body. With full it is the body always. What is not shown is left out, but the
// contents of closed details are not.
//
// Of a page of which no tree can be built, or that is very large, it is what Text
// gives; so it is of plain text, Markdown above all. Of other documents there is
// none.
func (m *Main) Markdown(full bool) (string, error) {
	switch m.d.Kind() {
	case document.HTML:
		return m.pageMarkdown(full)
	case document.Text:
		return m.d.Text(), nil
	}
	return "", nil
}

func (m *Main) pageMarkdown(full bool) (string, error) {
	d := m.d
	tree, err := d.Tree()
	if errors.Is(err, document.ErrNoTree) {
		return Text(d)
	}
	if err != nil {
		return "", err
	}
	title := ""
	if !full {
		a, err := m.find()
		if err != nil && !errors.Is(err, errTooLarge) {
			return "", err
		}
		if a != nil {
			tree, title = a.Node, a.title
		} else {
			tree = mainElement(tree)
		}
	}
	text, err := convert(d, tree, title)
	if errors.Is(err, errTooLarge) {
		return treeText(d.Context(), tree)
	}
	return text, err
}

// mainElement is the element that a page says its main content is in; the whole
// tree where it does not say so.
func mainElement(tree *html.Node) *html.Node {
	if main := first(tree, isMain); main != nil {
		return main
	}
	var article *html.Node
	for n := range tree.Descendants() {
		if n.Type == html.ElementNode && is(atom.Article)(n) {
			if article != nil {
				return tree
			}
			article = n
		}
	}
	if article != nil {
		return article
	}
	return tree
}

func isMain(n *html.Node) bool {
	return is(atom.Main)(n) || attribute(n, "role") == "main"
}

// convert is a tree, which it leaves as it is, as Markdown below a heading.
func convert(d *document.Document, tree *html.Node, title string) (string, error) {
	c := copier{ctx: d.Context(), limit: maxMarkdown, keep: isShown, attributes: firstAttributes}
	own, err := c.copy(tree)
	if err != nil {
		return "", err
	}
	mendImages(own)
	dropSources(own)
	if err := resolve(d, own); err != nil {
		return "", err
	}
	dropDeadLinks(own)
	partLines(own)
	flatten(own, 0)
	partEmphasis(own)
	if title != "" {
		heading := &html.Node{Type: html.ElementNode, DataAtom: atom.H1, Data: "h1"}
		heading.AppendChild(&html.Node{Type: html.TextNode, Data: title})
		own.InsertBefore(heading, own.FirstChild)
	}
	if rewritten(own, 0, 0) > maxRewritten {
		return "", errTooLarge
	}
	root := own
	if own.Type != html.DocumentNode {
		root = &html.Node{Type: html.DocumentNode}
		root.AppendChild(own)
	}
	easeTables(root)
	if d.Context().Err() != nil {
		return "", d.Context().Err()
	}
	text, err := markdownConverter().ConvertNode(root, converter.WithContext(d.Context()))
	if err != nil {
		return "", err
	}
	return strings.ToValidUTF8(string(text), "\uFFFD"), d.Context().Err()
}

// rewritten is how many bytes of what n holds are written again by the elements
// around, of which n is within so many, some of them quotes or lists.
func rewritten(n *html.Node, within, quotes int) (bytes int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		// Of each line every quote makes one that is longer by two bytes.
		bytes += within*len(c.Data) + quotes*quotes*(1+strings.Count(c.Data, "\n"))
		for _, a := range c.Attr {
			bytes += within * len(a.Val)
		}
		switch c.DataAtom {
		case atom.Blockquote, atom.Ul, atom.Ol:
			bytes += rewritten(c, within+1, quotes+1)
		case atom.A, atom.B, atom.Code, atom.Del, atom.Em, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6, atom.I, atom.Kbd,
			atom.Pre, atom.S, atom.Samp, atom.Strike, atom.Strong, atom.Table, atom.Td, atom.Th, atom.Tt, atom.Var, atom.Caption:
			bytes += rewritten(c, within+1, quotes)
		default:
			bytes += rewritten(c, within, quotes)
		}
	}
	return bytes
}

// dropDeadLinks makes text of the links that lead nowhere.
func dropDeadLinks(tree *html.Node) {
	for n := range tree.Descendants() {
		if n.Type == html.ElementNode && is(atom.A)(n) && attribute(n, "href") == "" {
			n.DataAtom, n.Data = atom.Span, "span"
		}
	}
}

// dropSources leaves out what was there for the images only.
func dropSources(tree *html.Node) {
	var all []*html.Node
	for n := range tree.Descendants() {
		if is(atom.Noscript)(n) || is(atom.Source)(n) {
			all = append(all, n)
		}
	}
	for _, n := range all {
		n.Parent.RemoveChild(n)
	}
}

// partLines has elements stand on lines of their own that the library takes for parts of
// a line.
func partLines(tree *html.Node) {
	for n := range tree.Descendants() {
		switch {
		case n.Namespace != "":
		case n.DataAtom == atom.Summary, n.DataAtom == atom.Option, n.DataAtom == atom.Optgroup, n.DataAtom == atom.Legend:
			n.DataAtom, n.Data = atom.Div, "div"
		}
	}
}

// maxNested is how deep quotes and lists may lie in one another. Each writes all that it
// holds several times, a quote with two more characters in each line.
const maxNested = 32

// flatten leaves the marks of the quotes and lists out that are deeper. It is recursive:
// a tree is at most 512 elements deep.
func flatten(n *html.Node, depth int) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		inner := depth
		switch {
		case is(atom.Blockquote)(c), is(atom.Ul)(c), is(atom.Ol)(c):
			if inner++; inner > maxNested {
				c.DataAtom, c.Data = atom.Div, "div"
			}
		case is(atom.Li)(c) && depth > maxNested:
			c.DataAtom, c.Data = atom.Div, "div"
		}
		flatten(c, inner)
	}
}

// isShown reports whether an element is part of what there is to read, images
// among it.
func isShown(n *html.Node) bool {
	if n.Type != html.ElementNode {
		return true
	}
	if n.DataAtom == atom.Img || n.DataAtom == atom.Source || hasFallbackImage(n) {
		return true // mendImages decides
	}
	if n.Namespace != "" && n.Data == "svg" {
		return false
	}
	return lookOf(n, look{}).box != hidden
}

// markdownConverter is made when the first page is converted. It is safe for
// concurrent use.
var markdownConverter = sync.OnceValue(func() *converter.Converter {
	c := converter.NewConverter(converter.WithPlugins(
		base.NewBasePlugin(),
		commonmark.NewCommonmarkPlugin(),
		// Columns are not made equally wide: one long cell would take its length in
		// every row.
		table.NewTablePlugin(
			table.WithCellPaddingBehavior(table.CellPaddingBehaviorMinimal),
			table.WithNewlineBehavior(table.NewlineBehaviorPreserve),
			table.WithHeaderPromotion(true),
			table.WithSkipEmptyRows(true),
		),
		strikethrough.NewStrikethroughPlugin(),
	))
	c.Register.RendererFor("sup", converter.TagTypeInline, keepTag, converter.PriorityStandard)
	c.Register.RendererFor("sub", converter.TagTypeInline, keepTag, converter.PriorityStandard)
	c.Register.Renderer(ownAddresses, converter.PriorityEarly)
	c.Register.UnEscaper(escapeBracket, converter.PriorityEarly)
	return c
})

// keepTag keeps an element that Markdown has no sign for, and that says what is in it:
// 10<sup>23</sup> is not 1023.
func keepTag(ctx converter.Context, w converter.Writer, n *html.Node) converter.RenderStatus {
	if n.FirstChild == nil {
		return converter.RenderSuccess
	}
	_, _ = w.WriteString("<" + n.Data + ">")
	ctx.RenderChildNodes(ctx, w, n)
	_, _ = w.WriteString("</" + n.Data + ">")
	return converter.RenderSuccess
}

// escapeBracket has each opening bracket of a text escaped. To find out whether one
// need not be, the library would look for its closing one to the end of the line,
// which takes quadratic time for a line of opening ones.
func escapeBracket(text []byte, i int) int {
	if text[i] == '[' {
		return 1
	}
	return -1
}
