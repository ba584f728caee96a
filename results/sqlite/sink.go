// Package sqlite writes records to an SQLite database and reads them back.
//
// A database holds any number of runs: table runs has a row for each, table
// records a row for each record, with a column for each of its keys, and view
// latest the newest record of each URL, duplicates left out. What is nested, and
// lists, are text as JSON, for SQLite's json_extract and json_each.
package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"time"

	lib "modernc.org/sqlite/lib"

	"scrape/results"
	"scrape/results/sqlite/conn"
)

// A transaction ends at Sync; and earlier when it has this many rows or bytes of
// JSON, lest the log of what is not committed grow without end.
const (
	mostRows  = 20_000
	mostBytes = 64 << 20
)

// Options say what is written to a database.
type Options struct {
	// Run describes the run. Its zero fields are NULL in the database.
	Run Run
	// Resume goes on with the newest run that the database has: what that has
	// beyond Position is deleted. Otherwise the records are those of a new run.
	Resume   bool
	Position int64 // where to resume: what Sink.Position was
	// Restart begins a run again of which nothing is known to be committed, perhaps
	// not even that it began: what is beyond Position, which is what Last was before
	// that run, is deleted.
	Restart bool
}

// Run is what a database says of a run beside its records.
type Run struct {
	Started time.Time
	Version string // of scrape
	Command string // that it was given
}

// Sink writes records to a database. It is used by one goroutine at a time.
type Sink struct {
	c       conn.Conn
	columns []results.Column
	insert  conn.Statement
	args    []driver.NamedValue // of insert: id, run, then the columns
	cells   [][]byte
	run     int64
	next    int64 // id of the next record

	open      bool  // a transaction is
	bytes     int   // of JSON in it
	rows      int   // in it
	committed int64 // highest id that is
	err       error // the first failure, or that it is closed
	closed    bool
}

// ResumeError says that a database has less than what it is to be resumed from:
// it is not the one that was written, or rows were deleted from it.
type ResumeError struct {
	Path           string
	Position, Last int64
}

func (e *ResumeError) Error() string {
	return fmt.Sprintf("%s: it ends with record %d, and is to be resumed after record %d", e.Path, e.Last, e.Position)
}

var errClosed = fmt.Errorf("sqlite: %w", fs.ErrClosed)

// Open opens a database for the records of a run, and makes it if there is none
// or only an empty file. A file that is something else is left alone, with a
// *ForeignError.
//
// The database is in WAL mode while it is open, so that others can read it; they
// see what is committed. They must not keep a transaction open, or the file
// path-wal grows. Another process may write to it, too, if it does so briefly.
func Open(path string, o Options) (*Sink, error) {
	c, err := conn.Dial(path, "rwc")
	if err != nil {
		return nil, err
	}
	s := &Sink{c: c, columns: results.RowColumns()}
	if err := s.begin(path, o); err != nil {
		c.Close()
		return nil, err
	}
	return s, nil
}

func (s *Sink) begin(path string, o Options) error {
	has, err := recognise(s.c, path)
	if err != nil {
		return err
	}
	// FULL: a commit returns when it is on the disk. NORMAL would leave that to
	// the next checkpoint, which a reader can hold up. It costs one fsync for a
	// transaction of thousands of rows.
	//
	// URLs come in no order, so that every transaction changes pages all over their
	// index. A log of 32 MiB lets a checkpoint write a page once that several
	// transactions changed. The cache, 8 MiB, which the allocator's rounding makes 16,
	// is enough for the upper pages of indexes of millions of rows. The others the
	// system has in its own cache: with 32 MiB no row cost less, and memory went on
	// growing up to 80,000 rows.
	if err := s.c.Exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8192; PRAGMA wal_autocheckpoint=8192"); err != nil {
		return err
	}
	switch {
	case has == 0:
		err = s.c.Transaction(func() error { return s.c.Exec(tables()) })
	case has < version:
		err = upgrade(s.c, has)
	}
	if err != nil {
		return err
	}
	// At once, so that the newest run is this one from now on, whatever happens.
	err = s.c.Transaction(func() error {
		switch {
		case o.Resume:
			return s.resume(path, o)
		case o.Restart:
			return s.restart(path, o)
		}
		return s.newRun(o.Run)
	})
	if err != nil {
		return err
	}
	last, err := s.c.Number("SELECT max(id) FROM records")
	if err != nil {
		return err
	}
	s.committed, s.next = last, last+1
	return s.prepare()
}

func (s *Sink) newRun(r Run) error {
	err := s.c.Exec("INSERT INTO runs (started_at, version, command) VALUES (?, ?, ?)", at(r.Started), orNull(r.Version), orNull(r.Command))
	if err != nil {
		return err
	}
	s.run, err = s.c.Number("SELECT max(id) FROM runs")
	return err
}

func (s *Sink) resume(path string, o Options) (err error) {
	if s.run, err = s.c.Number("SELECT max(id) FROM runs"); err != nil {
		return err
	}
	last, err := s.c.Number("SELECT max(id) FROM records")
	if err != nil {
		return err
	}
	if s.run == 0 || last < o.Position {
		return &ResumeError{Path: path, Position: o.Position, Last: last}
	}
	if err := s.c.Exec("DELETE FROM records WHERE run = ? AND id > ?", s.run, o.Position); err != nil {
		return err
	}
	return s.c.Exec("UPDATE runs SET ended_at = NULL WHERE id = ?", s.run)
}

func (s *Sink) restart(path string, o Options) error {
	last, err := s.c.Number("SELECT max(id) FROM records")
	if err != nil {
		return err
	}
	if last < o.Position {
		return &ResumeError{Path: path, Position: o.Position, Last: last}
	}
	if err := s.c.Exec("DELETE FROM records WHERE id > ?", o.Position); err != nil {
		return err
	}
	if err := s.c.Exec("DELETE FROM runs WHERE ended_at IS NULL AND id NOT IN (SELECT run FROM records)"); err != nil {
		return err
	}
	return s.newRun(o.Run)
}

// Last is the id of the last record in a database, 0 for a file that is empty or not
// there. A file that is something else is a *ForeignError.
func Last(path string) (id int64, err error) {
	if info, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) || err == nil && info.Size() == 0 {
		return 0, nil
	}
	c, err := conn.Dial(path, "rw")
	if err != nil {
		return 0, err
	}
	defer c.Close()
	if has, err := recognise(c, path); err != nil || has == 0 {
		return 0, err
	}
	return c.Number("SELECT max(id) FROM records")
}

func (s *Sink) prepare() (err error) {
	names, places := []string{"id", "run"}, []string{"?", "?"}
	for _, c := range s.columns {
		names, places = append(names, c.Name), append(places, "?")
	}
	s.args = conn.Named(make([]driver.Value, len(names)))
	s.insert, err = s.c.Prepare(fmt.Sprintf("INSERT INTO records (%s) VALUES (%s)", strings.Join(names, ", "), strings.Join(places, ", ")))
	return err
}

// Write implements results.Sink. A record whose seq the run has already begins
// another run, of which nothing is known: that is what files are like that
// several runs were appended to.
func (s *Sink) Write(r *results.Record) error {
	if s.err != nil {
		return s.err
	}
	cells, err := results.SplitRow(r, s.cells)
	if err != nil {
		return err
	}
	s.cells = cells
	for i, c := range s.columns {
		if s.args[i+2].Value, err = toSQL(c.Type, cells[i]); err != nil {
			return fmt.Errorf("record %d: %s: %w", r.Seq, c.Name, err)
		}
	}
	if err := s.add(len(r.Raw())); err != nil {
		return s.fail(err)
	}
	return nil
}

// add inserts the row that is in args.
func (s *Sink) add(size int) error {
	if !s.open {
		if err := s.c.Exec("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		s.open, s.rows, s.bytes = true, 0, 0
	}
	s.args[0].Value, s.args[1].Value = s.next, s.run
	err := s.insert.Exec(s.args)
	if conn.Code(err) == lib.SQLITE_CONSTRAINT_UNIQUE {
		if err := s.newRun(Run{}); err != nil {
			return err
		}
		s.args[1].Value = s.run
		err = s.insert.Exec(s.args)
	}
	if err != nil {
		return err
	}
	s.next++
	s.rows++
	if s.bytes += size; s.rows >= mostRows || s.bytes >= mostBytes {
		return s.commit()
	}
	return nil
}

func (s *Sink) commit() error {
	if !s.open {
		return nil
	}
	if err := s.c.Exec("COMMIT"); err != nil {
		return err
	}
	s.open, s.committed = false, s.next-1
	return nil
}

func (s *Sink) fail(err error) error {
	s.c.Rollback()
	s.open, s.err = false, err
	return err
}

// Sync implements results.Sink: what was written is committed, and on the disk.
func (s *Sink) Sync() error {
	if s.err != nil {
		return s.err
	}
	if err := s.commit(); err != nil {
		return s.fail(err)
	}
	return nil
}

// Persist is Sync.
func (s *Sink) Persist() error { return s.Sync() }

// Position is where a run can be resumed: the id of the last record that is
// committed.
func (s *Sink) Position() int64 { return s.committed }

// Close implements results.Sink. Unless others have the database open, it is one
// file afterwards, which can be read where nothing can be written.
func (s *Sink) Close() error {
	if s.closed {
		return nil
	}
	err := s.Sync()
	if err == nil {
		err = s.c.Exec("UPDATE runs SET ended_at = ? WHERE id = ?", at(time.Now()), s.run)
	}
	s.closed, s.err = true, errClosed
	s.insert.Close() // its error is that of the last use
	if err == nil {
		// Somebody who reads just now keeps the file in WAL mode: no harm.
		_ = s.c.Exec("PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE")
	}
	if closing := s.c.Close(); err == nil {
		err = closing
	}
	return err
}

// toSQL is the value of a cell in the database.
func toSQL(t results.ColumnType, cell []byte) (driver.Value, error) {
	if cell == nil {
		return nil, nil
	}
	switch t {
	case results.IntegerColumn:
		return strconv.ParseInt(string(cell), 10, 64)
	case results.DoubleColumn:
		return strconv.ParseFloat(string(cell), 64)
	case results.BooleanColumn:
		yes, err := strconv.ParseBool(string(cell))
		if yes {
			return int64(1), err
		}
		return int64(0), err
	case results.TextColumn, results.TimeColumn:
		return results.Unquote(cell)
	}
	return string(cell), nil
}

// at is a time as records have it, NULL for none.
func at(t time.Time) driver.Value {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

func orNull(s string) driver.Value {
	if s == "" {
		return nil
	}
	return s
}
