package pool

import (
	"context"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

// stint is a task of some length, with a number.
type stint struct {
	N int
	D time.Duration
}

// clocked works for a while, and answers when it began.
var clocked = Register("clocked", func(_ context.Context, j Job[stint]) (int64, error) {
	began := time.Now().UnixNano()
	time.Sleep(j.Task.D)
	return began, nil
})

// striker kills workers of a pool at random, and remembers when that took a
// task away.
type striker struct {
	pool *Pool

	mu     sync.Mutex
	struck map[*worker]bool  // not pids, which come again
	taken  map[int]time.Time // by the task's number
}

// strike sends a signal to one of the workers, whichever and whatever it does:
// it may be starting, idle, or alone with a suspect.
func (s *striker) strike() {
	signals := []syscall.Signal{syscall.SIGKILL, syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGTERM}
	p := s.pool
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.workers[rand.IntN(len(p.workers))]
	if w == nil || w.child == nil || w.leaving {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.struck[w] {
		return
	}
	s.struck[w] = true
	for _, l := range w.holding.byID {
		if l.begun != 0 {
			s.taken[l.task.(stint).N] = time.Now()
		}
	}
	w.child.signal(func(pid int) { _ = syscall.Kill(pid, signals[rand.IntN(len(signals))]) })
}

func (s *striker) deaths() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.struck)
}

// since tells how long after its worker's death a task began elsewhere, if it
// did.
func (s *striker) since(task int, began time.Time) (time.Duration, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, ok := s.taken[task]
	delete(s.taken, task)
	return began.Sub(at), ok && began.After(at)
}

// TestFiguresOfRandomDeaths strikes workers at random while they work: every
// task must be answered once, and none be given up. Where a worker holds one
// task only, each strike is at a task alone, and long tasks are struck again and
// again. POOL_TEST_DEATHS says how many deaths; 10000 take some minutes.
func TestFiguresOfRandomDeaths(t *testing.T) {
	deaths := 100
	if s := os.Getenv("POOL_TEST_DEATHS"); s != "" {
		deaths = atoi(t, s)
	}
	t.Run("among neighbours", func(t *testing.T) {
		strikeAtRandom(t, Options{Procs: 4, Concurrency: 16}, deaths/2, 10*time.Millisecond)
	})
	t.Run("alone", func(t *testing.T) {
		strikeAtRandom(t, Options{Procs: 4}, deaths-deaths/2, 60*time.Millisecond)
	})
}

// strikeAtRandom has tasks done, which become longer up to a bound, until so
// many workers have died.
func strikeAtRandom(t *testing.T, o Options, deaths int, longest time.Duration) {
	o.Logf = func(string, ...any) {}
	p := newPool(t, o)
	s := &striker{pool: p, struck: map[*worker]bool{}, taken: map[int]time.Time{}}
	enough := make(chan struct{})
	pause := pace(t, 20*time.Millisecond)
	go func() {
		defer close(enough)
		for s.deaths() < deaths {
			time.Sleep(rand.N(pause)) // what makes them random
			s.strike()
		}
	}()
	drawn, lost, attempts := 0, 0, 0
	answered := map[int]bool{}
	var elsewhere []time.Duration
	for a := range clocked.Run(t.Context(), p, func(yield func(stint) bool) {
		for !isClosed(enough) && yield(stint{drawn, rand.N(min(longest, time.Duration(drawn+5)*time.Millisecond))}) {
			drawn++
		}
	}) {
		if answered[a.Task.N] {
			t.Errorf("task %d was answered again", a.Task.N)
		}
		answered[a.Task.N] = true
		if a.Err != nil {
			lost++
			t.Errorf("task %d, attempt %d: %v", a.Task.N, a.Attempt, a.Err)
		}
		attempts = max(attempts, a.Attempt)
		if d, ok := s.since(a.Task.N, time.Unix(0, a.Value)); ok && a.Attempt > 1 {
			elsewhere = append(elsewhere, d)
		}
	}
	<-enough
	if len(answered) != drawn || len(elsewhere) == 0 {
		t.Fatalf("%d tasks drawn, %d answered; %d ran again", drawn, len(answered), len(elsewhere))
	}
	slices.Sort(elsewhere)
	at := func(percent int) time.Duration {
		return elsewhere[(len(elsewhere)-1)*percent/100].Round(100 * time.Microsecond)
	}
	t.Logf("%d random deaths: %d tasks done, %d lost, %d attempts at most; %d ran again elsewhere after (median, 90 %%, 99 %%, most) %v, %v, %v, %v",
		s.deaths(), drawn-lost, lost, attempts, len(elsewhere), at(50), at(90), at(99), at(100))
}
