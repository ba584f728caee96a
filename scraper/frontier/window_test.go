package frontier

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"scrape/scraper/tempfile"
)

func newEmpty() *page { return new(page) }

// TestSortedListRunsAsFastAsAShuffledOne has the lines of a slow host first, in
// far more than the window's memory.
func TestSortedListRunsAsFastAsAShuffledOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const slow, quick = 9_000, 150
		f := New(Options[*page]{Window: 20_000, HostConcurrency: 8, WindowLines: slow + quick, New: newEmpty, SpillDir: t.TempDir()})
		w := &world{f: f}
		var mu sync.Mutex
		most := 0
		w.answer = func(p *page) {
			time.Sleep(time.Second)
			f.mu.Lock()
			bytes := f.bytes
			f.mu.Unlock()
			mu.Lock()
			most = max(most, bytes)
			mu.Unlock()
			f.Done(p, Report{Health: Fine})
		}
		go func() {
			defer f.Close()
			for i := range slow {
				f.Add(t.Context(), &page{host: "slow", n: i, scheme: "http:"})
			}
			for i := range quick {
				f.Add(t.Context(), &page{host: fmt.Sprint("quick", i), n: i, scheme: "http:"})
			}
		}()
		var order []int
		var last time.Duration
		for _, e := range w.run(t) {
			if e.page.host == "slow" {
				order = append(order, e.page.n)
			} else {
				last = e.at
			}
		}
		if len(order) != slow || !slices.IsSorted(order) {
			t.Errorf("%d of the slow host came, in their order: %v", len(order), slices.IsSorted(order))
		}
		if last > time.Second {
			t.Errorf("the last quick one came after %v", last)
		}
		if limit := 20_000 + (quick+20)*100; most > limit {
			t.Errorf("%d bytes of tasks in memory, want at most %d", most, limit)
		}
		if f.count != 0 || f.bytes != 0 || f.spill.live != 0 {
			t.Errorf("%d tasks, %d bytes in memory and %d on disk are left", f.count, f.bytes, f.spill.live)
		}
	})
}

func TestWindowLines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{WindowLines: 10})
		added := 0
		go func() {
			for f.Add(t.Context(), newPage("a", added)) {
				added++
			}
		}()
		synctest.Wait()
		if added != 10 {
			t.Errorf("%d were added", added)
		}
		f.Drain()
		synctest.Wait()
	})
}

// TestWithoutDiskTheWindowIsItsMemory fails to make or write the file.
func TestWithoutDiskTheWindowIsItsMemory(t *testing.T) {
	for name, open := range map[string]func() (tempfile.File, error){
		"no directory": tempfile.In(t.TempDir() + "/missing"),
		"a full disk":  (&memoryFile{full: 2 * segmentSize}).open,
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var logged []string
				f := New(Options[*page]{Window: 100_000, New: newEmpty, Tell: func(e Event) {
					logged = append(logged, e.String())
				}})
				f.spill.open = open
				w := &world{f: f}
				w.answer = w.takes(time.Second)
				const n = 60_000
				go func() {
					defer f.Close()
					for i := range n {
						f.Add(t.Context(), &page{host: fmt.Sprint("host", i%100), n: i, scheme: "http:"})
					}
				}()
				synctest.Wait()
				if f.count > 50_000 {
					t.Errorf("%d were added", f.count)
				}
				seen := map[int]bool{}
				for _, e := range w.run(t) {
					seen[e.page.n] = true
				}
				if len(seen) != n {
					t.Errorf("%d of %d came out", len(seen), n)
				}
				if len(logged) != 1 || !strings.HasPrefix(logged[0], os.TempDir()+": no s") || !strings.Contains(logged[0], ": lines that wait for their host's turn cannot be kept there, so the list is read ahead less far") {
					t.Errorf("%q", logged)
				}
			})
		})
	}
}

func TestBrokenDiskEndsTheTurns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{Window: 100_000, New: newEmpty})
		f.spill.open = (&memoryFile{broken: true}).open
		go func() {
			for i := range 50_000 {
				f.Add(t.Context(), &page{host: "a", n: i, scheme: "http:"})
			}
		}()
		n := 0
		for p := range f.Turns(t.Context()) {
			n++
			time.AfterFunc(time.Second, func() { f.Done(p, Report{}) })
		}
		if err := f.Err(); err == nil || n > 1001 {
			t.Errorf("%d came, then %v", n, err)
		}
		time.Sleep(2 * time.Second)
	})
}
