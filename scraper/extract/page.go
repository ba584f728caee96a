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

// page is a body that keeps what was read of it, up to pageLimit. It reads in whole steps, so that what is
// known of a page at any point does not depend on how the network cut it into pieces.
type page struct {
	src   io.Reader
	kept  []byte // the first bytes of the page
	start int    // where its text begins, behind a byte order mark
	pos   int    // how many bytes next has given out
	piece []byte // what Read has still to give out
	late  []byte // room for the pieces behind pageLimit
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
	for len(p.kept) < n && p.err == nil {
		p.kept = slices.Grow(p.kept, 1)
		p.kept = p.kept[:len(p.kept)+p.read(p.kept[len(p.kept):min(n, cap(p.kept))])]
	}
}

// read reads at least one byte from the source, unless that ends.
func (p *page) read(b []byte) int {
	for range 100 {
		var n int
		if n, p.err = p.src.Read(b); n > 0 || p.err != nil {
			return n
		}
	}
	p.err = io.ErrNoProgress
	return 0
}

// next gives the next piece of the page, which is good until the one after it; an empty one at the end.
func (p *page) next() []byte {
	if p.pos >= len(p.kept) && p.err == nil {
		p.fill(len(p.kept) + pageStep)
	}
	var piece []byte
	if p.pos < len(p.kept) {
		piece = p.kept[p.pos:]
	} else if p.err == nil {
		if p.late == nil {
			p.late = make([]byte, pageStep)
		}
		piece = p.late[:p.read(p.late)]
	}
	p.pos += len(piece)
	return piece
}

// Read gives out the page from its first byte on, as next does.
func (p *page) Read(b []byte) (int, error) {
	if len(p.piece) == 0 {
		if p.piece = p.next(); len(p.piece) == 0 {
			return 0, p.err
		}
	}
	n := copy(b, p.piece)
	p.piece = p.piece[n:]
	return n, nil
}

// failure is the error the source ended with, unless that was its end.
func (p *page) failure() error {
	if p.err == io.EOF {
		return nil
	}
	return p.err
}
