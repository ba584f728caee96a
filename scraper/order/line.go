// Package order brings records into the order of their lines, in memory that does not
// grow with what waits: of that it keeps a bit for each line, and the rest in a file.
package order

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/bits"
	"os"
	"slices"

	"scrape/results"
	"scrape/scraper/tempfile"
)

// DefaultMemory has room for some 10,000 records, so that a run in which all is well
// needs no file.
const DefaultMemory = 8 << 20

// entryCost is what an entry in memory takes beside its bytes.
const entryCost = 128

// pageLines is how many lines are looked after together: their records lie in one
// stream, and in memory it is known of those of one page where each is.
const pageLines = 4096

// Options say how a Line works. The zero value is the default.
type Options struct {
	// Memory is how many bytes of records may wait in memory. 0: DefaultMemory.
	Memory int
	// Dir is where the file is made, which is gone when the Line is closed, or the
	// process ends. "": os.TempDir().
	Dir string
}

// Error tells that records that wait could not be kept.
type Error struct {
	Dir string // of the file
	Err error  // without operation and name
}

// Error names the directory and the cause.
func (e *Error) Error() string {
	return fmt.Sprintf("records that wait for an earlier line cannot be kept in %s: %v", e.Dir, e.Err)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Line is where records wait for those of earlier lines. It is not safe for concurrent
// use. After an error it can only be closed.
type Line struct {
	dir    string
	spill  spill
	memory int
	pages  []*page // by number; the first has the oldest line that is expected

	held   map[int64][]byte // entries in memory
	used   int              // bytes of them
	buf    []byte           // room for an entry
	waits  int64            // records, in memory and in the file
	places []int64          // where the entries of the first page begin in its stream, plus 1; nil: not known yet
}

// page is what is known of lines that have all but the low bits of their numbers in
// common.
type page struct {
	number   int64
	expected [pageLines / 64]uint64 // a bit for each line whose record has not gone on
	count    int                    // of these bits
	stream   stream
}

// New returns a Line, which has to be closed.
func New(o Options) *Line {
	if o.Memory == 0 {
		o.Memory = DefaultMemory
	}
	if o.Dir == "" {
		o.Dir = os.TempDir()
	}
	return &Line{dir: o.Dir, spill: spill{create: tempfile.In(o.Dir)}, memory: o.Memory, held: map[int64][]byte{}}
}

// Expect says that the line with a number will get a record. Lines are expected in
// their order.
func (l *Line) Expect(seq int64) {
	n := seq / pageLines
	if len(l.pages) == 0 || l.pages[len(l.pages)-1].number != n {
		l.pages = append(l.pages, &page{number: n})
	}
	p := l.pages[len(l.pages)-1]
	p.expected[seq%pageLines/64] |= 1 << (seq % 64)
	p.count++
}

// Expects tells whether a line is expected whose record has not gone on.
func (l *Line) Expects(seq int64) bool { return l.pageOf(seq).expects(seq) }

// expects tells so of a line of the page, which may be nil.
func (p *page) expects(seq int64) bool {
	return p != nil && p.expected[seq%pageLines/64]&(1<<(seq%64)) != 0
}

// Oldest is the first line that is expected. It is not ok where none is.
func (l *Line) Oldest() (seq int64, ok bool) {
	for len(l.pages) > 1 && l.pages[0].count == 0 {
		l.leave()
		l.pages[0] = nil
		l.pages = l.pages[1:]
	}
	if len(l.pages) == 0 || l.pages[0].count == 0 {
		return 0, false
	}
	p := l.pages[0]
	for i, word := range p.expected {
		if word != 0 {
			return p.number*pageLines + int64(i*64+bits.TrailingZeros64(word)), true
		}
	}
	return 0, false
}

// leave gives back what the first page has in the file, of which all has gone on.
func (l *Line) leave() {
	l.spill.clear(&l.pages[0].stream)
	l.places = nil
}

// Waiting is how many records wait.
func (l *Line) Waiting() int64 { return l.waits }

// Put takes the record of a line that is expected, and its exchange if there is one. It
// gives it on with all that waited for it, in the order of the lines, or keeps a copy of
// it until its turn. What give is given is valid until it returns; note is whatever the
// caller wants to know then.
//
// The error is give's, an *Error, or what kept the exchange from being read.
func (l *Line) Put(r *results.Record, e *results.Exchange, note string, give func(r *results.Record, e *results.Exchange, note string) error) error {
	p := l.pageOf(r.Seq)
	if !p.expects(r.Seq) {
		return fmt.Errorf("order: no record is expected of line %d", r.Seq)
	}
	if oldest, _ := l.Oldest(); r.Seq != oldest {
		return l.keep(p, r, e, note)
	}
	for {
		if err := give(r, e, note); err != nil {
			return err
		}
		l.pass(r.Seq)
		var err error
		if r, e, note, err = l.follower(); r == nil || err != nil {
			return err
		}
	}
}

// pageOf is the page of a line; nil where none of its lines is expected.
func (l *Line) pageOf(seq int64) *page {
	i, ok := slices.BinarySearchFunc(l.pages, seq/pageLines, func(p *page, n int64) int { return int(p.number - n) })
	if !ok {
		return nil
	}
	return l.pages[i]
}

// pass takes note that the record of the oldest line has gone on.
func (l *Line) pass(seq int64) {
	p := l.pages[0]
	p.expected[seq%pageLines/64] &^= 1 << (seq % 64)
	if p.count--; p.count == 0 {
		l.leave()
	}
}

// keep has a record wait.
func (l *Line) keep(p *page, r *results.Record, e *results.Exchange, note string) (err error) {
	const mostRoom = 1 << 20 // which is kept
	if cap(l.buf) > mostRoom {
		l.buf = nil
	}
	var h header
	if l.buf, h, err = appendEntry(l.buf[:0], r, e, note); err != nil {
		return err
	}
	l.waits++
	if size := int64(l.used) + h.size() + entryCost; size <= int64(l.memory) {
		entry := bytes.NewBuffer(make([]byte, 0, h.size()))
		entry.Write(l.buf)
		if err := copyContents(entry, e); err != nil {
			return err
		}
		l.held[r.Seq], l.used = entry.Bytes(), int(size)
		return nil
	}
	at := p.stream.size
	if err := l.spill.append(&p.stream, l.buf); err != nil {
		return l.failed(err)
	}
	if err := copyContents(writer{&l.spill, &p.stream}, e); err != nil {
		return l.failed(err)
	}
	if p == l.pages[0] && l.places != nil {
		l.places[r.Seq%pageLines] = at + 1
	}
	return nil
}

// follower is the record of the oldest line, if it waits; nil where it does not.
func (l *Line) follower() (r *results.Record, e *results.Exchange, note string, err error) {
	seq, ok := l.Oldest()
	if !ok {
		return nil, nil, "", nil
	}
	if entry, ok := l.held[seq]; ok {
		delete(l.held, seq)
		l.used -= len(entry) + entryCost
		l.waits--
		return readEntry(bytes.NewReader(entry), 0)
	}
	p := l.pages[0]
	if p.stream.size == 0 {
		return nil, nil, "", nil
	}
	from := l.spill.reader(&p.stream)
	if l.places == nil {
		if l.places, err = places(from); err != nil {
			return nil, nil, "", l.failed(err)
		}
	}
	at := l.places[seq%pageLines]
	if at == 0 {
		return nil, nil, "", nil
	}
	l.waits--
	if r, e, note, err = readEntry(from, at-1); err != nil {
		return nil, nil, "", l.failed(err)
	}
	return r, e, note, nil
}

// places tell where each entry of a page begins, plus 1.
func places(from reader) ([]int64, error) {
	places := make([]int64, pageLines)
	for at := int64(0); at < from.size; {
		h, err := readHeader(from, at)
		if err != nil {
			return nil, err
		}
		places[h.seq%pageLines] = at + 1
		at += h.size()
	}
	return places, nil
}

// Close gives the file back, with all that waits.
func (l *Line) Close() {
	_ = l.spill.close() // only reading is left undone
	l.pages, l.held = nil, nil
}

// failed is the error of the file as the user reads it.
func (l *Line) failed(err error) error {
	if bare, ok := errors.AsType[*fs.PathError](err); ok {
		err = bare.Err
	}
	return &Error{Dir: l.dir, Err: err}
}
