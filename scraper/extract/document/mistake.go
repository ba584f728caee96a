package document

import (
	"fmt"

	"scrape/scraper/extract/xhtml"
)

// Mistake is where a document stops being well-formed XML: nothing behind it is read.
type Mistake struct {
	Line, Column int    // from 1; columns count characters
	Cause        string // one short line
}

// Error says it for people.
func (m *Mistake) Error() string {
	return fmt.Sprintf("not well-formed at line %d, column %d: %s; nothing behind it is read", m.Line, m.Column, m.Cause)
}

// Mistake is the first that was met while the tree of XHTML or XML, or Markup, was made;
// nil where there is none, and where none of these was asked for.
func (d *Document) Mistake() *Mistake { return d.mistake }

// note keeps a mistake, which may be none.
func (d *Document) note(m *xhtml.Mistake) {
	if m == nil || d.mistake != nil {
		return
	}
	line, column := Position(d.Text(), m.Offset)
	d.mistake = &Mistake{line, column, m.Cause}
}
