package prose

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/markup"
)

// Bounds of a table in Markdown, where each row has a cell for each column of the
// widest, and a cell that spans others has empty ones in their places: what is a
// few bytes of HTML may come to gigabytes.
const (
	maxCells   = 200_000 // rows times columns
	maxSpanned = 10_000  // places that cells take beside their own
)

// easeTables makes tables in a tree fit for Markdown: without spans where they are
// too many, and blocks instead of tables where there are too many cells, or where they
// only lay out a page. What is preformatted in a cell has its lines there, and so have
// lists and other blocks.
func easeTables(tree *html.Node) {
	var tables []*html.Node
	for n := range tree.Descendants() {
		if is(atom.Table)(n) {
			tables = append(tables, n)
		}
	}
	for _, n := range tables {
		if !is(atom.Table)(n) { // by now
			continue
		}
		parts := ownParts(n)
		if parts.isLayout(n) {
			asBlock(n)
			for _, part := range parts.all {
				asBlock(part)
			}
			continue
		}
		for _, pre := range parts.preformatted {
			inLines(pre)
		}
		if parts.blocks > 0 {
			for _, cell := range parts.cells {
				new(cellLines).read(cell, cell)
			}
		}
		rows, columns, spanned := measure(n)
		endSpans(parts.groups)
		if _, _, ended := measure(n); max(spanned, ended) > maxSpanned {
			edit(n, withoutSpans)
		}
		if rows*columns > maxCells {
			edit(n, asBlock)
		}
	}
}

// tableParts is what a table is made of, without the tables in it.
type tableParts struct {
	all          []*html.Node // captions, groups, rows and cells
	groups       []*html.Node
	cells        []*html.Node
	preformatted []*html.Node
	rows         int
	headed       bool // a cell is a header, or there is a caption
	nested       bool // a cell has a table
	blocks       int  // how many cells have lists and the like, which cannot be in one of Markdown's
}

func ownParts(table *html.Node) (p tableParts) {
	p.read(table)
	for _, cell := range p.cells {
		if first(cell, isBlockOfCell) != nil {
			p.blocks++
		}
	}
	return p
}

// isBlockOfCell tells whether an element cannot be in a cell of Markdown.
func isBlockOfCell(n *html.Node) bool {
	switch n.DataAtom {
	case atom.Ul, atom.Ol, atom.Blockquote, atom.Hr, atom.H1, atom.H2, atom.H3, atom.H4, atom.H5, atom.H6:
		return n.Namespace == ""
	}
	return false
}

// read is recursive: a tree is at most 512 elements deep.
func (p *tableParts) read(n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if c.Type != html.ElementNode {
			continue
		}
		switch c.DataAtom {
		case atom.Table:
			p.nested = true
		case atom.Pre:
			p.preformatted = append(p.preformatted, c)
		case atom.Tr:
			p.rows++
			p.all = append(p.all, c)
		case atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot:
			p.all = append(p.all, c)
			p.headed = p.headed || c.DataAtom == atom.Caption
			if c.DataAtom != atom.Caption {
				p.groups = append(p.groups, c)
			}
		case atom.Td, atom.Th:
			p.all = append(p.all, c)
			p.cells = append(p.cells, c)
			p.headed = p.headed || c.DataAtom == atom.Th
		}
		if !is(atom.Table)(c) {
			p.read(c)
		}
	}
}

// isLayout reports whether a table is there to lay out what is in it: it says so, or
// holds another, or mostly blocks and no header, or is but one row of blocks, as those that
// have the numbers of lines beside a program.
func (p *tableParts) isLayout(table *html.Node) bool {
	switch role := attribute(table, "role"); {
	case role == "presentation", role == "none", p.nested:
		return true
	case p.blocks > 0 && !p.headed && (p.rows < 2 || 2*p.blocks >= len(p.cells)):
		return true
	}
	return p.rows == 1 && len(p.preformatted) > 0
}

// cellLines makes lines of the blocks in a cell.
type cellLines struct {
	begun  bool // something to see stands before
	parted bool // a line ends before what is seen next
}

// read is recursive: a tree is at most 512 elements deep.
func (l *cellLines) read(n, cell *html.Node) {
	for c := n.FirstChild; c != nil; {
		next := c.NextSibling
		switch {
		case c.Type == html.TextNode && strings.TrimSpace(c.Data) == "":
		case c.Type == html.TextNode, is(atom.Img)(c), is(atom.Code)(c):
			l.see(c, cell)
		case is(atom.Br)(c), is(atom.Hr)(c):
			l.parted = true
			n.RemoveChild(c)
		case c.Type == html.ElementNode && markup.IsInline(c.DataAtom):
			l.read(c, cell)
		case c.Type == html.ElementNode:
			l.parted = true
			l.read(c, cell)
			l.parted = true
			c.DataAtom, c.Data = atom.Span, "span"
		}
		c = next
	}
}

// see has a line begin before n, outside of those elements that begin with it.
func (l *cellLines) see(n, cell *html.Node) {
	if l.begun && l.parted {
		for n.PrevSibling == nil && n.Parent != cell {
			n = n.Parent
		}
		n.Parent.InsertBefore(&html.Node{Type: html.ElementNode, DataAtom: atom.Br, Data: "br"}, n)
	}
	l.begun, l.parted = true, false
}

// endSpans has cells span no more rows than their group has below them, which is what a
// rowspan of 0 asks for.
func endSpans(groups []*html.Node) {
	for _, group := range groups {
		left := 0
		for row := group.LastChild; row != nil; row = row.PrevSibling {
			if !is(atom.Tr)(row) {
				continue
			}
			left++
			for cell := row.FirstChild; cell != nil; cell = cell.NextSibling {
				for i := range cell.Attr {
					if a := &cell.Attr[i]; a.Key == "rowspan" && isCell(cell) {
						if rows, err := strconv.Atoi(strings.TrimSpace(a.Val)); err == nil && (rows == 0 || rows > left) {
							a.Val = strconv.Itoa(left)
						}
					}
				}
			}
		}
	}
}

// inLines makes a pre the code of its lines, with line breaks between. White space at
// their ends goes: a line's code has none in Markdown.
func inLines(pre *html.Node) {
	var text strings.Builder
	for n := range pre.Descendants() {
		switch {
		case n.Type == html.TextNode:
			text.WriteString(n.Data)
		case is(atom.Br)(n):
			text.WriteByte('\n')
		}
	}
	for pre.FirstChild != nil {
		pre.RemoveChild(pre.FirstChild)
	}
	pre.DataAtom, pre.Data = atom.Span, "span"
	for i, line := range strings.Split(strings.Trim(text.String(), "\r\n"), "\n") {
		if i > 0 {
			pre.AppendChild(&html.Node{Type: html.ElementNode, DataAtom: atom.Br, Data: "br"})
		}
		if line = strings.TrimSpace(line); line == "" {
			continue
		}
		code := &html.Node{Type: html.ElementNode, DataAtom: atom.Code, Data: "code"}
		code.AppendChild(&html.Node{Type: html.TextNode, Data: line})
		pre.AppendChild(code)
	}
}

// measure counts a table's rows and the cells of its widest, tables inside of it
// included, and the places beside their own that cells span.
func measure(table *html.Node) (rows, columns, spanned int) {
	for n := range table.Descendants() {
		switch {
		case is(atom.Tr)(n):
			rows++
			columns = max(columns, width(n))
		case isCell(n):
			spanned = min(spanned+span(n, "colspan")*span(n, "rowspan")-1, maxSpanned+1)
		}
	}
	return rows, columns, spanned
}

// width is how many columns a row takes.
func width(row *html.Node) int {
	columns := 0
	for c := row.FirstChild; c != nil; c = c.NextSibling {
		if isCell(c) {
			columns += span(c, "colspan")
		}
	}
	return columns
}

func isCell(n *html.Node) bool { return is(atom.Td)(n) || is(atom.Th)(n) }

// span is the value of a colspan or rowspan attribute, of which no more than
// matters here.
func span(n *html.Node, name string) int {
	value, err := strconv.Atoi(attribute(n, name))
	if err != nil {
		return 1
	}
	return min(max(value, 1), maxSpanned+1)
}

// edit applies a change to a table and all within.
func edit(table *html.Node, change func(*html.Node)) {
	change(table)
	for n := range table.Descendants() {
		change(n)
	}
}

func withoutSpans(n *html.Node) {
	if !isCell(n) {
		return
	}
	for i := range n.Attr {
		if key := n.Attr[i].Key; key == "colspan" || key == "rowspan" {
			n.Attr[i].Val = "1"
		}
	}
}

func asBlock(n *html.Node) {
	switch n.DataAtom {
	case atom.Table, atom.Caption, atom.Thead, atom.Tbody, atom.Tfoot, atom.Tr, atom.Td, atom.Th:
		n.DataAtom, n.Data = atom.Div, "div"
	}
}
