package scraper

import (
	"sync"
	"sync/atomic"
	"time"

	"scrape/results"
	"scrape/scraper/worker"
)

// counts are what a run has come to so far. No lock is held while anybody waits for
// a sink, so that a run whose output is stuck can still be looked at. Safe for
// concurrent use.
type counts struct {
	retries, deaths, received, kept atomic.Int64

	mu        sync.Mutex
	tally     results.Tally
	changes   results.Changes
	lines     int64 // read
	skipped   int64 // of them, since Options.Done says so
	durations Durations
}

// line counts a line that was read. done tells that an earlier run has given its
// record.
func (c *counts) line(done bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.lines++
	if done {
		c.skipped++
	}
}

func (c *counts) record(r *results.Record) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tally.Add(r)
	c.changes.Add(r)
}

// attempt counts the time that a task has taken, be it a page's or a gate's.
func (c *counts) attempt(t *worker.Told, now time.Time) {
	if t.Sent.IsZero() {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.durations.add(now.Sub(t.Sent))
}

func (c *counts) sums() (lines, skipped int64, tally results.Tally, changes results.Changes) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.lines, c.skipped, c.tally, c.changes
}

func (c *counts) times() Durations {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.durations
}

// Durations is a histogram of times.
type Durations struct {
	// Counts are how many times were at most each of DurationBounds, and longer than
	// the bound before; the last are those that were longer than all.
	Counts [len(DurationBounds) + 1]int64
	Sum    time.Duration
}

// DurationBounds are those of Durations, in their order.
var DurationBounds = [...]time.Duration{
	5 * time.Millisecond, 10 * time.Millisecond, 25 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 250 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2500 * time.Millisecond, 5 * time.Second, 10 * time.Second, 30 * time.Second, time.Minute,
}

func (d *Durations) add(t time.Duration) {
	t = max(0, t) // the worker's clock may have been set meanwhile
	i := 0
	for i < len(DurationBounds) && t > DurationBounds[i] {
		i++
	}
	d.Counts[i]++
	d.Sum += t
}
