package frontier

import "time"

const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
)

// backoff is the rest that an overloaded host gets, and how it comes back from
// it. A host that says for how long gets that. For one that does not, the rest
// doubles with each overload that a request sent since the last one met, and is
// halved again with each round of requests that go well. After a rest there is
// one request at a time at first, and one more for each that goes well.
type backoff struct {
	level   int       // how often the rest was doubled, and one
	since   time.Time // when the last rest began
	until   time.Time // no start before
	good    int       // requests of this rest's aftermath that went well
	healing bool
}

// overloaded takes note of an overload that a request met which was sent at
// that time. after is what the host asked for, or 0.
func (b *backoff) overloaded(sent, now time.Time, after time.Duration) {
	stale := sent.Before(b.since) // that one is known already
	if stale && after == 0 {
		return
	}
	if after == 0 {
		after = min(firstBackoff<<min(b.level, 10), maxBackoff)
		b.level = min(b.level+1, 7)
	}
	if until := now.Add(after); until.After(b.until) {
		b.until = until
	}
	if !stale {
		b.since, b.good, b.healing = now, 0, true
	}
}

// fine takes note of a request that went well. slots are what the host has when
// nothing is the matter.
func (b *backoff) fine(sent time.Time, slots int) {
	if !b.healing || sent.Before(b.since) {
		return
	}
	b.good++
	if b.good%slots == 0 {
		b.level /= 2
		b.healing = b.level > 0
	}
}

// slots are how many requests the host may get at once.
func (b *backoff) slots(most int) int {
	if !b.healing {
		return most
	}
	return min(most, 1+b.good)
}
