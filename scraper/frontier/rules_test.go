package frontier

import (
	"container/heap"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/synctest"
	"time"
)

// counts are how often a page and a robots.txt was asked for, and when the last
// page came.
type counts struct {
	pages, files int
	last         time.Duration
}

func count(events []event) map[string]counts {
	by := map[string]counts{}
	for _, e := range events {
		c := by[e.page.Origin()]
		if e.page.gate != "" {
			c.files++
		} else {
			c.pages++
			c.last = e.at
		}
		by[e.page.Origin()] = c
	}
	return by
}

// TestStatesAreBounded has far more hosts at once than may be known, with rules
// that are large.
func TestStatesAreBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const size, hosts = 400_000, 200
		f := New(Options[*page]{Robots: askRobots, HostDelay: time.Hour, Concurrency: 8})
		w := &world{f: f}
		most := 0
		w.answer = func(p *page) {
			if p.gate != "" {
				f.Open(p, robots{size: size}, Report{Health: Fine})
			} else {
				f.Done(p, Report{Health: Fine})
			}
			f.mu.Lock()
			most = max(most, f.states)
			f.mu.Unlock()
		}
		var all []*page
		for i := range hosts {
			all = append(all, newPage(fmt.Sprint(i), 0))
		}
		add(t, f, all...)
		by := count(w.run(t))
		for origin, c := range by {
			if c.pages != 1 || c.files > 2 {
				t.Errorf("%s: %+v", origin, c)
			}
		}
		if len(by) != hosts {
			t.Errorf("%d hosts came out", len(by))
		}
		if most > maxRules+hosts*(hostSize+lineSize+100) {
			t.Errorf("%d bytes of states", most)
		}
	})
}

// TestRulesThatHoldEachOtherUp has rules for all memory, of hosts that wait for
// another robots.txt before they can be forgotten.
func TestRulesThatHoldEachOtherUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{Robots: askRobots, HostConcurrency: 1})
		w := &world{f: f}
		w.answer = func(p *page) {
			time.Sleep(time.Second)
			if p.gate != "" {
				f.Open(p, robots{size: maxRules}, Report{Health: Fine})
			} else {
				f.Done(p, Report{Health: Fine})
			}
		}
		var all []*page
		for i := range 5 {
			for _, scheme := range []string{"http:", "https:"} {
				all = append(all, &page{host: fmt.Sprint(i), scheme: scheme})
			}
		}
		add(t, f, all...)
		by := count(w.run(t))
		for origin, c := range by {
			if c.pages != 1 || c.files > 2 {
				t.Errorf("%s: %+v", origin, c)
			}
		}
		if len(by) != 10 {
			t.Errorf("%d origins came out", len(by))
		}
		if f.memory.used > maxRules {
			t.Errorf("%d bytes of rules are left", f.memory.used)
		}
	})
}

// TestLargeFilesOfSlowHostsHoldNobodyUp has far more of them than there is memory
// for, and then some with a small one.
func TestLargeFilesOfSlowHostsHoldNobodyUp(t *testing.T) {
	for _, o := range []Options[*page]{
		{Concurrency: 4},
		{Concurrency: 64},
		{Concurrency: 64, Rate: 1000},
		{Concurrency: 64, HostConcurrency: 1, Lookup: lookUp},
	} {
		synctest.Test(t, func(t *testing.T) {
			const large, small, each = 30, 200, 20
			o.Robots = askRobots
			f := New(o)
			w := &world{f: f}
			most := 0
			w.answer = func(p *page) {
				time.Sleep(10 * time.Millisecond)
				switch {
				case p.gate == " address ":
					f.Located(p, "", Report{})
				case p.gate == "":
					f.Done(p, Report{Health: Fine})
				case p.host[0] == 'L':
					f.Open(p, robots{size: 2_500_000, delay: 30 * time.Second}, Report{Health: Fine})
				default:
					f.Open(p, robots{size: 1000}, Report{Health: Fine})
				}
				f.mu.Lock()
				most = max(most, f.memory.used)
				f.mu.Unlock()
			}
			var all []*page
			for i := range large {
				all = append(all, pages(fmt.Sprint("L", i), each)...)
			}
			for i := range small {
				all = append(all, pages(fmt.Sprint("s", i), 2)...)
			}
			add(t, f, all...)
			for origin, c := range count(w.run(t)) {
				files := c.files
				if o.Lookup != nil {
					files-- // one look-up
				}
				switch {
				case origin[2] == 's' && (c.pages != 2 || files != 1 || c.last > 10*time.Second):
					t.Errorf("%s: %+v", origin, c)
				case origin[2] == 'L' && (c.pages != each || files > 2+each/8):
					t.Errorf("%s: %+v", origin, c)
				case origin[2] == 'L' && c.last > large*each*30*time.Second/4:
					t.Errorf("%s: %+v", origin, c)
				}
			}
			if most > maxRules {
				t.Errorf("%d bytes of rules", most)
			}
		})
	}
}

// TestQuickHostsWithLargeFilesHoldNobodyUp has them busy all the time.
func TestQuickHostsWithLargeFilesHoldNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{Concurrency: 8, Robots: askRobots})
		w := &world{f: f}
		running := make(chan struct{}, 8)
		w.answer = func(p *page) {
			time.Sleep(time.Second)
			<-running
			switch {
			case p.gate == "":
				f.Done(p, Report{Health: Fine})
			case p.host == "small":
				f.Open(p, robots{size: 1000}, Report{Health: Fine})
			default:
				f.Open(p, robots{size: maxRules / 4}, Report{Health: Fine})
			}
		}
		go func() {
			defer f.Close()
			for i := range 4 * 500 {
				f.Add(t.Context(), newPage(fmt.Sprint("L", i%4), i))
			}
			time.Sleep(5 * time.Second)
			f.Add(t.Context(), newPage("small", 0))
		}()
		start := time.Now()
		for p := range f.Turns(t.Context()) {
			if p.host == "small" && p.gate == "" && time.Since(start) > 20*time.Second {
				t.Errorf("it came after %v", time.Since(start))
			}
			running <- struct{}{}
			go w.answer(p)
		}
	})
}

// TestMemoryOfRulesAddsUp lets rules come and go, at random.
func TestMemoryOfRulesAddsUp(t *testing.T) {
	for seed := range uint64(50) {
		rng := rand.New(rand.NewPCG(seed, 1))
		f := New(Options[*page]{Robots: askRobots})
		f.memory.most = 1000
		now := time.Now()
		var lines []*line[*page]
		for i := range 20 {
			lines = append(lines, f.lineOf(fmt.Sprint("http://", i), fmt.Sprint(i), now))
		}
		for range 500 {
			l := lines[rng.IntN(len(lines))]
			switch {
			case l.rules == nil:
				if rng.IntN(2) == 0 {
					l.waiting.push(entry[*page]{task: newPage("a", 0)})
				}
				size := rng.IntN(400)
				f.learnRules(l, robots{size: size}, f.memory.mayPromise(size) && rng.IntN(2) == 0, now)
			case rng.IntN(10) == 0 && !l.promised:
				f.unlearnRules(l)
			default:
				l.waiting.pop()
				f.memory.serve(l)
			}
			used, promised := 0, 0
			for _, l := range lines {
				if l.rules != nil {
					used += l.size
				}
				if l.promised {
					promised += l.size
				} else if l.rules != nil && f.memory.loose[l.looseAt] != l {
					t.Fatalf("seed %d: %s is not where it stands", seed, l.origin)
				}
			}
			m := &f.memory
			if used != m.used || promised != m.promised || used > m.most {
				t.Fatalf("seed %d: %d bytes, %d promised, want %d, %d", seed, m.used, m.promised, used, promised)
			}
		}
	}
}

// TestWhichRulesAreForgottenFirst has them in that order.
func TestWhichRulesAreForgottenFirst(t *testing.T) {
	var m memory[*page]
	lines := []*line[*page]{
		{origin: "huge", size: 4000, came: 5},
		{origin: "large, useful, old", size: 2000, came: 1, served: 2},
		{origin: "large, useful, new", size: 2047, came: 3, served: 1},
		{origin: "large, new", size: 2000, came: 4},
		{origin: "large, old", size: 2047, came: 2},
		{origin: "small, useful", size: 1000, came: 0, served: 9},
	}
	for i := range lines {
		heap.Push(&m.loose, lines[(i*5+3)%len(lines)])
	}
	for _, want := range lines {
		if got := heap.Pop(&m.loose).(*line[*page]); got != want {
			t.Errorf("%q is forgotten when it should be %q", got.origin, want.origin)
		}
	}
}
