package pool

import (
	"fmt"
	"time"
)

// WorkerEvent is a step in a worker's life: it has become ready, or has ended.
type WorkerEvent struct {
	Name string
	Pid  int // 0: it never ran
	// Slots is how many tasks a worker that has become ready does at a time.
	Slots int
	// Ended tells that it has gone, and Died that it was not sent away in peace.
	Ended, Died bool
	// Cause says in words why it ended, and Held is how many tasks it held then.
	Cause string
	Held  int
}

// String is the event in one line, as Options.Logf hears it.
func (e WorkerEvent) String() string {
	format, args := e.words()
	return fmt.Sprintf(format, args...)
}

func (e WorkerEvent) words() (format string, args []any) {
	if e.Ended {
		return "%s (pid %d): %s; it held %d tasks", []any{e.Name, e.Pid, e.Cause, e.Held}
	}
	return "%s (pid %d): ready for %d tasks at a time", []any{e.Name, e.Pid, e.Slots}
}

// announce tells of an event: p.mu is not held.
func (p *Pool) announce(e WorkerEvent) {
	format, args := e.words()
	p.logf(format, args...)
	if p.opts.Watch != nil {
		p.opts.Watch(e)
	}
}

// WorkerState is what a worker is at, at one moment.
type WorkerState struct {
	Name string
	Pid  int
	// Slots is how many tasks it does at a time, InFlight how many it has begun,
	// and Ahead how many more it has at hand.
	Slots, InFlight, Ahead int
	// Answered is how many tasks it has done.
	Answered int
	// Started is when its process was started.
	Started time.Time
	// Resident is its resident size in bytes; 0 where that is not known, which it is
	// on Linux only.
	Resident int64
}

// Workers are the workers whose process runs now, as they stand. The slice is the
// caller's. It is safe for concurrent use, and waits for no worker.
func (p *Pool) Workers() []WorkerState {
	var all []WorkerState
	p.mu.Lock()
	for _, w := range p.workers {
		if w == nil || w.child == nil {
			continue
		}
		all = append(all, WorkerState{
			Name:     w.name,
			Pid:      w.child.pid,
			Slots:    w.holding.slots,
			InFlight: w.holding.begun,
			Ahead:    w.holding.len() - w.holding.begun,
			Answered: w.answered,
			Started:  w.born,
		})
	}
	p.mu.Unlock()
	for i := range all {
		all[i].Resident = p.resident(all[i].Pid) // it reads a file
	}
	return all
}
