package extract

import (
	"io"
	"slices"
	"sync"
)

const (
	pageStep  = 8 << 10   // how much is read at a time
	pageLimit = 256 << 10 // how much of a page is kept, for its tree
)

// page is a reader over a body that keeps what it read, up to pageLimit. It reads in whole steps, so that
// what is known of a page at any point does not depend on how the network cut it into pieces.
type page struct {
	src   io.Reader
	kept  []byte // the first bytes of the page
	start int    // where its text begins, behind a byte order mark
	pos   int    // how many bytes Read has given out
	err   error  // what src ended with
}

var pages = sync.Pool{New: func() any { return &page{kept: make([]byte, 0, pageStep)} }}

func newPage(src io.Reader) *page {
	p := pages.Get().(*page)
	p.src = src
	return p
}

// release gives the page's memory to the next one. Nothing of it may be used afterwards.
func (p *page) release() {
	if cap(p.kept) > 4*pageStep {
		return // a rare big one is not worth holding on to
	}
	*p = page{kept: p.kept[:0]}
	pages.Put(p)
}

// skip leaves out the first n bytes, which must be kept and not yet read.
func (p *page) skip(n int) { p.start, p.pos = n, n }

// fill reads until n bytes are kept or the source ends.
func (p *page) fill(n int) {
	n = min(n, pageLimit)
	for idle := 0; len(p.kept) < n && p.err == nil; {
		p.kept = slices.Grow(p.kept, 1)
		var got int
		got, p.err = p.src.Read(p.kept[len(p.kept):min(n, cap(p.kept))])
		p.kept = p.kept[:len(p.kept)+got]
		if idle++; got > 0 {
			idle = 0
		} else if idle == 100 && p.err == nil {
			p.err = io.ErrNoProgress
		}
	}
}

// Read gives out the page from its first byte on.
func (p *page) Read(b []byte) (int, error) {
	if p.pos == len(p.kept) && p.err == nil {
		if len(p.kept) == pageLimit {
			var n int
			n, p.err = p.src.Read(b)
			return n, p.err
		}
		p.fill(len(p.kept) + pageStep)
	}
	if p.pos == len(p.kept) {
		return 0, p.err
	}
	n := copy(b, p.kept[p.pos:])
	p.pos += n
	return n, nil
}

// failure is the error the source ended with, unless that was its end.
func (p *page) failure() error {
	if p.err == io.EOF {
		return nil
	}
	return p.err
}
