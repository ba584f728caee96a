package fetch

import (
	"fmt"
	"sync/atomic"
	"time"

	"scrape/results"
)

// DefaultSpeedTime is for how long a body may come slower than SpeedLimit.
const DefaultSpeedTime = 30 * time.Second

// speedParts is into how many parts the time is cut that a speed is measured over:
// slowness is found within one such part.
const speedParts = 8

// speed sees to it that a body comes at some minimum speed, over any stretch of
// some length. Time counts while somebody reads and waits for the server, so that
// a parser that takes its time, or a decoder that waits for memory, is not blamed
// on it; other timers watch what comes before the body.
type speed struct {
	attempt *attempt // ends with it, and ends it
	limit   int64    // bytes per second
	span    time.Duration

	reading atomic.Bool
	got     atomic.Int64

	timer  *time.Timer
	before [speedParts]int64 // got, at the end of each part that has passed
	parts  int               // that have passed
}

// newSpeed begins to measure.
func newSpeed(a *attempt, limit int64, span time.Duration) *speed {
	s := &speed{limit: limit, span: span, attempt: a}
	// The function may run before timer is set; so the timer starts afterwards.
	s.timer = time.AfterFunc(time.Hour, s.tick)
	s.timer.Reset(s.span / speedParts)
	return s
}

// tick is called when a part has passed.
func (s *speed) tick() {
	if s.attempt.Err() != nil {
		return
	}
	if s.reading.Load() {
		got := s.got.Load()
		slot := &s.before[s.parts%speedParts]
		since := *slot // 0 in the first span
		*slot = got
		if s.parts++; s.parts >= speedParts && float64(got-since) < float64(s.limit)*s.span.Seconds() {
			s.attempt.cancel(&Error{
				Kind:      results.Timeout,
				Message:   fmt.Sprintf("slower than %d bytes/s for %v (got %d bytes)", s.limit, s.span, got),
				Retryable: true,
			})
			return
		}
	}
	s.timer.Reset(s.span / speedParts)
}
