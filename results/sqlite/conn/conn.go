// Package conn is one connection to an SQLite database: the driver's own, without
// package database/sql, of whose pool and conversions a user of one goroutine has only
// the cost.
package conn

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

// Conn is a connection. It is used by one goroutine at a time.
type Conn struct{ c driver.Conn }

// busyTimeout is how long a statement waits for somebody else's write to end.
const busyTimeout = 10_000 // ms

// Dial opens a database; mode is that of an SQLite URI, such as rwc.
func Dial(path, mode string) (Conn, error) {
	// Only in a URI may a file's name hold a question mark.
	c, err := new(sqlite.Driver).Open("file:" + url.PathEscape(path) + "?mode=" + mode)
	if err != nil {
		return Conn{}, plain(err)
	}
	if err := (Conn{c}).Exec(fmt.Sprintf("PRAGMA busy_timeout=%d", busyTimeout)); err != nil {
		c.Close()
		return Conn{}, err
	}
	return Conn{c}, nil
}

// Close ends the connection.
func (c Conn) Close() error { return plain(c.c.Close()) }

// Exec runs statements without results.
func (c Conn) Exec(query string, args ...driver.Value) error {
	_, err := c.c.(driver.ExecerContext).ExecContext(context.Background(), query, Named(args))
	return plain(err)
}

// Transaction does something wholly or not at all.
func (c Conn) Transaction(do func() error) error {
	if err := c.Exec("BEGIN IMMEDIATE"); err != nil {
		return err
	}
	err := do()
	if err == nil {
		err = c.Exec("COMMIT")
	}
	if err != nil {
		c.Rollback()
	}
	return err
}

// Rollback ends a transaction of which SQLite may have ended, or not begun, its
// part: then it has nothing to do.
func (c Conn) Rollback() { _ = c.Exec("ROLLBACK") }

// Prepare makes a statement to be run many times.
func (c Conn) Prepare(query string) (Statement, error) {
	s, err := c.c.Prepare(query)
	if err != nil {
		return Statement{}, plain(err)
	}
	return Statement{s}, nil
}

// Each calls take with each row of the answer until that says no. The row is
// valid during the call.
func (c Conn) Each(query string, args []driver.Value, take func(row []driver.Value) (bool, error)) error {
	rows, err := c.c.(driver.QueryerContext).QueryContext(context.Background(), query, Named(args))
	if err != nil {
		return plain(err)
	}
	return each(rows, take)
}

func each(rows driver.Rows, take func(row []driver.Value) (bool, error)) (err error) {
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

// Number is the answer to a query for one; 0 where it is NULL or there is no row.
func (c Conn) Number(query string, args ...driver.Value) (n int64, err error) {
	err = c.Each(query, args, func(row []driver.Value) (bool, error) {
		n, _ = row[0].(int64)
		return false, nil
	})
	return n, err
}

// Statement is one that is prepared.
type Statement struct{ s driver.Stmt }

// Exec runs it.
func (s Statement) Exec(args []driver.NamedValue) error {
	_, err := s.s.(driver.StmtExecContext).ExecContext(context.Background(), args)
	return plain(err)
}

// Each is Conn.Each with the statement.
func (s Statement) Each(args []driver.NamedValue, take func(row []driver.Value) (bool, error)) error {
	rows, err := s.s.(driver.StmtQueryContext).QueryContext(context.Background(), args)
	if err != nil {
		return plain(err)
	}
	return each(rows, take)
}

// Close lets go of it. The zero Statement has nothing to let go of.
func (s Statement) Close() error {
	if s.s == nil {
		return nil
	}
	return plain(s.s.Close())
}

// Named are arguments as statements take them.
func Named(args []driver.Value) []driver.NamedValue {
	values := make([]driver.NamedValue, len(args))
	for i, v := range args {
		values[i] = driver.NamedValue{Ordinal: i + 1, Value: v}
	}
	return values
}

// plain words the errors that every output can meet as the others do.
func plain(err error) error {
	switch Code(err) {
	case lib.SQLITE_FULL, lib.SQLITE_IOERR_SHMSIZE:
		return syscall.ENOSPC
	case lib.SQLITE_READONLY, lib.SQLITE_READONLY_DIRECTORY:
		return syscall.EROFS
	}
	return err
}

// Code is the extended result code of an error, 0 if it is none of SQLite's.
func Code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return 0
}
