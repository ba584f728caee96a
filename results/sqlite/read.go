package sqlite

import (
	"database/sql/driver"
	"fmt"
	"iter"
	"os"
	"strconv"
	"strings"

	"scrape/results"
	"scrape/results/sqlite/conn"
)

// Which records Read yields, beside those of a run by its id.
const (
	Newest int64 = 0  // of the newest run
	All    int64 = -1 // of all runs
)

// Read yields the records of a run in the order in which they were written. An
// error is the last it yields: for a file that is no database of Open's, a
// *ForeignError. What is written to the database meanwhile is not seen.
func Read(path string, run int64) iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		if err := read(path, run, yield); err != nil {
			yield(nil, err)
		}
	}
}

func read(path string, run int64, yield func(*results.Record, error) bool) error {
	if _, err := os.Stat(path); err != nil {
		return err // SQLite would not say which
	}
	c, err := conn.Dial(path, "rw")
	if err != nil {
		return err
	}
	defer c.Close()
	has, err := recognise(c, path)
	if err != nil {
		return err
	}
	if has == 0 {
		return &ForeignError{Path: path, Reason: "it is an empty database"}
	}
	var names []string
	columns := results.RowColumns()
	for _, column := range columns {
		if since[column.Name] > has {
			names = append(names, "NULL")
		} else {
			names = append(names, column.Name)
		}
	}
	var cells [][]byte
	query := fmt.Sprintf("SELECT id, %s FROM records", strings.Join(names, ", "))
	var args []driver.Value
	switch run {
	case All:
	case Newest:
		query += " WHERE run = (SELECT max(id) FROM runs)"
	default:
		query += " WHERE run = ?"
		args = append(args, run)
	}
	return c.Each(query+" ORDER BY id", args, func(row []driver.Value) (bool, error) {
		cells = cells[:0]
		for i, value := range row[1:] {
			cells = append(cells, fromSQL(columns[i].Type, value))
		}
		r, err := results.JoinRow(cells)
		if err != nil {
			return false, fmt.Errorf("%s: record with id %v: %w", path, row[0], err)
		}
		return yield(r, nil), nil
	})
}

// fromSQL is the cell of a value of the database. One of another type than
// Write's is what somebody else has put there: JoinRow judges it.
func fromSQL(t results.ColumnType, value driver.Value) []byte {
	switch v := value.(type) {
	case int64:
		if t == results.BooleanColumn {
			return strconv.AppendBool(nil, v != 0)
		}
		return strconv.AppendInt(nil, v, 10)
	case float64:
		return strconv.AppendFloat(nil, v, 'f', -1, 64)
	case string:
		if t == results.TextsColumn || t == results.JSONColumn {
			return []byte(v)
		}
		return results.AppendString(nil, v)
	}
	return nil
}
