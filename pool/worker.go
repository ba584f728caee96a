package pool

import (
	"fmt"
	"time"
)

// worker is a worker process in the eyes of the scheduler. Its pool's mutex
// guards it, except for what only its own goroutines use.
type worker struct {
	pool   *Pool
	index  int
	serial string
	name   string

	holding   holding
	outbox    []outgoing
	ready     bool      // it has said that tasks may come
	child     *child    // nil until the process runs
	dismissed bool      // it shall go: nothing is read from it any more
	leaving   bool      // killed by us, or gone
	reserved  bool      // it gets no new tasks, so as to become idle
	suspects  *suspects // what it holds, when that is apart from all else
	culprit   *lease    // the task for whose sake we killed it
	sentence  string    // why we killed it
	silent    bool      // it stood still, so we killed it
	sated     bool      // it has grown too large, and goes when it is idle
	retired   string    // why it goes, in peace

	answered  int // tasks, in all
	heard     tick
	pinged    tick   // when a ping went out that is not answered; 0: none
	progress  uint64 // of its socket, when it was last looked at with a ping out
	pingDue   bool
	recallDue bool
	recalled  bool // a recall is out
	started   tick
	born      time.Time // when the process was started
	idleSince tick
	size      int64 // resident, in bytes, if anybody asks

	readAhead  int // tasks beyond its slots, so that it never waits for us
	recent     int // answers since recentFrom
	recentFrom time.Time

	wake chan struct{} // outbox, pingDue or recallDue changed
	quit chan struct{} // closed when the socket is done with
}

// readAheadTime is how much work a worker should have at hand, in time at its
// present rate.
const readAheadTime = 2 * time.Millisecond

func newWorker(p *Pool, index int, serial string) *worker {
	return &worker{
		pool:    p,
		index:   index,
		serial:  serial,
		name:    nameOf(serial),
		holding: holding{slots: p.opts.slots(index), byID: map[uint64]*lease{}},
		wake:    make(chan struct{}, 1),
		quit:    make(chan struct{}),
	}
}

func (w *worker) pid() int {
	if w.child == nil {
		return 0
	}
	return w.child.pid
}

// room is how many more tasks it should hold, with those it reads ahead.
func (w *worker) room() int {
	return min(w.holding.slots-w.holding.len()+w.readAhead, w.left())
}

// free is how many of its slots are free; negative when it has read ahead.
func (w *worker) free() int { return min(w.holding.slots-w.holding.len(), w.left()) }

// welcomes tells whether the worker may be given a new task.
func (w *worker) welcomes() bool { return !w.apart() && w.room() > 0 }

// apart tells whether the worker is not to be given new tasks.
func (w *worker) apart() bool {
	return w.leaving || w.reserved || w.sated || w.suspects != nil
}

// give sends a lease: p.mu is held.
func (w *worker) give(l *lease) {
	l.attempt++
	l.sent = w.pool.now
	w.holding.add(l, w.pool.now)
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

// ticks is a time as a number of ticks.
func ticks(d time.Duration) tick { return tick(d / tickEvery) }

// tick looks for what has gone on for too long, or grown too large: p.mu is
// held.
func (w *worker) tick() {
	p := w.pool
	if w.leaving || w.child == nil || w.grown() {
		return
	}
	if !w.ready {
		switch waited := p.now - w.started; {
		case waited > ticks(startLimit):
			w.condemn(fmt.Sprintf("worker was not ready after %v, so it was killed", startLimit))
		case waited > ticks(p.silence/10) && p.stopped(w.child.pid):
			w.silent = true // a stranger's doing: it says little about the next
			w.condemn("worker was stopped before it was ready, so it was killed")
		}
		return
	}
	if l := w.holding.first; l != nil && w.late(l) {
		w.culprit = l
		w.condemn("a task outlived its deadline, so its worker was killed")
		return
	}
	w.listen()
	w.pace(0)
	w.rest()
}

// late tells whether a task is past its deadline.
func (w *worker) late(l *lease) bool {
	limit := w.pool.opts.Timeout
	return limit > 0 && l.begun != 0 && w.pool.now > l.begun+ticks(limit)+ticks(w.pool.hardGrace)+1
}

// listen asks a busy worker for a sign of life, and kills it when none comes.
func (w *worker) listen() {
	p := w.pool
	switch {
	case w.pinged != 0:
		if at := w.child.socket.progress(); at != w.progress {
			w.progress, w.pinged = at, p.now // a large value is on its way, and the ping behind it
		}
		waited := p.now - w.pinged
		if waited > ticks(p.silence) || waited > ticks(p.silence/10) && p.stopped(w.child.pid) {
			w.silent = true
			w.condemn("worker did not answer (stopped, or stuck as a whole), so it was killed")
		}
	case w.holding.len() > 0 && p.now > w.heard+ticks(p.silence/5):
		w.pinged, w.pingDue = p.now, true
		notify(w.wake)
	}
}

func (w *worker) condemn(why string) {
	w.leaving, w.sentence = true, why
	w.child.kill()
}

// pace sets the read-ahead by the rate of answers.
func (w *worker) pace(answers int) {
	w.recent += answers
	now := time.Now()
	if passed := now.Sub(w.recentFrom); passed >= readAheadTime {
		w.readAhead = min(maxReadAhead, int(int64(w.recent)*int64(readAheadTime)/int64(passed)))
		w.recent, w.recentFrom = 0, now
	}
}
