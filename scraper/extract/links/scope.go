package links

// scope is an element that is open, behind which what was open before it is out of
// reach for the tags inside it.
type scope struct {
	element element // table, button or object
	name    string
	cell    string  // of a table: the td, th or caption that is open in it
	outside pending // what may have been open before it
	table   int     // the index of the innermost table, it or one that it is in; -1 if none
}

// pending tells which elements may be open that a start tag would end. Where it is
// not known whether one is, it may be.
type pending struct {
	p   bool // which a block ends
	sel bool // a select, which an input ends
}

// scopes are those that are open, and what is pending in the innermost.
type scopes struct {
	open []scope
	pending
}

func (s *scopes) push(e element, name string) {
	innermost := s.table()
	if e == table {
		innermost = len(s.open)
	}
	s.open = append(s.open, scope{element: e, name: name, outside: s.pending, table: innermost})
	s.pending = pending{sel: s.sel && e == button}
}

// popTo ends the scope at i, and those in it.
func (s *scopes) popTo(i int) {
	s.pending = s.open[i].outside
	s.open = s.open[:i]
}

// table is the index of the innermost table, -1 if there is none.
func (s *scopes) table() int {
	if len(s.open) == 0 {
		return -1
	}
	return s.open[len(s.open)-1].table
}

// inTable tells whether what comes next would stand between a table's tags and not
// in a cell: in the tree, it would stand before the table.
func (s *scopes) inTable() bool {
	i := s.table()
	return i >= 0 && s.open[i].cell == ""
}

// find is the index of the innermost such scope that is in reach, -1 if there is
// none.
func (s *scopes) find(e element, name string) int {
	for i := len(s.open) - 1; i >= 0; i-- {
		switch open := &s.open[i]; {
		case open.element == e && open.name == name:
			return i
		case open.element != button:
			return -1
		}
	}
	return -1
}

// startTag follows a start tag that is not inside a link.
func (s *scopes) startTag(e element, name string) {
	switch e {
	case paragraph:
		s.p = true
	case block, rule, heading, item, definition, list, glossary:
		s.p = false
	case choice:
		s.sel = true
	case void:
		if name == "input" {
			s.sel = false
		}
	case button:
		if i := s.find(e, name); i >= 0 {
			s.popTo(i)
		}
		s.push(e, name)
	case object:
		s.push(e, name)
	case table:
		if s.inTable() {
			s.popTo(s.table())
		}
		s.push(e, name)
	case tablePart:
		s.toTable("")
	case cell, caption:
		s.toTable(name)
	}
}

// toTable ends what is open inside the innermost table, and opens a cell in it.
func (s *scopes) toTable(cell string) {
	i := s.table()
	if i < 0 {
		return
	}
	s.open = s.open[:i+1]
	s.open[i].cell = cell
	s.pending = pending{}
}

// endTag follows an end tag that is not inside a link.
func (s *scopes) endTag(e element, name string) {
	switch e {
	case paragraph:
		s.p = false
	case choice:
		s.sel = false
	case button, object:
		if i := s.find(e, name); i >= 0 {
			s.popTo(i)
		}
	case table:
		if i := s.table(); i >= 0 {
			s.popTo(i)
		}
	case cell, caption, tablePart:
		i := s.table()
		if i < 0 {
			return
		}
		if open := s.open[i].cell; open == name || e == tablePart && open != "caption" && name != "col" && name != "colgroup" {
			s.open[i].cell = ""
		}
	}
}
