package frontier

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestGivingUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostConcurrency: 1, GiveUp: 3})}
		w.answer = func(p *page) {
			time.Sleep(time.Second)
			r := Report{Health: Unreachable, Cause: "connect: connection refused"}
			if p.n == 0 {
				w.f.Again(p, time.Hour, r)
				return
			}
			w.f.Done(p, r)
		}
		add(t, w.f, pages("a", 5)...)
		const because = ": host_given_up: given up after 3 failures in a row, the last: connect: connection refused"
		want(t, w.run(t), "a0 after 0s", "a1 after 1s", "a2 after 2s",
			"a3 refused after 3s"+because, "a4 refused after 3s"+because, "a0 refused after 3s"+because)
	})
}

func TestOnlyFailuresInARowCount(t *testing.T) {
	for _, h := range []Health{Fine, Overloaded, Slow, Other} {
		var r reach
		for range 10 {
			r.failed("no", 2, time.Now())
			r.reached()
		}
		if r.dead != nil {
			t.Errorf("given up though every second was %v", h)
		}
	}
	var r reach
	for range 100 {
		r.failed("no", -1, time.Now())
	}
	if r.dead != nil {
		t.Error("given up though that is off")
	}
}

// TestProbe revives a host that comes back.
func TestProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{HostConcurrency: 4, GiveUp: 2})
		start := time.Now()
		w := &world{f: f}
		w.answer = func(p *page) {
			if time.Since(start) < 70*time.Second {
				f.Done(p, Report{Health: Unreachable, Cause: "connect: no"})
			} else {
				f.Done(p, Report{Health: Fine})
			}
		}
		go func() {
			defer f.Close()
			for i := range 12 {
				for j := range 3 {
					f.Add(t.Context(), newPage("a", 3*i+j))
				}
				time.Sleep(10 * time.Second)
			}
		}()
		ran := map[time.Duration]int{}
		for _, e := range w.run(t) {
			if e.refusal == nil {
				ran[e.at]++
			}
		}
		// One probe at 30, 60 and 90 s; that one finds it well, and of the
		// three that have come then only those wait that came after it.
		if ran[30*time.Second] != 1 || ran[60*time.Second] != 1 || ran[90*time.Second] < 1 || ran[100*time.Second] != 3 || ran[110*time.Second] != 3 || ran[40*time.Second] != 0 {
			t.Errorf("%v", ran)
		}
	})
}

// TestDeadHostIsSoonDoneWith has one of 100,000 URLs among others that go on.
func TestDeadHostIsSoonDoneWith(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const dead = 99_000
		f := New(Options[*page]{Window: 64 << 20, Rate: 50})
		w := &world{f: f}
		w.answer = func(p *page) {
			if p.host == "dead" {
				f.Done(p, Report{Health: Unreachable, Cause: "connect: no"})
			} else {
				f.Done(p, Report{Health: Fine})
			}
		}
		add(t, f, append(pages("dead", dead), pages("live", 900)...)...)
		events := w.run(t)
		if len(events) != dead+900 {
			t.Fatalf("%d came out", len(events))
		}
		between := 0
		for _, e := range events {
			if e.page.host == "live" {
				between = 0
			} else if between++; between > 4*refusalsPerStart && e.at > 30*time.Second {
				t.Fatalf("still refused after %v", e.at)
			}
		}
	})
}

// TestNobodyWaitsForAProbe has a dead host with a delay: while that lasts, it is
// not probed, and its tasks are refused.
func TestNobodyWaitsForAProbe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{HostDelay: 45 * time.Second, GiveUp: 1})
		w := &world{f: f}
		w.answer = func(p *page) { f.Done(p, Report{Health: Unreachable, Cause: "connect: no"}) }
		go func() {
			defer f.Close()
			for i := range 6 {
				f.Add(t.Context(), newPage("a", 2*i))
				f.Add(t.Context(), newPage("a", 2*i+1))
				time.Sleep(10 * time.Second)
			}
		}()
		const once = ": host_given_up: given up after 1 failures in a row, the last: connect: no"
		wantAnyOrder(t, w.run(t), "a0 after 0s", "a1 refused after 0s"+once,
			"a2 refused after 10s"+once, "a3 refused after 10s"+once,
			"a4 refused after 20s"+once, "a5 refused after 20s"+once,
			"a6 refused after 30s"+once, "a7 refused after 30s"+once,
			"a8 refused after 40s"+once, "a9 refused after 40s"+once,
			"a10 after 50s", "a11 refused after 50s"+once)
	})
}
