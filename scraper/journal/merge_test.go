package journal

import (
	"runtime"
	"testing"
)

func TestMerge(t *testing.T) {
	path, _ := written(t)
	j := reopen(t, path)
	if err := j.append(&entry{lines: []line{{20, keyFor(1)}}, positions: []int64{410, 81}, marks: make([]mark, 1)}, doneFrame); err != nil {
		t.Fatal(err)
	}
	total := j.total
	h := head()
	h.Lists = []List{{Name: "b.txt", Size: 9}, {Name: "-", Stream: true}, {Name: "c", Stream: true}}
	if err := j.Merge(h.Lists); err != nil {
		t.Fatal(err)
	}
	check := func(j *Journal) {
		t.Helper()
		if err := j.Check(h); err != nil {
			t.Error(err)
		}
		if j.Tally() != total || j.Positions()[0] != 410 || j.Spooled(1) || j.Spooled(2) {
			t.Errorf("tally %v, positions %v, streams %v", j.Tally(), j.Positions(), j.marks)
		}
		for i, c := range []struct {
			seq  int64
			key  uint64
			want bool
		}{
			{1, 12345, false},           // no line stands for its number any more
			{2, keyFor(1), true},        // one for its key
			{3, keyFor(1), true},        // as often as it was done
			{4, keyFor(1), false},       //
			{5, keyFor(1 << 40), true},  //
			{6, keyFor(1 << 40), false}, //
			{7, keyFor(3), true},
		} {
			if got := j.Done(c.seq, c.key); got != c.want {
				t.Errorf("step %d: line %d is done: %v", i, c.seq, got)
			}
		}
	}
	check(j)
	// What is done of the new list is known by its number, beside what was of the old.
	if err := j.append(&entry{lines: []line{{4, keyFor(1)}, {6, keyFor(6)}}, positions: []int64{410, 81}, marks: make([]mark, 2)}, doneFrame); err != nil {
		t.Fatal(err)
	}
	j.Close()
	j = reopen(t, path)
	for i, c := range []struct {
		seq  int64
		key  uint64
		want bool
	}{{2, keyFor(1), true}, {3, keyFor(1), true}, {4, keyFor(1), true}, {6, keyFor(6), true}, {8, keyFor(1), false}, {9, keyFor(6), false}} {
		if got := j.Done(c.seq, c.key); got != c.want {
			t.Errorf("resumed, step %d: line %d is done: %v", i, c.seq, got)
		}
	}
	// And once more another list: all that was done counts.
	if err := j.Merge(h.Lists); err != nil {
		t.Fatal(err)
	}
	for i, want := range []bool{true, true, true, false} {
		if got := j.Done(int64(100+i), keyFor(1)); got != want {
			t.Errorf("merged again, time %d: %v", i, got)
		}
	}
}

func live() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

func TestStock(t *testing.T) {
	const n = 200_000
	before := live()
	keys := make([]uint64, 0, n)
	for i := range int64(n) {
		keys = append(keys, keyFor(i%(n-n/10)))
	}
	s := newStock(keys)
	if grown := live() - before; grown > 9*n+n/10*50 {
		t.Errorf("%d keys take %d bytes", n, grown)
	}
	for i := range int64(n - n/10) {
		times := 1
		if i < n/10 {
			times = 2
		}
		for range times {
			if !s.take(keyFor(i)) {
				t.Fatalf("key %d is not there", i)
			}
		}
		if s.take(keyFor(i)) {
			t.Fatalf("key %d is there too often", i)
		}
	}
	if s.take(keyFor(n)) {
		t.Error("a key is there that was not put in")
	}
}
