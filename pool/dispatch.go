package pool

import (
	"math/bits"
	"slices"
)

// nowhere is no worker's index.
const nowhere = -1

// homeOf is the index of the worker that tasks of an affinity go to. Values in
// a row, or at any steps, are spread: this is Fibonacci hashing.
func homeOf(affinity uint64, procs int) int {
	index, _ := bits.Mul64(affinity*0x9e3779b97f4a7c15, uint64(procs))
	return int(index)
}

// pick chooses who gets the next task, or at which index a worker is to be
// started for it. It answers nil and nowhere when there is nobody, and starts no
// process: see hire.
//
// A task without a home goes to whom anybody says. One with a home goes there
// while half of its slots are free, or it can be started. Beyond that it goes
// there only when nobody is idle or to be started, so that one home's tasks keep
// all workers busy; and to be read ahead, only when no slot is free anywhere.
func (p *Pool) pick(home int) (w *worker, start int) {
	if home == nowhere {
		return p.anybody()
	}
	own := p.workers[home]
	switch {
	case own == nil && p.vacancy() != nowhere:
		return nil, home
	case own != nil && own.welcomes() && own.free() > 0 && 2*own.holding.len() <= own.holding.slots:
		return own, nowhere
	}
	w, start = p.anybody()
	if w != nil && w.holding.len() > 0 && own != nil && own.welcomes() && (own.free() > 0 || w.free() <= 0) {
		return own, nowhere
	}
	return w, start
}

// anybody picks an idle worker, else a new one, else the one with most slots
// free, else one that should read ahead.
func (p *Pool) anybody() (best *worker, start int) {
	for _, w := range p.workers {
		if w == nil || !w.welcomes() {
			continue
		}
		if w.holding.len() == 0 {
			return w, nowhere
		}
		if best == nil || w.free() > best.free() {
			best = w
		}
	}
	if start = p.vacancy(); start != nowhere {
		return nil, start
	}
	return best, nowhere
}

// vacancy is the first index at which a worker can be started now.
func (p *Pool) vacancy() int {
	if p.ended != nil || p.now < p.startAfter {
		return nowhere
	}
	if p.failedStarts >= maxStarts && p.anyStarts() {
		return nowhere // that one decides whether there is hope
	}
	return slices.Index(p.workers, nil)
}

// hire starts a worker at an index that is free.
func (p *Pool) hire(index int) *worker {
	w := newWorker(p, index, nextSerial())
	p.workers[index] = w
	p.lives.Go(w.live)
	return w
}

// wanted tells whether a new task would be sent at once.
func (p *Pool) wanted() bool {
	if len(p.retry) > 0 {
		return false
	}
	w, start := p.anybody()
	return w != nil || start != nowhere
}

// place hands a lease to whoever is picked; false when there is nobody.
func (p *Pool) place(l *lease) bool {
	w, start := p.pick(l.nature.home)
	if start != nowhere {
		w = p.hire(start)
	}
	if w == nil || l.atOnce() && w.free() <= 0 {
		return false
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
