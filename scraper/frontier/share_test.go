package frontier

import (
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestOneHostLeavesSlotsForOthers has a host whose answers take an hour before all
// others in the list.
func TestOneHostLeavesSlotsForOthers(t *testing.T) {
	for name, o := range map[string]Options[*page]{
		"no delay":     {Concurrency: 4},
		"a delay":      {Concurrency: 4, HostDelay: 10 * time.Millisecond},
		"a rate":       {Concurrency: 4, Rate: 100},
		"two slots":    {Concurrency: 2},
		"an odd one":   {Concurrency: 5},
		"few per host": {Concurrency: 4, HostConcurrency: 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				const hosts, each = 20, 20
				w := &world{f: New(o)}
				slots := make(chan struct{}, o.Concurrency)
				var mu sync.Mutex
				most, flying := 0, 0
				enter := func(n int) {
					mu.Lock()
					defer mu.Unlock()
					flying += n
					most = max(most, flying)
				}
				w.answer = func(p *page) {
					slots <- struct{}{}
					defer func() { <-slots }()
					if p.host != "slow" {
						time.Sleep(time.Millisecond)
						w.f.Done(p, Report{Health: Fine})
						return
					}
					enter(1)
					time.Sleep(time.Hour)
					enter(-1)
					w.f.Done(p, Report{Health: Fine})
				}
				all := pages("slow", 40)
				for i := range hosts {
					all = append(all, pages(fmt.Sprint("quick", i), each)...)
				}
				go add(t, w.f, all...)
				quick := 0
				for _, e := range w.run(t) {
					if e.page.host != "slow" && e.at < time.Hour {
						quick++
					}
				}
				if quick != hosts*each {
					t.Errorf("%d of %d came while the slow one was waited for", quick, hosts*each)
				}
				if n := len(w.f.crowded); n > 0 {
					t.Errorf("%d budgets are still said to wait for slots", n)
				}
				if want := min(o.Concurrency, w.f.opts.HostConcurrency); most != want {
					t.Errorf("at the end %d of the slow one were in flight, want %d", most, want)
				}
			})
		})
	}
}

// TestAHostThatIsAloneHasAllSlots reads a list of one host, to its end or not.
func TestAHostThatIsAloneHasAllSlots(t *testing.T) {
	for lines, want := range map[int]int{100: 2, manyTasks: DefaultHostConcurrency} {
		f := New(Options[*page]{Concurrency: 4})
		for _, p := range pages("a", lines) {
			f.Add(t.Context(), p)
		}
		flying := 0
		start := func() {
			for f.next(time.Now()).state == found {
				flying++
			}
		}
		if start(); flying != want {
			t.Errorf("of %d lines %d are in flight, want %d", lines, flying, want)
		}
		f.Close()
		if start(); flying != DefaultHostConcurrency {
			t.Errorf("of %d lines, which are all, %d are in flight", lines, flying)
		}
	}
}

// TestNothingIsKeptOfCrowdedHosts has many hosts that could all use more slots.
func TestNothingIsKeptOfCrowdedHosts(t *testing.T) {
	const hosts, each, slots = 2000, 5, 2
	f := New(Options[*page]{Concurrency: slots, WindowLines: 100})
	go func() {
		defer f.Close()
		for i := range hosts {
			for _, p := range pages(fmt.Sprint("host", i), each) {
				f.Add(t.Context(), p)
			}
		}
	}()
	var held []*page
	most, given := 0, 0
	for p := range f.Turns(t.Context()) {
		held = append(held, p)
		for given++; len(held) == slots || given == hosts*each && len(held) > 0; held = held[1:] {
			f.Done(held[0], Report{Health: Fine})
		}
		f.mu.Lock()
		most = max(most, len(f.crowded))
		f.mu.Unlock()
	}
	if most > f.opts.WindowLines {
		t.Errorf("%d budgets wait for slots at once", most)
	}
}
