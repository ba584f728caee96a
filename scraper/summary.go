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
	// Changes counts them by what Options.Memory said of them.
	Changes results.Changes
	// Read is how many lines were read that get a record.
	Read int64
	// Skipped is how many of them Options.Done has told to be done: they are not in
	// Tally.
	Skipped int64
	// Kept is how many of the records are those of an earlier run: see Options.Earlier.
	Kept int64
	// Unfinished is how many others got none, since the run was interrupted.
	Unfinished int64
	// Held is how many of these are done, but for their records, which waited for that of
	// the line Oldest: see Options.InputOrder.
	Held, Oldest int64
	// Ended tells that the lists were read to their end.
	Ended bool
	// Drained tells that Options.Drain ended the run before its lists.
	Drained bool
	// Limited tells that Options.MaxTime, MaxURLs or MaxBytes did.
	Limited bool
	// Limit is which of them, as its flag is called, such as "max-time".
	Limit string
	// Lacking is how many pages were not scraped since a required field was not there. Of
	// an earlier run's records it has all that could not be parsed.
	Lacking int64
	// Fields are the fields that the user has named, in the order of
	// Options.Extract, each with how often it was found.
	Fields []FieldCount
	// Expected are those ready-made fields of Options.Extract that a page rarely
	// lacks, such as the title, over the pages that are HTML.
	Expected []FieldCount
	// Shaped is on how many pages a schema had a part for them. Its name is that of
	// the schema, or says how many there are.
	Shaped FieldCount
	// Wall is how long the run took.
	Wall time.Duration
}

// summary ends the run for whatever of it still goes on, and sums it up.
func (r *run) summary(ctx context.Context, started time.Time) (Summary, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.over = true
	lines, skipped, tally, changes := r.counts.sums()
	s := Summary{
		Tally:      tally,
		Changes:    changes,
		Read:       lines,
		Skipped:    skipped,
		Kept:       r.counts.kept.Load(),
		Unfinished: lines - skipped - tally.Total(),
		Ended:      r.ended,
		Lacking:    r.lacking,
		Fields:     r.fields,
		Expected:   r.expected,
		Shaped:     r.shaped,
		Wall:       time.Since(started),
	}
	if r.line != nil {
		s.Held = r.line.Waiting()
		s.Oldest, _ = r.line.Oldest()
		r.line.Close()
	}
	early := s.Unfinished > 0 || !s.Ended
	if limit := r.limited.Load(); limit != nil && early {
		s.Limited, s.Limit = true, *limit
	}
	s.Drained = r.drained.Load() && early && !s.Limited
	err := context.Cause(ctx)
	if err == nil || err == errDrained {
		err = r.unreadable
	}
	return s, err
}
