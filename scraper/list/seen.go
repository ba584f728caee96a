package list

import (
	"hash/maphash"
	"math/bits"
	"unsafe"
)

// seen remembers which URLs there were, and under which number each came
// first; a request that is more than a URL is a longer text to it. Of each it
// keeps 88 bits of a keyed hash, so that among 10⁹ one is taken for another with
// a chance of 10⁻⁹, and no list can be made to force it.
//
// The memory is outside of the Go heap, where it would make the collector
// keep as much again free. It is divided into shards that grow one at a time,
// so that of all old and new tables only a small part exists twice. 32 shards
// are few enough for whole pages of 16 KiB to be a small part of each, at
// 100,000 URLs.
type seen struct {
	memory memory
	keys   [2]maphash.Seed
	shards [1 << shardBits]shard
}

const shardBits = 5

// entry is a URL: its hash, and below 24 more bits of it the 40 bits of its
// number. Numbers are not 0, so that the zero entry is a free slot.
type entry struct{ hash, rest uint64 }

const (
	entrySize  = int(unsafe.Sizeof(entry{}))
	numberBits = 40
	numberMask = 1<<numberBits - 1
)

// before is the order of entries in a shard.
func (e entry) before(f entry) bool {
	return e.hash < f.hash || e.hash == f.hash && e.rest>>numberBits < f.rest>>numberBits
}

// equal tells whether two entries are of the same URL.
func (e entry) equal(f entry) bool {
	return e.hash == f.hash && e.rest>>numberBits == f.rest>>numberBits
}

func newSeen() *seen {
	return &seen{memory: systemMemory, keys: [2]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed()}}
}

// add remembers a URL and returns 0, or, where it was there before, the
// number it had then. Numbers are from 1 to 2⁴⁰-1.
func (s *seen) add(url string, number int64) (first int64) {
	hash := maphash.String(s.keys[0], url)
	more := maphash.String(s.keys[1], url)
	e := entry{hash, more<<numberBits | uint64(number)&numberMask}
	shard := &s.shards[hash>>(64-shardBits)]
	for {
		first, ok := shard.add(e)
		if ok {
			return first
		}
		s.grow(shard)
	}
}

// grow gives a shard a table a quarter larger.
func (s *seen) grow(old *shard) {
	size := len(old.table) * entrySize
	for {
		size += max(s.memory.page, size/4/s.memory.page*s.memory.page)
		block := s.memory.alloc(size)
		larger := shard{
			table: unsafe.Slice((*entry)(unsafe.Pointer(unsafe.SliceData(block))), size/entrySize),
			block: block,
		}
		if larger.fill(old) {
			s.release(old)
			*old = larger
			return
		}
		s.release(&larger)
	}
}

func (s *seen) release(old *shard) {
	if old.block != nil {
		s.memory.free(old.block)
	}
	*old = shard{}
}

// close gives all memory back. The set is empty then.
func (s *seen) close() {
	for i := range s.shards {
		s.release(&s.shards[i])
	}
}

// shard is a hash table with linear probing whose entries stand in the order
// of their hashes, gaps between them. The order ends a search early in a full
// table, and lets a table be copied into a larger one from front to back.
type shard struct {
	table []entry
	used  int
	block []byte // the table's memory
}

// spill is how many slots at the table's end are no entry's own: they take
// what does not fit before them, so that no search has to go round.
const spill = 64

// home is the slot of an entry in an empty table.
func (t *shard) home(e entry) int {
	slot, _ := bits.Mul64(e.hash<<shardBits, uint64(len(t.table)-spill))
	return int(slot)
}

// add inserts an entry, or finds it: then first is the number it had. It is
// not ok when the table is too full.
func (t *shard) add(e entry) (first int64, ok bool) {
	if len(t.table) == 0 {
		return 0, false
	}
	i := t.home(e)
	for i < len(t.table) && t.table[i].rest != 0 && t.table[i].before(e) {
		i++
	}
	if i < len(t.table) && t.table[i].rest != 0 && t.table[i].equal(e) {
		return int64(t.table[i].rest & numberMask), true
	}
	free := i
	for free < len(t.table) && t.table[free].rest != 0 {
		free++
	}
	if free == len(t.table) || t.used >= len(t.table)/10*9 {
		return 0, false
	}
	copy(t.table[i+1:free+1], t.table[i:free])
	t.table[i] = e
	t.used++
	return 0, true
}

// fill copies the entries of another shard into this one, which is empty. It
// fails when they do not fit.
func (t *shard) fill(old *shard) bool {
	next := 0
	for _, e := range old.table {
		if e.rest == 0 {
			continue
		}
		next = max(next, t.home(e))
		if next == len(t.table) {
			return false
		}
		t.table[next] = e
		next++
	}
	t.used = old.used
	return true
}
