// Package parquet writes records as an Apache Parquet file, and reads them back.
package parquet

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"strconv"
	"time"

	pq "github.com/parquet-go/parquet-go"

	"scrape/results"
)

// A row group, which is what memory has to hold, ends with so many rows or so
// many bytes of JSON.
const (
	groupRows  = 100_000
	groupBytes = 64 << 20
)

// Options say what a file has beside the record's own columns.
type Options struct {
	// Data are columns for members of the records' data, such as the fields of
	// an extraction schema: that of price is called data_price.
	Data    []results.Column
	Version string // of scrape, for the file's metadata
}

// Summary says what became of the records.
type Summary struct {
	Rows int64
	// Unfit counts, by the name of a column of Options.Data, the values that are
	// not of its type: they are null there, and stand in the column data.
	Unfit map[string]int64
}

// Build writes a file of the records of spool, JSON Lines, to w: a column for
// each key of the record and for each of o.Data, compressed with Zstandard. It
// needs memory for one row group, however many records there are.
//
// A file without its footer is no file: after an error what w has got is of no
// use.
func Build(ctx context.Context, w io.Writer, spool io.Reader, o Options) (Summary, error) {
	l, err := newLayout(o.Data)
	if err != nil {
		return Summary{}, err
	}
	codec, err := newZstandard()
	if err != nil {
		return Summary{}, err
	}
	b := builder{layout: l, sum: Summary{Unfit: make(map[string]int64)}, w: pq.NewGenericWriter[any](w, l.options(codec)...)}
	b.w.SetKeyValueMetadata("scrape.schema", "1")
	b.w.SetKeyValueMetadata("scrape.version", o.Version)
	for r, err := range results.ReadJSONL(spool) {
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = b.add(r)
		}
		if err != nil {
			return b.sum, err
		}
	}
	return b.sum, b.w.Close()
}

type builder struct {
	*layout
	w     *pq.GenericWriter[any]
	cells [][]byte
	row   []pq.Value
	sum   Summary

	rows, bytes int // in the row group
}

func (b *builder) add(r *results.Record) (err error) {
	if b.cells, err = results.SplitRow(r, b.cells[:min(len(b.cells), b.own)]); err != nil {
		return err
	}
	if err := b.fillData(); err != nil {
		return err
	}
	b.row = b.row[:0]
	for i, cell := range b.cells {
		before := len(b.row)
		if b.row, err = appendValues(b.row, i, b.columns[i].Type, cell); err == nil {
			continue
		}
		if i < b.own {
			return fmt.Errorf("record %d: %s: %w", r.Seq, b.columns[i].Name, err)
		}
		b.row = append(b.row[:before], null(i))
		b.sum.Unfit[b.columns[i].Name[len("data_"):]]++
	}
	if _, err := b.w.WriteRows([]pq.Row{b.row}); err != nil {
		return err
	}
	b.sum.Rows++
	b.rows++
	b.bytes += len(r.Raw())
	for _, cell := range b.cells[b.own:] {
		b.bytes += len(cell)
	}
	if b.rows < groupRows && b.bytes < groupBytes {
		return nil
	}
	b.rows, b.bytes = 0, 0
	return b.w.Flush()
}

// fillData appends the cells of members of data.
func (b *builder) fillData() error {
	for range len(b.columns) - b.own {
		b.cells = append(b.cells, nil)
	}
	if len(b.data) == 0 {
		return nil
	}
	for i, c := range b.columns[:b.own] {
		if c.Name == "data" {
			results.EachInner(b.cells[i], func(name, value []byte) {
				for _, at := range b.data[string(name)] {
					b.cells[at] = value
				}
			})
		}
	}
	return nil
}

// appendValues appends a cell's value, or values, to a row, as column i.
func appendValues(row []pq.Value, i int, t results.ColumnType, cell []byte) ([]pq.Value, error) {
	if len(cell) == 0 || string(cell) == "null" {
		return append(row, null(i)), nil
	}
	if t == results.TextsColumn {
		return appendList(row, i, cell)
	}
	v, err := value(t, cell)
	return append(row, v.Level(0, 1, i)), err
}

func null(i int) pq.Value { return pq.NullValue().Level(0, 0, i) }

// appendList appends a list's values. Level 1 is a list without elements.
func appendList(row []pq.Value, i int, cell []byte) ([]pq.Value, error) {
	var list []string
	if err := json.Unmarshal(cell, &list); err != nil {
		return row, err
	}
	if len(list) == 0 {
		return append(row, pq.NullValue().Level(0, 1, i)), nil
	}
	for n, s := range list {
		row = append(row, pq.ByteArrayValue([]byte(s)).Level(min(n, 1), 2, i))
	}
	return row, nil
}

// value is that of a cell, or an error if it is not of the type.
func value(t results.ColumnType, cell []byte) (pq.Value, error) {
	switch t {
	case results.IntegerColumn:
		n, err := integer(cell)
		return pq.Int64Value(n), err
	case results.DoubleColumn:
		f, err := strconv.ParseFloat(string(cell), 64)
		return pq.DoubleValue(f), err
	case results.BooleanColumn:
		if yes := string(cell) == "true"; yes || string(cell) == "false" {
			return pq.BooleanValue(yes), nil
		}
		return pq.Value{}, fmt.Errorf("%.100q is neither true nor false", cell)
	case results.JSONColumn:
		return pq.ByteArrayValue(cell), nil
	}
	s, err := results.Unquote(cell)
	if err != nil || t != results.TimeColumn {
		return pq.ByteArrayValue([]byte(s)), err
	}
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		at, err = time.Parse(time.DateOnly, s)
	}
	return pq.Int64Value(at.UnixMilli()), err
}

// integer takes 17.0 and 1e3, too, as far as a float64 is exact.
func integer(cell []byte) (int64, error) {
	n, err := strconv.ParseInt(string(cell), 10, 64)
	if err == nil || !bytes.ContainsAny(cell, ".eE") {
		return n, err
	}
	f, err := strconv.ParseFloat(string(cell), 64)
	if err == nil && (f != math.Trunc(f) || math.Abs(f) > 1<<53) {
		err = fmt.Errorf("%.100q is no integer of 64 bits", cell)
	}
	return int64(f), err
}
