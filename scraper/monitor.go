package scraper

import (
	"sync"
	"time"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/frontier"
	"scrape/scraper/worker"
)

// Monitor is a window on a run that has it in its Options. The zero Monitor is
// ready. It is safe for concurrent use, and stays usable when the run has ended.
type Monitor struct {
	mu      sync.Mutex
	run     *run
	pool    *pool.Pool
	started time.Time
}

// Snapshot is a run at one moment.
type Snapshot struct {
	// Started is when the run began; zero where it has not yet.
	Started time.Time
	// Read, Skipped, Tally and Changes are as in Summary.
	Read, Skipped int64
	Tally         results.Tally
	Changes       results.Changes
	// Retries is how many attempts were followed by another, Deaths how many
	// workers did not go in peace, and Received how many bytes of bodies came.
	Retries, Deaths, Received int64
	// Durations are the times from when a request was sent, the last one where an
	// attempt took several, until its answer was here and had been read.
	Durations Durations

	// Hosts is how many hosts are known, Waiting how many URLs wait for their turn
	// or for another attempt, and InFlight how many requests the workers have,
	// those for robots.txt included.
	Hosts, Waiting, InFlight int
	// Busiest are the hosts with most in flight, and Slowest the URLs that have been
	// longest.
	Busiest []HostState
	Slowest []Flight
	// Held is how many records wait for that of the line Oldest, with
	// Options.InputOrder.
	Held, Oldest int64
	// Workers are those that run.
	Workers []WorkerState
}

// HostState, Flight and WorkerState are what a Snapshot shows of a host, of a URL
// in flight, and of a worker.
type (
	HostState   = frontier.HostState
	Flight      = frontier.Flight
	WorkerState = pool.WorkerState
)

func (m *Monitor) watch(r *run, p *pool.Pool, started time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.run, m.pool, m.started = r, p, started
}

// Snapshot looks at the run: of hosts and URLs at most so many are named. It waits
// neither for workers nor for sinks.
func (m *Monitor) Snapshot(most int) Snapshot {
	m.mu.Lock()
	defer m.mu.Unlock()
	r := m.run
	if r == nil {
		return Snapshot{}
	}
	s := Snapshot{
		Started:  m.started,
		Retries:  r.counts.retries.Load(),
		Deaths:   r.counts.deaths.Load(),
		Received: r.counts.received.Load(),
		Workers:  m.pool.Workers(),
	}
	s.Read, s.Skipped, s.Tally, s.Changes = r.counts.sums()
	s.Durations = r.counts.times()
	if r.line != nil {
		s.Held, s.Oldest = r.line.waits.Load(), r.line.oldest.Load()
	}
	// A task's URL stays the same while the frontier has it.
	f := r.frontier.Snapshot(most, func(t *worker.Task) string { return t.URL.Redacted() })
	s.Hosts, s.Waiting, s.InFlight, s.Busiest, s.Slowest = f.Hosts, f.Waiting, f.InFlight, f.Busiest, f.Slowest
	return s
}
