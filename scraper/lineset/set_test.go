package lineset

import (
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"
)

func TestSet(t *testing.T) {
	for name, number := range map[string]func(*rand.Rand) int64{
		"close together": func(r *rand.Rand) int64 { return r.Int64N(30_000) },
		"whole pages":    func(r *rand.Rand) int64 { return r.Int64N(2) * pageSize },
		"anywhere":       func(r *rand.Rand) int64 { return r.Int64N(1 << (1 + r.IntN(61))) },
	} {
		var s Set
		rng := rand.New(rand.NewPCG(3, 4))
		want := map[int64]bool{}
		for range 20_000 {
			n := number(rng)
			if s.Add(n) == want[n] {
				t.Fatalf("%s: %d was there: %v", name, n, want[n])
			}
			want[n] = true
			if !s.Has(n) || s.Has(n+1) != want[n+1] {
				t.Fatalf("%s: %d: %v, %d: %v", name, n, s.Has(n), n+1, s.Has(n+1))
			}
		}
		var sorted []int64
		for n := range want {
			sorted = append(sorted, n)
		}
		slices.Sort(sorted)
		if !slices.Equal(slices.Collect(s.All()), sorted) || s.Len() != int64(len(sorted)) {
			t.Errorf("%s: not what was put in, in order", name)
		}
	}
}

// A page of which all is there has no bits any more, and yet its numbers.
func TestFullPage(t *testing.T) {
	var s Set
	for n := range int64(pageSize + 1) {
		s.Add(n)
	}
	if s.Add(7) || !s.Has(pageSize-1) || s.Has(pageSize+1) || s.Len() != pageSize+1 {
		t.Error("what was added is not what is there")
	}
	next := int64(0)
	for n := range s.All() {
		if n != next {
			t.Fatalf("%d in the place of %d", n, next)
		}
		next++
	}
	if next != pageSize+1 {
		t.Errorf("%d numbers", next)
	}
}

func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// All lines of a list of 5 million, and every other one: of a bit for each, less.
func TestMemory(t *testing.T) {
	const lines = 5_000_000
	for step, limit := range map[int64]int64{1: 64 << 10, 2: lines/8 + 64<<10} {
		before := live()
		var s Set
		for n := int64(0); n < lines; n += step {
			s.Add(n)
		}
		if grown := live() - before; grown > limit {
			t.Errorf("one of %d lines: %d bytes", step, grown)
		}
		if !s.Has(0) || s.Has(1) != (step == 1) || s.Has(lines) {
			t.Error("what was added is not what is there")
		}
	}
}
