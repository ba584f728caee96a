package pool

import (
	"context"
	"errors"
	"io"
	"testing"
)

var (
	pour = Register("pour", func(ctx context.Context, j Job[pouring]) (struct{}, error) {
		for i := range j.Task.N {
			if err := j.Task.Queue.Put(ctx, i); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
	drink = Register("drink", func(ctx context.Context, j Job[pouring]) (struct{}, error) {
		for range j.Task.N {
			if _, err := j.Task.Queue.Get(ctx); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, j.Task.Done.Set()
	})
	echo = Register("echo", func(ctx context.Context, j Job[*PipeEnd[int]]) (struct{}, error) {
		for {
			n, err := j.Task.Recv(ctx)
			if errors.Is(err, io.EOF) {
				return struct{}{}, nil
			}
			if err == nil {
				err = j.Task.Send(ctx, n)
			}
			if err != nil {
				return struct{}{}, err
			}
		}
	})
	contend = Register("contend", func(ctx context.Context, j Job[contending]) (struct{}, error) {
		if _, err := j.Task.Start.Wait(ctx); err != nil {
			return struct{}{}, err
		}
		for range j.Task.N {
			if err := errors.Join(j.Task.Lock.Lock(ctx), j.Task.Lock.Unlock()); err != nil {
				return struct{}{}, err
			}
		}
		return struct{}{}, nil
	})
)

type pouring struct {
	Queue *Queue[int]
	Done  *Event
	N     int
}

type contending struct {
	Lock  *Lock
	Start *Barrier
	N     int
}

func startAll(b *testing.B, ps ...*Process) {
	b.Helper()
	for _, p := range ps {
		if err := p.Start(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func joinAll(b *testing.B, ps ...*Process) {
	b.Helper()
	for _, p := range ps {
		if err := p.Join(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
}

func perSecond(b *testing.B, what string) {
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), what+"/s")
}

func BenchmarkQueueFromChild(b *testing.B) {
	q := NewQueue[int](0)
	p := pour.Process(pouring{Queue: q, N: b.N})
	startAll(b, p)
	if _, err := q.Get(b.Context()); err != nil { // it is up
		b.Fatal(err)
	}
	b.ResetTimer()
	for range b.N - 1 {
		if _, err := q.Get(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	perSecond(b, "items")
	joinAll(b, p)
}

func BenchmarkQueueToChild(b *testing.B) {
	q, done := NewQueue[int](0), NewEvent()
	p := drink.Process(pouring{Queue: q, Done: done, N: b.N})
	startAll(b, p)
	awaitBusy(b, q.raw.ref)
	b.ResetTimer()
	for i := range b.N {
		if err := q.Put(b.Context(), i); err != nil {
			b.Fatal(err)
		}
	}
	if err := done.Wait(b.Context()); err != nil {
		b.Fatal(err)
	}
	perSecond(b, "items")
	joinAll(b, p)
}

// awaitBusy waits until somebody waits for a primitive.
func awaitBusy(b *testing.B, r *ref) {
	eventually(b, patience, "somebody waits", func() bool { return waiting(r) > 0 })
}

func BenchmarkQueueBetweenChildren(b *testing.B) {
	q, done := NewQueue[int](0), NewEvent()
	to := drink.Process(pouring{Queue: q, Done: done, N: b.N})
	from := pour.Process(pouring{Queue: q, N: b.N})
	startAll(b, to)
	awaitBusy(b, q.raw.ref)
	b.ResetTimer()
	startAll(b, from)
	if err := done.Wait(b.Context()); err != nil {
		b.Fatal(err)
	}
	perSecond(b, "items")
	joinAll(b, from, to)
}

func BenchmarkPipeRoundTrip(b *testing.B) {
	mine, its, err := NewPipe[int]()
	if err != nil {
		b.Fatal(err)
	}
	p := echo.Process(its)
	startAll(b, p)
	trip := func(i int) {
		if err := mine.Send(b.Context(), i); err != nil {
			b.Fatal(err)
		}
		if n, err := mine.Recv(b.Context()); n != i || err != nil {
			b.Fatal(n, err)
		}
	}
	trip(0)
	b.ResetTimer()
	for i := range b.N {
		trip(i)
	}
	perSecond(b, "trips")
	mine.Close()
	joinAll(b, p)
}

func BenchmarkLock(b *testing.B) {
	b.Run("here", func(b *testing.B) {
		l := NewLock()
		for b.Loop() {
			if err := errors.Join(l.Lock(b.Context()), l.Unlock()); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, n := range []int{1, 4} {
		b.Run(map[int]string{1: "another process", 4: "4 processes"}[n], func(b *testing.B) {
			c := contending{NewLock(), NewBarrier(n + 1), (b.N + n - 1) / n}
			var ps []*Process
			for range n {
				ps = append(ps, contend.Process(c))
			}
			startAll(b, ps...)
			eventually(b, patience, "all are there", func() bool { return waiting(c.Start.ref) == n })
			b.ResetTimer()
			if _, err := c.Start.Wait(b.Context()); err != nil {
				b.Fatal(err)
			}
			joinAll(b, ps...)
			perSecond(b, "locks")
		})
	}
}
