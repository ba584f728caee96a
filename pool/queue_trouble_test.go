package pool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"sync"
	"syscall"
	"testing"
	"time"
)

// getters is a process in which many goroutines get from one queue, and some
// move values on to another.
type getters struct {
	From, To *Queue[[]byte]
	N        int // goroutines
	Each     int // values that each gets
	Ready    *Event
}

var (
	getEach = Register("get each", func(ctx context.Context, j Job[getters]) (int, error) {
		g := j.Task
		errs := make(chan error, g.N)
		var wg sync.WaitGroup
		for range g.N {
			wg.Go(func() {
				for range g.Each {
					v, err := g.From.Get(ctx)
					if err == nil && g.To != nil {
						err = g.To.Put(ctx, v)
					}
					if err != nil {
						errs <- err
						return
					}
				}
			})
		}
		wg.Wait()
		close(errs)
		return 0, <-errs
	})
	putLate = Register("put late", func(ctx context.Context, j Job[getters]) (struct{}, error) {
		return struct{}{}, j.Task.From.Put(ctx, []byte("late"))
	})
)

// TestFetchedItemsAreForAllGoroutines: what one of them has fetched ahead is not
// out of the others' reach.
func TestFetchedItemsAreForAllGoroutines(t *testing.T) {
	q := NewQueue[[]byte](0)
	for range 200 {
		if err := q.Put(within(t), []byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	p := getEach.Process(getters{From: q, N: 100, Each: 2})
	if err := p.Start(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := p.Join(within(t)); err != nil {
		t.Error(err)
	}
}

// TestTrafficBothWays has two processes move large values from one queue to
// another, so that sockets are full in both directions.
func TestTrafficBothWays(t *testing.T) {
	from, to := NewQueue[[]byte](0), NewQueue[[]byte](0)
	const goroutines, each = 8, 4
	var ps []*Process
	for range 2 {
		p := getEach.Process(getters{From: from, To: to, N: goroutines, Each: each})
		if err := p.Start(within(t)); err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	large := make([]byte, 700<<10)
	for range 2 * goroutines * each {
		if err := from.Put(within(t), large); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 2 * goroutines * each {
		if v, err := to.Get(within(t)); len(v) != len(large) || err != nil {
			t.Fatalf("value %d: %d bytes, %v", i, len(v), err)
		}
	}
	for _, p := range ps {
		if err := p.Join(within(t)); err != nil {
			t.Error(err)
		}
	}
}

func TestClosedBeforeItWasGiven(t *testing.T) {
	q := NewQueue[[]byte](0)
	if err := q.Close(); err != nil {
		t.Fatal(err)
	}
	p := newPool(t, Options{Procs: 1})
	for range 3 {
		if _, err := putLate.Call(within(t), p, getters{From: q}); err == nil || err.Error() != ErrQueueClosed.Error() {
			t.Errorf("a put into a queue that was closed before: %v", err)
		}
	}
	if n, err := q.Len(); n != 0 || err != nil {
		t.Errorf("length %d, %v", n, err)
	}
}

func TestClosedJoinableQueueIsNotOverYet(t *testing.T) {
	q := NewJoinableQueue[int](0)
	a, b := newPuppet(t, things{Jobs: q}), newPuppet(t, things{Jobs: q})
	if err := errors.Join(q.Put(within(t), 7), q.Close()); err != nil {
		t.Fatal(err)
	}
	a.do(pull{Do: "job"})
	b.begin(pull{Do: "job"}) // it may come back
	awaitWaiting(t, q.raw.ref, 1)
	a.kill()
	if p := b.end(); p.N != 7 || p.Err != "" {
		t.Errorf("job %d, %q", p.N, p.Err)
	}
	b.do(pull{Do: "done"})
	if err := q.Join(within(t)); err != nil {
		t.Error(err)
	}
	if _, err := q.Get(within(t)); !errors.Is(err, ErrQueueClosed) {
		t.Error(err)
	}
}

func TestStoppedGetterStopsNobody(t *testing.T) {
	q := NewQueue[string](0)
	for i := range 1000 {
		if err := q.Put(within(t), fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	a := newPuppet(t, things{Queue: q})
	a.do(pull{Do: "get many", N: 100}) // and it has fetched ahead
	if err := syscall.Kill(a.process.Pid(), syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	eventually(t, patience, "it stands still", func() bool { return stopped(a.process.Pid()) })
	if _, ok, err := q.TryGet(); !ok || err != nil {
		t.Errorf("TryGet beside a getter that stands still: %v, %v", ok, err)
	}
	if _, err := q.Get(within(t)); err != nil {
		t.Error(err)
	}
	if err := syscall.Kill(a.process.Pid(), syscall.SIGCONT); err != nil {
		t.Fatal(err)
	}
	a.do(pull{Do: "get"}) // it goes on
}

// TestCyclicValues are refused by the encoder, and not by a stack overflow.
func TestCyclicValues(t *testing.T) {
	type ring struct {
		Next *ring
		Any  any
		Lock *Lock
	}
	r := &ring{}
	r.Next, r.Any = r, r
	if err := NewQueue[*ring](0).Put(within(t), r); err == nil {
		t.Error("a value without end was put")
	}
}

// TestTaskWithAPipeIsNotRunAgain: its worker may have died in the middle of a
// message.
func TestTaskWithAPipeIsNotRunAgain(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	p.silence = time.Hour // so much memory takes a slow machine a while
	mine, its, err := NewPipe[[]byte]()
	if err != nil {
		t.Fatal(err)
	}
	defer mine.Close()
	f := sendLarge.Go(p, its)
	if ok, err := mine.Poll(patience); !ok || err != nil { // it is in the middle
		t.Fatal(ok, err)
	}
	p.strike(syscall.SIGKILL)
	if _, err := f.Wait(within(t)); !isLost(err) {
		t.Errorf("the task: %v", err)
	}
	if b, err := mine.Recv(within(t)); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("the other end: %d bytes, %v", len(b), err)
	}
}

var sendLarge = Register("send large", func(ctx context.Context, j Job[*PipeEnd[[]byte]]) (struct{}, error) {
	return struct{}{}, j.Task.Send(ctx, make([]byte, 64<<20))
})

func isLost(err error) bool {
	_, ok := errors.AsType[*LostError](err)
	return ok
}

// TestLockIsFreeAfterJoin: who hears that a process has ended finds its lock
// handed on.
func TestLockIsFreeAfterJoin(t *testing.T) {
	for range 20 {
		l := NewLock()
		a := newPuppet(t, things{Lock: l})
		a.do(pull{Do: "lock"})
		a.kill()
		if ok, err := l.TryLock(); !ok || err != nil {
			t.Fatalf("TryLock right after the holder's end: %v, %v", ok, err)
		}
	}
}

// TestReferencesOfTasksAreLetGo gives a worker that lives on many primitives.
func TestReferencesOfTasksAreLetGo(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	count := func() int {
		h := ownHub()
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.shared)
	}
	before := count()
	for range 300 {
		g := getters{From: NewQueue[[]byte](0)}
		if _, err := putLate.Call(within(t), p, g); err != nil {
			t.Fatal(err)
		}
	}
	eventually(t, patience, "what tasks held is let go", func() bool {
		runtime.GC()
		_, err := collect.Call(within(t), p, 0)
		return err == nil && count() < before+30
	})
}

var collect = Register("collect", func(context.Context, Job[int]) (int, error) {
	runtime.GC()
	return 0, nil
})
