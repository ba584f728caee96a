package pool

import (
	"context"
	"errors"
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
	// maxStruckDeaths is the same while strangers' signals end workers right
	// and left: see strikes.
	maxDeaths       = 3
	maxStruckDeaths = 100
	// maxStarts is how many starts may fail in a row while no worker runs or
	// is on its way; after so many they go one at a time. maxStruckStarts is
	// the same when a signal ended the last: somebody's kill says little about
	// whether the next can run.
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
	ctx  context.Context // New's: when it is done, so is the pool

	silence   time.Duration // constants, but for tests
	hardGrace time.Duration
	stopped   func(pid int) bool  // whether a process stands still
	resident  func(pid int) int64 // its resident size in bytes, 0: not known

	mu       sync.Mutex
	now      tick
	workers  []*worker // running or starting; nil where an index is free
	retry    []*lease  // to be sent before anything new
	suspects []*suspects
	strikes  strikes
	lastID   uint64

	credit   *sync.Cond // a run may draw a task, or the pool has ended
	backlog  []*lease   // given by Go: to be sent when a slot is free
	waiting  int        // runs that would draw a task if a slot were free
	runsTurn bool       // the next free slot is theirs, and not the backlog's
	accepted int        // runs whose input is accepted as a whole, not yet all drawn

	failedStarts int  // in a row
	idleDeaths   int  // of workers that were never of use, in a row
	startAfter   tick // back-off

	closing bool          // Close or Terminate was called
	ended   error         // ErrClosed or why there is no pool any more
	over    chan struct{} // closed when workers are told to go
	gone    chan struct{} // closed when the last has gone

	callbacks crowd
	printing  sync.Mutex // of Options.Stderr
	spawn     spawnFunc
	leave     func()                 // lets go of the thread for children
	lives     sync.WaitGroup         // goroutines of workers
	release   func() (released bool) // lets go of New's context
}

// New makes a pool. Workers start when there are tasks. When ctx is done, the
// pool is terminated. The caller must call Close or Terminate: Close is enough
// at the end of a program, Wait or Terminate tell that no worker is left. The
// workers of a pool that is forgotten end with the program.
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
		ctx:  ctx,

		silence:   silence,
		hardGrace: hardGrace,
		stopped:   stopped,
		resident:  resident,

		workers: make([]*worker, o.Procs),
		over:    make(chan struct{}),
		gone:    make(chan struct{}),
		now:     1,
	}
	p.credit = sync.NewCond(&p.mu)
	p.spawn, p.leave = holdSpawner()
	p.release = context.AfterFunc(ctx, p.kill)
	go p.watch()
	return p, nil
}

// watch looks at the clock for all workers, and sees the last one off.
func (p *Pool) watch() {
	t := time.NewTicker(tickEvery)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			p.weigh()
			p.beat()
		case <-p.over:
			p.lives.Wait()
			p.release()
			p.leave()
			close(p.gone)
			return
		}
	}
}

// beat is one beat of the pool's clock.
func (p *Pool) beat() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.now++
	p.strikes.roll(p.now)
	for _, w := range p.workers {
		if w != nil {
			w.tick()
		}
	}
	p.level()
	p.dispatch()
}
