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
	// A content that this run kept, before it was killed, of a page of which it now
	// sees none, or that from before again.
	restoreContent = `UPDATE contents SET content = before WHERE run = ?1 AND before IS NOT NULL
AND id = (SELECT id FROM pages WHERE key = ?2 AND run = ?1 AND before IS NOT NULL)`
)

// database is the file, over one connection. It has the file to itself, so that it
// needs neither locks nor shared memory for each of its look-ups, which would take most
// of their time. What it was told in a transaction it sees at once; that is no matter,
// since the run that told it is no part of what was known before.
type database struct {
	c                  conn.Conn
	ours               bool           // it is no other program's
	known, contents    conn.Statement // look up
	pages, bodies      conn.Statement // write
	restore            conn.Statement
	looked, page, body []driver.NamedValue
	open               bool // a transaction is
	entry              []byte
	err                error // the first failure to write, which is final
}

func openDatabase(path string, run uint64) (*database, error) {
	c, err := conn.Dial(path, "rwc")
	if err != nil {
		return nil, err
	}
	d := &database{
		c:      c,
		looked: conn.Named([]driver.Value{int64(run), int64(0)}),
		page:   conn.Named(make([]driver.Value, 10)),
		body:   conn.Named(make([]driver.Value, 3)),
	}
	d.page[7].Value, d.body[0].Value = int64(run), int64(run)
	if err := d.begin(path); err != nil {
		return nil, errors.Join(err, d.close())
	}
	return d, nil
}

func (d *database) begin(path string) error {
	v, err := d.c.Recognise(path, applicationID)
	if err != nil {
		return err
	}
	if v > version {
		return &ForeignError{Path: path, Reason: fmt.Sprintf("its tables have version %d, this scrape knows %d", v, version)}
	}
	d.ours = true
	// FULL, a long log and a small cache: as in results/sqlite.
	if err := d.c.Exec("PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=8192; PRAGMA cache_size=-8192"); err != nil {
		return err
	}
	// It is better known now than after the first page that nothing can be written.
	err = d.c.Transaction(func() error {
		if v == 0 {
			if err := d.c.Exec(tables); err != nil {
				return err
			}
		}
		return d.c.Exec(fmt.Sprintf("PRAGMA application_id=%d; PRAGMA user_version=%d", applicationID, version))
	})
	if err != nil {
		return err
	}
	for _, p := range []struct {
		into  *conn.Statement
		query string
	}{{&d.known, selectKnown}, {&d.contents, selectContent}, {&d.pages, updatePage}, {&d.bodies, updateContent}, {&d.restore, restoreContent}} {
		if *p.into, err = d.c.Prepare(p.query); err != nil {
			return err
		}
	}
	return nil
}

// blob is the answer to known or contents, nil where there is none.
func (d *database) blob(s conn.Statement, key uint64) (b []byte, err error) {
	d.looked[1].Value = int64(key)
	err = s.Each(d.looked, func(row []driver.Value) (bool, error) {
		b, _ = row[0].([]byte)
		return false, nil
	})
	return b, err
}

// update writes one update into the transaction that commit ends.
func (d *database) update(u *update) error {
	if d.err == nil {
		d.err = d.step(u)
	}
	return d.err
}

func (d *database) step(u *update) error {
	if !d.open {
		if err := d.c.Exec("BEGIN IMMEDIATE"); err != nil {
			return err
		}
		d.open = true
	}
	d.entry = u.entry.append(d.entry[:0])
	same := int64(0)
	if u.same {
		same = 1
	}
	for i, v := range []driver.Value{
		int64(u.key), u.url, standingNames[u.entry.standing], int64(u.entry.failures),
		u.entry.firstSeen, u.entry.lastSeen, u.entry.lastChange, d.page[7].Value, d.entry, same,
	} {
		d.page[i].Value = v
	}
	if err := d.pages.Exec(d.page); err != nil {
		return err
	}
	if u.content == nil {
		d.looked[1].Value = int64(u.key)
		return d.restore.Exec(d.looked)
	}
	d.body[1].Value, d.body[2].Value = u.content, int64(u.key)
	return d.bodies.Exec(d.body)
}

// commit makes durable what was written.
func (d *database) commit() error {
	if d.err == nil && d.open {
		d.err = d.c.Exec("COMMIT")
		d.open = d.err != nil
	}
	return d.err
}

// close lets go of the file, which is one then. After a failure its error has been
// told.
func (d *database) close() error {
	if d.open {
		d.c.Rollback()
	}
	var err error
	for _, s := range []conn.Statement{d.known, d.contents, d.pages, d.bodies, d.restore} {
		err = errors.Join(err, s.Close())
	}
	if d.err != nil {
		err = nil
	}
	if d.ours {
		_ = d.c.Exec("PRAGMA journal_mode=DELETE")
	}
	return errors.Join(err, d.c.Close())
}
