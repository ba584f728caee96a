package structure

import (
	"math"
	"strings"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// Table is one table. Its rows and columns are the slots of the HTML standard's
// "forming a table": a cell that spans several has its text in each.
type Table struct {
	Caption string     `json:"caption,omitempty"`
	Columns []string   `json:"columns,omitempty"` // the header's text over each column; none where there is no header
	Rows    [][]string `json:"rows"`              // all rows but the header's, those of tfoot last
}

// Tables returns the tables of a page in tree order, those without cells left
// out. A table inside a cell is one of its own, and no part of the cell's text.
//
// A table's header is its thead or, where it has none, its first rows in which
// all cells are th (only the first, where no others follow). What a header of
// several rows says of a column is joined by " / ". All rows of a table are
// equally long, short ones being filled with "". A span ends with the group of
// rows that it is in, as in a browser. Once the copies of spanning cells take
// much more than the page itself, cells count as spanning nothing, and rows are
// no longer filled.
//
// CSV, also with tabs or semicolons, is one table, whose first row is its header. Its
// cells are data: but for white space around them they are as they stand there.
//
// Rows end where those there are have become longer than a field may be
// (document.Source), as JSON.
func Tables(d *document.Document) ([]Table, error) {
	if d.Kind() == document.CSV {
		return recordsTable(d)
	}
	root, err := tree(d)
	if err != nil {
		return nil, err
	}
	var found []Table
	copies, written := budget(16<<20+4*len(d.Text())), budget(d.MaxField())
	err = walk(d, root, func(n *html.Node) {
		if !document.IsHTML(n, atom.Table) || written < 0 {
			return
		}
		if t := readTable(n, &copies, &written); len(t.Columns)+len(t.Rows) > 0 {
			found = append(found, t)
		}
	})
	return found, err
}

// readTable reads the groups of rows in the order in which they are shown.
func readTable(n *html.Node, copies, written *budget) Table {
	var t Table
	var head *html.Node
	var bodies, feet []*html.Node
	hasCaption, bare := false, false
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch {
		case document.IsHTML(c, atom.Caption) && !hasCaption:
			hasCaption = true
			t.Caption = document.ShownText(c, isTable)
		case document.IsHTML(c, atom.Thead) && head == nil:
			head = c
		case document.IsHTML(c, atom.Thead), document.IsHTML(c, atom.Tbody):
			bodies = append(bodies, c)
		case document.IsHTML(c, atom.Tr) && !bare: // as XHTML may have it
			bare = true
			bodies = append(bodies, n)
		case document.IsHTML(c, atom.Tfoot):
			feet = append(feet, c)
		}
	}

	g := grid{copies: copies, written: written}
	if head != nil {
		unlimited := budget(math.MaxInt) // what several of its rows say is joined
		g.written = &unlimited
		g.addGroup(head)
		g.written = written
	}
	header := len(g.rows)
	for _, group := range append(bodies, feet...) {
		g.addGroup(group)
	}
	if header == 0 {
		header = g.headings()
	}
	g.fill()
	for _, r := range g.rows[header:] {
		t.Rows = append(t.Rows, r.slots)
	}
	t.Columns = joinHeader(g.rows[:header])
	if t.Rows == nil && t.Columns != nil {
		t.Rows = [][]string{}
	}
	return t
}

// recordsTable is the table that CSV is; none where it has no rows.
func recordsTable(d *document.Document) ([]Table, error) {
	records, err := d.Records()
	if len(records) == 0 {
		return nil, err
	}
	copies, written := budget(16<<20+4*len(d.Text())), budget(d.MaxField())
	g := grid{copies: &copies, written: &written}
	for _, record := range records {
		if written < 0 {
			break
		}
		slots := make([]string, len(record))
		for i, s := range record {
			slots[i] = markup.TrimSpace(s)
		}
		g.add(row{slots: slots})
	}
	g.fill()
	t := Table{Columns: g.rows[0].slots, Rows: [][]string{}}
	for _, r := range g.rows[1:] {
		t.Rows = append(t.Rows, r.slots)
	}
	return []Table{t}, nil
}

func isTable(n *html.Node) bool { return document.IsHTML(n, atom.Table) }

// joinHeader gives each column what the rows of the header say of it, what a
// cell over several rows says but once.
func joinHeader(rows []row) []string {
	if len(rows) == 0 {
		return nil
	}
	columns := rows[0].slots
	for _, r := range rows[1:] {
		for i, s := range r.slots {
			switch {
			case i >= len(columns):
				columns = append(columns, s)
			case columns[i] == "":
				columns[i] = s
			case s != "" && columns[i] != s && !strings.HasSuffix(columns[i], " / "+s):
				columns[i] += " / " + s
			}
		}
	}
	return columns
}
