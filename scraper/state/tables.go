package state

import (
	"database/sql/driver"
	"errors"
	"fmt"

	"scrape/results/sqlite/conn"
)

const (
	// applicationID marks a database as ours: "scst" (sqlite.org/fileformat2,
	// section 1.3.17).
	applicationID = 0x73637374
	// version is that of the tables.
	version = 1
)

// tables are the whole schema. Rows have numbers in the order in which they came first,
// so that a list that stays the same goes through them one after the other; the keys,
// which come in no order, are in an index of a few bytes each. known and before are
// entries: before is what was known before the run that wrote the row last, empty for
// nothing, and NULL where it is what is known. The other columns are for people, but
// for the contents, which are apart so that a row can be written without them.
const tables = `
CREATE TABLE pages (
	id INTEGER PRIMARY KEY,
	key INTEGER NOT NULL UNIQUE,
	url TEXT,
	standing TEXT NOT NULL,
	failures INTEGER NOT NULL,
	first_seen INTEGER NOT NULL,
	last_seen INTEGER NOT NULL,
	last_change INTEGER NOT NULL,
	run INTEGER NOT NULL,
	known BLOB NOT NULL,
	before BLOB
);
CREATE TABLE contents (
	id INTEGER PRIMARY KEY REFERENCES pages (id),
	run INTEGER NOT NULL,
	content BLOB NOT NULL,
	before BLOB
);
`

// What a row says of the time before a run.
const (
	selectKnown   = `SELECT CASE WHEN run = ? AND before IS NOT NULL THEN before ELSE known END FROM pages WHERE key = ?`
	selectContent = `SELECT CASE WHEN c.run = ? THEN c.before ELSE c.content END FROM pages AS p JOIN contents AS c ON c.id = p.id WHERE p.key = ?`
)

// A row that this run has written already keeps what was before. The last argument says
// that nothing worth it has changed.
const (
	updatePage = `INSERT INTO pages (key, url, standing, failures, first_seen, last_seen, last_change, run, known, before)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, x'')
ON CONFLICT (key) DO UPDATE SET
	url = excluded.url, standing = excluded.standing, failures = excluded.failures,
	first_seen = excluded.first_seen, last_seen = excluded.last_seen, last_change = excluded.last_change,
	before = CASE WHEN run = excluded.run AND before IS NOT NULL THEN before WHEN ? THEN NULL ELSE known END,
	run = excluded.run, known = excluded.known`
	updateContent = `INSERT INTO contents (id, run, content) SELECT id, ?, ? FROM pages WHERE key = ?
ON CONFLICT (id) DO UPDATE SET
	before = CASE WHEN run = excluded.run THEN before ELSE content END,
	run = excluded.run, content = excluded.content`
)

// open opens a connection. The cache, 16 MiB, holds the keys of a million pages.
func open(path string) (conn.Conn, int64, error) {
	c, err := conn.Dial(path, "rwc")
	if err != nil {
		return conn.Conn{}, 0, err
	}
	v, err := c.Recognise(path, applicationID)
	if err == nil && v > version {
		err = &conn.ForeignError{Path: path, Reason: fmt.Sprintf("its tables have version %d, this scrape knows %d", v, version)}
	}
	if err == nil {
		err = c.Exec("PRAGMA cache_size=-16384")
	}
	if err != nil {
		c.Close()
		return conn.Conn{}, 0, err
	}
	return c, v, nil
}

// reader looks up what was known before a run.
type reader struct {
	c             conn.Conn
	pages, bodies conn.Statement
	args          []driver.NamedValue // run and key
}

func openReader(path string, run uint64) (*reader, error) {
	c, _, err := open(path)
	if err != nil {
		return nil, err
	}
	r := &reader{c: c, args: conn.Named([]driver.Value{int64(run), int64(0)})}
	if r.pages, err = c.Prepare(selectKnown); err == nil {
		r.bodies, err = c.Prepare(selectContent)
	}
	if err != nil {
		return nil, errors.Join(err, r.close())
	}
	return r, nil
}

func (r *reader) known(key uint64) ([]byte, error)   { return r.blob(r.pages, key) }
func (r *reader) content(key uint64) ([]byte, error) { return r.blob(r.bodies, key) }

// blob is the answer of a statement, nil where there is none.
func (r *reader) blob(s conn.Statement, key uint64) (b []byte, err error) {
	r.args[1].Value = int64(key)
	err = s.Each(r.args, func(row []driver.Value) (bool, error) {
		b, _ = row[0].([]byte)
		return false, nil
	})
	return b, err
}

func (r *reader) close() error {
	return errors.Join(r.pages.Close(), r.bodies.Close(), r.c.Close())
}

// writer writes what is known.
type writer struct {
	c             conn.Conn
	pages, bodies conn.Statement
	page, body    []driver.NamedValue
	open          bool // a transaction is
	entry         []byte
	err           error // the first failure, which is final
}

func openWriter(path string, run uint64) (*writer, error) {
	c, v, err := open(path)
	if err != nil {
		return nil, err
	}
	w := &writer{
		c:    c,
		page: conn.Named(make([]driver.Value, 10)),
		body: conn.Named(make([]driver.Value, 3)),
	}
	w.page[7].Value, w.body[0].Value = int64(run), int64(run)
	if err := w.begin(v); err != nil {
		return nil, errors.Join(err, w.close())
	}
	return w, nil
}

func (w *writer) begin(v int64) (err error) {
	// FULL, and a long log: as in results/sqlite.
	if err := w.c.Exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8192"); err != nil {
		return err
	}
	// It is better known now than after the first page that nothing can be written.
	err = w.c.Transaction(func() error {
		if v == 0 {
			if err := w.c.Exec(tables); err != nil {
				return err
			}
		}
		return w.c.Exec(fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", applicationID, version))
	})
	if err != nil {
		return err
	}
	if w.pages, err = w.c.Prepare(updatePage); err == nil {
		w.bodies, err = w.c.Prepare(updateContent)
	}
	return err
}

// update writes one update into the transaction that commit ends.
func (w *writer) update(u *update) error {
	if w.err != nil {
		return w.err
	}
	w.err = w.step(u)
	return w.err
}

func (w *writer) step(u *update) error {
	if !w.open {
		if err := w.c.Exec("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		w.open = true
	}
	w.entry = u.entry.append(w.entry[:0])
	same := int64(0)
	if u.same {
		same = 1
	}
	for i, v := range []driver.Value{
		int64(u.key), u.url, standingNames[u.entry.standing], int64(u.entry.failures),
		u.entry.firstSeen, u.entry.lastSeen, u.entry.lastChange, w.page[7].Value, w.entry, same,
	} {
		w.page[i].Value = v
	}
	if err := w.pages.Exec(w.page); err != nil {
		return err
	}
	if u.content == nil {
		return nil
	}
	w.body[1].Value, w.body[2].Value = u.content, int64(u.key)
	return w.bodies.Exec(w.body)
}

// commit makes durable what was written.
func (w *writer) commit() error {
	if w.err != nil || !w.open {
		return w.err
	}
	w.err = w.c.Exec("COMMIT")
	w.open = w.err != nil
	return w.err
}

// close lets go of the file, of which one is left then, unless others have it open.
func (w *writer) close() error {
	if w.open {
		w.c.Rollback()
	}
	err := errors.Join(w.pages.Close(), w.bodies.Close())
	if w.err != nil {
		err = nil // it has been told
	}
	_ = w.c.Exec("PRAGMA busy_timeout=0; PRAGMA journal_mode=DELETE") // somebody who reads just now keeps it as it is
	return errors.Join(err, w.c.Close())
}
