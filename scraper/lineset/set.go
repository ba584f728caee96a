// Package lineset holds numbers of lines in a bit each, and in less where all are there.
package lineset

import (
	"iter"
	"maps"
	"math/bits"
	"slices"
)

// Set holds the numbers of lines. A list of 100 million of which all are in it takes some
// 100 KB, one of which some are here and there 12.5 MB. The zero value is empty; it is not
// safe for concurrent use.
type Set struct {
	pages map[int64]*page // by the numbers' high bits
	count int64
}

// page are the numbers that have all but their low bits in common.
type page struct {
	count int
	bits  *[pageSize / 64]uint64 // nil when all are there
}

const (
	pageBits = 16
	pageSize = 1 << pageBits
)

// Add puts a number in, and tells whether it was not there before.
func (s *Set) Add(n int64) bool {
	p := s.pages[n>>pageBits]
	if p == nil {
		if s.pages == nil {
			s.pages = map[int64]*page{}
		}
		p = &page{bits: new([pageSize / 64]uint64)}
		s.pages[n>>pageBits] = p
	}
	low := n & (pageSize - 1)
	if p.has(low) {
		return false
	}
	p.bits[low/64] |= 1 << (low % 64)
	if p.count++; p.count == pageSize {
		p.bits = nil
	}
	s.count++
	return true
}

// Has tells whether a number is in the set.
func (s *Set) Has(n int64) bool {
	p := s.pages[n>>pageBits]
	return p != nil && p.has(n&(pageSize-1))
}

// Len is how many numbers are in the set.
func (s *Set) Len() int64 { return s.count }

// All yields the numbers in their order. The set must not change meanwhile.
func (s *Set) All() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for _, high := range slices.Sorted(maps.Keys(s.pages)) {
			for low := range s.pages[high].all() {
				if !yield(high<<pageBits | low) {
					return
				}
			}
		}
	}
}

func (p *page) has(low int64) bool { return p.bits == nil || p.bits[low/64]&(1<<(low%64)) != 0 }

func (p *page) all() iter.Seq[int64] {
	return func(yield func(int64) bool) {
		for i := range int64(pageSize / 64) {
			word := ^uint64(0)
			if p.bits != nil {
				word = p.bits[i]
			}
			for ; word != 0; word &= word - 1 {
				if !yield(i*64 + int64(bits.TrailingZeros64(word))) {
					return
				}
			}
		}
	}
}
