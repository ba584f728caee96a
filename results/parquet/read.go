package parquet

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"time"

	pq "github.com/parquet-go/parquet-go"

	"scrape/results"
)

// Read yields the records of a file that Build has made, in its order. An error
// is the last it yields.
func Read(r io.ReaderAt, size int64) iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		if err := read(r, size, yield); err != nil {
			yield(nil, err)
		}
	}
}

var (
	errForeign = errors.New("it is no Parquet file of scrape")
	errEnough  = errors.New("the reader has enough")
)

// guard turns the panic into an error with which parquet-go answers some damaged
// files, and values that are not of the type that they are taken for.
func guard(step func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("it is damaged: %v", p)
		}
	}()
	return step()
}

func read(r io.ReaderAt, size int64, yield func(*results.Record, error) bool) error {
	var f *pq.File
	err := guard(func() (err error) {
		f, err = pq.OpenFile(r, size, pq.SkipBloomFilters(true), pq.SkipPageIndex(true))
		return err
	})
	if err != nil {
		return fmt.Errorf("it is no Parquet file: %w", err)
	}
	if schema, _ := f.Lookup("scrape.schema"); schema != "1" {
		return errForeign
	}
	rows := rowReader{columns: results.RowColumns(), yield: yield}
	names := make(map[string]int)
	for i, c := range rows.columns {
		names[c.Name] = i
	}
	for _, path := range f.Schema().Columns() {
		i, own := names[path[0]]
		if !own {
			i = -1
		}
		rows.leaves = append(rows.leaves, i)
	}
	for _, group := range f.RowGroups() {
		if err := rows.read(group); errors.Is(err, errEnough) {
			return nil
		} else if err != nil {
			return err
		}
	}
	return nil
}

type rowReader struct {
	columns []results.Column
	leaves  []int // the column that a leaf of the file is; -1: none of ours
	yield   func(*results.Record, error) bool
	n       int64
}

func (r *rowReader) read(group pq.RowGroup) (err error) {
	rows := group.Rows()
	defer func() { err = errors.Join(err, guard(rows.Close)) }()
	room := make([]pq.Row, 64)
	for {
		n := 0
		err := guard(func() (err error) {
			n, err = rows.ReadRows(room)
			return err
		})
		for _, row := range room[:n] {
			r.n++
			var record *results.Record
			if err := guard(func() (err error) {
				record, err = r.record(row)
				return err
			}); err != nil {
				return fmt.Errorf("row %d: %w", r.n, err)
			}
			if !r.yield(record, nil) {
				return errEnough
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

func (r *rowReader) record(row pq.Row) (*results.Record, error) {
	cells := make([][]byte, len(r.columns))
	for _, v := range row {
		if v.Column() >= len(r.leaves) || r.leaves[v.Column()] < 0 {
			continue
		}
		i := r.leaves[v.Column()]
		if r.columns[i].Type != results.TextsColumn {
			cells[i] = appendCell(nil, r.columns[i].Type, v)
			continue
		}
		switch {
		case v.DefinitionLevel() == 0:
		case v.IsNull():
			cells[i] = []byte("[]")
		case v.RepetitionLevel() == 0:
			cells[i] = append(results.AppendString([]byte{'['}, string(v.ByteArray())), ']')
		default:
			cells[i][len(cells[i])-1] = ','
			cells[i] = append(results.AppendString(cells[i], string(v.ByteArray())), ']')
		}
	}
	return results.JoinRow(cells)
}

// appendCell appends a value as JSON, nothing for null. One of another type than
// Build's is what somebody else has put there: JoinRow judges it.
func appendCell(dst []byte, t results.ColumnType, v pq.Value) []byte {
	switch {
	case v.IsNull():
		return dst
	case v.Kind() == pq.Int64 && t == results.TimeColumn:
		return results.AppendString(dst, time.UnixMilli(v.Int64()).UTC().Format("2006-01-02T15:04:05.000Z"))
	case v.Kind() == pq.Int64:
		return strconv.AppendInt(dst, v.Int64(), 10)
	case v.Kind() == pq.Double:
		return strconv.AppendFloat(dst, v.Double(), 'f', -1, 64)
	case v.Kind() == pq.Boolean:
		return strconv.AppendBool(dst, v.Boolean())
	case v.Kind() == pq.ByteArray && t == results.JSONColumn:
		return append(dst, v.ByteArray()...)
	case v.Kind() == pq.ByteArray:
		return results.AppendString(dst, string(v.ByteArray()))
	}
	return dst
}
