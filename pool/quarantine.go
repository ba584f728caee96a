package pool

import "slices"

// mourn decides what becomes of the tasks of a dead worker: p.mu is held.
func (p *Pool) mourn(w *worker, cause string, struck bool) {
	begun, ahead := w.holding.clear()
	for _, l := range begun {
		l.dropFile()
	}
	for _, l := range ahead {
		l.dropFile()
	}
	p.retry = append(notDelivered(ahead), p.retry...)
	if !w.ready {
		// It never began anything.
		p.strikes.suffer(nil, nil, struck)
		p.retry = append(notDelivered(begun), p.retry...)
		return
	}
	begun, unsent := w.part(begun)
	p.retry = append(notDelivered(unsent), p.retry...)
	if w.culprit == nil {
		p.strikes.suffer(begun, ahead, struck)
	}
	p.judge(w, p.notReplayable(w, begun, cause), cause)
}

// part finds, among the tasks that count as begun and must not be begun twice,
// those that were never sent.
func (w *worker) part(begun []*lease) (sent, unsent []*lease) {
	for _, l := range begun {
		if l.nature.once && slices.ContainsFunc(w.outbox, func(o outgoing) bool { return o.id == l.id }) {
			unsent = append(unsent, l)
		} else {
			sent = append(sent, l)
		}
	}
	return sent, unsent
}

// notReplayable answers those tasks that cannot be run again: they must not be
// done twice, or they hold an end of a pipe, in which a message may have been
// cut in two. It returns the others.
func (p *Pool) notReplayable(w *worker, begun []*lease, cause string) (others []*lease) {
	for _, l := range begun {
		why := ""
		switch {
		case l == w.culprit:
		case l.nature.once:
			why = "the task must not be done twice"
		case slices.ContainsFunc(l.payload.passers, isEnd):
			why = "the task holds an end of a pipe"
		}
		if why == "" {
			others = append(others, l)
			continue
		}
		why = cause + "; " + why + ", so it is not run again"
		l.asker.finish(l, w.pid(), nil, &LostError{Worker: w.name, Pid: w.pid(), Cause: why, Deaths: l.charges.deaths})
	}
	return others
}

func isEnd(p passer) bool {
	_, ok := p.(*end)
	return ok
}

// judge decides what becomes of the tasks that a worker had begun and that can
// be run again.
func (p *Pool) judge(w *worker, begun []*lease, cause string) {
	if w.culprit == nil {
		p.suspect(w, begun, cause)
		return
	}
	// We killed it for one task's sake, so the others go uncharged.
	for _, l := range begun {
		if l == w.culprit {
			l.asker.finish(l, w.pid(), nil, &DeadlineError{Worker: w.name, Pid: w.pid(), Timeout: p.opts.Timeout})
		} else {
			p.retry = append(p.retry, l)
		}
	}
}

// notDelivered takes back the counting of deliveries that have come to nothing.
func notDelivered(leases []*lease) []*lease {
	for _, l := range leases {
		l.attempt--
	}
	return leases
}

// suspect sees to the tasks that a worker had begun when it died.
func (p *Pool) suspect(w *worker, begun []*lease, cause string) {
	switch half := len(begun) / 2; {
	case len(begun) == 0:
	case len(begun) == 1 && p.strikes.convict(begun[0].charges):
		l := begun[0]
		l.asker.finish(l, w.pid(), nil, &LostError{Worker: w.name, Pid: w.pid(), Cause: cause, Deaths: l.charges.deaths})
	case len(begun) == 1 || w.suspects == nil:
		p.suspects = append(p.suspects, &suspects{begun})
	default:
		p.suspects = append(p.suspects, &suspects{begun[:half]}, &suspects{begun[half:]})
	}
}

// quarantine gives each group of suspects a worker that holds nothing else.
func (p *Pool) quarantine() {
	for len(p.suspects) > 0 {
		w := p.idle(len(p.suspects[0].leases))
		if w == nil {
			start := p.vacancy()
			if start == nowhere {
				p.reserve()
				return
			}
			w = p.hire(start)
		}
		w.suspects = p.suspects[0]
		p.suspects = p.suspects[1:]
		for _, l := range w.suspects.leases {
			if l.asker.left() {
				l.asker.forget(l)
			} else {
				w.give(l)
			}
		}
		if w.holding.len() == 0 {
			w.suspects = nil
		}
	}
	for _, w := range p.workers {
		if w != nil {
			w.reserved = false
		}
	}
}

// idle finds a worker that holds nothing and may still be given so many tasks.
// One that may be given fewer is replaced.
func (p *Pool) idle(tasks int) *worker {
	for _, w := range p.workers {
		switch {
		case w == nil || w.leaving || w.holding.len() > 0:
		case w.left() < tasks:
			w.retire("has no room for the tasks of a dead worker")
		default:
			return w
		}
	}
	return nil
}

// reserve lets the least busy worker run dry for the suspects, unless one is
// on the way to that already.
func (p *Pool) reserve() {
	var least *worker
	for _, w := range p.workers {
		if w == nil {
			return // back-off: a new one comes
		}
		if w.suspects != nil || w.reserved || w.leaving {
			return
		}
		if least == nil || w.holding.len() < least.holding.len() {
			least = w
		}
	}
	if least != nil {
		least.reserved = true
	}
}
