package pool

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// ways are the two ways to have a sequence squared.
var ways = map[string]func(context.Context, *Pool, iter.Seq[int]) iter.Seq[Answer[int, int]]{
	"Run":        square.Run,
	"RunOrdered": square.RunOrdered,
}

var errInput = errors.New("the input broke")

func TestItem11_1_InputFails(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 4})
	for name, way := range ways {
		for _, at := range []int{0, 3, 777} {
			answers := 0
			failure := func() (v any) {
				defer func() { v = recover() }()
				for a := range way(t.Context(), p, brokenAt(at)) {
					if a.Err != nil || a.Value != a.Task*a.Task {
						t.Errorf("%s: task %d: %d, %v", name, a.Task, a.Value, a.Err)
					}
					answers++
				}
				return nil
			}()
			e, ok := failure.(*InputPanic)
			if !ok || !errors.Is(e, errInput) || !strings.Contains(e.Error(), "brokenAt") || answers != at {
				t.Errorf("%s, broken at %d: %d answers, then %v", name, at, answers, failure)
			}
		}
		answers, ended := 0, make(chan struct{})
		go func() { // Goexit ends the reader as well
			defer close(ended)
			for range way(t.Context(), p, func(yield func(int) bool) {
				yield(1)
				runtime.Goexit()
			}) {
				answers++
			}
			answers = -1
		}()
		<-ended
		if answers != 1 {
			t.Errorf("%s, Goexit in the input: %d answers", name, answers)
		}
	}
	if v, err := square.Call(t.Context(), p, 5); v != 25 || err != nil {
		t.Errorf("the pool afterwards: %d, %v", v, err)
	}
}

// brokenAt yields so many numbers and panics.
func brokenAt(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
		panic(errInput)
	}
}

// TestItem11_3_OrderedDrawingStopsBehindASlowHead holds the first task up.
func TestItem11_3_OrderedDrawingStopsBehindASlowHead(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Concurrency: 2})
	g := newGate(t)
	var drawn atomic.Int64
	go func() {
		for drawn.Load() < maxUndelivered { // it must come to the bound…
			runtime.Gosched()
		}
		g.await(t, 1)
		if _, err := square.Call(t.Context(), p, 1); err != nil { // … and stay there while others go on
			t.Error(err)
		}
		if n := drawn.Load(); n > maxUndelivered {
			t.Errorf("%d drawn while the first is at work", n)
		}
		g.open(t)
	}()
	n := int64(0)
	for a := range atGate.RunOrdered(t.Context(), p, func(yield func(gate) bool) {
		for i := range 3 * maxUndelivered {
			task := gate("")
			if i == 0 {
				task = g
			}
			drawn.Add(1)
			if !yield(task) {
				return
			}
		}
	}) {
		if (n == 0) != (a.Task == g) || a.Err != nil {
			t.Fatalf("answer %d is for %q, %v", n, a.Task, a.Err)
		}
		n++
	}
	if n != 3*maxUndelivered {
		t.Errorf("%d answers", n)
	}
}

func TestItem11_3_FlatMemory(t *testing.T) {
	n := rounds(t, 100) * 2000 // 5000 rounds are 10⁷ tasks
	for name, way := range ways {
		p := newPool(t, Options{Procs: 2})
		heap := func() uint64 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			return m.HeapAlloc
		}
		var early, late uint64
		i := 0
		for range way(t.Context(), p, upTo(n)) {
			switch i++; i {
			case n / 4:
				early = heap()
			case n - 1:
				late = heap()
			}
		}
		if i != n || late > early+4<<20 {
			t.Errorf("%s: %d answers; heap of %d bytes after a quarter, %d at the end", name, i, early, late)
		}
	}
}

func TestItem11_4_BlockedInput(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	for name, way := range ways {
		ctx, cancel := context.WithCancel(t.Context())
		answers := 0
		promptly(t, func() {
			for range way(ctx, p, func(yield func(int) bool) {
				for i := range 10 {
					if v, err := square.Call(ctx, p, i); err != nil || !yield(v) { // input may use the pool
						return
					}
				}
				<-ctx.Done()
			}) {
				if answers++; answers == 10 { // they come while the input is blocked
					if v, err := square.Map(t.Context(), p, []int{1, 2}); err != nil || v[1] != 4 {
						t.Errorf("%s: a map beside it: %v, %v", name, v, err)
					}
					cancel()
				}
			}
		})
		cancel()
		if answers != 10 {
			t.Errorf("%s: %d answers", name, answers)
		}
	}
}

func TestItem11_2_ReaderStopsOnEndlessInput(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 8})
	drawn, ended := 0, false
	endless := func(yield func(int) bool) {
		defer func() { ended = true }()
		for ; yield(drawn); drawn++ {
		}
	}
	n := 0
	for range square.Run(t.Context(), p, endless) {
		if n++; n == 3 {
			break
		}
	}
	if !ended {
		t.Error("the endless input was not stopped")
	}
	n = 0
	for a := range square.Run(t.Context(), p, upTo(100)) { // the slots are free again
		if a.Err != nil {
			t.Fatal(a.Err)
		}
		n++
	}
	if n != 100 {
		t.Errorf("%d answers after a run that was left", n)
	}
}

func TestItem11_3_DrawingStopsAtTheBound(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	drawn := atomic.Int64{}
	endless := func(yield func(int) bool) {
		for yield(int(drawn.Add(1))) {
		}
	}
	bound := int64(maxUndelivered + 2*(1+maxReadAhead) + 1)
	read := int64(0)
	for range square.Run(t.Context(), p, endless) {
		if read++; read == 100_000 {
			break
		}
		if read == 1 { // the reader pauses: drawing goes on to the bound, and stops
			eventually(t, patience, "so much is drawn", func() bool { return drawn.Load() >= maxUndelivered })
			p.mu.Lock()
			now := p.now
			p.mu.Unlock()
			eventually(t, patience, "some ticks pass", func() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.now > now+4 })
			if d := drawn.Load(); d > 2*bound {
				t.Fatalf("%d drawn while nobody reads", d)
			}
		}
		if d := drawn.Load(); d > 2*bound+read {
			t.Fatalf("%d drawn when %d were read", d, read)
		}
	}
}
