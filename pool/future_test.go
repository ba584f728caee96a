package pool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestItem7_4_WaitTimesOutAndTheTaskGoesOn(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	g := newGate(t)
	f := atGate.Go(p, g)
	g.await(t, 1)
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if _, err := f.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) || f.Ready() {
		t.Errorf("Wait with a time-out: %v, ready %v", err, f.Ready())
	}
	g.open(t)
	<-f.Done()
	if pid, err := f.Wait(ctx); err != nil || pid == 0 || !f.Ready() { // what is there comes also when ctx is done
		t.Errorf("the answer later: %d, %v", pid, err)
	}
	if _, err := square.Call(ctx, p, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Call with a context that is done: %v", err)
	}
}

func TestItem7_5_EachCallbackOnce(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	const n = 100
	var early, late [n]atomic.Int64
	for i := range n {
		how := [...]string{"fine", "error"}[i%2]
		count := func(to *atomic.Int64) func(string, error) {
			return func(v string, err error) {
				if (err == nil) != (how == "fine") || (v == "fine") != (how == "fine") {
					t.Errorf("callback for %q: %q, %v", how, v, err)
				}
				to.Add(1)
			}
		}
		f := oddly.Go(p, how)
		f.Then(count(&early[i]))
		if _, err := f.Wait(t.Context()); (err == nil) != (how == "fine") {
			t.Errorf("%q: %v", how, err)
		}
		f.Then(count(&late[i]))
	}
	closeAndWait(t, p)
	for i := range n {
		if early[i].Load() != 1 || late[i].Load() != 1 {
			t.Errorf("callbacks of task %d ran %d and %d times", i, early[i].Load(), late[i].Load())
		}
	}
}

func TestWaitWaitsForCallbacks(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	release := make(chan struct{})
	square.Go(p, 1).Then(func(int, error) { <-release })
	p.Close()
	<-p.gone
	ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := p.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Wait while a callback runs: %v", err)
	}
	close(release)
	if err := p.Wait(within(t)); err != nil {
		t.Errorf("Wait afterwards: %v", err)
	}
}

// notebook is a writer that remembers what each Write was.
type notebook struct {
	mu     sync.Mutex
	inside atomic.Int64
	writes []string
}

func (n *notebook) Write(b []byte) (int, error) {
	if n.inside.Add(1) > 1 {
		panic("two Writes at once")
	}
	defer n.inside.Add(-1)
	n.mu.Lock()
	defer n.mu.Unlock()
	n.writes = append(n.writes, string(b))
	return len(b), nil
}

func (n *notebook) all() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return append([]string(nil), n.writes...)
}

func TestItem7_6_CallbackPanics(t *testing.T) {
	var logged, standard bytes.Buffer
	printed := &notebook{}
	defer log.SetOutput(log.Writer())
	log.SetOutput(&standard)
	for name, test := range map[string]struct {
		o     Options
		heard func() string
	}{
		"Logf":    {Options{Logf: func(f string, args ...any) { fmt.Fprintf(&logged, f, args...) }}, logged.String},
		"Stderr":  {Options{Stderr: printed}, func() string { return strings.Join(printed.all(), "") }},
		"neither": {Options{}, standard.String},
	} {
		t.Run(name, func(t *testing.T) {
			test.o.Procs = 1
			p, err := New(t.Context(), test.o)
			if err != nil {
				t.Fatal(err)
			}
			f := square.Go(p, 3)
			f.Then(clumsy)
			others := make(chan int, 1)
			f.Then(func(v int, _ error) { others <- v })
			if v, err := f.Wait(t.Context()); v != 9 || err != nil || <-others != 9 {
				t.Errorf("the answer beside a panic: %d, %v", v, err)
			}
			if v, err := square.Call(t.Context(), p, 4); v != 16 || err != nil {
				t.Errorf("the pool after a panic: %d, %v", v, err)
			}
			closeAndWait(t, p)
			if s := test.heard(); !strings.Contains(s, "oh dear") || !strings.Contains(s, "clumsy") {
				t.Errorf("reported: %q", s)
			}
		})
	}
}

func clumsy(int, error) { panic("oh dear") }

func TestItem7_7_CallbacksSubmit(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	stuck := make(chan struct{})
	slow := square.Go(p, 0)
	slow.Then(func(int, error) { <-stuck })
	depth := make(chan int, 1)
	var next func(v int, err error)
	next = func(v int, err error) {
		if err != nil || v == 100*100 {
			depth <- v
			return
		}
		var n int
		for n = 0; n*n < v; n++ {
		}
		square.Go(p, n+1).Then(next)
	}
	square.Go(p, 0).Then(next)
	select {
	case v := <-depth:
		if v != 100*100 {
			t.Errorf("the chain ended at %d", v)
		}
	case <-time.After(30 * time.Second):
		t.Error("a slow callback holds up the others")
	}
	close(stuck)
}

func TestItem7_14_ManyGoroutinesShareAPool(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 6})
	var wg sync.WaitGroup
	for range 10 {
		wg.Go(func() {
			futures := make([]*Future[int], 50)
			for i := range futures {
				futures[i] = square.Go(p, i)
			}
			tasks := make([]int, 50)
			for a := range square.RunOrdered(t.Context(), p, upTo(50)) {
				tasks[a.Task] = a.Task
				if v, err := square.Call(t.Context(), p, a.Task); err != nil || v != a.Value {
					t.Errorf("Call(%d): %d, %v", a.Task, v, err)
				}
			}
			values, err := square.Map(t.Context(), p, tasks)
			if err != nil {
				t.Error(err)
			}
			for i, f := range futures {
				if v, err := f.Wait(t.Context()); err != nil || v != i*i || values[i] != v {
					t.Errorf("%d squared is %d and %d, %v", i, v, values[i], err)
				}
			}
		})
	}
	wg.Wait()
}

// TestBacklogAndRunsTakeTurns has a long backlog and an endless run share one
// slot: both must come to their first hundred.
func TestBacklogAndRunsTakeTurns(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	backlog := make([]*Future[int], 100_000)
	for i := range backlog {
		backlog[i] = square.Go(p, i)
	}
	n := 0
	for range square.Run(t.Context(), p, func(yield func(int) bool) {
		for i := 0; yield(i); i++ {
		}
	}) {
		if n++; n == 100 {
			if backlog[len(backlog)-1].Ready() {
				t.Error("the run waited for the whole backlog")
			}
			if _, err := backlog[99].Wait(within(t)); err != nil {
				t.Errorf("the backlog waits for the run: %v", err)
			}
			break
		}
	}
	p.Terminate()
}
