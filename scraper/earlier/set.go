package earlier

import (
	"iter"
	"maps"
	"math/bits"
	"slices"
)

// set holds numbers of lines, a bit each where they lie close together.
type set struct {
	pages map[int64]*[pageSize / 64]uint64 // by the numbers' high bits
	count int64
}

const pageSize = 4096

// add tells whether the number was not there before.
func (s *set) add(n int64) bool {
	page := s.pages[n/pageSize]
	if page == nil {
		page = new([pageSize / 64]uint64)
		if s.pages == nil {
			s.pages = map[int64]*[pageSize / 64]uint64{}
		}
		s.pages[n/pageSize] = page
	}
	word, bit := &page[n%pageSize/64], uint64(1)<<(n%64)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	s.count++
	return true
}

// all yields the numbers in their order.
func (s *set) all() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for _, high := range slices.Sorted(maps.Keys(s.pages)) {
			for i, word := range s.pages[high] {
				for ; word != 0; word &= word - 1 {
					if !yield(high*pageSize + int64(i*64+bits.TrailingZeros64(word))) {
						return
					}
				}
			}
		}
	}
}
