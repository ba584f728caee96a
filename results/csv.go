package results

import (
	"bytes"
	"fmt"
	"slices"
	"unicode"
	"unicode/utf8"
)

// Columns are the columns of a table of records. The zero Columns are all there
// are, but for schema, which is the same in each row. They may be shared.
type Columns struct{ names []string }

// CSVOptions say what a table looks like.
type CSVOptions struct {
	Comma   rune // between cells: ',' or '\t'; 0 is ','
	Columns Columns
	// Defuse puts an apostrophe before a text that a spreadsheet would run as a
	// formula (OWASP, CSV Injection): one that begins with = + - @, with their
	// full-width forms, or with a tab or a line end. Numbers stay.
	Defuse bool
	// NoHeader leaves out the row of names, where a file has it already.
	NoHeader bool
}

// NewCSV returns a Sink of comma-separated values (RFC 4180): a row of the
// columns' names at once, and a row for each record. Text stands as it is,
// numbers and booleans as in JSON, arrays and objects as JSON, and what is absent
// as nothing. Closing it closes w.
//
// Rows end with a line feed alone. RFC 4180 asks for CRLF, but every reader
// of it (Python, pandas, DuckDB, spreadsheets) takes both, while to cut, awk and
// sort the CR would belong to the last cell. Line ends inside of cells are
// line feeds, too. The other control characters, which could steer a terminal
// and of which NUL stops some readers, become U+FFFD, since CSV has no way to
// escape them: JSON Lines have them all.
func NewCSV(w *Batch, o CSVOptions) Sink {
	if o.Comma == 0 {
		o.Comma = ','
	}
	s := &table{w: w, o: o}
	for i, name := range o.Columns.Names() {
		at := &s.root
		for _, step := range columnPath(name) {
			if at.members == nil {
				at.members = make(map[string]*place)
			}
			if at.members[step] == nil {
				at.members[step] = new(place)
			}
			at = at.members[step]
		}
		at.cells = append(at.cells, i)
		s.cells = append(s.cells, nil)
	}
	if !o.NoHeader {
		_ = w.Append(o.Columns.Header(o.Comma)) // the Batch keeps its error for the next call
	}
	return s
}

// ParseColumns takes the names of columns, in the order in which they are to
// stand. They are those of the record's keys; error_kind, error_message and
// error_retryable in place of error; timing_queue_ms and the like in place of
// timing_ms; and data.price and meta.row for members of data and meta.
func ParseColumns(names []string) (Columns, error) {
	for i, name := range names {
		if columnPath(name) == nil {
			return Columns{}, unknownName("column", name, allColumns())
		}
		if slices.Contains(names[:i], name) {
			return Columns{}, fmt.Errorf("the column %q stands there twice", name)
		}
	}
	return Columns{names}, nil
}

// Names are what the header calls the columns. They must not be changed.
func (c Columns) Names() []string {
	if c.names == nil {
		return slices.DeleteFunc(allColumns(), func(name string) bool { return name == "schema" })
	}
	return c.names
}

// Header is the first line of a table, its line end included.
func (c Columns) Header(comma rune) []byte {
	var line []byte
	for i, name := range c.Names() {
		if i > 0 {
			line = utf8.AppendRune(line, comma)
		}
		line = appendCell(line, []byte(name), comma)
	}
	return append(line, '\n')
}

func allColumns() (names []string) {
	for _, k := range keys {
		if k.members == nil {
			names = append(names, k.name)
		}
		for _, m := range k.members {
			names = append(names, fmt.Sprintf(k.column, m.Name))
		}
	}
	return names
}

// columnPath is where in a record the value of a column is; nil: there is no
// such column.
func columnPath(name string) []string {
	for _, k := range keys {
		if k.name == name && k.members == nil {
			return []string{name}
		}
		for _, m := range k.members {
			if name == fmt.Sprintf(k.column, m.Name) {
				return []string{k.name, m.Name}
			}
		}
	}
	return openPath(name)
}

type table struct {
	w     *Batch
	o     CSVOptions
	root  place
	cells [][]byte // of the record being written, as JSON
	line  []byte
}

// place says which cells a value goes to, and where its members do.
type place struct {
	cells   []int
	members map[string]*place
}

func (s *table) Write(r *Record) error {
	if len(r.raw) == 0 {
		return errNoContent
	}
	if !s.fill(r.raw) {
		raw, err := canonical(r)
		if err != nil {
			return err
		}
		s.fill(raw)
	}
	line := s.line[:0]
	for i, value := range s.cells {
		if i > 0 {
			line = utf8.AppendRune(line, s.o.Comma)
		}
		line = s.appendValue(line, value)
	}
	if len(line) == 0 {
		line = append(line, `""`...) // readers skip an empty line
	}
	s.line = append(line, '\n')
	return s.w.Append(s.line)
}

func (s *table) Sync() error  { return s.w.Flush() }
func (s *table) Close() error { return s.w.Close() }

// fill finds the cells of a record.
func (s *table) fill(record []byte) (ok bool) {
	clear(s.cells)
	return EachMember(record, func(key, value []byte) {
		if at := s.root.members[string(key)]; at != nil {
			s.put(at, value)
		}
	})
}

func (s *table) put(at *place, value []byte) {
	for _, i := range at.cells {
		s.cells[i] = value
	}
	if at.members == nil {
		return
	}
	EachInner(value, func(name, value []byte) {
		if at := at.members[string(name)]; at != nil {
			s.put(at, value)
		}
	})
}

// appendValue appends the cell of a JSON value.
func (s *table) appendValue(dst, value []byte) []byte {
	if len(value) == 0 || string(value) == "null" {
		return dst
	}
	if value[0] != '"' {
		return appendCell(dst, value, s.o.Comma)
	}
	text, ok := unquote(value)
	if !ok {
		text = value // no JSON at all: then at least as it is
	}
	text = cleanCell(text)
	if s.o.Defuse && startsFormula(text) {
		text = append([]byte{'\''}, text...)
	}
	return appendCell(dst, text, s.o.Comma)
}

func startsFormula(text []byte) bool {
	first, _ := utf8.DecodeRune(text)
	switch first {
	case '=', '+', '-', '@', '\t', '\n', '\uff1d', '\uff0b', '\uff0d', '\uff20':
		return true
	}
	return false
}

// cleanCell is a text as a cell can hold it.
func cleanCell(text []byte) []byte {
	steers := func(c rune) bool { return unicode.IsControl(c) && c != '\t' && c != '\n' }
	if bytes.IndexFunc(text, steers) < 0 {
		return text
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	return bytes.Map(func(c rune) rune {
		switch {
		case c == '\r':
			return '\n'
		case steers(c):
			return utf8.RuneError
		}
		return c
	}, text)
}

// appendCell quotes a cell that has to be quoted: where it holds what ends one,
// and where it begins with white space, which some readers drop.
func appendCell(dst, cell []byte, comma rune) []byte {
	if len(cell) == 0 {
		return dst
	}
	first, _ := utf8.DecodeRune(cell)
	if bytes.IndexByte(cell, '"') < 0 && bytes.IndexByte(cell, '\n') < 0 && bytes.IndexByte(cell, byte(comma)) < 0 && !unicode.IsSpace(first) {
		return append(dst, cell...)
	}
	dst = append(dst, '"')
	for {
		quote := bytes.IndexByte(cell, '"')
		if quote < 0 {
			dst = append(dst, cell...)
			return append(dst, '"')
		}
		dst = append(append(dst, cell[:quote]...), `""`...)
		cell = cell[quote+1:]
	}
}
