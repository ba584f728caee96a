// Package frontier decides whose turn it is: of all URLs that wait, which may
// be asked for next.
//
// Every host has one budget for the whole run, however many workers there are:
// a number of requests in flight, and a delay between their starts. Hosts take
// turns, and no wait holds a slot: a task whose host is busy, rests, or is still
// to be asked for its robots.txt, stands aside while others go.
//
// A task's way is this. It waits in the line of its origin; a line that may go
// on stands in its budget's round, and a budget with a free slot whose time has
// come in the frontier's. A line whose tasks are to be refused stands in a round
// of its own instead, which costs no slot, delay or rate.
package frontier

import (
	"context"
	"hash/maphash"
	"iter"
	"sync"
	"time"

	"scrape/scraper/tempfile"
)

// Frontier holds the tasks that wait. One mutex guards all hosts, so that each
// decision sees the whole. It is safe for concurrent use.
type Frontier[T Task] struct {
	opts  Options[T]
	began time.Time
	seed  maphash.Seed

	mu       sync.Mutex
	hosts    map[string]*host[T]
	lines    map[string]*line[T]   // by origin
	budgets  map[string]*budget[T] // that hosts share, by address
	flights  map[T]flight[T]
	gates    map[T]*gate[T]
	idle     idle[T]
	notes    map[uint64]note
	sweepAt  int // the number of notes at which the old ones are thrown away
	rate     rate
	spill    *spill
	encoding []byte // room for a task on its way to or from the spill

	ready      queue[*budget[T]] // that may start a task, in turn
	pacedRound queue[*budget[T]] // likewise, but only where a slot is free for it now
	timed      schedule[*budget[T]]
	crowded    map[*budget[T]]bool  // with something to start, and half of all slots
	later      schedule[*line[T]]   // with tasks that wait for their time
	ends       schedule[*ending[T]] // with tasks whose time may be over
	refusing   queue[*line[T]]      // with tasks that are to be refused
	lookups    queue[T]             // look-ups, which are asked of no host
	memory     memory[T]            // of rules
	turn       turn

	count    int // tasks added and neither done nor refused
	bytes    int // in memory, of tasks
	states   int // in memory, of hosts and rules
	closed   bool
	starving bool // the reader asked for a task, and there was none that may start
	drained  bool // nothing that waits is of interest any more
	ended    bool // Turns has
	err      error
	changed  chan struct{} // something may be ready; holds one token
	room     chan struct{} // the window may have room; holds one token
	inFlight int
}

// New makes an empty frontier.
func New[T Task](o Options[T]) *Frontier[T] {
	f := &Frontier[T]{
		opts:    o.withDefaults(),
		began:   time.Now(),
		seed:    maphash.MakeSeed(),
		hosts:   map[string]*host[T]{},
		lines:   map[string]*line[T]{},
		budgets: map[string]*budget[T]{},
		crowded: map[*budget[T]]bool{},
		flights: map[T]flight[T]{},
		gates:   map[T]*gate[T]{},
		notes:   map[uint64]note{},
		rate:    newRate(o.Rate),
		memory:  memory[T]{most: maxRules},
		changed: make(chan struct{}, 1),
		room:    make(chan struct{}, 1),
	}
	if f.opts.New != nil {
		f.spill = newSpill(tempfile.In(f.opts.SpillDir))
	}
	return f
}

// Add puts a new task behind those of its origin. It waits while the window is
// full, and returns false when the task was not taken, since ctx is done or
// the frontier was drained. One goroutine at a time may add.
func (f *Frontier[T]) Add(ctx context.Context, t T) bool {
	for {
		f.mu.Lock()
		switch {
		case f.drained || f.ended:
			f.mu.Unlock()
			return false
		case f.hasRoom():
			now := time.Now()
			f.count++
			l := f.lineOf(t.Origin(), t.Host(), now)
			f.enqueue(l, f.keep(t), now)
			f.mu.Unlock()
			return true
		}
		f.mu.Unlock()
		select {
		case <-f.room:
		case <-ctx.Done():
			return false
		}
	}
}

// Close says that nothing will be added any more.
func (f *Frontier[T]) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	f.uncrowd(time.Now())
	notify(f.changed)
}

// Drain drops all that waits: Turns ends, and what is in flight is only
// awaited by those who have it.
func (f *Frontier[T]) Drain() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drained = true
	notify(f.changed)
	notify(f.room)
}

// Err is why Turns ended before all tasks had come: what waited on disk could
// not be read back.
func (f *Frontier[T]) Err() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.err
}

// Turns yields the tasks, each when it is its host's turn, until all are done
// or ctx is.
//
// A task that comes without a refusal is to be run. It is in flight until one
// of Done, Again and Move; or one of Open, Shut and Located, when it is one
// that Options.Robots or Options.Lookup made. Whatever is said of a task that is
// not in flight is ignored. A task that comes with a refusal is not to be run,
// and the frontier has forgotten it.
//
// The choice is made when the next task is asked for, so the reader should ask
// only when it can begin one at once, or soon. One goroutine may read, and once.
func (f *Frontier[T]) Turns(ctx context.Context) iter.Seq2[T, *Refusal] {
	return func(yield func(T, *Refusal) bool) {
		defer f.end()
		for {
			n := f.next(time.Now())
			switch n.state {
			case over:
				return
			case found:
				if ctx.Err() != nil || !yield(n.task, n.refusal) {
					return
				}
				continue
			}
			if !f.sleep(ctx, n.wait) {
				return
			}
		}
	}
}

// end gives the file back. What waits in it is lost, so nothing comes after it.
func (f *Frontier[T]) end() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ended = true
	notify(f.room)
	if f.spill != nil {
		f.spill.close()
	}
}

// sleep waits until something changes, or for a while; 0 means for ever.
func (f *Frontier[T]) sleep(ctx context.Context, wait time.Duration) bool {
	var alarm <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		alarm = t.C
	}
	select {
	case <-f.changed:
	case <-alarm:
	case <-ctx.Done():
		return false
	}
	return true
}

// notify leaves a token for who waits on c, or will look at it next.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

func (f *Frontier[T]) tell(e Event) {
	if f.opts.Tell != nil {
		f.opts.Tell(e)
	}
}
