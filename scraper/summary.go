package scraper

import (
	"context"
	"time"

	"scrape/results"
)

// Summary is what a run came to.
type Summary struct {
	// Tally counts the records.
	Tally results.Tally
	// Read is how many lines were read that get a record.
	Read int64
	// Unfinished is how many of them got none, since the run was interrupted.
	Unfinished int64
	// Ended tells that the lists were read to their end.
	Ended bool
	// Drained tells that Options.Drain ended the run before its lists.
	Drained bool
	// Limited tells that Options.MaxTime did.
	Limited bool
	// Wall is how long the run took.
	Wall time.Duration
}

// summary ends the run for whatever of it still goes on, and sums it up.
func (r *run) summary(ctx context.Context, started time.Time) (Summary, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	s := Summary{
		Tally:      r.tally,
		Read:       r.lines,
		Unfinished: r.lines - int64(r.tally.Total()),
		Ended:      r.ended,
		Wall:       time.Since(started),
	}
	early := s.Unfinished > 0 || !s.Ended
	s.Limited = r.limited.Load() && early
	s.Drained = r.drained.Load() && early && !s.Limited
	err := context.Cause(ctx)
	if err == nil || err == errDrained {
		err = r.unreadable
	}
	return s, err
}
