package pool

import "os"

// tick counts beats of the pool's clock, from 1. Deadlines are counted in
// them, and not in time: when the coordinator itself stands still, as after
// Ctrl-Z, its workers' answers wait unread, and no time has passed for them.
type tick int64

// lease is a task in the coordinator's hands: waiting to be sent, or held by a
// worker. The pool's mutex guards it.
type lease struct {
	id      uint64
	asker   asker
	number  int // of the asker's tasks, in order, from 0
	task    any // as the caller gave it, for the answer
	nature  nature
	payload encoded
	attempt int // deliveries so far
	charges charges

	file     *os.File // that came for its answer, from whoever holds it
	fileLost bool     // it came, and was lost

	// While a worker holds it, in order of sending.
	next, prev *lease
	sent       tick
	begun      tick // when a slot was free for it; 0 before
}

// asker is who wants a task done: a run or a promise. The pool's mutex is held
// when its methods are called.
type asker interface {
	// finish takes the task's answer.
	finish(l *lease, pid int, body []byte, err error)
	// left tells whether it does not ask any more, so that the task need
	// not be begun.
	left() bool
	// forget takes note that such a task is dropped.
	forget(l *lease)
}

// newLease makes a lease of a task that was just given.
func (p *Pool) newLease(a asker, number int, task any, n nature, payload encoded) *lease {
	p.lastID++
	return &lease{id: p.lastID, asker: a, number: number, task: task, nature: n, payload: payload, charges: p.strikes.noCharges()}
}

// nature is what the pool's options say of a task.
type nature struct {
	home int  // index of the worker that it should go to, or nowhere
	once bool // it must not be begun twice
}

// natureOf asks the caller's functions: the mutex is not held, and nothing has
// been claimed for the task, since they may panic.
func (p *Pool) natureOf(task any) nature {
	n := nature{home: nowhere}
	if p.opts.Affinity != nil {
		n.home = homeOf(p.opts.Affinity(task), p.opts.Procs)
	}
	if p.opts.Replayable != nil {
		n.once = !p.opts.Replayable(task)
	}
	return n
}

// atOnce tells whether it is given only to a slot that is free. What comes with
// open files is not read ahead; nor is what must not be begun twice, since of
// what a dead worker had read ahead nobody knows whether it had begun it.
func (l *lease) atOnce() bool { return l.nature.once || len(l.payload.passers) > 0 }

// suspects are tasks that a worker held when it died, one of which may have
// killed it. They run apart from all others, in ever smaller groups, and at
// last alone, so that no innocent task is charged.
type suspects struct {
	leases []*lease
}

// holding is what one worker holds, in the order in which it was sent. Workers
// take tasks in that order, so those that fit in its slots have been begun,
// and those behind are read ahead. A task counts as begun when it is sent to a
// free slot, which is early by the time it takes to arrive; what follows on an
// answer is known late. The grace before a kill covers both.
type holding struct {
	slots       int
	byID        map[uint64]*lease
	first, last *lease
	ahead       *lease // first one that has not begun
	begun       int
}

func (h *holding) len() int { return len(h.byID) }

func (h *holding) add(l *lease, now tick) {
	l.prev, l.next, l.begun = h.last, nil, 0
	if h.last == nil {
		h.first = l
	} else {
		h.last.next = l
	}
	h.last = l
	h.byID[l.id] = l
	if h.ahead == nil {
		h.ahead = l
	}
	h.begin(now)
}

// begin marks as begun what fits in the slots.
func (h *holding) begin(now tick) {
	for h.ahead != nil && h.begun < h.slots {
		h.ahead.begun = now
		h.ahead = h.ahead.next
		h.begun++
	}
}

// remove takes a lease out, if it is there.
func (h *holding) remove(id uint64, now tick) *lease {
	l := h.byID[id]
	if l == nil {
		return nil
	}
	delete(h.byID, id)
	if l.prev == nil {
		h.first = l.next
	} else {
		l.prev.next = l.next
	}
	if l.next == nil {
		h.last = l.prev
	} else {
		l.next.prev = l.prev
	}
	if l.begun == 0 {
		if h.ahead == l {
			h.ahead = l.next
		}
	} else {
		h.begun--
	}
	l.next, l.prev = nil, nil
	h.begin(now)
	return l
}

// restart counts the time of what has begun from now: a worker's start is not
// its tasks' time.
func (h *holding) restart(now tick) {
	for l := h.first; l != nil && l != h.ahead; l = l.next {
		l.begun = now
	}
}

// clear empties the holding: what has begun, and what has not.
func (h *holding) clear() (begun, ahead []*lease) {
	for l := h.first; l != nil; {
		next := l.next
		if l.begun == 0 {
			ahead = append(ahead, l)
		} else {
			begun = append(begun, l)
		}
		l.next, l.prev = nil, nil
		l = next
	}
	*h = holding{slots: h.slots, byID: map[uint64]*lease{}}
	return begun, ahead
}

// settle is called when there will be no more deliveries.
func (l *lease) settle() {
	settleAll(l.payload.passers, l.attempt > 0)
	l.payload = encoded{}
}
