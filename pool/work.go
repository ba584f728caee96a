package pool

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// Source hands out tasks, each as a Lease. It is the boundary between what a
// worker does and how tasks reach it: the socket to this machine's coordinator
// is one implementation. A Source is safe for concurrent use.
type Source interface {
	// Next waits for a task. It returns io.EOF when there will be none.
	Next(context.Context) (Lease, error)
}

// Lease is a task that this worker holds and must give back by exactly one of
// Done and Return. Delivery is at least once: a lease that is lost with its
// worker is handed to another, if it may be begun again. A Lease is safe for
// concurrent use.
type Lease interface {
	// Task is the encoded task, good until Done or Return.
	Task() []byte
	// Attempt counts deliveries of this task, from 1.
	Attempt() int
	// Extend says that the task is still being worked on.
	Extend(context.Context) error
	// Done gives the answer and forgets the task: one call, so that a
	// transport can make the answer safe before the task is gone. The answer
	// is the caller's again when Done returns.
	Done(ctx context.Context, answer []byte) error
	// Return gives the task back undone, to be handed out again after a
	// while at the earliest.
	Return(ctx context.Context, after time.Duration) error
}

// Handler does the task of a lease, and appends the answer to dst, which is never
// nil: Work gives that to Done. A Handler that has called Done or Return itself
// says so by returning nil.
type Handler func(ctx context.Context, l Lease, dst []byte) []byte

// Work takes tasks from src and does them, at most slots at a time, until src
// ends or fails or ctx is done. It returns after the last task has been
// given back: nil at the end of src, else the error of src, of Work's own call of
// Lease.Done or of ctx. A handler that ends its goroutine must have given back its
// lease, by Done or Return.
func Work(ctx context.Context, src Source, slots int, do Handler) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	w := &work{src: src, do: do, slots: slots, cancel: cancel}
	w.mu.Lock()
	w.spawn(ctx)
	w.mu.Unlock()
	w.wg.Wait()
	return context.Cause(ctx)
}

// work is the state of one call of Work. Slots start as tasks come: a new
// goroutine only when none of the running ones waits for a task.
type work struct {
	src    Source
	do     Handler
	slots  int
	cancel context.CancelCauseFunc
	wg     sync.WaitGroup

	mu      sync.Mutex
	running int
	waiting int
}

func (w *work) spawn(ctx context.Context) {
	w.running++
	w.waiting++
	w.wg.Go(func() { w.slot(ctx) })
}

func (w *work) slot(ctx context.Context) {
	ended := false
	defer func() {
		if !ended { // runtime.Goexit in the handler: another takes its place
			w.mu.Lock()
			w.running--
			w.spawn(ctx)
			w.mu.Unlock()
		}
	}()
	answer := []byte{} // not nil, so that a Handler's nil says something
	for {
		l, err := w.src.Next(ctx)
		w.mu.Lock()
		w.waiting--
		if err == nil && w.waiting == 0 && w.running < w.slots {
			w.spawn(ctx)
		}
		w.mu.Unlock()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				w.cancel(err)
			}
			ended = true
			return
		}
		if a := w.do(ctx, l, answer[:0]); a != nil {
			answer = a
			if err := l.Done(ctx, answer); err != nil {
				w.cancel(err)
				ended = true
				return
			}
		}
		if cap(answer) > frameTarget {
			answer = []byte{} // one large answer must not be kept for good
		}
		w.mu.Lock()
		w.waiting++
		w.mu.Unlock()
	}
}
