package output

import (
	"errors"
	"io/fs"
	"os"
	"syscall"

	"scrape/results"
	"scrape/results/sqlite"
)

// besideDatabase are the files that SQLite keeps beside a database.
func besideDatabase(name string) (beside []string) {
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		beside = append(beside, resolved(name)+suffix)
	}
	return beside
}

// openDatabase makes the Sink of a database, which knows by itself how to write to
// its file: that, checked by Open, is only emptied here.
func (o *Output) openDatabase() (results.Sink, error) {
	if o.o.Mode == Create || o.o.Mode == Overwrite {
		// What an earlier process has not brought into the file must not come back.
		for _, beside := range besideDatabase(o.name) {
			if err := os.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, o.failed(err)
			}
		}
	}
	db, err := sqlite.Open(o.name, sqlite.Options{
		Run:      sqlite.Run{Started: o.o.Look.Started, Version: o.o.Look.Version, Command: o.o.Look.Command},
		Resume:   o.o.Mode == Resume && o.o.Position != o.o.Base,
		Restart:  o.o.Mode == Resume && o.o.Position == o.o.Base,
		Position: o.o.Position,
	})
	if foreign, ok := errors.AsType[*sqlite.ForeignError](err); ok {
		return nil, isForeign(o.name, foreign)
	}
	if _, ok := errors.AsType[*sqlite.ResumeError](err); ok {
		return nil, isShorter(o.name)
	}
	if err != nil {
		return nil, o.failed(err)
	}
	o.position.Store(db.Position())
	return &database{db: db, out: o}, nil
}

func isForeign(name string, err *sqlite.ForeignError) *Error {
	return refused(name, err.Reason, "to replace it: --overwrite")
}

// checkDatabase finds out behind which record of a database those of this run go.
func (o *Output) checkDatabase() error {
	if o.o.Mode != Append && o.o.Mode != Resume {
		return nil
	}
	last, err := sqlite.Last(o.name)
	foreign, isOther := errors.AsType[*sqlite.ForeignError](err)
	switch {
	case isOther:
		return isForeign(o.name, foreign)
	case err != nil:
		return unopened(o.name, err, "")
	case o.o.Mode == Append:
		o.position.Store(last)
	case last < o.o.Position:
		return isShorter(o.name)
	default:
		o.position.Store(o.o.Position)
	}
	return nil
}

// database is the Sink of one, whose errors name its file.
type database struct {
	db  *sqlite.Sink
	out *Output
	err error
}

func (d *database) Write(r *results.Record) error { return d.told(d.db.Write(r)) }

func (d *database) Sync() error {
	err := d.told(d.db.Sync())
	d.out.position.Store(d.db.Position())
	return err
}

func (d *database) Close() error { return d.told(d.db.Close()) }

func (d *database) told(err error) error {
	if err == nil || d.err != nil {
		return d.err
	}
	if errors.Is(err, fs.ErrClosed) {
		return err
	}
	d.err = d.out.failed(err)
	return d.err
}

// isFull tells that there is no room.
func isFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
