package journal

import "slices"

// set holds the numbers of lines. A list of 100 million that is done takes some
// 100 KB, one that is done here and there 12.5 MB.
type set struct{ pages map[int64]*page }

// page are the numbers that have all but their low bits in common.
type page struct {
	count int
	bits  *[pageSize / 64]uint64 // nil when all are there
}

const (
	pageBits = 16
	pageSize = 1 << pageBits
)

func (s *set) add(n int64) {
	p := s.pages[n>>pageBits]
	if p == nil {
		if s.pages == nil {
			s.pages = map[int64]*page{}
		}
		p = &page{bits: new([pageSize / 64]uint64)}
		s.pages[n>>pageBits] = p
	}
	low := n & (pageSize - 1)
	if p.bits == nil || p.bits[low/64]&(1<<(low%64)) != 0 {
		return
	}
	p.bits[low/64] |= 1 << (low % 64)
	if p.count++; p.count == pageSize {
		p.bits = nil
	}
}

func (s *set) has(n int64) bool {
	p := s.pages[n>>pageBits]
	if p == nil {
		return false
	}
	low := n & (pageSize - 1)
	return p.bits == nil || p.bits[low/64]&(1<<(low%64)) != 0
}

// stock holds keys, each as often as it was put in. Nearly all are there once: 10
// million of those take 81 MB.
type stock struct {
	keys  []uint64       // sorted, each once
	taken []uint64       // a bit for each
	more  map[uint64]int // what is there of a key beside the one in keys
}

// newStock takes over the keys.
func newStock(keys []uint64) *stock {
	slices.Sort(keys)
	s := &stock{more: map[uint64]int{}}
	for i, k := range keys {
		if i > 0 && k == keys[i-1] {
			s.more[k]++
		}
	}
	s.keys = slices.Compact(keys)
	s.taken = make([]uint64, (len(s.keys)+63)/64)
	return s
}

// take takes one of a key out, and tells whether there was any.
func (s *stock) take(key uint64) bool {
	i, found := slices.BinarySearch(s.keys, key)
	switch {
	case !found:
		return false
	case s.taken[i/64]&(1<<(i%64)) == 0:
		s.taken[i/64] |= 1 << (i % 64)
		return true
	case s.more[key] > 0:
		s.more[key]--
		return true
	}
	return false
}
