package pool

import (
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestWorkersShowHowTheyStand(t *testing.T) {
	began := time.Now()
	p := newPool(t, Options{Procs: 1, Concurrency: 3})
	if all := p.Workers(); len(all) != 0 {
		t.Errorf("before the first task: %+v", all)
	}
	own, err := pid.Call(t.Context(), p, 0)
	if err != nil {
		t.Fatal(err)
	}
	g := newGate(t)
	a, b := atGate.Go(p, g), atGate.Go(p, g)
	g.await(t, 2)
	all := p.Workers()
	if len(all) != 1 {
		t.Fatalf("%+v", all)
	}
	w := all[0]
	if w.Pid != own || w.Slots != 3 || w.InFlight != 2 || w.Ahead != 0 || w.Answered != 1 || w.Name == "" {
		t.Errorf("%+v, want pid %d with 2 tasks of 3, and 1 done", w, own)
	}
	if w.Started.Before(began) || w.Started.After(time.Now()) {
		t.Errorf("started at %v, the pool was made at %v", w.Started, began)
	}
	if known := resident(own) > 0; known != (w.Resident > 0) {
		t.Errorf("%d bytes resident", w.Resident)
	}
	g.open(t)
	for _, f := range []*Future[int]{a, b} {
		if _, err := f.Wait(within(t)); err != nil {
			t.Error(err)
		}
	}
}

func TestWatchHearsOfLifeAndDeath(t *testing.T) {
	var mu sync.Mutex
	var heard []WorkerEvent
	p := newPool(t, Options{Procs: 1, RecycleTasks: 2, Watch: func(e WorkerEvent) {
		mu.Lock()
		defer mu.Unlock()
		heard = append(heard, e)
	}})
	first, err := pid.Call(t.Context(), p, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(first, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	events := func(n int) []WorkerEvent {
		var got []WorkerEvent
		eventually(t, patience, "events", func() bool {
			mu.Lock()
			defer mu.Unlock()
			got = heard
			return len(got) >= n
		})
		return got
	}
	events(2)
	second := 0
	for range 2 { // more it may not do
		if second, err = pid.Call(t.Context(), p, 0); err != nil {
			t.Fatal(err)
		}
	}
	got := events(4)
	for i, want := range []WorkerEvent{
		{Pid: first, Slots: 1},
		{Pid: first, Ended: true, Died: true, Cause: "worker killed by SIGKILL (out of memory, or somebody's kill)"},
		{Pid: second, Slots: 1},
		{Pid: second, Ended: true, Cause: "retired, since it has done 2 tasks"},
	} {
		if want.Name = got[i].Name; want.Name == "" || got[i] != want {
			t.Errorf("event %d: %+v, want %+v", i, got[i], want)
		}
	}
}
