package frontier

import "time"

// scan is how many budgets one turn looks at in search of tasks that have been
// in flight before.
const scan = 64

// turn is whose turn it is among the rounds.
type turn struct {
	refusals int  // since the last start
	lookedUp bool // a look-up came since then
	paced    bool // the next start is of the paced round
	starts   int  // since memory.overdraft was set
}

type state int

const (
	found state = iota
	nothing
	over
)

// next is a task, or how long there will be none.
type next[T Task] struct {
	state   state
	task    T
	refusal *Refusal
	wait    time.Duration // 0 means until something changes
}

// flight is a task that was given out.
type flight[T Task] struct {
	line   *line[T]
	budget *budget[T] // nil for a look-up
	given  time.Time
	before time.Time // budget's last, until then
	size   int
	probe  bool // it tries whether a host that was given up is there again
}

// next takes the next task out.
func (f *Frontier[T]) next(now time.Time) next[T] {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.drained || f.ended || f.closed && f.count == 0 {
		return next[T]{state: over}
	}
	f.wake(now)
	f.release(2, now)
	if f.turn.starts >= startsPerOverdraft && f.memory.held.len() > 0 {
		f.overdraw(now)
	}
	n, ok := f.choose(now)
	for !ok && f.release(scan, now) {
		n, ok = f.choose(now)
	}
	for !ok && f.memory.held.len() > 0 && f.ready.len()+f.pacedRound.len() == 0 {
		f.overdraw(now)
		n, ok = f.choose(now)
	}
	f.starving = !ok && f.pacedRound.len() == 0
	switch {
	case f.err != nil:
		return next[T]{state: over}
	case ok:
		return n
	case f.starving:
		notify(f.room)
	}
	return next[T]{state: nothing, wait: f.wait(now)}
}

// wake moves on what waited for its time.
func (f *Frontier[T]) wake(now time.Time) {
	f.expire(now)
	for b, ok := f.timed.first(); ok && !b.at.After(now); b, ok = f.timed.first() {
		f.timed.remove(b)
		b.standing = aside
		f.list(b, now)
	}
	for l, ok := f.later.first(); ok && !l.due().After(now); l, ok = f.later.first() {
		e := f.popLater(l)
		l.host.busy--
		if e.ref == 0 && f.gates[e.task] != nil {
			f.bytes -= e.task.Size()
			f.enqueueGate(e.task, now)
		} else {
			f.enqueue(l, e, now)
		}
	}
}

// wait is how long nothing comes by itself.
func (f *Frontier[T]) wait(now time.Time) (wait time.Duration) {
	if f.pacedRound.len() > 0 {
		wait = f.rate.wait(now)
	}
	if b, ok := f.timed.first(); ok {
		wait = sooner(wait, b.at.Sub(now))
	}
	if l, ok := f.later.first(); ok {
		wait = sooner(wait, l.due().Sub(now))
	}
	if l, ok := f.ends.first(); ok {
		wait = sooner(wait, l.due().Sub(now))
	}
	return wait
}

// sooner is the shorter of two waits, of which 0 is none.
func sooner(a, b time.Duration) time.Duration {
	if a == 0 {
		return b
	}
	return min(a, b)
}

// choose lets refusals, look-ups and starts alternate.
func (f *Frontier[T]) choose(now time.Time) (n next[T], ok bool) {
	if f.turn.refusals < refusalsPerStart {
		if n, ok := f.refuse(now); ok {
			return n, true
		}
	}
	if !f.turn.lookedUp {
		if n, ok := f.nextLookup(now); ok {
			return n, true
		}
	}
	f.turn.refusals, f.turn.lookedUp = 0, false
	if t, ok := f.start(now); ok {
		return next[T]{task: t}, true
	}
	if n, ok := f.nextLookup(now); ok {
		return n, true
	}
	return f.refuse(now)
}

// nextLookup takes a look-up out.
func (f *Frontier[T]) nextLookup(now time.Time) (n next[T], ok bool) {
	for {
		t, ok := f.lookups.pop()
		if !ok {
			return n, false
		}
		l := f.gates[t].line
		if r := f.refusal(l.host, now); r != nil {
			l.host.busy--
			f.dropGate(t, *r, now)
			continue
		}
		f.turn.lookedUp = true
		f.takeOff(t, flight[T]{line: l, given: now})
		return next[T]{task: t}, true
	}
}

// start takes the task out whose turn it is to be asked of its host.
//
// A paced budget's turn comes like any other's: while no slot is free for it,
// nothing else starts either, until what the reader has taken ahead is used up.
//
// A redirect can make a task larger than the line it came from. When tasks have
// outgrown the window by far, only those go on that were in flight before, so
// that what servers send cannot fill our memory.
func (f *Frontier[T]) start(now time.Time) (t T, ok bool) {
	if f.rate.wait(now) > 0 {
		return t, false
	}
	overgrown := f.overgrown()
	for looked := 0; f.ready.len()+f.pacedRound.len() > 0; {
		paced := f.ready.len() == 0 || f.turn.paced && f.pacedRound.len() > 0
		round := &f.ready
		if paced {
			round = &f.pacedRound
			if f.opts.Concurrency > 0 && f.inFlight >= f.opts.Concurrency {
				return t, false
			}
		}
		b, _ := round.pop()
		b.standing = aside
		if overgrown && !b.hasOld() {
			b.standing = inReady
			round.push(b)
			f.turn.paced = !paced
			if looked++; looked == scan || looked >= f.ready.len()+f.pacedRound.len() {
				return t, false
			}
			continue
		}
		if paced != f.paced(b) || !f.free(b, now) {
			f.list(b, now)
			continue
		}
		t, ok = f.startOf(b, now)
		f.list(b, now)
		if ok || f.err != nil {
			f.turn.paced = !paced
			return t, ok
		}
	}
	return t, false
}

// startOf takes a task of a budget out.
func (f *Frontier[T]) startOf(b *budget[T], now time.Time) (t T, ok bool) {
	for {
		l, ok := b.lines.pop()
		if !ok {
			return t, false
		}
		l.inBudget = false
		if f.where(l, now) != toBudget {
			f.place(l, now)
			continue
		}
		if l.gates.len() > 0 {
			t, _ = l.gates.pop()
			f.begin(f.gates[t])
		} else if t, ok = f.popHead(l); !ok {
			return t, false
		}
		h := l.host
		probe := h.reach.dead != nil
		if probe {
			h.reach.probing = true
		}
		f.turn.starts++
		before := b.last
		f.started(b, now)
		f.takeOff(t, flight[T]{line: l, budget: b, given: now, before: before, probe: probe})
		if probe {
			f.placeAll(h, now)
		}
		f.place(l, now)
		return t, true
	}
}

// takeOff takes note of a task that is given out.
func (f *Frontier[T]) takeOff(t T, fl flight[T]) {
	fl.size = t.Size()
	f.flights[t] = fl
	f.inFlight++
}

// hasOld tells whether a task comes next that has been in flight before, or a
// gate, which others wait for. It sees to it that it does.
func (b *budget[T]) hasOld() bool {
	for range min(b.lines.len(), 4) {
		l := *b.lines.front()
		if l.gates.len() > 0 || l.waiting.len() > 0 && l.waiting.front().old {
			return true
		}
		b.lines.pop()
		b.lines.push(l)
	}
	return false
}
