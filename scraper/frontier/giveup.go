package frontier

import (
	"fmt"
	"time"

	"scrape/results"
)

// probeEvery is how often a host that was given up gets a task all the same.
const probeEvery = 30 * time.Second

// reach is whether a host can be reached at all.
type reach struct {
	failures int      // in a row
	dead     *Refusal // why its tasks are refused; nil while it is not given up
	probeAt  time.Time
	probing  bool
}

// failed takes note of an attempt that did not reach the host, and tells whether
// that was the last straw. It is given up after limit of them; never when that is
// negative.
func (r *reach) failed(cause string, limit int, now time.Time) (givenUp bool) {
	r.failures++
	switch {
	case r.dead != nil:
		r.probeAt = now.Add(probeEvery)
	case limit > 0 && r.failures >= limit:
		r.probeAt = now.Add(probeEvery)
		r.dead = &Refusal{
			Kind:      results.HostGivenUp,
			Message:   fmt.Sprintf("given up after %d failures in a row, the last: %s", r.failures, cause),
			Retryable: true,
		}
		return true
	}
	return false
}

// reached takes note of an attempt that did.
func (r *reach) reached() { r.failures, r.dead = 0, nil }

// refusal is why a task of the host is refused now; nil when it is not. A host
// that was given up lets one through now and then.
func (r *reach) refusal(now time.Time) *Refusal {
	if r.dead == nil || !r.probing && !now.Before(r.probeAt) {
		return nil
	}
	return r.dead
}
