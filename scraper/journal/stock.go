package journal

import "slices"

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
