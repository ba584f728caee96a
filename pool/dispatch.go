package pool

import "slices"

// pick chooses who gets the next task: an idle worker, else a new one, else
// the one with most slots free, else one that should read ahead. It answers
// nil when there is nobody, and starts no process: see hire.
func (p *Pool) pick() (best *worker, hire bool) {
	for _, w := range p.workers {
		if w == nil || w.apart() || w.room() <= 0 {
			continue
		}
		if w.holding.len() == 0 {
			return w, false
		}
		if best == nil || w.free() > best.free() {
			best = w
		}
	}
	if p.canStart() {
		return nil, true
	}
	return best, false
}

func (p *Pool) canStart() bool {
	return p.ended == nil && slices.Contains(p.workers, nil) && p.now >= p.startAfter
}

// hire starts a worker at the first free index.
func (p *Pool) hire() *worker {
	for i, w := range p.workers {
		if w == nil {
			w = newWorker(p, i, nextSerial())
			p.workers[i] = w
			p.lives.Go(w.live)
			return w
		}
	}
	return nil
}

// wanted tells whether a new task would be sent at once.
func (p *Pool) wanted() bool {
	if len(p.retry) > 0 {
		return false
	}
	w, hire := p.pick()
	return w != nil || hire
}

// place hands a lease to whoever is picked; false when there is nobody.
func (p *Pool) place(l *lease) bool {
	w, hire := p.pick()
	if hire {
		w = p.hire()
	}
	if w == nil || len(l.payload.passers) > 0 && w.free() <= 0 {
		return false // what comes with open files is not read ahead
	}
	w.give(l)
	return true
}

// dispatch hands out what must be done again, then what is new. Go's backlog
// and the runs that wait take turns, so that a long backlog keeps no run from
// its first task, nor a long run any call.
func (p *Pool) dispatch() {
	p.quarantine()
	for len(p.retry) > 0 {
		if l := p.retry[0]; l.asker.left() {
			l.asker.forget(l)
		} else if !p.place(l) {
			break
		}
		p.retry = p.retry[1:]
	}
	p.serveBacklog()
	p.settle()
	p.credit.Broadcast()
}

// serveBacklog hands out the backlog as far as there are free slots, or but
// for one when a run waits.
func (p *Pool) serveBacklog() {
	for !(p.runsTurn && p.waiting > 0) && p.serve() {
		p.runsTurn = true
	}
}

// serve hands out one task of the backlog; false when there is none, or no
// slot for it.
func (p *Pool) serve() (served bool) {
	for !served && len(p.backlog) > 0 && len(p.retry) == 0 {
		l := p.backlog[0]
		if l.asker.left() {
			l.asker.forget(l)
		} else if served = p.place(l); !served {
			return false
		}
		p.backlog[0] = nil
		p.backlog = p.backlog[1:]
	}
	return served
}

// level calls back what a busy worker has read ahead while a slot is free
// elsewhere: nothing waits behind a slow task that another could do.
func (p *Pool) level() {
	free := slices.ContainsFunc(p.workers, func(w *worker) bool {
		return w == nil || !w.apart() && w.free() > 0
	})
	if !free || len(p.retry) > 0 {
		return
	}
	for _, w := range p.workers {
		if w != nil && w.holding.ahead != nil && p.now > w.holding.ahead.sent+1 {
			w.recall()
		}
	}
}
