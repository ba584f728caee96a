package frontier

import (
	"fmt"
	"time"
)

// Done says that a task in flight will not be tried again. A gate's task that
// ends like this stays shut.
func (f *Frontier[T]) Done(t T, r Report) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if g := f.gates[t]; g != nil {
		f.resolveShut(t, g.noAnswer(), r, now)
		return
	}
	fl, ok := f.land(t, r, now)
	if !ok {
		return
	}
	f.count--
	f.settle(fl.line.host, now)
}

// Again says that a task in flight is to be tried again, after a while at the
// earliest. Its host's slot is free meanwhile. What waits for a gate goes on
// waiting.
func (f *Frontier[T]) Again(t T, after time.Duration, r Report) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	fl, ok := f.land(t, r, now)
	if !ok {
		return
	}
	var e entry[T]
	if f.gates[t] != nil {
		f.bytes += t.Size()
		e = entry[T]{task: t}
	} else {
		e = f.keep(t)
		f.limit(fl.line, &e, t)
	}
	e.old = true
	e.last = r.Health == Overloaded
	f.delay(fl.line, e, now.Add(after), now)
	f.settle(fl.line.host, now)
}

// Move says that what was in flight goes on as the task to, which may be of
// another host and takes its turn there. A gate goes on as a gate.
func (f *Frontier[T]) Move(from, to T, r Report) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	fl, ok := f.land(from, r, now)
	if !ok {
		return
	}
	if g := f.gates[from]; g != nil {
		delete(f.gates, from)
		f.gates[to] = g
		f.enqueueGate(to, now)
	} else {
		e := f.keep(to)
		e.old = true
		l := f.lineOf(to.Origin(), to.Host(), now)
		f.limit(l, &e, to)
		f.enqueue(l, e, now)
	}
	f.settle(fl.line.host, now)
}

// Open is the answer to a task that Options.Robots made: these rules hold for
// its origin from now on. nil allows all.
func (f *Frontier[T]) Open(gate T, rules Rules, r Report) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if g := f.gates[gate]; g != nil && g.lookup {
		f.resolveShut(gate, g.noAnswer(), r, now)
		return
	}
	g, ok := f.resolve(gate, r, now)
	if !ok {
		return
	}
	l := g.line
	l.shut = shut{}
	f.learnRules(l, rules, g.promised, now)
	if rules != nil {
		b := l.host.budget
		if delay := min(rules.CrawlDelay(), f.opts.MaxCrawlDelay); delay > b.floor {
			b.floor = delay
			f.tell(Event{CrawlDelay, l.host.key, delay, fmt.Sprintf("robots.txt asks for %v between requests", delay)})
		}
	}
	f.place(l, now)
	f.settle(l.host, now)
}

// Shut says that a gate's task will not be tried again and came to nothing.
// Those who wait for it are refused, and so are those who come within the next
// minute; then the next one asks again.
func (f *Frontier[T]) Shut(gate T, refusal Refusal, r Report) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.resolveShut(gate, refusal, r, time.Now())
}

func (f *Frontier[T]) resolveShut(gate T, refusal Refusal, r Report, now time.Time) {
	if g, ok := f.resolve(gate, r, now); ok {
		f.shutGate(g, refusal, now)
	}
}

// Located is the answer to a task that Options.Lookup made: its host has this
// address, and shares the budget of all that have it. "": it keeps its own.
func (f *Frontier[T]) Located(gate T, addr string, r Report) {
	f.mu.Lock()
	defer f.mu.Unlock()
	now := time.Now()
	if g := f.gates[gate]; g != nil && !g.lookup {
		f.resolveShut(gate, g.noAnswer(), r, now)
		return
	}
	g, ok := f.resolve(gate, r, now)
	if !ok {
		return
	}
	h := g.line.host
	if addr == "" {
		addr = h.key
	}
	f.share(h, addr, now)
	f.placeAll(h, now)
	f.settle(h, now)
}

// land takes back a task that was in flight, and what it tells of its host. The
// host is to be settled afterwards.
func (f *Frontier[T]) land(t T, r Report, now time.Time) (fl flight[T], ok bool) {
	fl, ok = f.flights[t]
	if !ok {
		return fl, false
	}
	delete(f.flights, t)
	f.inFlight--
	f.bytes -= fl.size
	notify(f.changed)
	notify(f.room)
	h := fl.line.host
	h.busy--
	if fl.probe {
		h.reach.probing = false
	}
	f.learn(h, r, now)
	if b := fl.budget; b != nil {
		if r.Missed {
			f.missed(fl)
		}
		f.learnLoad(b, r, fl.given, now, f.gates[t] != nil)
		if r.Health == Overloaded && b.backoff.rests > maxRests && h.alone == nil {
			h.leaveAlone(wish{status: uint16(r.Status)})
			f.tell(Event{LeftAlone, h.key, 0, h.alone.Message})
			f.placeAll(h, now)
		}
		b.inFlight--
		f.list(b, now)
	}
	return fl, true
}

// learn takes note of what an attempt tells of its host.
func (f *Frontier[T]) learn(h *host[T], r Report, now time.Time) {
	switch r.Health {
	case Unknown:
		return
	case Unreachable:
		if h.reach.failed(r.Cause, f.opts.GiveUp, now) {
			f.tell(Event{GivenUp, h.key, 0, h.reach.dead.Message})
		}
	default:
		h.reach.reached()
	}
	if r.Health == Overloaded && r.RetryAfter > f.opts.MaxRetryAfter {
		h.leaveAlone(wish{status: uint16(r.Status), rest: r.RetryAfter})
		f.tell(Event{LeftAlone, h.key, r.RetryAfter, fmt.Sprintf("asks to be left alone for %v, and is for the rest of the run", r.RetryAfter)})
	}
	if f.refusal(h, now) != nil {
		f.placeAll(h, now)
	}
}

// learnLoad takes note of what an attempt, or that of a gate, tells of how much its
// host bears.
func (f *Frontier[T]) learnLoad(b *budget[T], r Report, given, now time.Time, gate bool) {
	sent := given
	if !r.Sent.IsZero() {
		sent = r.Sent
		// Where a connection was new, the host got the request later than it was
		// sent, and may get the next one sooner: by its first byte it had it. A
		// slow host need not wait for all of its own slowness, though.
		if !sent.After(now) {
			b.last = latest(b.last, sent.Add(min(r.Latency, b.delay()/10, now.Sub(sent))))
			f.rate.sent(sent)
		}
	}
	switch r.Health {
	case Fine:
		b.backoff.fine(sent, f.opts.HostConcurrency)
		if !gate { // a robots.txt is quicker than pages are
			b.adaptive.fine(r.Latency, sent, f.opts.HostConcurrency, now)
		}
	case Overloaded:
		after := r.RetryAfter
		if after > f.opts.MaxRetryAfter {
			after = 0
		}
		if rest := b.backoff.overloaded(sent, now, b.inFlight, after); rest > 0 {
			f.tell(Event{Rest, b.key, rest, fmt.Sprintf("overloaded, and left alone for %v", rest)})
		}
		b.adaptive.bad(sent, now)
	case Slow:
		b.adaptive.bad(sent, now)
	}
}

func latest(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}
