package frontier

import "time"

const (
	firstBackoff = time.Second
	maxBackoff   = time.Minute
	// healAfter is how many requests that go well halve the next rest.
	healAfter = 8
	// maxRests is after how many rests in a row a host is left alone that is
	// overloaded all the same: a little more than three minutes, if it does not ask
	// for other rests.
	maxRests = 8
)

// backoff is the rest that an overloaded host gets, and how it comes back from
// it. A host that says for how long gets that. For one that does not, the rest
// doubles with each overload that a request sent since the last one met, and is
// halved again as requests go well. After a rest there is one request at a time
// at first, and one more for each that goes well; from half of what was too many
// on, one more for each round of requests.
type backoff struct {
	level   int       // how often the rest was doubled, and one
	since   time.Time // when the last rest began
	until   time.Time // no start before
	rests   int       // in a row, without a request that went well
	good    int       // requests of this rest's aftermath that went well
	healing bool
	open    float64 // slots, while it is healing
	half    float64 // of what was too many
}

// overloaded takes note of an overload that a request met which was sent at
// that time, as one of so many in flight. after is what the host asked for, or 0. It
// returns how long the host is left alone, where that is news.
func (b *backoff) overloaded(sent, now time.Time, inFlight int, after time.Duration) (rest time.Duration) {
	stale := sent.Before(b.since) // that one is known already
	if stale && after == 0 {
		return 0
	}
	if after == 0 {
		after = min(firstBackoff<<min(b.level, 10), maxBackoff)
		b.level = min(b.level+1, 7)
	}
	if until := now.Add(after); until.After(b.until) {
		b.until, rest = until, after
	}
	if !stale {
		b.rests++
		b.since, b.good, b.healing = now, 0, true
		b.open, b.half = 1, float64(inFlight)/2
	}
	return rest
}

// fine takes note of a request that went well. most are the slots that the host
// has when nothing is the matter.
func (b *backoff) fine(sent time.Time, most int) {
	if !b.healing || sent.Before(b.since) {
		return
	}
	b.rests = 0
	if b.good++; b.good%healAfter == 0 {
		b.level /= 2
	}
	if b.open < b.half {
		b.open++
	} else {
		b.open += 1 / b.open
	}
	b.healing = b.level > 0 || b.open < float64(most)
}

// slots are how many requests the host may get at once.
func (b *backoff) slots(most int) int {
	if !b.healing {
		return most
	}
	return min(most, int(b.open))
}
