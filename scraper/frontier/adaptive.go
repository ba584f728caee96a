package frontier

import "time"

const (
	// queueing is how many times the least latency seen is taken for a sign
	// that requests wait for each other at the host.
	queueing = 2
	// noise is what latency may vary by, however small it is.
	noise = 5 * time.Millisecond
	// leastLimit is one request in sixteen latencies.
	leastLimit = 1.0 / 16
	// maxAdaptiveDelay is the longest delay that a host gets for being slow.
	maxAdaptiveDelay = time.Minute
)

// adaptive finds out how many requests at once are good for a host.
//
// The limit begins at one, and grows by one with each answer, until the first
// sign of load; then by one for each round of answers. A sign of load is a
// latency, smoothed over some eight answers, of more than twice the least it has
// been: the limit shrinks by a quarter. Or a 429, a 503, or a time-out: it is
// halved. What was sent before the limit last shrank is no sign any more, and a
// latency only when it has been smoothed anew. At one slot the latency is the
// host's own, not our doing: what it is then is the new least. The first answers may
// be slower than the host is later, so the quickest of them is what it begins with: a
// least that is too small mends itself so, and one that is too large would not. What
// was too much for the host is come near to sixteen times more slowly. Only what is
// halved below one slot becomes a delay between the starts: at a limit of a quarter,
// four latencies.
type adaptive struct {
	limit    float64 // 0: not adaptive
	steady   bool    // the first sign of load has been seen
	smoothed time.Duration
	least    time.Duration // that smoothed has been
	shrunk   time.Time     // when the limit last shrank
	answers  int           // to requests sent since
	heard    int           // answers in all
	ceiling  float64       // the limit at the last overload or time-out
}

// smoothing is over how many answers a latency is smoothed.
const smoothing = 8

// fine takes note of an answer to a request sent at that time. most are the
// slots that the host has at most.
func (a *adaptive) fine(latency time.Duration, sent time.Time, most int, now time.Time) {
	if a.limit == 0 || latency <= 0 {
		return
	}
	if !sent.Before(a.shrunk) {
		a.answers++
	}
	if a.heard++; a.heard <= smoothing && (a.smoothed == 0 || latency < a.smoothed) {
		a.smoothed, a.least = latency, latency
	}
	a.smoothed += (latency - a.smoothed) / smoothing
	a.least = min(a.least, a.smoothed)
	switch {
	case a.smoothed > queueing*a.least+noise:
		switch {
		case a.answers < smoothing:
		case a.limit <= 1:
			a.least = a.smoothed
		default:
			a.shrink(3.0/4, 1, now)
		}
	case a.limit < 1:
		a.limit = min(1, a.limit+1.0/8)
	case !a.steady:
		a.limit = min(float64(most), a.limit+1)
	default:
		step := 1 / a.limit
		switch {
		case a.limit > a.ceiling:
			a.ceiling = 0
		case a.limit > a.ceiling-1:
			step /= 16
		}
		a.limit = min(float64(most), a.limit+step)
	}
}

// bad takes note of an overload or a time-out of a request sent at that time.
func (a *adaptive) bad(sent, now time.Time) {
	if a.limit != 0 && !sent.Before(a.shrunk) {
		a.ceiling = a.limit
		a.shrink(1.0/2, leastLimit, now)
	}
}

func (a *adaptive) shrink(factor, least float64, now time.Time) {
	a.shrunk, a.steady, a.answers = now, true, 0
	a.limit = max(least, a.limit*factor)
}

// slots are how many requests the host may get at once.
func (a *adaptive) slots(most int) int {
	if a.limit == 0 {
		return most
	}
	return min(most, max(1, int(a.limit)))
}

// delay is the time between two starts.
func (a *adaptive) delay() time.Duration {
	if a.limit == 0 || a.limit >= 1 {
		return 0
	}
	latency := max(a.smoothed, firstBackoff/2) // a host that never answered in time has none
	return min(maxAdaptiveDelay, time.Duration(float64(latency)/a.limit))
}
