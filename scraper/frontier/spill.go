package frontier

import (
	"errors"
	"io"
	"os"

	"scrape/scraper/tempfile"
)

const (
	segmentSize = 64 << 10
	// spillSlack is what the file may be larger than twice of what is live.
	spillSlack = 4 << 20
)

// ref names a record in a spill; 0 is none.
type ref uint32

// record is where the bytes of a ref are.
type record struct {
	offset uint32 // of its header
	size   uint32 // without the header
}

// noOffset is that of a ref that is free. No file is so large.
const noOffset = 1<<32 - 1

// headerSize is that of a record in the file: its ref, by which cleaning knows
// whose it is, and its size.
const headerSize = 8

// spill keeps the bytes of tasks that wait in a file, and of each 8 bytes in
// memory.
//
// The file is a log of segments. A segment is written once, when it is full, and
// used again when nothing in it is live. Where too little is live, the rest of
// the emptiest segment is moved on, so that the file stays below twice what is
// live and some slack. A segment that cannot be written stays in memory, and the
// spill takes no more.
type spill struct {
	open     func() (tempfile.File, error)
	file     tempfile.File // nil until the first segment is full
	err      error         // why it takes no more
	told     bool          // somebody has heard of it
	records  []record      // by ref
	free     []ref
	segments []segment
	used     int // segments in use
	current  int // the segment that is being filled; -1 for none
	live     int64
	spare    []byte // room for a segment
	cleaning []byte // likewise, for one that is being cleaned
}

// segment is one piece of the file.
type segment struct {
	inUse  bool
	live   int32  // bytes
	filled int32  // bytes
	bytes  []byte // while it is not written
}

func newSpill(open func() (tempfile.File, error)) *spill {
	return &spill{open: open, records: make([]record, 1), current: -1}
}

// put takes bytes; it is not ok when they are not taken, for good where err is
// set.
func (s *spill) put(b []byte) (r ref, ok bool) {
	if s.err != nil || !s.makeRoom(len(b)) {
		return 0, false
	}
	if n := len(s.free); n > 0 {
		r, s.free = s.free[n-1], s.free[:n-1]
	} else {
		r = ref(len(s.records))
		s.records = append(s.records, record{})
	}
	s.append(r, b)
	s.clean()
	return r, true
}

// take gives the bytes of a ref back, in room where they fit, and forgets them.
func (s *spill) take(r ref, room []byte) ([]byte, error) {
	rec := s.records[r]
	if int(rec.size) > cap(room) {
		room = make([]byte, rec.size)
	}
	b := room[:rec.size]
	if err := s.read(b, int64(rec.offset)+headerSize); err != nil {
		return b, err
	}
	s.drop(r)
	s.clean()
	return b, nil
}

func (s *spill) close() {
	if s.file != nil {
		s.file.Close() // only reading is left undone
	}
	if s.err == nil {
		s.err = os.ErrClosed
	}
	s.file = nil
}

// waiting is how many tasks it keeps.
func (s *spill) waiting() int { return len(s.records) - 1 - len(s.free) }

// makeRoom makes current a segment with room for n bytes.
func (s *spill) makeRoom(n int) bool {
	n += headerSize
	if n > segmentSize || len(s.segments) >= noOffset/segmentSize {
		return false
	}
	if s.current >= 0 && int(s.segments[s.current].filled)+n <= segmentSize {
		return true
	}
	if s.current >= 0 {
		if s.err = s.write(s.current); s.err != nil {
			return false
		}
	}
	s.current = s.unused()
	s.segments[s.current] = segment{inUse: true, bytes: s.buffer()}
	s.used++
	return true
}

// buffer is room for a segment.
func (s *spill) buffer() (b []byte) {
	if b, s.spare = s.spare, nil; b == nil {
		b = make([]byte, 0, segmentSize)
	}
	return b
}

// unused is the first segment that is not in use.
func (s *spill) unused() int {
	if s.used < len(s.segments) {
		for i := range s.segments {
			if !s.segments[i].inUse {
				return i
			}
		}
	}
	s.segments = append(s.segments, segment{})
	return len(s.segments) - 1
}

// append adds a record to the current segment, which has room for it.
func (s *spill) append(r ref, b []byte) {
	g := &s.segments[s.current]
	s.records[r] = record{offset: uint32(s.current*segmentSize) + uint32(g.filled), size: uint32(len(b))}
	g.bytes = appendHeader(g.bytes, r, len(b))
	g.bytes = append(g.bytes, b...)
	n := int32(headerSize + len(b))
	g.filled += n
	g.live += n
	s.live += int64(n)
}

// drop makes a ref free.
func (s *spill) drop(r ref) {
	s.retire(s.records[r])
	s.records[r].offset = noOffset
	s.free = append(s.free, r)
}

// retire counts a record out that is not live any more.
func (s *spill) retire(rec record) {
	i := int(rec.offset / segmentSize)
	g := &s.segments[i]
	n := int32(headerSize + rec.size)
	g.live -= n
	s.live -= int64(n)
	switch {
	case g.live > 0:
	case i == s.current:
		g.filled, g.bytes = 0, g.bytes[:0]
	default:
		s.release(i)
	}
}

// release ends the use of a segment, and shortens the file where it ended with
// it.
func (s *spill) release(i int) {
	s.segments[i] = segment{}
	s.used--
	n := len(s.segments)
	for n > 0 && !s.segments[n-1].inUse {
		n--
	}
	if n < len(s.segments) {
		s.segments = s.segments[:n]
		if s.file != nil {
			s.file.Truncate(int64(n) * segmentSize) // otherwise the space is only used again
		}
	}
}

// clean moves on what is live in one segment, where the file is too large.
func (s *spill) clean() {
	most := 2*s.live + spillSlack
	victim := -1
	switch {
	case s.err != nil:
		return
	case int64(s.used)*segmentSize > most:
		for i, g := range s.segments {
			if g.inUse && i != s.current && (victim < 0 || g.live <= s.segments[victim].live) {
				victim = i
			}
		}
	case int64(len(s.segments))*segmentSize > most && s.used < len(s.segments):
		victim = len(s.segments) - 1
	}
	if victim >= 0 && victim != s.current {
		s.evacuate(victim)
	}
}

// evacuate moves what is live in a segment to the current one.
func (s *spill) evacuate(victim int) {
	if s.cleaning == nil {
		s.cleaning = s.buffer()
	}
	b := s.cleaning[:s.segments[victim].filled]
	start := int64(victim) * segmentSize
	if err := s.read(b, start); err != nil {
		s.err = err
		return
	}
	left := int(s.segments[victim].live)
	for at := 0; left > 0; {
		r, size := header(b[at:])
		if rec := s.records[r]; int64(rec.offset) == start+int64(at) {
			if !s.makeRoom(size) {
				return
			}
			s.append(r, b[at+headerSize:at+headerSize+size])
			s.retire(rec)
			left -= headerSize + size
		}
		at += headerSize + size
	}
}

// write brings a segment to the file.
func (s *spill) write(i int) (err error) {
	if s.file == nil {
		if s.file, err = s.open(); err != nil {
			s.file = nil
			return err
		}
	}
	g := &s.segments[i]
	if _, err := s.file.WriteAt(g.bytes, int64(i)*segmentSize); err != nil {
		return err
	}
	s.spare, g.bytes = g.bytes[:0], nil
	return nil
}

func (s *spill) read(b []byte, offset int64) error {
	g := s.segments[offset/segmentSize]
	if g.bytes != nil {
		copy(b, g.bytes[offset%segmentSize:])
		return nil
	}
	if s.file == nil {
		return errors.New("the file is closed")
	}
	_, err := s.file.ReadAt(b, offset)
	if err == io.EOF {
		err = io.ErrUnexpectedEOF // it was written in full
	}
	return err
}
