package pool

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"
)

const (
	// hardGrace is how long after its context a task's worker is killed.
	hardGrace = 5 * time.Second
	// tickEvery is the length of a tick: how often deadlines, silence and
	// read-ahead are looked at.
	tickEvery = 50 * time.Millisecond
	// silence is how long a busy worker may owe us a sign of life. It is
	// asked for one when it has said nothing for a fifth of that.
	silence = 5 * time.Second
	// maxDeaths is how many workers a task may take with it, alone.
	maxDeaths = 3
	// maxStarts is how many starts may fail in a row while no worker runs,
	// maxStruckStarts the same when a signal ended the last: somebody's kill
	// says little about whether the next can run.
	maxStarts       = 3
	maxStruckStarts = 30
	// startLimit is how long a worker has to become ready.
	startLimit = 30 * time.Second
	// maxUndelivered is how many answers may wait for a slow reader before
	// no more tasks are drawn, maxUndeliveredBytes how large they may be.
	maxUndelivered      = 4096
	maxUndeliveredBytes = 16 << 20
)

// errNoMain meets programs whose workers would start workers without end.
var errNoMain = errors.New("pool: Main was not called: it must be the first call of main, and of TestMain in tests")

// Pool is a number of worker processes that run registered functions. It
// heals: tasks of a worker that dies are run again by another. It is safe for
// concurrent use.
//
// One mutex guards what is known of tasks and workers, and nothing is sent or
// received under it. Per worker one goroutine reads its socket and buries it at
// the end, and one writes.
type Pool struct {
	opts Options

	silence   time.Duration // constants, but for tests
	hardGrace time.Duration
	stopped   func(pid int) bool // whether a process stands still

	mu       sync.Mutex
	now      tick
	credit   *sync.Cond // a task may be wanted, or the pool has ended
	workers  []*worker  // running or starting; nil where an index is free
	retry    []*lease   // to be sent before anything new
	suspects []*suspects
	lastID   uint64
	ended    error // ErrClosed or why there is no pool any more

	failedStarts int  // in a row
	idleDeaths   int  // of workers that answered nothing, in a row
	startAfter   tick // back-off

	spawn   spawnFunc
	leave   func()         // lets go of the thread for children
	lives   sync.WaitGroup // goroutines of workers
	rest    sync.WaitGroup // the pool's own
	closed  chan struct{}
	release func() bool
}

// New makes a pool. Workers start when there are tasks. When ctx is done, the
// pool is terminated. The caller must call Close or Terminate.
func New(ctx context.Context, o Options) (*Pool, error) {
	if !mainCalled.Load() {
		return nil, errNoMain
	}
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	keepDescriptors()
	p := &Pool{
		opts: o,

		silence:   silence,
		hardGrace: hardGrace,
		stopped:   stopped,

		workers: make([]*worker, o.Procs),
		closed:  make(chan struct{}),
		now:     1,
	}
	p.credit = sync.NewCond(&p.mu)
	p.spawn, p.leave = holdSpawner()
	p.rest.Go(p.watch)
	p.release = context.AfterFunc(ctx, p.Terminate)
	return p, nil
}

// watch looks at the clock for all workers.
func (p *Pool) watch() {
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			p.mu.Lock()
			p.now++
			for _, w := range p.workers {
				if w != nil {
					w.tick()
				}
			}
			p.level()
			p.dispatch()
			p.mu.Unlock()
		case <-p.closed:
			return
		}
	}
}

// Close ends the pool: tasks that are not done fail with ErrClosed, workers
// are told to go, and killed if they do not. It returns when no worker is left.
// Closing twice is fine.
func (p *Pool) Close() { p.shut(false) }

// Terminate is Close without the asking: workers are killed at once.
func (p *Pool) Terminate() { p.shut(true) }

func (p *Pool) shut(kill bool) {
	p.mu.Lock()
	first := p.ended != ErrClosed // also after the pool has failed
	p.end(ErrClosed)
	for _, w := range p.workers {
		if w != nil {
			w.dismiss(kill)
		}
	}
	p.mu.Unlock()
	p.lives.Wait()
	if first {
		p.release()
		p.leave()
		close(p.closed)
	}
	p.rest.Wait()
}

// end fails whatever is not done, and all that comes.
func (p *Pool) end(err error) {
	p.ended = err
	unfinished := p.retry
	for _, s := range p.suspects {
		unfinished = append(unfinished, s.leases...)
	}
	for _, w := range p.workers {
		if w != nil {
			begun, ahead := w.holding.clear()
			unfinished = append(append(unfinished, begun...), ahead...)
		}
	}
	for _, l := range unfinished {
		l.run.finish(l, 0, nil, err)
	}
	p.retry, p.suspects = nil, nil
	p.credit.Broadcast()
}

// pick chooses who gets the next task: an idle worker, else a new one, else
// the one with most slots free, else one that should read ahead. It answers
// nil when there is nobody, and starts no process: see hire.
func (p *Pool) pick() (best *worker, hire bool) {
	for _, w := range p.workers {
		if w == nil || w.apart() || w.room() <= 0 {
			continue
		}
		if w.holding.len() == 0 {
			return w, false
		}
		if best == nil || w.free() > best.free() {
			best = w
		}
	}
	if p.canStart() {
		return nil, true
	}
	return best, false
}

func (p *Pool) canStart() bool {
	return p.ended == nil && slices.Contains(p.workers, nil) && p.now >= p.startAfter
}

// hire starts a worker at the first free index.
func (p *Pool) hire() *worker {
	for i, w := range p.workers {
		if w == nil {
			w = newWorker(p, i, nextSerial())
			p.workers[i] = w
			p.lives.Go(w.live)
			return w
		}
	}
	return nil
}

// wanted tells whether a new task would be sent at once.
func (p *Pool) wanted() bool {
	if len(p.retry) > 0 {
		return false
	}
	w, hire := p.pick()
	return w != nil || hire
}

// place hands a lease to whoever is picked; false when there is nobody.
func (p *Pool) place(l *lease) bool {
	w, hire := p.pick()
	if hire {
		w = p.hire()
	}
	if w == nil {
		return false
	}
	w.give(l)
	return true
}

// dispatch hands out what must be done again, and wakes who has new tasks.
func (p *Pool) dispatch() {
	p.quarantine()
	for len(p.retry) > 0 {
		if l := p.retry[0]; l.run.ended {
			l.run.forget()
		} else if !p.place(l) {
			break
		}
		p.retry = p.retry[1:]
	}
	p.credit.Broadcast()
}

// level calls back what a busy worker has read ahead while a slot is free
// elsewhere: nothing waits behind a slow task that another could do.
func (p *Pool) level() {
	free := slices.ContainsFunc(p.workers, func(w *worker) bool {
		return w == nil || !w.apart() && w.free() > 0
	})
	if !free || len(p.retry) > 0 {
		return
	}
	for _, w := range p.workers {
		if w != nil && w.holding.ahead != nil && p.now > w.holding.ahead.sent+1 {
			w.recall()
		}
	}
}
