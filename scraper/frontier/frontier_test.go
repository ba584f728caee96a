package frontier

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// add puts tasks in, and closes the frontier.
func add(t *testing.T, f *Frontier[*page], pages ...*page) {
	t.Helper()
	for _, p := range pages {
		if !f.Add(t.Context(), p) {
			t.Errorf("%v was not taken", p)
		}
	}
	f.Close()
}

func pages(host string, n int) (ps []*page) {
	for i := range n {
		ps = append(ps, &page{host: host, n: i})
	}
	return ps
}

func TestHostsTakeTurns(t *testing.T) {
	f := New(Options[*page]{HostConcurrency: 100})
	add(t, f, append(pages("a", 3), pages("b", 2)...)...)
	var got []string
	for p := range f.Turns(t.Context()) {
		got = append(got, fmt.Sprint(p.host, p.n))
		f.Done(p, Report{})
	}
	if want := []string{"a0", "b0", "a1", "b1", "a2"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestHostConcurrency(t *testing.T) {
	f := New(Options[*page]{HostConcurrency: 2})
	add(t, f, append(pages("a", 10), pages("b", 3)...)...)
	next, stop := iter.Pull2(f.Turns(t.Context()))
	defer stop()
	var held []*page
	inFlight := map[string]int{}
	most := 0
	for total := 0; total < 13; {
		// All that can be in flight is taken, then the oldest ends.
		for len(held) < 4 && total+len(held) < 13 && (inFlight["a"] < 2 || inFlight["b"] < 2 && total == 0) {
			p, _, ok := next()
			if !ok {
				t.Fatalf("ended after %d", total)
			}
			held = append(held, p)
			inFlight[p.host]++
			most = max(most, inFlight[p.host])
		}
		p := held[0]
		held = held[1:]
		inFlight[p.host]--
		f.Done(p, Report{})
		total++
	}
	if most != 2 {
		t.Errorf("%d in flight for one host, want 2", most)
	}
	if _, _, ok := next(); ok {
		t.Error("a task came twice")
	}
}

// TestSlowHostHoldsNobodyUp lets one host's slots never come free.
func TestSlowHostHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{HostConcurrency: 1})
		go add(t, f, append(pages("slow", 5), pages("quick", 50)...)...)
		var slow []*page
		quick := 0
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		for p := range f.Turns(ctx) {
			if p.host == "slow" {
				slow = append(slow, p)
				continue
			}
			if quick++; quick == 50 {
				cancel()
			}
			f.Done(p, Report{})
		}
		if quick != 50 || len(slow) != 1 {
			t.Errorf("%d quick ones, %d slow ones", quick, len(slow))
		}
	})
}

func TestAgainWaitsWithoutASlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{HostConcurrency: 1})
		start := time.Now()
		go add(t, f, pages("a", 3)...)
		var got []string
		failed := false
		for p := range f.Turns(t.Context()) {
			got = append(got, fmt.Sprintf("%d after %v", p.n, time.Since(start)))
			if p.n == 0 && !failed {
				failed = true
				f.Again(p, time.Minute, Report{})
				continue
			}
			f.Done(p, Report{})
		}
		if want := []string{"0 after 0s", "1 after 0s", "2 after 0s", "0 after 1m0s"}; !slices.Equal(got, want) {
			t.Errorf("%q, want %q", got, want)
		}
	})
}

func TestMoveTakesTheOtherHostsTurn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{HostConcurrency: 1})
		go add(t, f, &page{host: "a"}, &page{host: "b"})
		var held *page
		var got []string
		for p := range f.Turns(t.Context()) {
			got = append(got, fmt.Sprint(p.host, p.n))
			switch {
			case p.host == "a":
				held = p
			case p.n == 0:
				f.Move(held, &page{host: "b", n: 1}, Report{}) // b's only slot is taken
				time.AfterFunc(time.Minute, func() { f.Done(p, Report{}) })
			default:
				f.Done(p, Report{})
			}
		}
		if want := []string{"a0", "b0", "b1"}; !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	})
}

func TestWindowHoldsTheListBack(t *testing.T) {
	for _, o := range []Options[*page]{{Window: 1000}, {Window: 1}} {
		t.Run(fmt.Sprint(o.Window), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := New(o)
				added := 0
				var mu sync.Mutex
				go func() {
					defer f.Close()
					for _, p := range pages("a", 100) {
						if !f.Add(t.Context(), p) {
							return
						}
						mu.Lock()
						added++
						mu.Unlock()
					}
				}()
				synctest.Wait()
				done := 0
				for p := range f.Turns(t.Context()) {
					mu.Lock()
					if added > done+11 {
						t.Errorf("%d added when %d were done", added, done)
					}
					mu.Unlock()
					f.Done(p, Report{})
					done++
				}
				if done != 100 {
					t.Errorf("%d done", done)
				}
			})
		})
	}
}

// growing is a task that a redirect makes a hundred times as large.
type growing struct {
	n     int
	large bool
}

func (g *growing) Host() string   { return fmt.Sprint(g.n % 50) }
func (g *growing) Origin() string { return g.Host() }
func (g *growing) Target() string { return "/" }

func (g *growing) AppendBinary(b []byte) ([]byte, error) { return b, nil }
func (g *growing) UnmarshalBinary([]byte) error          { return nil }

func (g *growing) Size() int {
	if g.large {
		return 10_000
	}
	return 100
}

func TestRedirectsCannotOutgrowTheWindow(t *testing.T) {
	f := New(Options[*growing]{Window: 100_000})
	go func() {
		defer f.Close()
		for i := range 5000 {
			f.Add(t.Context(), &growing{n: i})
		}
	}()
	const slots = 20
	var held []*growing
	done, most := 0, 0
	for done < 5000 {
		if len(held) < slots {
			if n := f.next(time.Now()); n.state == found {
				held = append(held, n.task)
				continue
			}
		}
		if len(held) == 0 {
			runtime.Gosched() // the list is being read
			continue
		}
		g := held[0]
		held = held[1:]
		if g.large {
			f.Done(g, Report{})
			done++
		} else {
			f.Move(g, &growing{g.n, true}, Report{})
		}
		f.mu.Lock()
		most = max(most, f.bytes)
		f.mu.Unlock()
	}
	if limit := 2*f.opts.Window + (slots+1)*10_000; most > limit {
		t.Errorf("%d bytes at once, want at most %d", most, limit)
	}
}

func TestDrain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{Window: 2000, HostConcurrency: 1})
		ended := make(chan bool)
		go func() {
			taken := true
			for i := 0; taken; i++ {
				taken = f.Add(t.Context(), &page{host: "a", n: i})
			}
			ended <- taken
		}()
		n := 0
		for range f.Turns(t.Context()) {
			n++
			f.Drain()
		}
		if n != 1 {
			t.Errorf("%d turns after a drain", n)
		}
		if <-ended {
			t.Error("a drained frontier takes more")
		}
	})
}

func TestNothingIsKeptOfHostsThatAreDone(t *testing.T) {
	f := New(Options[*page]{})
	go func() {
		defer f.Close()
		for i := range 1000 {
			f.Add(t.Context(), &page{host: fmt.Sprint(i)})
		}
	}()
	for p := range f.Turns(t.Context()) {
		f.Done(p, Report{})
	}
	if len(f.hosts) != 0 || f.count != 0 || f.bytes != 0 {
		t.Errorf("%d hosts, %d tasks, %d bytes left", len(f.hosts), f.count, f.bytes)
	}
}
