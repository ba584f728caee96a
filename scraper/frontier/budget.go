package frontier

import (
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"
)

// budget is how much is asked of a host at once and how soon after one
// another; or of all hosts of one address.
type budget[T Task] struct {
	key      string
	hosts    int // that share it
	lines    queue[*line[T]]
	inFlight int

	floor    time.Duration // the delay that was set, or that a robots.txt asks for
	last     time.Time     // when a request was last sent, so far as is known
	stretch  float64       // what jitter makes of the delay after that
	backoff  backoff
	adaptive adaptive

	standing standing
	at       time.Time // when its time comes, in Frontier.timed
	timedAt  int       // place there
}

// standing is where a budget stands.
type standing uint8

const (
	aside   standing = iota // nothing to start, or no slot
	inReady                 // in one of the frontier's rounds
	inTimed
)

func (b *budget[T]) due() time.Time { return b.at }
func (b *budget[T]) place() *int    { return &b.timedAt }

func (f *Frontier[T]) initBudget(b *budget[T], key string, now time.Time) {
	b.key, b.floor = key, f.opts.HostDelay
	if f.opts.Adaptive {
		b.adaptive.limit = 1
	}
	if n, ok := f.recall(budgetKey(key)); ok {
		b.backoff.until = f.began.Add(n.until)
	}
}

// share puts a host into the budget of an address.
func (f *Frontier[T]) share(h *host[T], addr string, now time.Time) {
	b := f.budgets[addr]
	if b == nil {
		b = new(budget[T])
		f.initBudget(b, addr, now)
		f.budgets[addr] = b
		f.states += hostSize
	}
	b.hosts++
	h.budget = b
}

// literal is the address that a host's key is, if it is one.
func literal(key string) (addr string, ok bool) {
	if ap, err := netip.ParseAddrPort(key); err == nil {
		return ap.Addr().Unmap().String(), true
	}
	a, err := netip.ParseAddr(strings.TrimSuffix(strings.TrimPrefix(key, "["), "]"))
	return a.Unmap().String(), err == nil
}

// slots are how many requests may be in flight.
func (f *Frontier[T]) slots(b *budget[T]) int {
	most := f.most()
	return min(b.backoff.slots(most), b.adaptive.slots(most))
}

// earliest is when the next request may start.
func (b *budget[T]) earliest() time.Time {
	at := b.backoff.until
	if d := b.delay(); d > 0 && !b.last.IsZero() {
		if next := b.last.Add(time.Duration(float64(d) * b.stretch)); next.After(at) {
			at = next
		}
	}
	return at
}

// delay is the time between two starts, before jitter.
func (b *budget[T]) delay() time.Duration { return max(b.floor, b.adaptive.delay()) }

// free tells whether a budget's next request may start now.
func (f *Frontier[T]) free(b *budget[T], now time.Time) bool {
	return b.inFlight < f.slots(b) && !b.earliest().After(now)
}

// paced tells whether a budget's requests come at their own time, so that they
// must begin when they are given out.
func (f *Frontier[T]) paced(b *budget[T]) bool {
	return f.rate.interval > 0 || b.backoff.healing || b.delay() > 0
}

// Paced tells whether the time at which a task was given out matters: its host
// has a delay, or comes back from an overload, or there is a rate. One that came
// to nothing then must not be begun anew, but come back (Again). Of what is not in
// flight, and of a look-up, which is asked of no host, it tells no.
func (f *Frontier[T]) Paced(t T) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := f.flights[t].budget
	return b != nil && f.paced(b)
}

// list puts a budget in the round of those that may start a task, if it may, or
// in the schedule until it may.
func (f *Frontier[T]) list(b *budget[T], now time.Time) {
	if b.standing == inReady {
		return // it is looked at again in its turn
	}
	if b.lines.len() == 0 || b.inFlight >= f.slots(b) {
		f.crowd(b)
		if b.standing == inTimed {
			f.timed.remove(b)
			b.standing = aside
		}
		return
	}
	notify(f.changed)
	if at := b.earliest(); at.After(now) {
		b.at, b.standing = at, inTimed
		f.timed.update(b)
		return
	}
	f.timed.remove(b)
	b.standing = inReady
	if f.paced(b) {
		f.pacedRound.push(b)
	} else {
		f.ready.push(b)
	}
}

// started takes note of a start.
func (f *Frontier[T]) started(b *budget[T], now time.Time) {
	b.inFlight++
	b.last = now
	b.stretch = 1 + f.opts.Jitter*rand.Float64()
	f.rate.take(now)
}

// missed takes back what was noted of a start that came to nothing, unless another
// came since.
func (f *Frontier[T]) missed(fl flight[T]) {
	if b := fl.budget; b.last.Equal(fl.given) {
		b.last = fl.before
	}
	f.rate.untake(fl.given)
}
