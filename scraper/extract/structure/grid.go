package structure

import (
	"math"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// Limits on spans (https://html.spec.whatwg.org/#attributes-common-to-td-and-th-elements).
const (
	maxColspan = 1000
	maxRowspan = 65534
)

// all are the rows that a cell spans with a rowspan of 0: those left of its group.
const all = math.MaxInt

// budget is how many bytes something may still take: the copies of spanning cells and
// slots without a cell, or the rows that are written.
type budget int

// take says whether there is enough left for n copies of s. Once there was not,
// there never is.
func (b *budget) take(n int, s string) bool {
	const header = 16 // of a string
	each := header + len(s)
	if n > 0 && int(*b)/n < each {
		*b = 0
		return false
	}
	*b -= budget(n * each)
	return true
}

// row is one tr.
type row struct {
	slots  []string
	header bool // all its cells are th
}

// grid is a table's slots, formed row by row
// (https://html.spec.whatwg.org/#forming-a-table).
type grid struct {
	copies  *budget
	written *budget // less than 0: no more rows are written
	rows    []row
	width   int
	// down is, by column, what reaches down into the next row: the standard's
	// downward-growing cells. The last is one that does.
	down []growing
}

// growing is a cell that spans so many rows more.
type growing struct {
	text string
	rows int
}

// addGroup adds the rows of a thead, tbody or tfoot, at whose end all spans end.
func (g *grid) addGroup(group *html.Node) {
	for c := group.FirstChild; c != nil; c = c.NextSibling {
		if *g.written < 0 {
			break
		}
		if document.IsHTML(c, atom.Tr) {
			g.addRow(c)
		}
	}
	g.down = g.down[:0]
}

// addRow adds a row, unless nothing is in it.
func (g *grid) addRow(tr *html.Node) {
	var r row
	cells, headers := 0, 0
	for c := tr.FirstChild; c != nil; c = c.NextSibling {
		header := document.IsHTML(c, atom.Th)
		if !header && !document.IsHTML(c, atom.Td) {
			continue
		}
		cells++
		if header {
			headers++
		}
		for len(r.slots) < len(g.down) && g.down[len(r.slots)].rows > 0 {
			g.grow(&r)
		}
		g.addCell(&r, c)
	}
	for len(r.slots) < len(g.down) {
		g.grow(&r)
	}
	for len(g.down) > 0 && g.down[len(g.down)-1].rows == 0 {
		g.down = g.down[:len(g.down)-1]
	}
	if len(r.slots) > 0 {
		r.header = cells > 0 && headers == cells
		g.add(r)
	}
}

// add adds a row. One that may be of the header, where what several say is joined, is
// not counted.
func (g *grid) add(r row) {
	g.width = max(g.width, len(r.slots))
	g.rows = append(g.rows, r)
	if r.header {
		return
	}
	for _, s := range r.slots {
		*g.written -= budget(len(s) + len(`"",`))
	}
}

// addCell puts a cell into the next slot of a row, and into those it spans.
func (g *grid) addCell(r *row, cell *html.Node) {
	s := document.ShownText(cell, isTable)
	across := max(span(value(cell, "colspan"), maxColspan), 1)
	down := span(value(cell, "rowspan"), maxRowspan) - 1
	if down < 0 {
		down = all
	}
	if !g.copies.take(across-1, s) {
		across = 1
	}
	for range across {
		column := len(r.slots)
		r.slots = append(r.slots, s)
		switch {
		case down > 0:
			for len(g.down) <= column {
				g.down = append(g.down, growing{})
			}
			g.down[column] = growing{s, down}
		case column < len(g.down): // two cells in one slot: the standard lets them
			g.down[column].passRow()
		}
	}
}

// grow fills the next slot of a row with what reaches down into it, if anything
// does.
func (g *grid) grow(r *row) {
	above := &g.down[len(r.slots)]
	s := ""
	if above.rows > 0 {
		s = above.text
	}
	if !g.copies.take(1, s) {
		g.down = g.down[:0]
		return
	}
	r.slots = append(r.slots, s)
	above.passRow()
}

func (c *growing) passRow() {
	if c.rows > 0 && c.rows != all {
		c.rows--
	}
}

// headings is how many of the first rows are a header: all cells of theirs are
// th. Where no other rows follow it is one.
func (g *grid) headings() int {
	n := 0
	for n < len(g.rows) && g.rows[n].header {
		n++
	}
	if n == len(g.rows) {
		return min(n, 1)
	}
	return n
}

// fill makes all rows as long as the longest.
func (g *grid) fill() {
	for i := range g.rows {
		r := &g.rows[i]
		missing := g.width - len(r.slots)
		if !g.copies.take(missing, "") {
			return
		}
		r.slots = append(r.slots, make([]string, missing)...)
	}
}

// span reads colspan or rowspan, limited to most; what is no number is 1
// (https://html.spec.whatwg.org/#rules-for-parsing-non-negative-integers).
func span(s string, most int) int {
	s = strings.TrimPrefix(strings.TrimLeft(s, markup.WhiteSpace), "+")
	n, digits := 0, 0
	for ; digits < len(s) && '0' <= s[digits] && s[digits] <= '9'; digits++ {
		n = min(10*n+int(s[digits]-'0'), most)
	}
	if digits == 0 {
		return 1
	}
	return n
}
