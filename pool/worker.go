package pool

import (
	"errors"
	"fmt"
	"time"
)

// worker is a worker process in the eyes of the scheduler. Its pool's mutex
// guards it, except for what only its own goroutines use.
type worker struct {
	pool  *Pool
	index int
	name  string

	holding   holding
	outbox    []outgoing
	ready     bool      // it has said that tasks may come
	child     *child    // nil until the process runs
	dismissed bool      // it shall go: nothing is read from it any more
	leaving   bool      // killed by us, or gone
	reserved  bool      // it gets no new tasks, so as to become idle
	suspects  *suspects // what it holds, when that is apart from all else
	culprit   *lease    // the task for whose sake we killed it
	silent    bool      // we killed it because it did not answer

	answered  int // tasks, in all
	heard     time.Time
	pinged    bool // a ping is out
	missed    int  // ticks since then
	pingDue   bool
	recallDue bool
	recalled  bool // a recall is out
	started   time.Time

	readAhead  int // tasks beyond its slots, so that it never waits for us
	recent     int // answers since recentFrom
	recentFrom time.Time

	wake chan struct{} // outbox, pingDue or recallDue changed
	quit chan struct{} // closed when the socket is done with
}

// readAheadTime is how much work a worker should have at hand, in time at its
// present rate.
const readAheadTime = 2 * time.Millisecond

func newWorker(p *Pool, index int, name string) *worker {
	return &worker{
		pool:    p,
		index:   index,
		name:    name,
		holding: holding{slots: p.opts.slots(index), byID: map[uint64]*lease{}},
		wake:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
	}
}

// live is the life of a worker, from its start to its burial.
func (w *worker) live() {
	c, err := w.start()
	if err != nil {
		w.bury(fmt.Sprintf("cannot start a worker: %v", err), false, err)
		return
	}
	written := make(chan struct{})
	go func() {
		defer close(written)
		w.write(c)
	}()
	err = w.read(c)
	state := c.reap()
	close(w.quit)
	<-written
	_, killed := signalOf(state)
	cause := causeOfDeath(state, c.tail.String())
	if errors.Is(err, errMalformed) {
		cause = fmt.Sprintf("worker sent a %v", err)
	}
	w.bury(cause, killed, err)
}

func (w *worker) start() (c *child, err error) {
	p := w.pool
	started := make(chan struct{})
	p.spawns <- func() {
		defer close(started)
		c, err = startChild(p.opts.maxProcs())
	}
	<-started
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	w.child, w.started = c, time.Now()
	if w.dismissed {
		c.socket.Close()
	}
	if w.leaving {
		c.kill()
	}
	return c, nil
}

// bury takes the worker off the list and hands its tasks on.
func (w *worker) bury(cause string, killed bool, err error) {
	p := w.pool
	now := time.Now()
	p.mu.Lock()
	p.workers[w.index] = nil
	w.leaving = true
	if w.silent {
		cause = "worker did not answer for " + p.silence.String() + " and was killed"
	}
	tasks := w.holding.len()
	p.mourn(w, cause, now)
	var failed *startFailure
	switch {
	case w.dismissed:
	case !w.ready:
		p.failedStarts++
		if !errors.As(err, &failed) {
			failed = &startFailure{cause}
		}
		p.backOff(now, p.failedStarts)
		limit := maxStarts
		if killed {
			limit = maxKilledStarts
		}
		if p.failedStarts >= limit && !p.anyReady() && p.ended == nil {
			p.end(&StartError{Failures: p.failedStarts, Err: failed})
		}
	case w.answered == 0:
		p.idleDeaths++
		p.backOff(now, p.idleDeaths-1)
	}
	p.dispatch(now)
	dismissed := w.dismissed
	p.mu.Unlock()
	if !dismissed {
		p.opts.Logf("%s (pid %d): %s; %d tasks go to other workers", w.name, w.pid(), cause, tasks)
	}
}

// startFailure is why a worker did not get as far as its first task.
type startFailure struct{ text string }

func (e *startFailure) Error() string { return e.text }

// backOff keeps failures in a row from becoming a storm of new processes.
func (p *Pool) backOff(now time.Time, failures int) {
	if failures > 0 {
		p.startAfter = now.Add(min(10*time.Millisecond<<min(failures, 10), time.Second))
	}
}

func (p *Pool) anyReady() bool {
	for _, w := range p.workers {
		if w != nil && w.ready {
			return true
		}
	}
	return false
}

func (w *worker) pid() int {
	if w.child == nil {
		return 0
	}
	return w.child.pid
}

// room is how many more tasks it should hold, with those it reads ahead.
func (w *worker) room() int { return w.free() + w.readAhead }

// free is how many of its slots are free; negative when it has read ahead.
func (w *worker) free() int { return w.holding.slots - w.holding.len() }

// apart tells whether the worker is not to be given new tasks.
func (w *worker) apart() bool { return w.leaving || w.reserved || w.suspects != nil }

// give sends a lease: p.mu is held.
func (w *worker) give(l *lease, now time.Time) {
	l.attempt++
	l.sent = now
	w.holding.add(l, now)
	w.outbox = append(w.outbox, outgoing{l.id, l.attempt, l.payload})
	notify(w.wake)
}

// dismiss ends the worker, with the pool.
func (w *worker) dismiss(kill bool) {
	w.dismissed = true
	if kill {
		w.leaving = true
	}
	if w.child == nil {
		return // start sees to it
	}
	if kill {
		w.child.kill()
	}
	w.child.socket.Close()
}

// recall asks for the tasks back that no slot has begun.
func (w *worker) recall() {
	if w.ready && !w.recalled {
		w.recalled, w.recallDue = true, true
		notify(w.wake)
	}
}

// tick looks for a task past its deadline and for silence: p.mu is held.
func (w *worker) tick(now time.Time) {
	if w.leaving || w.child == nil {
		return
	}
	if !w.ready {
		if now.Sub(w.started) > startLimit {
			w.condemn()
		}
		return
	}
	limit := w.pool.opts.Timeout
	if l := w.holding.first; limit > 0 && l != nil && !l.begun.IsZero() && now.Sub(l.begun) > limit+w.pool.hardGrace {
		w.culprit = l
		w.condemn()
		return
	}
	switch {
	case w.pinged:
		// Counted in ticks and not by the clock: when the coordinator itself
		// was suspended, no time has passed for its workers' answers either.
		w.missed++
		if w.missed > int(w.pool.silence/tickEvery) {
			w.silent = true
			w.condemn()
		}
	case w.holding.len() > 0 && now.Sub(w.heard) > w.pool.silence/5:
		w.pinged, w.pingDue, w.missed = true, true, 0
		notify(w.wake)
	}
	w.pace(0, now)
}

func (w *worker) condemn() {
	w.leaving = true
	w.child.kill()
}

// pace sets the read-ahead by the rate of answers.
func (w *worker) pace(answers int, now time.Time) {
	w.recent += answers
	if passed := now.Sub(w.recentFrom); passed >= readAheadTime {
		w.readAhead = min(maxReadAhead, int(int64(w.recent)*int64(readAheadTime)/int64(passed)))
		w.recent, w.recentFrom = 0, now
	}
}

// write sends hello, and then what the scheduler puts out.
func (w *worker) write(c *child) {
	p := w.pool
	out := hello{
		name:        w.name,
		slots:       w.holding.slots,
		timeout:     p.opts.Timeout,
		initializer: p.opts.Initializer.name,
		argument:    p.opts.Initializer.arg,
	}.append(nil)
	var tasks []outgoing
	for {
		if _, err := c.socket.Write(out); err != nil {
			return // read sees it too, and acts
		}
		if cap(out) > 16*frameTarget {
			out = nil
		}
		select {
		case <-w.wake:
		case <-w.quit:
			return
		}
		p.mu.Lock()
		tasks, w.outbox = w.outbox, tasks[:0]
		ping, recall := w.pingDue, w.recallDue
		w.pingDue, w.recallDue = false, false
		p.mu.Unlock()
		out = appendTasks(out[:0], tasks)
		clear(tasks)
		if ping {
			out = endFrame(beginFrame(out, framePing), len(out))
		}
		if recall {
			out = endFrame(beginFrame(out, frameRecall), len(out))
		}
	}
}

// outgoing is a lease on its way out: what the writer needs of it, since the
// lease itself is the scheduler's.
type outgoing struct {
	id      uint64
	attempt int
	payload []byte
}

// appendTasks appends frames with the tasks.
func appendTasks(out []byte, tasks []outgoing) []byte {
	for len(tasks) > 0 {
		start := len(out)
		out = beginFrame(out, frameTasks)
		for len(tasks) > 0 && len(out)-start < frameTarget {
			t := tasks[0]
			out = appendUints(out, t.id, uint64(t.attempt))
			out = appendBytes(out, t.payload)
			tasks = tasks[1:]
		}
		out = endFrame(out, start)
	}
	return out
}

// read takes the worker's frames until the socket or the worker ends.
func (w *worker) read(c *child) error {
	frames := newFrameReader(c.socket)
	if err := w.greet(frames); err != nil {
		return err
	}
	var answers []answerFrame
	for {
		kind, payload, err := frames.next()
		if err != nil {
			return err
		}
		f := fieldsOf(payload)
		answers = answers[:0]
		for kind == frameAnswers && f.more() {
			answers = append(answers, answerFrame{id: f.uint(), body: f.bytes()})
		}
		var returned []uint64
		for kind == frameReturns && f.more() {
			returned = append(returned, f.uint())
		}
		if !f.ok || kind != frameAnswers && kind != frameReturns && kind != framePong {
			return fmt.Errorf("%w of kind %d", errMalformed, kind)
		}
		w.take(kind, answers, returned)
		clear(answers)
	}
}

type answerFrame struct {
	id   uint64
	body []byte
}

// greet waits for the worker to be ready.
func (w *worker) greet(frames frameReader) error {
	kind, payload, err := frames.next()
	if err != nil {
		return err
	}
	f := fieldsOf(payload)
	version, _, text := f.uint(), f.uint(), f.bytes()
	if !f.ok || kind != frameReady || version != wireVersion {
		return fmt.Errorf("%w: the worker speaks another version", errMalformed)
	}
	if len(text) > 0 {
		return &startFailure{printable(string(text))}
	}
	p := w.pool
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	w.ready, w.heard, w.recentFrom = true, now, now
	p.failedStarts = 0
	w.holding.restart(now)
	return nil
}

// take books what a frame brought.
func (w *worker) take(kind byte, answers []answerFrame, returned []uint64) {
	p := w.pool
	now := time.Now()
	p.mu.Lock()
	defer p.mu.Unlock()
	w.heard, w.pinged = now, false
	for _, a := range answers {
		if l := w.holding.remove(a.id, now); l != nil {
			l.run.finish(l, w.child.pid, a.body, nil)
			w.answered++
			p.idleDeaths = 0
		}
	}
	if kind == frameReturns {
		w.recalled = false
	}
	for _, id := range returned {
		if l := w.holding.remove(id, now); l != nil {
			p.retry = append(p.retry, l)
		}
	}
	if w.holding.len() == 0 {
		w.suspects = nil
	}
	w.pace(len(answers), now)
	p.dispatch(now)
}
