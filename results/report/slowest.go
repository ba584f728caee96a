package report

import (
	"cmp"
	"container/heap"
	"slices"
	"time"
)

// slowest keeps the samples that took longest: a heap with the quickest of them on
// top.
type slowest struct {
	most int
	kept []sample
}

// wants tells whether a URL that took so long is one of them, as yet.
func (s *slowest) wants(total time.Duration) bool {
	return len(s.kept) < s.most || total > s.kept[0].total
}

// add keeps one that is wanted.
func (s *slowest) add(one sample) {
	if len(s.kept) < s.most {
		heap.Push(s, one)
		return
	}
	s.kept[0] = one
	heap.Fix(s, 0)
}

// sorted are the samples, the slowest first.
func (s *slowest) sorted() []sample {
	return slices.SortedFunc(slices.Values(s.kept), func(a, b sample) int {
		return cmp.Or(cmp.Compare(b.total, a.total), cmp.Compare(a.seq, b.seq))
	})
}

// Len, Less, Swap, Push and Pop are for package heap.
func (s *slowest) Len() int           { return len(s.kept) }
func (s *slowest) Less(i, j int) bool { return s.kept[i].total < s.kept[j].total }
func (s *slowest) Swap(i, j int)      { s.kept[i], s.kept[j] = s.kept[j], s.kept[i] }
func (s *slowest) Push(x any)         { s.kept = append(s.kept, x.(sample)) }
func (s *slowest) Pop() any           { panic("nothing is taken off") }
