package worker

import (
	"context"
	"slices"
	"sync"
)

// A page of which more is wanted than its title is kept as a whole. Most pages are
// small, so that nothing needs to be said about those; the large ones share what
// memory there is. A page takes its share as it grows, and how large it will be it
// learns last, so that several of them could each hold a part and wait for more for
// ever. Hence the rule: a page that finds nothing left of the shared memory takes
// the reserve, which is one page's at a time and enough for whatever size it comes
// to. Whoever has it waits for nothing, so it ends, and the next one has it; until
// then one that waits takes what others give back.
//
// So all large pages of a worker never take more than sharedMemory and one page of
// the largest size there may be (fetch.Options.MaxBody), by the sizes that they come
// to: while one is copied to where it has more room it is there twice.
const (
	smallPage    = 1 << 20  // bytes
	sharedMemory = 96 << 20 // bytes
)

var largePages = memory{free: sharedMemory}

// memory is for pages that take shares of it. It is safe for concurrent use.
type memory struct {
	mu      sync.Mutex
	free    int64   // bytes of the shared memory
	lent    bool    // the reserve is
	waiting []*wish // first come, first served, but for those that fit into what is free
}

// wish is a share's to become larger.
type wish struct {
	share   *share
	bytes   int64
	granted chan struct{} // closed once it is
}

// share is what one page has of a memory. It is for one goroutine.
type share struct {
	of      *memory
	bytes   int64 // of the shared memory
	reserve bool
	beyond  int64 // bytes of the reserve
}

// grow makes the share larger, and waits until it may be. The error is ctx's; the
// share is then what it was.
func (s *share) grow(ctx context.Context, bytes int64) error {
	m := s.of
	m.mu.Lock()
	w := &wish{s, bytes, make(chan struct{})}
	m.waiting = append(m.waiting, w)
	m.serve()
	m.mu.Unlock()
	select {
	case <-w.granted:
		return nil
	default:
	}
	select {
	case <-w.granted:
		return nil
	case <-ctx.Done():
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if i := slices.Index(m.waiting, w); i >= 0 {
		m.waiting = slices.Delete(m.waiting, i, i+1)
		return ctx.Err()
	}
	return nil // it was granted meanwhile
}

// settle is for a page that grows no more: if what it has of the reserve fits into
// the shared memory by now, the reserve is another's.
func (s *share) settle() {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	if !s.reserve || s.beyond > s.of.free {
		return
	}
	s.of.free -= s.beyond
	s.bytes += s.beyond
	s.beyond, s.reserve, s.of.lent = 0, false, false
	s.of.serve()
}

// release gives all of it back.
func (s *share) release() {
	s.of.mu.Lock()
	defer s.of.mu.Unlock()
	s.of.free += s.bytes
	if s.reserve {
		s.of.lent = false
	}
	s.bytes, s.beyond, s.reserve = 0, 0, false
	s.of.serve()
}

// serve grants what wishes it can.
func (m *memory) serve() {
	m.waiting = slices.DeleteFunc(m.waiting, func(w *wish) bool {
		if !m.grant(w.share, w.bytes) {
			return false
		}
		close(w.granted)
		return true
	})
}

func (m *memory) grant(s *share, bytes int64) bool {
	switch {
	case s.reserve:
		s.beyond += bytes
	case bytes <= m.free:
		m.free -= bytes
		s.bytes += bytes
	case !m.lent:
		m.lent, s.reserve, s.beyond = true, true, bytes
	default:
		return false
	}
	return true
}
