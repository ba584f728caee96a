package frontier

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func TestRetryAfterStopsTheHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostConcurrency: 2})}
		w.answer = func(p *page) {
			time.Sleep(time.Second)
			if p.host == "a" && p.n == 0 {
				w.f.Done(p, Report{Health: Overloaded, Status: 503, RetryAfter: 20 * time.Second})
				return
			}
			time.Sleep(time.Second)
			w.f.Done(p, Report{Health: Fine})
		}
		add(t, w.f, append(pages("a", 6), pages("b", 2)...)...)
		want(t, w.run(t),
			"a0 after 0s", "b0 after 0s", "a1 after 0s", "b1 after 0s",
			"a2 after 21s",                 // one at a time at first
			"a3 after 23s", "a4 after 23s", // and again as many as before
			"a5 after 25s")
	})
}

func TestLongRetryAfterEndsTheHost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostConcurrency: 1})}
		w.answer = func(p *page) {
			time.Sleep(900 * time.Millisecond)
			if p.host == "b" {
				w.f.Move(p, newPage("a", 10), Report{Health: Fine})
				return
			}
			time.Sleep(100 * time.Millisecond)
			switch {
			case p.n == 0:
				w.f.Again(p, 5*time.Second, Report{Health: Fine})
			default:
				w.f.Done(p, Report{Health: Overloaded, Status: 429, RetryAfter: time.Hour})
			}
		}
		add(t, w.f, append(pages("a", 4), newPage("b", 0))...)
		w.f.opts.MaxRetryAfter = time.Minute
		// b0 leads to a at once, before a has asked for anything.
		const because = ": http_status: 429 Too Many Requests: the host asked to be left alone for 1h0m0s"
		want(t, w.run(t), "a0 after 0s", "b0 after 0s", "a10 after 1s",
			"a1 refused after 2s"+because, "a2 refused after 2s"+because, "a3 refused after 2s"+because,
			"a0 refused after 2s"+because)
	})
}

func TestBackoff(t *testing.T) {
	const slots = 4
	now := time.Now()
	var b backoff
	rest := func(sent time.Duration, at time.Duration) time.Duration {
		b.overloaded(now.Add(sent), now.Add(at), slots, 0)
		return b.until.Sub(now.Add(at))
	}
	var rests []time.Duration
	for i := range 9 {
		rests = append(rests, rest(time.Duration(i)*time.Hour, time.Duration(i)*time.Hour))
	}
	if got, want := fmt.Sprint(rests), "[1s 2s 4s 8s 16s 32s 1m0s 1m0s 1m0s]"; got != want {
		t.Errorf("rests of %s, want %s", got, want)
	}
	// One that was sent before the rest began tells nothing new.
	if got := rest(8*time.Hour-1, 8*time.Hour+time.Minute); got != 0 {
		t.Errorf("a late answer made the host rest for %v more", got)
	}
	var open []int
	for b.healing {
		open = append(open, b.slots(slots))
		b.fine(now.Add(9*time.Hour), slots)
	}
	if want := []int{1, 2, 2, 2, 3, 3, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4}; !slices.Equal(open, want) {
		t.Errorf("slots while it heals: %v, want %v", open, want)
	}
	if got := rest(10*time.Hour, 10*time.Hour); got != time.Second {
		t.Errorf("after it has healed it rests for %v", got)
	}
}

// TestOverloadsOfOneMomentCountOnce has all slots answered with a 503.
func TestOverloadsOfOneMomentCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostConcurrency: 4})}
		w.answer = func(p *page) {
			time.Sleep(time.Duration(100+p.n) * time.Millisecond)
			if p.n < 5 {
				w.f.Done(p, Report{Health: Overloaded, Status: 503})
			} else {
				w.f.Done(p, Report{Health: Fine})
			}
		}
		add(t, w.f, pages("a", 6)...)
		want(t, w.run(t), "a0 after 0s", "a1 after 0s", "a2 after 0s", "a3 after 0s",
			"a4 after 1.1s",   // 1 s after the first
			"a5 after 3.204s") // and 2 s after that one, sent after the rest
	})
}

// TestOverloadWithoutEnd has a host that is overloaded whenever it is asked.
func TestOverloadWithoutEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		w := &world{f: New(Options[*page]{})}
		w.answer = func(p *page) {
			time.Sleep(100 * time.Millisecond)
			w.f.Done(p, Report{Health: Overloaded, Status: 503})
		}
		const n = 1000
		add(t, w.f, pages("a", n)...)
		var last string
		refused := 0
		for _, e := range w.run(t) {
			line := e.String()
			if last = line; strings.Contains(line, "refused") {
				refused++
			}
		}
		if asked := n - refused; asked > 2*DefaultHostConcurrency || !strings.HasSuffix(last, ": http_status: 503 Service Unavailable: the host is overloaded after each of 8 rests") {
			t.Errorf("%d of %d asked, at last %s", asked, n, last)
		}
		if d := time.Since(began); d < 2*time.Minute || d > 5*time.Minute {
			t.Errorf("it took %v", d)
		}
	})
}

// TestOverloadedTaskStandsBehindOthers has one page that is overloaded always,
// and a host that is asked for one at a time.
func TestOverloadedTaskStandsBehindOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostDelay: time.Second})}
		tries := 0
		w.answer = func(p *page) {
			if tries++; p.n == 0 && tries < 4 {
				w.f.Again(p, 0, Report{Health: Overloaded, Status: 503, RetryAfter: 5 * time.Second})
			} else {
				w.f.Done(p, Report{Health: Fine})
			}
		}
		add(t, w.f, pages("a", 3)...)
		want(t, w.run(t), "a0 after 0s", "a1 after 5s", "a2 after 6s", "a0 after 7s")
	})
}
