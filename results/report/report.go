// Package report makes one HTML file of a run, for a person to look at: what became
// of the lines, when, how fast, on which hosts, and what to do about the failures.
//
// A Collector sees every record and keeps a bounded part of them: counts, and
// samples where there are many. The file holds all it needs, loads nothing and can
// be read without scripts. What it shows of the web is text and nothing else:
// html/template escapes it, and a Content-Security-Policy allows one style sheet
// and one script, ours, by their digests.
package report

import (
	"time"

	"scrape/results"
)

// Bounds on what is kept and shown, whatever the number of records.
const (
	mostFailures = 2000 // samples of failures, over all kinds
	mostChanges  = 200  // samples of changes, over all of their kinds
	mostSlowest  = 25
	mostHosts    = 20     // in each of the two tables
	trackedHosts = 16_384 // counted at the same time
)

// Collector keeps what a report shows. Its memory is bounded: a few MB after a
// million records. It is used by one goroutine at a time.
type Collector struct {
	started time.Time
	tally   results.Tally

	worthwhile [256]int64 // retryable failures, by kind
	statuses   [1000]int64
	attempts   int64 // beyond the first of each URL
	received   int64 // bytes of bodies

	timeline timeline
	ok, bad  histogram // of the time that URLs took, scraped and not
	slowest  slowest
	hosts    hosts
	failures samples
	changed  results.Changes
	changes  samples
}

// New returns a Collector for a run that begins now.
func New() *Collector {
	return &Collector{
		started:  time.Now(),
		slowest:  slowest{most: mostSlowest},
		hosts:    hosts{most: trackedHosts},
		failures: samples{most: mostFailures},
		changes:  samples{most: mostChanges},
	}
}

// Observe takes a record that was finished now. It keeps neither the record nor
// its bytes.
func (c *Collector) Observe(r *results.Record) { c.add(r, time.Since(c.started)) }

// add takes a record that was finished so long after the start.
func (c *Collector) add(r *results.Record, at time.Duration) {
	c.tally.Add(r)
	if r.Outcome == results.NotScraped && r.Kind == results.Duplicate {
		return // nothing was asked for
	}
	e := read(r)
	scraped := r.Outcome == results.Scraped
	c.timeline.add(at, scraped)
	c.received += e.wire
	c.attempts += max(e.attempts-1, 0)
	if e.total > 0 {
		if scraped {
			c.ok.add(e.total)
		} else {
			c.bad.add(e.total)
		}
		if c.slowest.wants(e.total) {
			c.slowest.add(e.sample(r))
		}
	}
	if host := hostOf(e.url); len(host) > 0 {
		c.hosts.add(host, !scraped, e.total)
	}
	if !scraped {
		if e.retryable {
			c.worthwhile[r.Kind]++
		}
		if r.Kind == results.HTTPStatus && e.status > 0 && e.status < len(c.statuses) {
			c.statuses[e.status]++
		}
		if i, ok := c.failures.place(int(r.Kind)); ok {
			c.failures.put(int(r.Kind), i, e.sample(r))
		}
	}
	if e.change != results.NoChange {
		c.changed[e.change]++
		if e.change == results.Unchanged {
			return
		}
		if i, ok := c.changes.place(int(e.change)); ok {
			c.changes.put(int(e.change), i, e.sample(r))
		}
	}
}
