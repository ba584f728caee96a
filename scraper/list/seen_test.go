package list

import (
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// account counts what a seen-set holds, and the most it held.
type account struct {
	live, peak int
	blocks     map[*byte]int
}

// countedSeen is a seen-set whose memory is counted.
func countedSeen() (*seen, *account) {
	s, a := newSeen(), &account{blocks: map[*byte]int{}}
	system := s.memory
	s.memory.alloc = func(size int) []byte {
		block := system.alloc(size)
		a.blocks[&block[0]] = size
		a.live += size
		a.peak = max(a.peak, a.live)
		return block
	}
	s.memory.free = func(block []byte) {
		a.live -= a.blocks[&block[0]]
		delete(a.blocks, &block[0])
		system.free(block)
	}
	return s, a
}

// At most 24 bytes a URL from 100,000 on, at every single size and also while
// a shard holds its old table beside the new one.
func TestSeenMemory(t *testing.T) {
	s, account := countedSeen()
	defer s.close()
	const limit = 24
	worst := 0.0
	url := []byte("https://example.com/")
	for n := 1; n <= 1_000_000; n++ {
		account.peak = account.live
		if first := s.add(string(fmt.Appendf(url, "%d", n)), int64(n)); first != 0 {
			t.Fatalf("URL %d is taken for %d", n, first)
		}
		if n < 100_000 {
			continue
		}
		// The URL that makes a shard grow is already there.
		worst = max(worst, float64(account.peak)/float64(n))
		if account.peak > limit*n {
			t.Fatalf("%d URLs cost %d bytes at most, %d after", n, account.peak, account.live)
		}
	}
	t.Logf("at most %.1f bytes a URL", worst)
	for n := 1; n <= 1_000_000; n += 7 {
		if first := s.add(string(fmt.Appendf(url, "%d", n)), 1<<40-1); first != int64(n) {
			t.Fatalf("URL %d has number %d", n, first)
		}
	}
	s.close()
	if account.live != 0 || len(account.blocks) != 0 {
		t.Errorf("after close %d bytes are left in %d blocks", account.live, len(account.blocks))
	}
}

// Repetitions cost nothing, and Close gives all memory back.
func TestReaderMemory(t *testing.T) {
	const n = 200_000
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, "https://example.com/%d\n", i%150_000)
	}
	r := NewReader([]Source{{Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text.String())), nil
	}}}, Options{Dedupe: true})
	var account *account
	r.seen, account = countedSeen()
	for i := int64(1); ; i++ {
		item, err := r.Next()
		if err == io.EOF {
			break
		}
		if want := max(0, i-150_000); err != nil || item.First != want {
			t.Fatalf("item %d is %+v, %v; want First %d", i, item, err, want)
		}
	}
	if account.peak > 24*150_000 {
		t.Errorf("150,000 URLs and their repetitions cost %d bytes", account.peak)
	}
	if err := r.Close(); err != nil || account.live != 0 {
		t.Errorf("Close: %v; %d bytes left", err, account.live)
	}
}

// A seen-set is a map, also where entries crowd: with few distinct hashes,
// and at both ends of a table.
func TestShardIsAMap(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for name, hash := range map[string]func() uint64{
		"spread":    func() uint64 { return random.Uint64() >> shardBits },
		"few":       func() uint64 { return random.Uint64N(300) << 40 },
		"at start":  func() uint64 { return random.Uint64N(1 << 20) },
		"at end":    func() uint64 { return 1<<(64-shardBits) - 1 - random.Uint64N(1<<54) },
		"all alike": func() uint64 { return 1 << 50 },
	} {
		s, account := countedSeen()
		table, want := &s.shards[0], map[[2]uint64]int64{}
		for number := int64(1); number <= 3000; number++ {
			e := entry{hash(), random.Uint64N(1<<24)<<numberBits | uint64(number)}
			key := [2]uint64{e.hash, e.rest >> numberBits}
			first, ok := table.add(e)
			for !ok {
				s.grow(table)
				first, ok = table.add(e)
			}
			if first != want[key] {
				t.Fatalf("%s: entry %d has number %d, want %d", name, number, first, want[key])
			}
			if first == 0 {
				want[key] = number
			}
		}
		entries := slices.DeleteFunc(slices.Clone(table.table), func(e entry) bool { return e.rest == 0 })
		if len(entries) != len(want) || table.used != len(want) || !slices.IsSortedFunc(entries, func(a, b entry) int {
			if a.before(b) {
				return -1
			}
			return 1
		}) {
			t.Errorf("%s: %d entries, %d used, want %d in order", name, len(entries), table.used, len(want))
		}
		s.close()
		if account.live != 0 {
			t.Errorf("%s: %d bytes left", name, account.live)
		}
	}
}

// Where the system gives no mapping, the heap does.
func TestSeenOnHeap(t *testing.T) {
	s := newSeen()
	s.memory.alloc = func(size int) []byte { return make([]byte, size) }
	for i := range int64(20_000) {
		if first := s.add(fmt.Sprint(i%10_000), i+1); first != max(0, i+1-10_000) {
			t.Fatalf("%d has number %d", i, first)
		}
	}
	s.close()
}

func BenchmarkSeen(b *testing.B) {
	urls := make([]string, 1_000_000)
	for i := range urls {
		urls[i] = fmt.Sprintf("https://www%d.example.com/some/path/page-%d.html?lang=en", i%1000, i)
	}
	s := newSeen()
	number := 0
	for b.Loop() {
		if number == len(urls) {
			s.close()
			number = 0
		}
		number++
		if s.add(urls[number-1], int64(number)) != 0 {
			b.Fatal("new URL is known")
		}
	}
	s.close()
}
