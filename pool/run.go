package pool

import (
	"context"
	"iter"
	"os"
)

// Run has the tasks done by the pool's workers, and yields every answer as it
// comes: exactly one for each task. Tasks are drawn only as fast as workers
// take them and answers are read: no more than the workers can hold are on
// the way, so that an endless sequence needs no memory. Each is drawn when
// there is room for it at once.
//
// Run draws from tasks on a goroutine of its own, which has ended when Run
// returns: the sequence must not wait for ever once ctx is done or the reader
// stops. Then Run ends early and the answers outstanding are dropped. When the
// sequence panics, Run panics with an *InputPanic after the answers to what was
// drawn before. Tasks drawn after Close are answered with ErrClosed; when the
// pool is terminated or has failed, every task that is not done yet is answered
// with ErrClosed or a *StartError.
func (f Func[T, A]) Run(ctx context.Context, p *Pool, tasks iter.Seq[T]) iter.Seq[Answer[T, A]] {
	return f.iterate(ctx, func() *run { return p.begin() }, tasks)
}

// iterate gives the answers to the run that begin makes, once for each time
// that the sequence is ranged over.
func (f Func[T, A]) iterate(ctx context.Context, begin func() *run, tasks iter.Seq[T]) iter.Seq[Answer[T, A]] {
	return func(yield func(Answer[T, A]) bool) {
		f.each(ctx, begin(), tasks, func(d *finished) bool {
			a := Answer[T, A]{Worker: d.pid, Attempt: d.lease.attempt, File: d.file}
			a.Task, _ = d.lease.task.(T) // a nil interface as task stays one
			a.Value, a.Err = f.value(d)
			return yield(a)
		})
	}
}

// each gives take what became of the tasks, until it says no or ctx is done.
func (f Func[T, A]) each(ctx context.Context, r *run, tasks iter.Seq[T], take func(*finished) bool) {
	in := input{ended: make(chan struct{})}
	go in.draw(r, func() {
		if !r.admit() {
			return
		}
		for t := range tasks {
			task := any(t)
			n := r.pool.natureOf(task)
			payload, err := f.encode(t)
			if !r.submit(task, n, payload, err) {
				return
			}
		}
	})
	defer in.end()
	defer r.abandon()
	for {
		answers, ok := r.wait(ctx)
		if !ok {
			return
		}
		for i := range answers {
			d := answers[i]
			answers[i].file = nil // it is the taker's
			if !take(&d) {
				return
			}
		}
	}
}

// run is one call of Run: its tasks on the way and its answers to be read.
// The pool's mutex guards it.
type run struct {
	pool     *Pool
	accepted bool // its input is the pool's already, also when that is closed
	drawn    int
	onTheWay int
	line     *line // nil: answers are read as they come
	done     []finished
	size     int        // of the answers in done, in bytes
	files    int        // of answers not yet handed out
	handed   int        // files of the answers in spare
	spare    []finished // what wait handed out last, to be used again
	closed   bool       // no more tasks will come
	ended    bool       // nobody reads any more
	wake     chan struct{}
}

type finished struct {
	lease *lease
	pid   int
	body  []byte
	file  *os.File
	err   error
}

func (p *Pool) begin() *run {
	return &run{pool: p, wake: make(chan struct{}, 1)}
}

// accept makes all of the input accepted work, unless the pool is closed.
func (r *run) accept() {
	p := r.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.refusal() == nil {
		r.accepted = true
		p.accepted++
	}
}

// refusal is why a task that is drawn now will not be done.
func (r *run) refusal() error {
	if r.accepted {
		return r.pool.ended
	}
	return r.pool.refusal()
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
	for !r.ended && (r.full() || r.refusal() == nil && !p.wanted()) {
		if r.full() {
			p.credit.Wait()
		} else {
			p.waiting++
			p.credit.Wait()
			p.waiting--
		}
	}
	p.runsTurn = false
	return !r.ended
}

// full tells whether the reader has enough to read.
func (r *run) full() bool {
	if r.line != nil && r.line.full(r.drawn) {
		return true
	}
	// A task that is drawn has room for the file of its answer.
	if files := r.pool.opts.Files; files > 0 && r.onTheWay+r.files+r.handed >= files {
		return true
	}
	return len(r.done) >= maxUndelivered || r.size >= maxUndeliveredBytes
}

// submit hands a task to the pool, or its error to the reader, and waits until
// the next one is wanted.
func (r *run) submit(task any, n nature, payload encoded, err error) bool {
	p := r.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	l := p.newLease(r, r.drawn, task, n, payload)
	r.drawn++
	r.onTheWay++
	if err == nil {
		err = r.refusal()
	}
	switch {
	case err != nil:
		r.finish(l, 0, nil, err)
	case r.ended:
		r.forget(l)
	case !p.place(l):
		p.retry = append(p.retry, l)
	default:
		p.serve()
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
	r.done, r.spare, r.size, r.handed = r.spare[:0], answers, 0, 0
	for i := range answers {
		if answers[i].file != nil {
			r.handed++
		}
	}
	r.files -= r.handed
	return answers, r.closed && r.onTheWay == 0
}

// close says that no more tasks will come.
func (r *run) close() {
	p := r.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	r.closed = true
	notify(r.wake)
	if r.accepted {
		p.accepted--
		p.settle()
	}
}

// abandon drops what is outstanding.
func (r *run) abandon() {
	p := r.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	r.ended = true
	dropFiles(r.done)
	dropFiles(r.spare)
	if r.line != nil {
		for _, d := range r.line.held {
			closeFile(d.file)
		}
		clear(r.line.held)
	}
	p.credit.Broadcast()
}

// left, forget and finish implement asker.
func (r *run) left() bool { return r.ended }

func (r *run) forget(l *lease) {
	l.settle()
	l.dropFile()
	r.onTheWay--
}

func (r *run) finish(l *lease, pid int, body []byte, err error) {
	l.settle()
	r.onTheWay--
	if r.ended {
		l.dropFile()
		return
	}
	d := finished{lease: l, pid: pid, body: body, file: l.takeFile(), err: err}
	if d.file != nil {
		r.files++
	}
	if r.line == nil {
		r.deliver(d)
		return
	}
	for d := range r.line.arrive(d) {
		r.deliver(d)
	}
}

// deliver puts an answer where the reader finds it.
func (r *run) deliver(d finished) {
	r.size += len(d.body)
	r.done = append(r.done, d)
	notify(r.wake)
}
