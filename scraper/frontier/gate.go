package frontier

import (
	"time"

	"scrape/results"
)

// shutFor is how long new tasks get the refusal of a gate that did not open,
// before one asks again.
const shutFor = probeEvery

// gate is what tasks wait for: the answer to a task that was made for them.
type gate[T Task] struct {
	line   *line[T] // that asked
	lookup bool     // for its host's address; otherwise for its robots.txt

	begun    bool // to fetch a robots.txt
	coming   int  // bytes of memory that are set aside
	promised bool // to stay with the line for a while
}

// noAnswer refuses those who wait, when the gate's task came to an end without
// the answer that they wait for.
func (g *gate[T]) noAnswer() Refusal {
	if g.lookup {
		return Refusal{Kind: results.DNS, Message: "look-up: no answer", Retryable: true}
	}
	return Refusal{Kind: results.Robots, Message: "robots.txt: no answer", Retryable: true}
}

// ask has the robots.txt of a line's origin fetched.
func (f *Frontier[T]) ask(l *line[T], now time.Time) {
	e := l.waiting.front()
	if !f.load(e) {
		return
	}
	l.asked = true
	f.use(l.host)
	t := f.opts.Robots(e.task)
	f.gates[t] = &gate[T]{line: l}
	f.enqueueGate(t, now)
}

// lookUp has the address of a line's host looked up.
func (f *Frontier[T]) lookUp(l *line[T], now time.Time) {
	h := l.host
	if h.asked {
		return
	}
	var t T
	if l.gates.len() > 0 {
		t = *l.gates.front()
	} else {
		e := l.waiting.front()
		if !f.load(e) {
			return
		}
		t = e.task
	}
	h.asked = true
	f.use(h)
	t = f.opts.Lookup(t)
	f.gates[t] = &gate[T]{line: l, lookup: true}
	f.enqueueGate(t, now)
}

// enqueueGate lets a gate's task take its turn.
func (f *Frontier[T]) enqueueGate(t T, now time.Time) {
	f.bytes += t.Size()
	g := f.gates[t]
	if g.lookup {
		f.use(g.line.host)
		f.lookups.push(t)
		notify(f.changed)
		return
	}
	l := f.lineOf(t.Origin(), t.Host(), now)
	f.expireShut(l, now)
	f.use(l.host)
	if g.begun {
		l.gates.pushFront(t) // it needs no memory that is not its own already
	} else {
		l.gates.push(t)
	}
	f.place(l, now)
}

// check holds the head of a line against the rules, and tells why it is
// refused, if it is.
func (f *Frontier[T]) check(l *line[T]) *Refusal {
	if l.rules == nil {
		return nil
	}
	if !l.checked {
		e := l.waiting.front()
		if !f.load(e) {
			return nil
		}
		l.checked, l.denied = true, nil
		if ok, because := l.rules.Allowed(e.task.Target()); !ok {
			l.denied = &Refusal{Kind: results.Robots, Message: because}
		}
	}
	return l.denied
}

// resolve ends a gate task that was in flight, and the gate.
func (f *Frontier[T]) resolve(t T, r Report, now time.Time) (g *gate[T], ok bool) {
	g = f.gates[t]
	if g == nil {
		return nil, false
	}
	fl, ok := f.land(t, r, now)
	if !ok {
		return nil, false
	}
	f.endGate(t, g)
	if fl.line.host != g.line.host {
		f.settle(fl.line.host, now)
	}
	return g, true
}

// endGate forgets a gate. What waited for it is to be placed again, and its
// host settled.
func (f *Frontier[T]) endGate(t T, g *gate[T]) {
	delete(f.gates, t)
	f.memory.end(g)
	if g.lookup {
		g.line.host.asked = false
	} else {
		g.line.asked = false
	}
	g.line.host.busy--
}

// shutGate refuses what waited for a gate that has ended.
func (f *Frontier[T]) shutGate(g *gate[T], r Refusal, now time.Time) {
	s := shut{&r, now.Add(shutFor)}
	if g.lookup {
		g.line.host.shut = s
		f.placeAll(g.line.host, now)
	} else {
		g.line.shut = s
		f.place(g.line, now)
	}
	f.settle(g.line.host, now)
}

// dropGate ends a gate task that waits, since its host refuses all.
func (f *Frontier[T]) dropGate(t T, r Refusal, now time.Time) {
	g := f.gates[t]
	f.bytes -= t.Size()
	f.endGate(t, g)
	if f.refusal(g.line.host, now) == nil {
		f.shutGate(g, r, now)
		return
	}
	f.settle(g.line.host, now) // those who waited are refused by their own host
}

// expireShut lets a new task ask again where an earlier one was refused by a
// gate that did not open. Those who waited then have had their refusal first.
func (f *Frontier[T]) expireShut(l *line[T], now time.Time) {
	if l.waiting.len() == 0 && !now.Before(l.shut.until) {
		l.shut = shut{}
	}
	if l.host.busy == 0 && !now.Before(l.host.shut.until) {
		l.host.shut = shut{}
	}
}

// placeAll places all lines of a host, after something about it has changed.
func (f *Frontier[T]) placeAll(h *host[T], now time.Time) {
	for _, l := range h.lines {
		f.place(l, now)
	}
}
