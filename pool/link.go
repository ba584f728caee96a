package pool

import (
	"fmt"
	"time"
)

// write sends hello, and then what the scheduler puts out. The error is why the
// worker could not be told what it needs to start, and then it has been killed.
func (w *worker) write(c *child) error {
	p := w.pool
	h := helloTo(w.serial, w.name, true)
	h.slots = p.opts.slots(w.index)
	h.timeout = p.opts.Timeout
	h.takesFiles = p.opts.Files > 0
	h.initializer = p.opts.Initializer.name
	h.argument = p.opts.Initializer.arg
	g := newGuest(w.name, c.socket)
	if err := g.pass(0, p.opts.Initializer.passers); err != nil {
		if isHangup(err) {
			return nil // read sees it too, and says how it died
		}
		err = fmt.Errorf("cannot be given a primitive of its initializer: %w", err)
		p.mu.Lock()
		w.condemn("worker " + err.Error()) // it would wait for its hello
		p.mu.Unlock()
		return &startFailure{err}
	}
	out := h.append(nil)
	var tasks []outgoing
	for {
		if n, err := c.socket.Write(out); err != nil {
			if n == 0 {
				w.takeBack(tasks)
			}
			return nil // read sees it too, and acts
		}
		clear(tasks)
		if cap(out) > 16*frameTarget {
			out = nil
		}
		select {
		case <-w.wake:
		case <-w.quit:
			return nil
		}
		p.mu.Lock()
		tasks, w.outbox = w.outbox, tasks[:0]
		ping, recall := w.pingDue, w.recallDue
		w.pingDue, w.recallDue = false, false
		p.mu.Unlock()
		out = appendTasks(out[:0], w.pass(g, tasks))
		if ping {
			out = endFrame(beginFrame(out, framePing), len(out))
		}
		if recall {
			out = endFrame(beginFrame(out, frameRecall), len(out))
		}
	}
}

// takeBack puts tasks into the outbox again, of which no byte was sent.
func (w *worker) takeBack(tasks []outgoing) {
	w.pool.mu.Lock()
	defer w.pool.mu.Unlock()
	w.outbox = append(tasks, w.outbox...)
}

// pass makes the worker ready for the primitives in its tasks. A task for which
// that fails is answered with the reason, and goes no further.
func (w *worker) pass(g *guest, tasks []outgoing) []outgoing {
	passed := tasks[:0]
	for _, t := range tasks {
		if err := g.pass(t.id, t.payload.passers); err != nil && !isHangup(err) {
			w.refuse(t.id, err)
			continue
		}
		passed = append(passed, t)
	}
	return passed
}

func (w *worker) refuse(id uint64, err error) {
	p := w.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := w.holding.remove(id, p.now); l != nil {
		l.asker.finish(l, 0, nil, fmt.Errorf("pool: %s cannot be given a primitive: %w", w.name, err))
	}
	w.released()
}

// outgoing is a lease on its way out: what the writer needs of it, since the
// lease itself is the scheduler's.
type outgoing struct {
	id      uint64
	attempt int
	payload encoded
}

// appendTasks appends frames with the tasks.
func appendTasks(out []byte, tasks []outgoing) []byte {
	for len(tasks) > 0 {
		start := len(out)
		out = beginFrame(out, frameTasks)
		for len(tasks) > 0 && len(out)-start < frameTarget {
			t := tasks[0]
			out = appendUints(out, t.id, uint64(t.attempt))
			out = appendBytes(out, t.payload.bytes)
			tasks = tasks[1:]
		}
		out = endFrame(out, start)
	}
	return out
}

// read takes the worker's frames until the socket or the worker ends.
func (w *worker) read(c *child) error {
	defer c.socket.discard()
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
		switch kind {
		case frameAnswers:
			answers = answers[:0]
			for f.more() {
				answers = append(answers, answerFrame{id: f.uint(), body: f.bytes()})
			}
			if f.ok {
				w.takeAnswers(answers)
			}
			clear(answers)
		case frameReturns:
			var ids []uint64
			for f.more() {
				ids = append(ids, f.uint())
			}
			if f.ok {
				w.takeReturns(ids)
			}
		case frameAttached:
			var ids []uint64
			for f.more() {
				ids = append(ids, f.uint())
			}
			w.takeAttached(ids, c.socket.takeAll())
		case framePong:
			w.alive()
		default:
			f.ok = false
		}
		if !f.ok {
			return fmt.Errorf("%w of kind %d", errMalformed, kind)
		}
	}
}

type answerFrame struct {
	id   uint64
	body []byte
}

// greet waits for the worker to be ready.
func (w *worker) greet(frames frameReader) error {
	if err := readReady(frames); err != nil {
		return err
	}
	p := w.pool
	p.announce(WorkerEvent{Name: w.name, Pid: w.child.pid, Slots: p.opts.slots(w.index)})
	p.mu.Lock()
	defer p.mu.Unlock()
	w.ready, w.heard, w.idleSince, w.recentFrom = true, p.now, p.now, time.Now()
	p.failedStarts = 0
	w.holding.restart(p.now)
	return nil
}

// takeAnswers books what the worker has done.
func (w *worker) takeAnswers(answers []answerFrame) {
	p := w.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	w.sawSign()
	for _, a := range answers {
		if l := w.holding.remove(a.id, p.now); l != nil {
			if l.fileLost {
				l.asker.finish(l, w.child.pid, nil, errFileLost)
			} else {
				l.asker.finish(l, w.child.pid, a.body, nil)
			}
			w.answered++
			p.idleDeaths = 0
		}
	}
	w.pace(len(answers))
	w.released()
}

// takeReturns books what the worker gives back without having begun it: it
// was not delivered, then.
func (w *worker) takeReturns(ids []uint64) {
	p := w.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	w.sawSign()
	w.recalled = false
	for _, id := range ids {
		if l := w.holding.remove(id, p.now); l != nil {
			l.attempt--
			l.dropFile()
			p.retry = append(p.retry, l)
		}
	}
	w.released()
}

// alive books a sign of life.
func (w *worker) alive() {
	w.pool.mu.Lock()
	defer w.pool.mu.Unlock()
	w.sawSign()
}

func (w *worker) sawSign() { w.heard, w.pinged = w.pool.now, 0 }

// released lets the pool use the slots that have become free.
func (w *worker) released() {
	if w.holding.len() == 0 {
		w.suspects, w.idleSince = nil, w.pool.now
		w.rest()
	}
	w.pool.dispatch()
}
