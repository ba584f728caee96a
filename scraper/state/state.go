// Package state remembers what runs saw of each URL, so that the next one asks only for
// what is new, and says what has become of each since.
//
// It is a file: an SQLite database with a row for each thing that lists ask for (the
// key of a record: method, URL, headers and body, as for duplicates). What a run finds
// out is judged by what was known before it, however often it was interrupted: each row
// has the run that wrote it last, and what was known before that run beside it. So it
// does not matter how far the file is ahead of the outputs when a run is killed. What
// it must not be is behind them, where a journal says that a line is done, since such a
// line is not asked for again: see Persist.
package state

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	lib "modernc.org/sqlite/lib"

	"scrape/results"
	"scrape/results/sqlite/conn"
	"scrape/scraper/fetch"
)

// Options say how a run uses what is remembered.
type Options struct {
	// Run is the run's own number, the same when it is resumed (journal.Head.Run).
	Run uint64
	// Asked stands for all that the content of an answer depends on. Where it was
	// another last time, a page is fetched as a whole, and bodies are compared.
	Asked uint64
	// ByData has pages judged by what was extracted of them, and not by their bodies.
	ByData bool
	// Diff has records show how the content differs. With Text they have a text in
	// their data for that, which is taken out of them.
	Diff, Text bool
	// Bodies is the folder in which bodies are kept; "": they are not. Of what is not
	// there the page is fetched as a whole.
	Bodies string
}

// Error is why a state cannot be used.
type Error struct {
	Path string
	Err  error  // without the name
	Hint string // what to do about it; "" when there is nothing to say
}

// Error names the file and the cause.
func (e *Error) Error() string { return e.Path + ": " + e.Err.Error() }

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }

// ForeignError says that a file is there which is no state, or of a later version.
type ForeignError = conn.ForeignError

// What has not been written yet is, without a commit, when it comes to so many rows
// or bytes.
const (
	mostPending      = 20_000
	mostPendingBytes = 8 << 20
)

// State is an open state. Its methods are safe for concurrent use. Once it is closed
// they do nothing but return an error that is fs.ErrClosed.
type State struct {
	path string
	o    Options
	now  func() time.Time

	most    int        // rows that may wait
	mu      sync.Mutex // of what waits to be written
	pending []update
	bytes   int

	writing sync.Mutex // lets one goroutine at a time write what waits
	use     sync.Mutex // of db, for one statement: others look up meanwhile
	db      *database
	closed  bool // guarded by use
}

// update is what is to be known of a URL from now on.
type update struct {
	key     uint64
	url     string
	entry   entry
	same    bool   // nothing worth it has changed, and content is nil
	content []byte // encoded; nil: as it was
}

// Open opens a state, and makes it if there is none or only an empty file. A file that
// is something else is left alone, with a *ForeignError; any other error is an
// *Error. Who uses it has it to himself: lock it before (package lock).
func Open(path string, o Options) (*State, error) {
	s := &State{path: path, o: o, now: time.Now, most: mostPending}
	// SQLite would not say why, and fall back to reading.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o666)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		return nil, s.failed(err)
	}
	if s.db, err = openDatabase(path, o.Run); err != nil {
		if foreign, ok := errors.AsType[*ForeignError](err); ok {
			return nil, foreign
		}
		return nil, s.failed(err)
	}
	return s, nil
}

// Close lets go of the file, once whoever reads or writes it has done so. What was not
// persisted is forgotten. Closing again does nothing.
func (s *State) Close() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	s.use.Lock()
	defer s.use.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	return s.failed(s.db.close())
}

// withDatabase does something with the file, which nobody else uses meanwhile.
func (s *State) withDatabase(do func(*database) error) error {
	s.use.Lock()
	defer s.use.Unlock()
	if s.closed {
		return s.failed(fs.ErrClosed)
	}
	return s.failed(do(s.db))
}

// Validators implements scraper.Memory: those of the content that was seen last, as
// long as the same is asked for and what the server need not send is all there.
func (s *State) Validators(key uint64) (fetch.Validators, error) {
	e, err := s.known(key)
	if err != nil || !e.seen() || !e.stored || e.asked != s.o.Asked {
		return fetch.Validators{}, err
	}
	if s.o.Bodies != "" {
		if _, err := os.Stat(filepath.Join(s.o.Bodies, filepath.FromSlash(e.bodyFile))); e.bodyFile == "" || err != nil {
			return fetch.Validators{}, nil
		}
	}
	return e.Validators, nil
}

// Judge implements scraper.Memory. A record of a line that repeats another is left as
// it is.
func (s *State) Judge(r *results.Record, v fetch.Validators) (*results.Record, error) {
	if r.Outcome == results.NotScraped && r.Kind == results.Duplicate {
		return r, nil
	}
	was, err := s.known(r.Key)
	if err != nil {
		return nil, err
	}
	f := s.find(r, v)
	now, change, same := judge(was, &f.answer)
	members := []results.Member{{Key: "change", Value: results.AppendString(nil, change.String())}}
	u := update{key: r.Key, url: f.url, entry: now, same: same && now.standing == scraped && change == results.Unchanged}
	switch {
	case !f.scraped:
	case f.notModified():
		again, err := s.repeat(r.Key, was)
		if err != nil {
			return nil, err
		}
		members = append(members, again...)
	default:
		if s.o.Text {
			members = append(members, results.Member{Key: "data"}, results.Member{Key: "truncated"})
		}
		if s.o.Diff && !same && was.seen() && was.asked == s.o.Asked && was.stored && f.stored {
			before, err := s.content(r.Key)
			if err != nil {
				return nil, err
			}
			if before != nil {
				if text := diffContents(before, &f.content); text != "" {
					members = append(members, results.Member{Key: "diff", Value: results.AppendString(nil, text)})
				}
			}
		}
		if !same || was.asked != s.o.Asked {
			u.content, u.same = f.content.encode(), false
		}
	}
	if err := s.add(u); err != nil {
		return nil, err
	}
	return results.Amend(r, members...)
}

func (s *State) blob(statement conn.Statement, key uint64) (b []byte, err error) {
	err = s.withDatabase(func(db *database) (err error) {
		b, err = db.blob(statement, key)
		return err
	})
	return b, err
}

// known is what was known of a key before this run; nil: nothing.
func (s *State) known(key uint64) (*entry, error) {
	b, err := s.blob(s.db.known, key)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	e, err := parseEntry(b)
	if err != nil {
		return nil, s.failed(err)
	}
	return e, nil
}

// content is what was kept of a page before this run; nil: nothing.
func (s *State) content(key uint64) (*content, error) {
	b, err := s.blob(s.db.contents, key)
	if err != nil || len(b) == 0 {
		return nil, err
	}
	c, err := parseContent(b)
	if err != nil {
		return nil, s.failed(err)
	}
	return c, nil
}

// repeat are the members of a record that a server need not have sent again.
func (s *State) repeat(key uint64, was *entry) (members []results.Member, err error) {
	if !was.seen() || !was.stored || was.asked != s.o.Asked {
		return nil, nil // the condition was somebody else's, and what is kept for other fields
	}
	c, err := s.content(key)
	if err != nil {
		return nil, err
	}
	if c != nil {
		for i, v := range c.values {
			if len(v) > 0 {
				members = append(members, results.Member{Key: contentKeys[i].name, Value: v})
			}
		}
	}
	if was.body != "" {
		members = append(members, results.Member{Key: "body_sha256", Value: fmt.Appendf(nil, `"%x"`, was.body)})
	}
	if s.o.Bodies != "" && was.bodyFile != "" {
		members = append(members, results.Member{Key: "body_file", Value: results.AppendString(nil, was.bodyFile)})
	}
	return members, nil
}

// add takes an update, and has what waits written where it is much: that is not to be
// lost then, but nobody sees it yet.
func (s *State) add(u update) error {
	s.mu.Lock()
	s.pending = append(s.pending, u)
	s.bytes += len(u.content)
	much := len(s.pending) >= s.most || s.bytes >= mostPendingBytes
	s.mu.Unlock()
	if !much {
		return nil
	}
	s.writing.Lock()
	defer s.writing.Unlock()
	return s.flush()
}

// Persist makes durable what was judged until now. It has to be called before anything
// says that the records are done, and after these are written: so no change is kept from
// whoever reads them.
func (s *State) Persist() error {
	s.writing.Lock()
	defer s.writing.Unlock()
	if err := s.flush(); err != nil {
		return err
	}
	return s.withDatabase((*database).commit)
}

// flush writes what waits. The lock for writing is held.
func (s *State) flush() error {
	s.mu.Lock()
	all := s.pending
	s.pending, s.bytes = nil, 0
	s.mu.Unlock()
	for i := range all {
		if err := s.withDatabase(func(db *database) error { return db.update(&all[i]) }); err != nil {
			return err
		}
	}
	return nil
}

// failed makes an error one that names the file.
func (s *State) failed(err error) error {
	if err == nil {
		return nil
	}
	e := &Error{Path: s.path, Err: err}
	if bare, ok := errors.AsType[*fs.PathError](err); ok {
		e.Err = bare.Err
	}
	switch code := conn.Code(err) & 0xff; {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e.Hint = "make room, and run it again"
	case code == lib.SQLITE_BUSY:
		e.Hint = "another program has it open"
	case err == errEntry, err == errContent, code == lib.SQLITE_CORRUPT, code == lib.SQLITE_NOTADB:
		e.Hint = "the file is damaged: move it away, and the next run takes every page for new"
	}
	return e
}
