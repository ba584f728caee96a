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
	struck map[int]bool      // pids
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
	if s.struck[w.child.pid] {
		return
	}
	s.struck[w.child.pid] = true
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
// task must be answered once, and none be given up. POOL_TEST_DEATHS says how
// often; 10000 takes some minutes.
func TestFiguresOfRandomDeaths(t *testing.T) {
	deaths := 100
	if s := os.Getenv("POOL_TEST_DEATHS"); s != "" {
		deaths = atoi(t, s)
	}
	p := newPool(t, Options{Procs: 4, Concurrency: 16, Logf: func(string, ...any) {}})
	s := &striker{pool: p, struck: map[int]bool{}, taken: map[int]time.Time{}}
	enough := make(chan struct{})
	go func() {
		defer close(enough)
		for s.deaths() < deaths {
			time.Sleep(rand.N(20 * time.Millisecond)) // what makes them random
			s.strike()
		}
	}()
	drawn, lost, twice := 0, 0, 0
	answered := map[int]bool{}
	var elsewhere []time.Duration
	for a := range clocked.Run(t.Context(), p, func(yield func(stint) bool) {
		for !isClosed(enough) && yield(stint{drawn, rand.N(10 * time.Millisecond)}) {
			drawn++
		}
	}) {
		if answered[a.Task.N] {
			twice++
		}
		answered[a.Task.N] = true
		if a.Err != nil {
			lost++
			t.Errorf("task %d, attempt %d: %v", a.Task.N, a.Attempt, a.Err)
		}
		if d, ok := s.since(a.Task.N, time.Unix(0, a.Value)); ok && a.Attempt > 1 {
			elsewhere = append(elsewhere, d)
		}
	}
	<-enough
	if len(answered) != drawn || twice > 0 || len(elsewhere) == 0 {
		t.Errorf("%d tasks drawn, %d answered, %d more than once; %d ran again", drawn, len(answered), twice, len(elsewhere))
	}
	if len(elsewhere) > 0 {
		slices.Sort(elsewhere)
		at := func(percent int) time.Duration {
			return elsewhere[(len(elsewhere)-1)*percent/100].Round(100 * time.Microsecond)
		}
		t.Logf("%d random deaths: %d tasks done, %d lost; %d ran again elsewhere after (median, 90 %%, 99 %%, most) %v, %v, %v, %v",
			s.deaths(), drawn-lost, lost, len(elsewhere), at(50), at(90), at(99), at(100))
	}
}
