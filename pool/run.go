package pool

import (
	"context"
	"fmt"
	"iter"
)

// Answer is what became of one task.
type Answer[T, A any] struct {
	Task    T     // as it was given
	Value   A     // when Err is nil
	Err     error // *TaskError, *LostError, *DeadlineError, *StartError, or why a value could not cross
	Worker  int   // process id of the worker that answered, 0 if none did
	Attempt int   // deliveries of the task, from 1
}

// Run has the tasks done by the pool's workers, and yields every answer as it
// comes: exactly one for each task. Tasks are drawn only as fast as workers
// take them and answers are read: no more than the workers can hold are on
// the way, so that an endless sequence needs no memory. Each is drawn when
// there is room for it at once.
//
// Run draws from tasks on a goroutine of its own, which has ended when Run
// returns: the sequence must not wait for ever once ctx is done. When ctx is
// done or the reader stops, Run ends early and the answers outstanding are
// dropped. When the pool is closed or has failed, every task that is not done
// yet, or is drawn afterwards, is answered with ErrClosed or a *StartError.
func (f Func[T, A]) Run(ctx context.Context, p *Pool, tasks iter.Seq[T]) iter.Seq[Answer[T, A]] {
	return func(yield func(Answer[T, A]) bool) {
		r := p.begin()
		fed := make(chan struct{})
		go func() {
			defer close(fed)
			defer r.close()
			if !r.admit() {
				return
			}
			for t := range tasks {
				task, err := f.encode(t)
				if err != nil {
					err = fmt.Errorf("pool: %w", err)
				}
				if !r.submit(t, task, err) {
					return
				}
			}
		}()
		defer func() { <-fed }()
		defer r.abandon()
		for {
			answers, ok := r.wait(ctx)
			if !ok {
				return
			}
			for i := range answers {
				if !yield(f.answer(&answers[i])) {
					return
				}
			}
		}
	}
}

// answer decodes what a worker sent.
func (f Func[T, A]) answer(d *finished) Answer[T, A] {
	a := Answer[T, A]{Err: d.err, Worker: d.pid}
	a.Task, _ = d.lease.task.(T) // a nil interface as task stays one
	a.Attempt = d.lease.attempt
	if a.Err != nil {
		return a
	}
	if len(d.body) == 0 {
		a.Err = fmt.Errorf("pool: answer of %q is empty", f.name)
		return a
	}
	switch verdict, body := d.body[0], d.body[1:]; verdict {
	case verdictOK:
		var err error
		if a.Value, err = f.answers.decode(body); err != nil {
			a.Err = fmt.Errorf("pool: answer of %q cannot be decoded: %w", f.name, err)
		}
	case verdictError, verdictPanic:
		a.Err = failureOf(d.body)
	default:
		a.Err = fmt.Errorf("pool: answer of %q has an unknown verdict %d", f.name, verdict)
	}
	return a
}

// run is one call of Run: its tasks on the way and its answers to be read.
// The pool's mutex guards it.
type run struct {
	pool     *Pool
	onTheWay int
	done     []finished
	size     int        // of the answers in done, in bytes
	spare    []finished // what wait handed out last, to be used again
	closed   bool       // no more tasks will come
	ended    bool       // nobody reads any more
	wake     chan struct{}
}

type finished struct {
	lease *lease
	pid   int
	body  []byte
	err   error
}

func (p *Pool) begin() *run {
	return &run{pool: p, wake: make(chan struct{}, 1)}
}

// admit waits until a task would be answered or sent at once; false when none
// is wanted any more.
func (r *run) admit() bool {
	p := r.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	return r.admitLocked()
}

func (r *run) admitLocked() bool {
	p := r.pool
	for !r.ended && (r.full() || p.ended == nil && !p.wanted()) {
		p.credit.Wait()
	}
	return !r.ended
}

// full tells whether the reader has enough to read.
func (r *run) full() bool { return len(r.done) >= maxUndelivered || r.size >= maxUndeliveredBytes }

// submit hands a task to the pool, or its error to the reader, and waits until
// the next one is wanted.
func (r *run) submit(task any, e encoded, err error) bool {
	p := r.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lastID++
	l := &lease{id: p.lastID, run: r, task: task, payload: e}
	r.onTheWay++
	switch {
	case err != nil:
		r.finish(l, 0, nil, err)
	case p.ended != nil:
		r.finish(l, 0, nil, p.ended)
	case r.ended:
		r.forget()
	case !p.place(l):
		p.retry = append(p.retry, l)
	}
	return r.admitLocked()
}

// wait waits for answers, which are the caller's until it calls wait again;
// false when there will be none.
func (r *run) wait(ctx context.Context) ([]finished, bool) {
	for {
		answers, over := r.collect()
		if len(answers) > 0 {
			return answers, true
		}
		if over {
			return nil, false
		}
		select {
		case <-r.wake:
		case <-ctx.Done():
			return nil, false
		}
	}
}

func (r *run) collect() (answers []finished, over bool) {
	p := r.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.full() {
		p.credit.Broadcast()
	}
	clear(r.spare) // so that what was read can be collected
	answers = r.done
	r.done, r.spare, r.size = r.spare[:0], answers, 0
	return answers, r.closed && r.onTheWay == 0
}

// close says that no more tasks will come.
func (r *run) close() {
	p := r.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	r.closed = true
	notify(r.wake)
}

// abandon drops what is outstanding.
func (r *run) abandon() {
	p := r.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	r.ended = true
	p.credit.Broadcast()
}

// forget books a task that nobody asks for any more.
func (r *run) forget() { r.onTheWay-- }

// finish books a task's answer: the pool's mutex is held.
func (r *run) finish(l *lease, pid int, body []byte, err error) {
	r.onTheWay--
	if r.ended {
		return
	}
	settleAll(l.payload.passers, l.attempt > 0)
	l.payload = encoded{}
	r.size += len(body)
	r.done = append(r.done, finished{lease: l, pid: pid, body: body, err: err})
	notify(r.wake)
}
