package pool

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

var (
	nap = Register("nap", func(_ context.Context, j Job[time.Duration]) (int, error) {
		time.Sleep(j.Task)
		return os.Getpid(), nil
	})
	killer = Register("killer", func(_ context.Context, j Job[int]) (int, error) {
		if j.Task == 500 {
			killGroup(os.Getpid())
			select {}
		}
		time.Sleep(time.Millisecond) // so that it has neighbours
		return j.Task, nil
	})
	stubborn = Register("stubborn", func(_ context.Context, j Job[int]) (int, error) {
		for n := 0; j.Task == 0; n++ { // deaf to its context
			if n < 0 {
				return 0, errors.New("it has counted to the end")
			}
		}
		return j.Task, nil
	})
	polite = Register("polite", func(ctx context.Context, j Job[int]) (int, error) {
		<-ctx.Done()
		return 0, ctx.Err()
	})
)

// pids are the processes of a pool's workers.
func (p *Pool) pids() (pids []int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.workers {
		if w != nil && w.child != nil && !w.leaving {
			pids = append(pids, w.child.pid)
		}
	}
	return pids
}

// strike sends a worker of the pool a signal, if there is one.
func (p *Pool) strike(sig syscall.Signal) (pid int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, i := range rand.Perm(len(p.workers)) {
		if w := p.workers[i]; w != nil && w.child != nil && !w.leaving {
			w.child.signal(func(pid int) { _ = syscall.Kill(pid, sig) })
			return w.child.pid
		}
	}
	return 0
}

// pace is the longest pause between two strikes at random: the given one, or longer
// where workers take longer to be of use, as under the race detector. A pool is given
// up, as it is to be, when all its workers die before they are.
func pace(t *testing.T, pause time.Duration) time.Duration {
	t.Helper()
	p := newPool(t, Options{Procs: 1})
	began := time.Now()
	if _, err := empty.Call(within(t), p, 0); err != nil {
		t.Fatal(err)
	}
	return max(pause, 3*time.Since(began))
}

// nearlyGivenUp tells whether so many starts have failed in a row that a few more
// end the pool.
func (p *Pool) nearlyGivenUp() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.failedStarts >= maxStruckStarts/2
}

func TestItem9_7_AKillerTakesNoNeighbourAlong(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 40})
	answers := map[int]int{}
	for a := range killer.Run(t.Context(), p, upTo(1000)) {
		answers[a.Task]++
		if a.Task != 500 {
			if a.Err != nil {
				t.Errorf("task %d: %v", a.Task, a.Err)
			}
			continue
		}
		lost, ok := errors.AsType[*LostError](a.Err)
		if !ok || lost.Deaths != 3 || lost.Pid == 0 || !strings.Contains(lost.Cause, "SIGKILL") {
			t.Errorf("the killer's error: %v", a.Err)
		}
	}
	if len(answers) != 1000 || answers[500] != 1 {
		t.Errorf("%d tasks answered, the killer %d times", len(answers), answers[500])
	}
}

// TestRandomDeaths kills, stops and crashes workers while they work and start.
func TestRandomDeaths(t *testing.T) {
	rounds := 4
	if testing.Short() {
		rounds = 2
	}
	pause := pace(t, 30*time.Millisecond)
	for round := range rounds {
		p := newPool(t, Options{Procs: 3, Concurrency: 30, Logf: func(string, ...any) {}})
		p.silence = 500 * time.Millisecond
		over := make(chan struct{})
		var strikes atomic.Int64
		var wg sync.WaitGroup
		wg.Go(func() {
			for {
				select {
				case <-over:
					return
				case <-time.After(rand.N(pause)):
				}
				signals := []syscall.Signal{syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGKILL, syscall.SIGTERM, syscall.SIGSTOP}
				if !p.nearlyGivenUp() && p.strike(signals[rand.IntN(len(signals))]) != 0 {
					strikes.Add(1)
				}
			}
		})
		const tasks, least = 1000, 10 // of strikes, for which there are more tasks
		answers := map[int]int{}
		drawn, lost := 0, 0
		naps := func(yield func(time.Duration) bool) {
			for i := 0; i < tasks || strikes.Load() < least; i++ { // the duration carries the task's number
				drawn++
				if !yield(time.Duration(i)*time.Nanosecond + time.Duration(rand.IntN(10))*time.Millisecond) {
					return
				}
			}
		}
		for a := range nap.Run(t.Context(), p, naps) {
			answers[int(a.Task%time.Millisecond)]++
			if _, isLost := errors.AsType[*LostError](a.Err); isLost {
				lost++
			} else if a.Err != nil {
				t.Errorf("task %v: %v", a.Task, a.Err)
			}
		}
		close(over)
		wg.Wait()
		for i := range drawn {
			if n := answers[i]; n != 1 {
				t.Fatalf("round %d: task %d was answered %d times", round, i, n)
			}
		}
		closeAndWait(t, p)
		t.Logf("round %d: %d strikes, %d tasks lost", round, strikes.Load(), lost)
		if lost > 0 {
			t.Errorf("round %d: %d tasks lost", round, lost)
		}
	}
}

func TestStoppedWorkerIsReplaced(t *testing.T) {
	t.Run("seen", func(t *testing.T) { stopAWorker(t, stopped) })
	t.Run("silent", func(t *testing.T) { stopAWorker(t, func(int) bool { return false }) })
}

// stopAWorker stops the only worker in the middle of its work: the system says
// that it stands still, or nobody knows but for its silence.
func stopAWorker(t *testing.T, standsStill func(pid int) bool) {
	p := newPool(t, Options{Procs: 1, Concurrency: 4})
	p.silence = 500 * time.Millisecond
	p.stopped = standsStill
	stopped := false
	tasks := func(yield func(time.Duration) bool) {
		for i := range 8 {
			if !yield(time.Duration(i) * time.Millisecond) {
				return
			}
		}
	}
	n := 0
	for a := range nap.Run(t.Context(), p, tasks) {
		if a.Err != nil {
			t.Error(a.Err)
		}
		if n++; !stopped {
			stopped = p.strike(syscall.SIGSTOP) != 0
		}
	}
	if n != 8 || !stopped {
		t.Errorf("%d answers, stopped %v", n, stopped)
	}
}

func TestItem9_8_Deadlines(t *testing.T) {
	t.Run("context", func(t *testing.T) {
		p := newPool(t, Options{Procs: 1, Timeout: 50 * time.Millisecond})
		for a := range polite.Run(t.Context(), p, upTo(2)) {
			if a.Err == nil || a.Err.Error() != context.DeadlineExceeded.Error() {
				t.Errorf("task %d: %v", a.Task, a.Err)
			}
		}
	})
	t.Run("kill", func(t *testing.T) {
		p := newPool(t, Options{Procs: 1, Concurrency: 10, Timeout: 100 * time.Millisecond})
		p.hardGrace = 100 * time.Millisecond
		n := 0
		for a := range stubborn.Run(t.Context(), p, upTo(100)) {
			n++
			_, late := errors.AsType[*DeadlineError](a.Err)
			if late != (a.Task == 0) || !late && a.Err != nil {
				t.Errorf("task %d: %v", a.Task, a.Err)
			}
		}
		if n != 100 {
			t.Errorf("%d answers", n)
		}
	})
}

// TestCoordinatorKilled has another process run a pool, and kills it.
func TestCoordinatorKilled(t *testing.T) {
	if os.Getenv("POOL_TEST_COORDINATOR") != "" {
		coordinate(t)
		return
	}
	rounds := 50
	if testing.Short() {
		rounds = 3
	}
	for range rounds {
		pids, kill := startCoordinator(t)
		for _, pid := range pids {
			if !alive(pid) {
				t.Errorf("worker %d is not alive before the kill", pid)
			}
		}
		kill()
		deadline := time.Now().Add(time.Second)
		for _, pid := range pids {
			for alive(pid) {
				if time.Now().After(deadline) {
					t.Fatalf("worker %d outlives its coordinator by a second", pid)
				}
				time.Sleep(time.Millisecond) // polling: the process is not our child
			}
		}
	}
}

// coordinate runs in the process that is to be killed: idle and busy workers,
// and one that is stopped.
func coordinate(t *testing.T) {
	p := newPool(t, Options{Procs: 3})
	naps := func(yield func(time.Duration) bool) {
		for i := range 3 {
			if !yield(time.Duration(min(i, 1)) * time.Hour) {
				return
			}
		}
	}
	for range nap.Run(t.Context(), p, naps) { // the first; the others go on
		pids := p.pids()
		_ = syscall.Kill(pids[len(pids)-1], syscall.SIGSTOP)
		words := make([]string, len(pids))
		for i, pid := range pids {
			words[i] = strconv.Itoa(pid)
		}
		if _, err := os.Stdout.WriteString("pids " + strings.Join(words, " ") + "\n"); err != nil {
			t.Fatal(err)
		}
	}
}

// alive tells whether a process exists and is no zombie.
func alive(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z") && !strings.HasPrefix(rest, "X")
}
