package frontier

import (
	"testing"
	"testing/synctest"
	"time"

	"scrape/results"
)

// TestLate has tasks whose time is over refused at that time, whatever they wait
// for, and without a start of their host.
func TestLate(t *testing.T) {
	const limit = 1500 * time.Millisecond
	began := time.Time{}
	options := func() Options[*page] {
		began = time.Now()
		return Options[*page]{
			HostDelay: time.Minute,
			Deadline:  func(*page) time.Time { return began.Add(limit) },
			Late:      Refusal{Kind: results.Timeout, Message: "too late"},
		}
	}
	for _, c := range []struct {
		name   string
		change func(*Options[*page])
		first  func(f *Frontier[*page], p *page) // what becomes of page 0
		want   []string
	}{
		{
			"the turn of its host", nil,
			func(f *Frontier[*page], p *page) { f.Again(p, 0, Report{Health: Fine}) },
			[]string{"a0 after 0s", "a0 refused after 1.5s: timeout: too late", "a1 after 1m0s"},
		},
		{
			"another attempt", nil,
			func(f *Frontier[*page], p *page) { f.Again(p, time.Hour, Report{Health: Fine}) },
			[]string{"a0 after 0s", "a0 refused after 1.5s: timeout: too late", "a1 after 1m0s"},
		},
		{
			"its host to recover", nil,
			func(f *Frontier[*page], p *page) {
				f.Again(p, 0, Report{Health: Overloaded, RetryAfter: 50 * time.Second})
			},
			[]string{"a0 after 0s", "a0 refused after 1.5s: timeout: too late", "a1 after 1m0s"},
		},
		{
			"nothing, since it moved on in time", nil,
			func(f *Frontier[*page], p *page) { f.Move(p, newPage("b", 0), Report{Health: Fine}) },
			[]string{"a0 after 0s", "b0 after 0s", "a1 after 1m0s"},
		},
		{
			"a place on disk",
			func(o *Options[*page]) {
				o.Window, o.New, o.SpillDir = 1, func() *page { return new(page) }, t.TempDir()
			},
			func(f *Frontier[*page], p *page) { f.Again(p, time.Hour, Report{Health: Fine}) },
			[]string{"a0 after 0s", "a0 refused after 1.5s: timeout: too late", "a1 after 1m0s"},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := options()
				if c.change != nil {
					c.change(&o)
				}
				w := &world{f: New(o)}
				w.answer = func(p *page) {
					if p.Host() == "a" && p.n == 0 {
						c.first(w.f, p)
					} else {
						w.f.Done(p, Report{Health: Fine})
					}
				}
				go add(t, w.f, pages("a", 2)...) // it may have to wait for the reader
				want(t, w.run(t), c.want...)
				if o.New != nil && len(w.f.spill.records) == 1 {
					t.Error("nothing has waited on disk")
				}
			})
		})
	}
}

// TestLateBehindOthers has a task refused in time that stands behind those that
// are new, and leaves these in their order.
func TestLateBehindOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		w := &world{f: New(Options[*page]{
			HostConcurrency: 1,
			Deadline:        func(*page) time.Time { return began.Add(5 * time.Second) },
			Late:            Refusal{Kind: results.Timeout, Message: "too late"},
		})}
		w.answer = func(p *page) {
			time.Sleep(4 * time.Second)
			if p.n == 0 {
				w.f.Again(p, 0, Report{Health: Overloaded, RetryAfter: time.Second})
			} else {
				w.f.Done(p, Report{Health: Fine})
			}
		}
		add(t, w.f, pages("a", 3)...)
		want(t, w.run(t), "a0 after 0s", "a0 refused after 5s: timeout: too late", "a1 after 5s", "a2 after 9s")
	})
}
