package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net/url"
	"syscall"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"
)

// conn is one connection to a database. It is the driver's own, without package
// database/sql, of whose pool and conversions a sink of one goroutine has only
// the cost.
type conn struct{ c driver.Conn }

// busyTimeout is how long a statement waits for somebody else's write to end.
const busyTimeout = 10_000 // ms

// dial opens the database; mode is that of an SQLite URI.
func dial(path, mode string) (conn, error) {
	// Only in a URI may a file's name hold a question mark.
	c, err := new(sqlite.Driver).Open("file:" + url.PathEscape(path) + "?mode=" + mode)
	if err != nil {
		return conn{}, plain(err)
	}
	if err := (conn{c}).exec(fmt.Sprintf("PRAGMA busy_timeout=%d", busyTimeout)); err != nil {
		c.Close()
		return conn{}, err
	}
	return conn{c}, nil
}

func (c conn) close() error { return plain(c.c.Close()) }

// exec runs statements without results.
func (c conn) exec(query string, args ...driver.Value) error {
	_, err := c.c.(driver.ExecerContext).ExecContext(context.Background(), query, named(args))
	return plain(err)
}

// prepare makes a statement to be run many times.
func (c conn) prepare(query string) (statement, error) {
	s, err := c.c.Prepare(query)
	if err != nil {
		return statement{}, plain(err)
	}
	return statement{s}, nil
}

type statement struct{ s driver.Stmt }

func (s statement) exec(args []driver.NamedValue) error {
	_, err := s.s.(driver.StmtExecContext).ExecContext(context.Background(), args)
	return plain(err)
}

func (s statement) close() error { return plain(s.s.Close()) }

// each calls take with each row of the answer until that says no. The row is
// valid during the call.
func (c conn) each(query string, args []driver.Value, take func(row []driver.Value) (bool, error)) (err error) {
	rows, err := c.c.(driver.QueryerContext).QueryContext(context.Background(), query, named(args))
	if err != nil {
		return plain(err)
	}
	defer func() { err = errors.Join(err, plain(rows.Close())) }()
	row := make([]driver.Value, len(rows.Columns()))
	for {
		if err := rows.Next(row); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return plain(err)
		}
		if more, err := take(row); err != nil || !more {
			return err
		}
	}
}

// number is the answer to a query for one; 0 where it is NULL or there is no row.
func (c conn) number(query string, args ...driver.Value) (n int64, err error) {
	err = c.each(query, args, func(row []driver.Value) (bool, error) {
		n, _ = row[0].(int64)
		return false, nil
	})
	return n, err
}

func named(args []driver.Value) []driver.NamedValue {
	values := make([]driver.NamedValue, len(args))
	for i, v := range args {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return values
}

// plain words the errors that every output can meet as the others do.
func plain(err error) error {
	switch code(err) {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR_SHMSIZE:
		return syscall.ENOSPC
	case lib.SQLITE_READONLY, lib.SQLITE_READONLY_DIRECTORY:
		return syscall.EROFS
	}
	return err
}

// code is the extended result code of an error, 0 if it is none of SQLite's.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}
