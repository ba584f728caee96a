package frontier

import (
	"testing"
	"testing/synctest"
	"time"
)

func TestHostDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostDelay: time.Second})}
		w.answer = w.takes(2500 * time.Millisecond) // the delay is between starts
		add(t, w.f, append(pages("a", 3), pages("b", 2)...)...)
		want(t, w.run(t), "a0 after 0s", "b0 after 0s", "a1 after 1s", "b1 after 1s", "a2 after 2s")
	})
}

// TestDelayIsBetweenSends has requests written later than they are given out.
func TestDelayIsBetweenSends(t *testing.T) {
	for _, o := range []Options[*page]{{HostDelay: time.Second}, {HostConcurrency: 1, Rate: 1}} {
		synctest.Test(t, func(t *testing.T) {
			w := &world{f: New(o)}
			w.answer = func(p *page) {
				time.Sleep(300 * time.Millisecond)
				sent := time.Now()
				time.Sleep(100 * time.Millisecond)
				w.f.Done(p, Report{Sent: sent, Health: Fine})
			}
			add(t, w.f, pages("a", 3)...)
			want(t, w.run(t), "a0 after 0s", "a1 after 1.3s", "a2 after 2.6s")
		})
	}
}

// TestAMissedTurnIsNotTaken has turns come to workers that are not there yet.
func TestAMissedTurnIsNotTaken(t *testing.T) {
	for _, o := range []Options[*page]{{HostDelay: time.Second}, {Rate: 1}} {
		synctest.Test(t, func(t *testing.T) {
			w := &world{f: New(o)}
			missed := 0
			w.answer = func(p *page) {
				if missed++; missed <= 2 {
					time.Sleep(300 * time.Millisecond)
					w.f.Again(p, 0, Report{Missed: true})
					return
				}
				w.f.Done(p, Report{Sent: time.Now(), Health: Fine})
			}
			add(t, w.f, pages("a", 3)...)
			want(t, w.run(t), "a0 after 0s", "a0 after 300ms", "a0 after 600ms", "a1 after 1.6s", "a2 after 2.6s")
		})
	}
}

// TestDelayCountsFromWhenTheHostHadIt has answers tell when their requests had
// surely come: at their first byte, or a tenth of the delay later.
func TestDelayCountsFromWhenTheHostHadIt(t *testing.T) {
	for latency, next := range map[time.Duration]string{
		50 * time.Millisecond:  "a1 after 1.05s",
		600 * time.Millisecond: "a1 after 1.1s",
	} {
		synctest.Test(t, func(t *testing.T) {
			w := &world{f: New(Options[*page]{HostDelay: time.Second})}
			w.answer = func(p *page) {
				sent := time.Now()
				time.Sleep(latency)
				w.f.Done(p, Report{Sent: sent, Latency: latency, Health: Fine})
			}
			add(t, w.f, pages("a", 2)...)
			want(t, w.run(t), "a0 after 0s", next)
		})
	}
}

func TestJitterOnlyMakesLonger(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{HostDelay: time.Second, Jitter: 0.5})}
		w.answer = w.takes(0)
		add(t, w.f, pages("a", 200)...)
		events := w.run(t)
		var shortest, longest time.Duration = time.Hour, 0
		for i, e := range events[1:] {
			gap := e.at - events[i].at
			shortest, longest = min(shortest, gap), max(longest, gap)
		}
		if shortest < time.Second || shortest > 1100*time.Millisecond || longest > 1500*time.Millisecond || longest < 1400*time.Millisecond {
			t.Errorf("gaps from %v to %v, want from 1s to 1.5s", shortest, longest)
		}
	})
}

// TestPacedTasksWaitForAFreeSlot has a reader that asks for more than can begin.
func TestPacedTasksWaitForAFreeSlot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{Concurrency: 2, HostDelay: time.Second})}
		w.answer = w.takes(10 * time.Second)
		add(t, w.f, newPage("a", 0), newPage("b", 0), newPage("c", 0), newPage("d", 0))
		want(t, w.run(t), "a0 after 0s", "b0 after 0s", "c0 after 10s", "d0 after 10s")
	})
}

// TestBusyHostsLeaveRoomForPacedOnes keeps the reader's read-ahead full with
// tasks that need not wait.
func TestBusyHostsLeaveRoomForPacedOnes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{Concurrency: 4, HostConcurrency: 8})}
		w.answer = w.takes(time.Second)
		add(t, w.f, append(pages("busy", 100), pages("paced", 3)...)...)
		w.f.hosts["paced"].own.floor = 5 * time.Second
		var got []event
		for _, e := range w.run(t) {
			if e.page.host == "paced" {
				got = append(got, e)
			}
		}
		if len(got) != 3 || got[0].at > 2*time.Second || got[1].at > 8*time.Second || got[2].at > 14*time.Second {
			t.Errorf("the paced host's turns: %v", got)
		}
	})
}

func TestRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{Rate: 4})}
		w.answer = w.takes(time.Second)
		add(t, w.f, append(pages("a", 3), pages("b", 2)...)...)
		want(t, w.run(t), "a0 after 0s", "b0 after 250ms", "a1 after 500ms", "b1 after 750ms", "a2 after 1s")
	})
}

func TestRateCatchesUpALittle(t *testing.T) {
	start := time.Now()
	for _, tt := range []struct {
		perSecond float64
		pause     time.Duration
		burst     int // starts at once after the pause
	}{
		{0, time.Second, 1000},
		{1e-300, 24 * time.Hour, 0},
		{10, time.Second, 1},
		{100, time.Second, 1},
		{1000, time.Second, 11},
		{1000, 3 * time.Millisecond, 3},
		{50_000, time.Second, 501},
	} {
		r := newRate(tt.perSecond)
		r.take(start)
		now, n := start.Add(tt.pause), 0
		for ; n < 1000 && r.wait(now) == 0; n++ {
			r.take(now)
		}
		if n != tt.burst {
			t.Errorf("%v/s: %d starts after a pause of %v, want %d", tt.perSecond, n, tt.pause, tt.burst)
		}
	}
}

func TestRefusalsTakeNoRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := &world{f: New(Options[*page]{Rate: 1})}
		w.answer = w.takes(0)
		add(t, w.f, append(pages("alone", 1000), pages("b", 2)...)...)
		w.f.hosts["alone"].leaveAlone(wish{503, time.Hour})
		var refused int
		for _, e := range w.run(t) {
			if e.refusal != nil && e.at == 0 {
				refused++
			}
		}
		if refused != 1000 {
			t.Errorf("%d refused at once", refused)
		}
	})
}

func TestPaced(t *testing.T) {
	overloaded := Report{Health: Overloaded, RetryAfter: time.Second, Status: 503}
	for _, tt := range []struct {
		name   string
		o      Options[*page]
		delay  time.Duration // that robots.txt asks for
		report Report        // of the page before
		want   bool
	}{
		{"nothing", Options[*page]{}, 0, Report{Health: Fine}, false},
		{"delay", Options[*page]{HostDelay: time.Second}, 0, Report{Health: Fine}, true},
		{"rate", Options[*page]{Rate: 10}, 0, Report{Health: Fine}, true},
		{"crawl-delay", Options[*page]{Robots: askRobots}, time.Second, Report{Health: Fine}, true},
		{"overload", Options[*page]{}, 0, overloaded, true},
		{"quick host", Options[*page]{Adaptive: true}, 0, Report{Health: Fine, Latency: time.Second}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tt.o.HostConcurrency = 1
				f := New(tt.o)
				add(t, f, pages("a", 2)...)
				var got bool
				for p := range f.Turns(t.Context()) {
					if p.gate != "" {
						f.Open(p, robots{delay: tt.delay}, Report{})
						continue
					}
					got = f.Paced(p)
					f.Done(p, tt.report)
					if f.Paced(p) {
						t.Error("what is not in flight is paced")
					}
				}
				if got != tt.want {
					t.Errorf("paced: %v, want %v", got, tt.want)
				}
			})
		})
	}
}

// TestLookUpsAreNotPaced has them be of no host, whatever it wants.
func TestLookUpsAreNotPaced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{HostDelay: time.Second, Lookup: lookUp})
		add(t, f, newPage("a", 0))
		for p := range f.Turns(t.Context()) {
			if paced, want := f.Paced(p), p.gate == ""; paced != want {
				t.Errorf("%v is paced: %v", p, paced)
			}
			if p.gate != "" {
				f.Located(p, "10.0.0.1", Report{})
			} else {
				f.Done(p, Report{})
			}
		}
	})
}
