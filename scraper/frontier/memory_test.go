package frontier

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"scrape/results"
)

// heapBytes is how much memory is in use.
func heapBytes() int {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc)
}

// TestStatesCountWhatTheyTake holds the frontier's own count of what hosts take
// against the heap.
func TestStatesCountWhatTheyTake(t *testing.T) {
	f := New(Options[*page]{Robots: askRobots})
	const n = 20_000
	all := make([]*page, n)
	for i := range all {
		all[i] = &page{host: fmt.Sprintf("www.host%d.example", i), scheme: "http:"}
	}
	before := heapBytes()
	go add(t, f, all...)
	for p := range f.Turns(t.Context()) {
		if p.gate != "" {
			f.Open(p, nil, Report{})
		} else {
			f.Done(p, Report{})
		}
	}
	clear(all)
	took := heapBytes() - before
	if len(f.hosts) != n {
		t.Fatalf("%d hosts are known", len(f.hosts))
	}
	if took > f.states*5/4 || took < f.states/2 {
		t.Errorf("%d bytes are counted for what takes %d", f.states, took)
	}
	t.Logf("%d bytes a host, counted as %d", took/n, f.states/n)
}

// TestManyHosts has far more hosts than may be known at once: hosts that answer, that
// cannot be reached, and that want to be left alone, which is never forgotten.
func TestManyHosts(t *testing.T) {
	for name, robots := range map[string]func(f *Frontier[*page], gate *page){
		"fine": func(f *Frontier[*page], gate *page) { f.Open(gate, nil, Report{}) },
		"failing": func(f *Frontier[*page], gate *page) {
			message := strings.Repeat("x", 200) // as long as any can be
			f.Shut(gate, Refusal{Kind: results.DNS, Message: message}, Report{Health: Unreachable, Cause: message})
		},
		"to be left alone": func(f *Frontier[*page], gate *page) {
			f.Open(gate, nil, Report{Health: Overloaded, Status: 503, RetryAfter: time.Hour})
		},
	} {
		t.Run(name, func(t *testing.T) {
			n := 200_000
			if name != "fine" {
				n /= 2
			}
			manyHosts(t, n, robots)
		})
	}
}

func manyHosts(t *testing.T, n int, robots func(f *Frontier[*page], gate *page)) {
	f := New(Options[*page]{Robots: askRobots})
	before := heapBytes()
	var measuring sync.RWMutex // else what is added meanwhile counts as garbage not yet found
	go func() {
		defer f.Close()
		for i := range n {
			measuring.RLock()
			p := &page{host: fmt.Sprint("host", i), scheme: "http:"}
			measuring.RUnlock()
			f.Add(t.Context(), p)
		}
	}()
	done, most := 0, 0
	for p, refusal := range f.Turns(t.Context()) {
		if p.gate != "" {
			robots(f, p)
			continue
		}
		if refusal == nil {
			f.Done(p, Report{})
		}
		if done++; done%(n/5) == 0 {
			measuring.Lock()
			most = max(most, heapBytes()-before)
			measuring.Unlock()
		}
	}
	if done != n || most > 2*maxStates {
		t.Errorf("%d done, %d bytes of memory", done, most)
	}
	t.Logf("%d MiB at most, %d bytes for each of %d hosts known at the end", most>>20, (heapBytes()-before)/max(1, len(f.hosts)), len(f.hosts))
}
