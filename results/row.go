package results

import (
	"fmt"
	"sync"
)

// ColumnType says what a column of a table of records holds.
type ColumnType uint8

const (
	TextColumn    ColumnType = iota
	IntegerColumn            // 64 bits, signed
	DoubleColumn             // a number of 64 bits; milliseconds, in the record's own columns
	BooleanColumn
	TimeColumn  // to the millisecond, UTC; RFC 3339 in JSON
	TextsColumn // a list of texts
	JSONColumn  // any JSON value, as its text
)

// Column is one column of a table of records, as databases have them.
type Column struct {
	Name string
	Type ColumnType
}

// rowColumn is a column and the place of its value in a record.
type rowColumn struct {
	Column
	key, inner string // inner: the member of the object at key; "": the value itself
}

// rowColumns has a column for each key of the record, in its order, but for
// schema, which is the same in all.
var rowColumns = sync.OnceValue(func() (columns []rowColumn) {
	for _, k := range keys[1:] {
		if k.members == nil {
			columns = append(columns, rowColumn{Column{k.name, k.holds}, k.name, ""})
		}
		for _, m := range k.members {
			columns = append(columns, rowColumn{Column{fmt.Sprintf(k.column, m.Name), m.Type}, k.name, m.Name})
		}
	}
	// Last, the members that have no column, which a newer version may have
	// written, as an object.
	return append(columns, rowColumn{Column{"other", JSONColumn}, "", ""})
})

// RowColumns are the columns that a table of records has, in their order.
func RowColumns() []Column {
	columns := make([]Column, len(rowColumns()))
	for i, c := range rowColumns() {
		columns[i] = c.Column
	}
	return columns
}

// rowPlaces says where the value of a key goes: to a cell, or its members' each
// to theirs.
var rowPlaces = sync.OnceValue(func() map[string]rowPlace {
	places := make(map[string]rowPlace)
	for i, c := range rowColumns()[:len(rowColumns())-1] {
		p := places[c.key]
		if c.inner == "" {
			p.cell = i
		} else {
			if p.inner == nil {
				p.inner = make(map[string]int)
			}
			p.inner[c.inner] = i
		}
		places[c.key] = p
	}
	return places
})

type rowPlace struct {
	cell  int
	inner map[string]int
}

// SplitRow takes a record apart into the cells of RowColumns, each a JSON
// value, nil where the record has none. Cells are valid while the record is.
// It uses the room of cells, which may be nil.
func SplitRow(r *Record, cells [][]byte) ([][]byte, error) {
	if len(r.raw) == 0 {
		return nil, errNoContent
	}
	if len(cells) != len(rowColumns()) {
		cells = make([][]byte, len(rowColumns()))
	}
	if splitRow(r.raw, cells) {
		return cells, nil
	}
	raw, err := canonical(r)
	if err != nil {
		return nil, err
	}
	splitRow(raw, cells)
	return cells, nil
}

func splitRow(raw []byte, cells [][]byte) bool {
	clear(cells)
	var other []byte
	keep := func(key, value []byte) {
		other = append(append(append(append(other, `,"`...), key...), `":`...), value...)
	}
	whole := true
	ok := EachMember(raw, func(key, value []byte) {
		if string(key) == "schema" {
			return
		}
		place, known := rowPlaces()[string(key)]
		switch {
		case string(value) == "null":
		case !known:
			keep(key, value)
		case place.inner == nil:
			cells[place.cell] = value
		default:
			whole = EachMember(value, func(name, value []byte) {
				if i, known := place.inner[string(name)]; known && string(value) != "null" {
					cells[i] = value
				}
			}) && whole
		}
	})
	if other != nil {
		other[0] = '{'
		cells[len(cells)-1] = append(other, '}')
	}
	return ok && whole
}

// JoinRow makes the record of the cells of RowColumns, as SplitRow gives them.
func JoinRow(cells [][]byte) (*Record, error) {
	raw := fmt.Appendf(make([]byte, 0, 1024), `{"schema":%d`, schema)
	last := len(rowColumns()) - 1
	open := "" // the key of the object that is being written
	for i, c := range rowColumns()[:last] {
		if open != "" && c.key != open {
			raw, open = append(raw, '}'), ""
		}
		if len(cells[i]) == 0 {
			continue
		}
		raw = append(raw, ',')
		switch {
		case c.inner == "":
			raw = appendKey(raw, c.key)
		case c.key == open:
			raw = appendKey(raw, c.inner)
		default:
			raw = append(appendKey(raw, c.key), '{')
			raw, open = appendKey(raw, c.inner), c.key
		}
		raw = append(raw, cells[i]...)
	}
	if open != "" {
		raw = append(raw, '}')
	}
	if other := cells[last]; len(other) > 2 {
		raw = append(append(raw, ','), other[1:len(other)-1]...)
	}
	return ParseRecord(append(raw, '}'))
}

func appendKey(dst []byte, key string) []byte {
	return append(append(append(dst, '"'), key...), `":`...)
}

// Unquote returns what a JSON string holds.
func Unquote(value []byte) (string, error) {
	s, ok := unquote(value)
	if !ok {
		return "", fmt.Errorf("%.100q is no JSON string", value)
	}
	return string(s), nil
}

// AppendString appends s as a JSON string in the form that records have.
func AppendString(dst []byte, s string) []byte { return appendString(dst, s) }
