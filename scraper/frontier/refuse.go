package frontier

import "time"

// refusalsPerStart is how many tasks are refused between two that start, so that
// a host that was given up is soon done with, and no other waits for it.
const refusalsPerStart = 64

// refuse takes a task out that is to be refused.
func (f *Frontier[T]) refuse(now time.Time) (n next[T], ok bool) {
	for {
		l, ok := f.refusing.pop()
		if !ok {
			return n, false
		}
		l.inRefusing = false
		if f.where(l, now) != toRefuse {
			f.place(l, now)
			continue
		}
		if n, ok = f.refuseOf(l, now); ok {
			f.turn.refusals++
			return n, true
		}
		if f.err != nil {
			return n, false
		}
	}
}

// refuseOf takes a task of a line out that is to be refused. Gates among them
// are dropped.
func (f *Frontier[T]) refuseOf(l *line[T], now time.Time) (n next[T], ok bool) {
	h := l.host
	h.busy++ // it is settled at the end, not before
	defer func() {
		h.busy--
		f.settle(h, now)
	}()
	r := f.refusal(h, now)
	var e entry[T]
	for r != nil && l.gates.len() > 0 {
		t, _ := l.gates.pop()
		h.busy--
		f.dropGate(t, *r, now)
	}
	switch {
	case l.late.len() > 0:
		r = &f.opts.Late
		e, _ = l.late.pop()
	case l.waiting.len() > 0:
		if l.shut.refusal != nil {
			r = l.shut.refusal
		} else if r == nil {
			r = l.denied
		}
		e, _ = l.waiting.pop()
		l.checked = false
		f.memory.serve(l)
	case len(l.later) > 0:
		e = f.popLater(l)
		if e.ref == 0 && f.gates[e.task] != nil {
			h.busy--
			f.dropGate(e.task, *r, now)
			f.place(l, now)
			return n, false
		}
	default:
		return n, false
	}
	if !f.load(&e) {
		return n, false
	}
	f.bytes -= e.task.Size()
	f.count--
	h.busy--
	notify(f.room)
	f.place(l, now)
	return next[T]{task: e.task, refusal: r}, true
}
