package pool

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"runtime/debug"
	"sync"
)

// Future is the answer to come of a task that was given with Func.Go. It is
// safe for concurrent use.
type Future[A any] struct {
	promise *promise
	result  func() (A, error) // decodes once, after the promise is kept
}

// Call has one task done and returns its value. The errors are those of
// Answer.Err, ErrClosed, and the cause of ctx when that is done first: then
// nobody waits for the task any more, and it is not begun if it has not been.
func (f Func[T, A]) Call(ctx context.Context, p *Pool, task T) (A, error) {
	if ctx.Err() != nil {
		var none A
		return none, context.Cause(ctx)
	}
	answer := f.Go(p, task)
	defer answer.promise.abandon()
	return answer.Wait(ctx)
}

// Go has one task done and returns at once, with the answer to come. Tasks
// wait in a queue without bound: where they come from a sequence, Run takes
// them only as fast as workers do.
func (f Func[T, A]) Go(p *Pool, task T) *Future[A] {
	n := p.natureOf(task)
	payload, err := f.encode(task)
	q := &promise{pool: p, kept: make(chan struct{})}
	p.queue(q, n, payload, err)
	return &Future[A]{promise: q, result: sync.OnceValues(func() (A, error) {
		defer func() { q.answer = finished{} }()
		return f.value(&q.answer)
	})}
}

// Wait waits for the answer. The errors are those of Answer.Err, ErrClosed, and
// the cause of ctx when that is done first: the task goes on, and Wait may be
// called again.
func (f *Future[A]) Wait(ctx context.Context) (A, error) {
	if f.Ready() {
		return f.result()
	}
	select {
	case <-f.promise.kept:
		return f.result()
	case <-ctx.Done():
		var none A
		return none, context.Cause(ctx)
	}
}

// Ready tells whether the answer is there, so that Wait returns at once.
func (f *Future[A]) Ready() bool { return isClosed(f.promise.kept) }

// Done gives a channel that is closed when the answer is there.
func (f *Future[A]) Done() <-chan struct{} { return f.promise.kept }

// Then has do called with the answer, once, on a goroutine of its own: when the
// answer comes, or now if it is there. A panic in do is reported with its stack
// to Options.Logf and Options.Stderr, or to package log's logger where there is
// neither, and harms nothing else. Pool.Wait waits for do.
func (f *Future[A]) Then(do func(A, error)) {
	f.promise.then(func() { do(f.result()) })
}

// promise is the part of a Future that the scheduler knows. The pool's mutex
// guards it until it is kept, and its answer is the Future's afterwards.
type promise struct {
	pool      *Pool
	kept      chan struct{} // closed when the answer is there
	answer    finished
	callbacks []func()
	abandoned bool
}

// queue puts a task at the end of the backlog, or its error into the promise.
func (p *Pool) queue(q *promise, n nature, payload encoded, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.newLease(q, 0, nil, n, payload)
	if err == nil {
		err = p.refusal()
	}
	if err != nil {
		q.finish(l, 0, nil, err)
		return
	}
	p.backlog = append(p.backlog, l)
	p.serveBacklog()
}

func (q *promise) then(do func()) {
	q.pool.mu.Lock()
	defer q.pool.mu.Unlock()
	if isClosed(q.kept) {
		q.pool.callBack(do)
	} else {
		q.callbacks = append(q.callbacks, do)
	}
}

func (q *promise) abandon() {
	q.pool.mu.Lock()
	defer q.pool.mu.Unlock()
	q.abandoned = true
}

// left, forget and finish implement asker.
func (q *promise) left() bool { return q.abandoned }

func (q *promise) forget(l *lease) { l.settle() }

func (q *promise) finish(l *lease, pid int, body []byte, err error) {
	l.settle()
	l.dropFile()
	q.answer = finished{pid: pid, body: body, err: err}
	close(q.kept)
	for _, do := range q.callbacks {
		q.pool.callBack(do)
	}
	q.callbacks = nil
}

// callBack runs do on a goroutine that Wait waits for: the pool's mutex is
// held.
func (p *Pool) callBack(do func()) {
	p.callbacks.enter()
	go func() {
		defer p.callbacks.leave()
		defer func() {
			if v := recover(); v != nil {
				p.reportPanic(v, debug.Stack())
			}
		}()
		do()
	}()
}

func (p *Pool) reportPanic(v any, stack []byte) {
	if p.opts.Logf == nil && p.opts.Stderr == nil {
		log.Printf("pool: a callback panicked: %v\n%s", v, stack)
		return
	}
	p.logf("a callback panicked: %v\n%s", v, stack)
	p.print("pool", fmt.Appendf(nil, "a callback panicked: %v", v))
	for line := range bytes.Lines(stack) {
		p.print("pool", bytes.TrimSuffix(line, []byte("\n")))
	}
}
