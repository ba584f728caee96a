package frontier

import (
	"fmt"
	"iter"
	"reflect"
	"testing"
	"testing/synctest"
	"time"
)

func TestSnapshot(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{HostConcurrency: 2, GiveUp: 2})
		add(t, f, append(append(pages("a", 5), pages("b", 2)...), pages("dead", 4)...)...)
		next, stop := iter.Pull2(f.Turns(t.Context()))
		defer stop()
		var given []*page
		take := func(n int) {
			for range n {
				p, _, _ := next()
				given = append(given, p)
				time.Sleep(time.Second)
			}
		}
		take(6) // a0 b0 dead0 a1 b1 dead1
		names := func(most int) Snapshot { return f.Snapshot(most, func(p *page) string { return p.String() }) }
		if got, want := names(10), (Snapshot{
			Hosts: 3, Waiting: 5, InFlight: 6,
			Busiest: []HostState{
				{Host: "a", InFlight: 2, Waiting: 3, Slots: 2},
				{Host: "dead", InFlight: 2, Waiting: 2, Slots: 2},
				{Host: "b", InFlight: 2, Slots: 2},
			},
			Slowest: []Flight{
				{"a0", 6 * time.Second}, {"b0", 5 * time.Second}, {"dead0", 4 * time.Second},
				{"a1", 3 * time.Second}, {"b1", 2 * time.Second}, {"dead1", time.Second},
			},
		}); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if got, want := names(1), (Snapshot{
			Hosts: 3, Waiting: 5, InFlight: 6,
			Busiest: []HostState{{Host: "a", InFlight: 2, Waiting: 3, Slots: 2}},
			Slowest: []Flight{{"a0", 6 * time.Second}},
		}); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		if got, want := names(0), (Snapshot{Hosts: 3, Waiting: 5, InFlight: 6}); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}

		f.Again(given[0], time.Hour, Report{Health: Overloaded, RetryAfter: 30 * time.Second})
		for _, p := range []*page{given[2], given[5]} {
			f.Done(p, Report{Health: Unreachable, Cause: "connect: no"})
		}
		time.Sleep(10 * time.Second)
		if got, want := names(10).Busiest, []HostState{
			{Host: "b", InFlight: 2, Slots: 2},
			{Host: "a", InFlight: 1, Waiting: 4, Slots: 1, Rest: 20 * time.Second},
			{Host: "dead", Waiting: 2, Slots: 2, Refused: "given up after 2 failures in a row, the last: connect: no"},
		}; !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		f.Drain()
	})
}

// Gates are in flight like other requests, but nothing that the list has.
func TestSnapshotOfGates(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := New(Options[*page]{Robots: askRobots, HostDelay: time.Second})
		add(t, f, pages("a", 3)...)
		next, stop := iter.Pull2(f.Turns(t.Context()))
		defer stop()
		next()
		got := f.Snapshot(10, func(p *page) string { return fmt.Sprint(p) })
		if want := (Snapshot{
			Hosts: 1, Waiting: 3, InFlight: 1,
			Busiest: []HostState{{Host: "a", InFlight: 1, Waiting: 3, Slots: DefaultHostConcurrency, Delay: time.Second}},
			Slowest: []Flight{{"a/robots.txt 0", 0}},
		}); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
		f.Drain()
	})
}
