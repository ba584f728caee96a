package scraper

import (
	"fmt"
	"sync/atomic"
	"time"

	"scrape/pool"
	"scrape/scraper/frontier"
	"scrape/scraper/worker"
)

// Event is something that happened behind the scenes of a run.
type Event struct {
	Kind EventKind
	// URL is what it is about, without a password; "" where it is about none.
	URL string
	// Host is the key of the host, or the address that hosts share, likewise.
	Host string
	// Worker is the pid of a worker, 0 where it is about none.
	Worker int
	// Attempt is the one that failed, from 1.
	Attempt int
	// For is how long somebody waits.
	For time.Duration
	// Text says in words what the other fields do not. It can hold text of a server.
	Text string
}

// EventKind is what an Event is about.
type EventKind uint8

// What happens behind the scenes.
const (
	EventRetry       EventKind = iota // an attempt failed, and there will be another
	EventCrawlDelay                   // a robots.txt asks for a delay
	EventRest                         // a host is overloaded, and rests
	EventLeftAlone                    // a host is left alone for the rest of the run
	EventGivenUp                      // a host cannot be reached
	EventShortOfDisk                  // the list cannot be read as far ahead as it should
	EventWorkerReady                  // a worker takes tasks
	EventWorkerEnded                  // a worker has gone in peace
	EventWorkerDied                   // a worker has not
	EventMistake                      // one of ours, such as a panic, cost a page
	EventLimit                        // the run ends by a limit of Options
)

// String is the event in words; those of a mistake have lines of their own.
func (e Event) String() string {
	switch {
	case e.Kind == EventRetry:
		return fmt.Sprintf("%s: attempt %d failed: %s; the next in %v", e.URL, e.Attempt, e.Text, e.For.Round(time.Millisecond))
	case e.URL != "":
		return e.URL + ": " + e.Text
	case e.Host != "":
		return e.Host + ": " + e.Text
	}
	return e.Text
}

func (r *run) tell(e Event) {
	if r.options.Tell != nil {
		r.options.Tell(e)
	}
}

// retried takes note of an attempt that failed and is not the last.
func (r *run) retried(t *worker.Task, again *worker.Again) {
	r.counts.retries.Add(1)
	if r.options.Tell != nil {
		r.tell(Event{Kind: EventRetry, URL: t.URL.Redacted(), Attempt: again.Attempt, For: again.After, Text: again.Reason})
	}
}

// hostEvents are the frontier's, told on.
func (o Options) hostEvents() func(frontier.Event) {
	if o.Tell == nil {
		return nil
	}
	return func(e frontier.Event) {
		kind := map[frontier.EventKind]EventKind{
			frontier.CrawlDelay: EventCrawlDelay,
			frontier.Rest:       EventRest,
			frontier.LeftAlone:  EventLeftAlone,
			frontier.GivenUp:    EventGivenUp,
			frontier.NoSpill:    EventShortOfDisk,
		}[e.Kind]
		o.Tell(Event{Kind: kind, Host: e.Host, For: e.For, Text: e.Text})
	}
}

// workerEvents are the pool's, told on. deaths, if not nil, counts those that died.
func (o Options) workerEvents(deaths *atomic.Int64) func(pool.WorkerEvent) {
	return func(e pool.WorkerEvent) {
		kind := EventWorkerReady
		switch {
		case e.Died:
			kind = EventWorkerDied
			if deaths != nil {
				deaths.Add(1)
			}
		case e.Ended:
			kind = EventWorkerEnded
		}
		if o.Tell != nil {
			o.Tell(Event{Kind: kind, Worker: e.Pid, Text: e.String()})
		}
	}
}
