package frontier

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// TestWhatBindsUsIsNotForgotten makes room for so many hosts that nothing else
// is known of those before.
func TestWhatBindsUsIsNotForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{Robots: askRobots})
		w := &world{f: f}
		w.answer = func(p *page) {
			switch {
			case p.gate != "":
				f.Open(p, robots{size: 400_000}, Report{Health: Fine})
			case p.host == "alone":
				f.Done(p, Report{Health: Overloaded, Status: 429, RetryAfter: time.Hour})
			case p.host == "resting":
				f.Done(p, Report{Health: Overloaded, Status: 429, RetryAfter: time.Minute})
			default:
				f.Done(p, Report{Health: Fine})
			}
		}
		go func() {
			defer f.Close()
			f.Add(t.Context(), newPage("alone", 0))
			f.Add(t.Context(), newPage("resting", 0))
			for i := range 200 {
				time.Sleep(time.Millisecond)
				f.Add(t.Context(), newPage(fmt.Sprint(i), 0))
			}
			time.Sleep(10 * time.Second)
			f.Add(t.Context(), newPage("alone", 1))
			f.Add(t.Context(), newPage("resting", 1))
		}()
		var got []event
		for _, e := range w.run(t) {
			if e.page.host == "alone" || e.page.host == "resting" {
				got = append(got, e)
			}
		}
		wantAnyOrder(t, got, "alone/robots.txt 0 after 0s", "alone0 after 0s", "resting/robots.txt 0 after 0s", "resting0 after 0s",
			"alone1 refused after 10.2s: http_status: 429 Too Many Requests: the host asked to be left alone for 1h0m0s",
			"resting/robots.txt 0 after 1m0s", "resting1 after 1m0s")
		if n := len(f.hosts); n > 90 {
			t.Errorf("%d hosts are known at the end", n)
		}
	})
}

// TestIdleListIsLinked holds the list against a slice.
func TestIdleListIsLinked(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	hosts := make([]host[*page], 5)
	var list idle[*page]
	var want []*host[*page]
	for step := range 1000 {
		h := &hosts[rng.IntN(len(hosts))]
		if i := slices.Index(want, h); i >= 0 {
			want = slices.Delete(want, i, i+1)
			list.remove(h)
			if h.idle || h.older != nil || h.newer != nil {
				t.Fatalf("step %d: what is out is linked", step)
			}
		} else {
			want = append(want, h)
			list.push(h)
		}
		var forth, back []*host[*page]
		for h := list.oldest; h != nil && len(forth) <= len(hosts); h = h.newer {
			forth = append(forth, h)
		}
		for h := list.newest; h != nil && len(back) <= len(hosts); h = h.older {
			back = append(back, h)
		}
		slices.Reverse(back)
		if !slices.Equal(forth, want) || !slices.Equal(back, want) {
			t.Fatalf("step %d: %d hosts, %d from the oldest on, %d from the newest", step, len(want), len(forth), len(back))
		}
	}
}
