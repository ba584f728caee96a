package frontier

import "time"

// catchUp is how much of a rate can be made good after a delay of our own, where
// its interval is shorter: timers are no finer than about a millisecond.
const catchUp = 10 * time.Millisecond

// longestInterval is as good as never, and can still be added to a time.
const longestInterval = 365 * 24 * time.Hour

// rate spaces starts evenly. Its zero value lets everything through.
type rate struct {
	interval time.Duration
	next     time.Time // no start before
}

func newRate(perSecond float64) rate {
	if perSecond <= 0 {
		return rate{}
	}
	interval := min(float64(time.Second)/perSecond, float64(longestInterval))
	return rate{interval: max(1, time.Duration(interval))}
}

// wait is how long there may be no start; 0 for none.
func (r *rate) wait(now time.Time) time.Duration { return max(0, r.next.Sub(now)) }

// take counts a start.
func (r *rate) take(now time.Time) {
	if r.interval == 0 {
		return
	}
	earliest := now
	if r.interval < catchUp && !r.next.IsZero() {
		earliest = now.Add(-catchUp)
	}
	if r.next.Before(earliest) {
		r.next = earliest
	}
	r.next = r.next.Add(r.interval)
}

// untake forgets a start, if it was the last.
func (r *rate) untake(at time.Time) {
	if r.next.Equal(at.Add(r.interval)) {
		r.next = at
	}
}

// sent counts from when a request was sent that had been counted as a start: later,
// where its worker had to start first.
func (r *rate) sent(at time.Time) {
	if r.interval >= catchUp {
		r.next = latest(r.next, at.Add(r.interval))
	}
}
