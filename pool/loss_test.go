package pool

import (
	"context"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func TestItem9_1_IdleWorkerKilled(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	for range 5 {
		before, err := pid.Call(t.Context(), p, 0)
		if err != nil {
			t.Fatal(err)
		}
		if p.strike(syscall.SIGKILL) != before {
			t.Fatalf("worker %d is not there to be killed", before)
		}
		// The task may still be sent to the dying worker: it must be done.
		if after, err := pid.Call(t.Context(), p, 0); err != nil || after == before {
			t.Fatalf("worker %d, killed, became %d, %v", before, after, err)
		}
	}
}

func TestItem9_2_DeathsAreNamed(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	for how, want := range map[string]string{
		"kill":      "worker killed by SIGKILL",
		"segfault":  "worker crashed: SIGSEGV: segmentation violation",
		"exit":      "worker exited with code 42",
		"exit well": "worker exited with code 0",
	} {
		_, err := oddly.Call(t.Context(), p, how)
		lost, ok := errors.AsType[*LostError](err)
		if !ok || lost.Pid == 0 || lost.Worker == "" || lost.Deaths != maxDeaths || !strings.Contains(lost.Cause, want) {
			t.Errorf("%s: %v", how, err)
		}
	}
}

// severed is a worker's socket at whose so-many-th byte the worker dies.
type severed struct {
	channel
	kill         func()
	reads, write int // bytes until then, negative: never
}

func (s *severed) Read(b []byte) (int, error) {
	if s.reads == 0 {
		s.kill()
		return 0, syscall.ECONNRESET
	}
	if s.reads > 0 && len(b) > s.reads {
		b = b[:s.reads]
	}
	n, err := s.channel.Read(b)
	s.reads -= max(0, min(n, s.reads))
	return n, err
}

func (s *severed) Write(b []byte) (int, error) {
	if s.write < 0 || len(b) < s.write {
		s.write -= min(len(b), max(0, s.write))
		return s.channel.Write(b)
	}
	n, _ := s.channel.Write(b[:s.write])
	s.kill()
	return n, syscall.EPIPE
}

// severing has every other worker of a pool die at a byte of its stream.
func severing(p *Pool, cut func(*severed)) {
	starts, spawn := 0, p.spawn
	p.spawn = func(ctx context.Context, o childOptions) (*child, error) {
		c, err := spawn(ctx, o)
		if starts++; err == nil && starts%2 == 1 {
			s := &severed{channel: c.socket, kill: c.kill, reads: -1, write: -1}
			cut(s)
			c.socket = s
		}
		return c, err
	}
}

func TestItem9_3_DeathAtEveryByte(t *testing.T) {
	// What crosses until the answer is there, by the wire format.
	there := len(hello{slots: 1}.append(nil)) + len(appendTasks(nil, []outgoing{{1, 1, encoded{bytes: appendName(make([]byte, 8), "square")}}}))
	back := len(readyFrame("")) + frameHeader + 1 + 1 + 9
	for name, test := range map[string]struct {
		bytes int
		cut   func(s *severed, at int)
	}{
		"task":   {there, func(s *severed, at int) { s.write = at }},
		"answer": {back, func(s *severed, at int) { s.reads = at }},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPool(t, Options{Procs: 1, RecycleTasks: 1, Logf: func(string, ...any) {}})
			at := 0
			severing(p, func(s *severed) { test.cut(s, at) })
			for at = range test.bytes {
				answers := 0
				for a := range square.Run(t.Context(), p, slices.Values([]int{at})) {
					if answers++; a.Err != nil || a.Value != at*at {
						t.Errorf("cut at byte %d of %d: %d, %v", at, test.bytes, a.Value, a.Err)
					}
				}
				if answers != 1 {
					t.Errorf("cut at byte %d: %d answers", at, answers)
				}
			}
		})
	}
}

func TestItem9_4_DeathJustAfterTheAnswer(t *testing.T) {
	p := newPool(t, Options{Procs: 1, RecycleTasks: 2}) // no recycling of a worker that dies by itself
	severing(p, func(s *severed) { s.reads = len(readyFrame("")) + frameHeader + 1 + 1 + 9 })
	for i := range 10 {
		for a := range square.Run(t.Context(), p, slices.Values([]int{100 + i})) {
			if a.Err != nil || a.Value != (100+i)*(100+i) || a.Attempt > 2 || i == 0 && a.Attempt != 1 {
				t.Errorf("task %d: %d in attempt %d, %v", i, a.Value, a.Attempt, a.Err)
			}
		}
	}
}

// murder kills the processes that it is told, when it is first told.
var murder = Register("murder", func(_ context.Context, j Job[[]int]) (int, error) {
	if j.Attempt > 1 {
		return 0, nil
	}
	for _, pid := range j.Task {
		_ = syscall.Kill(pid, syscall.SIGKILL) // it may have been killed already
	}
	return len(j.Task), nil
})

func TestItem9_5_WorkersKillEachOther(t *testing.T) {
	for _, n := range []int{1, 2, 5, 13} {
		p := newPool(t, Options{Procs: n, Logf: func(string, ...any) {}})
		g := newGate(t)
		var futures []*Future[int]
		for range n {
			futures = append(futures, atGate.Go(p, g))
		}
		g.await(t, n)
		pids := p.pids()
		g.open(t)
		for _, f := range futures {
			if _, err := f.Wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		answers := 0
		promptly(t, func() {
			for a := range murder.Run(t.Context(), p, slices.Values(slices.Repeat([][]int{pids}, n))) {
				if answers++; a.Err != nil {
					t.Errorf("%d workers: %v", n, a.Err)
				}
			}
		})
		if len(pids) != n || answers != n {
			t.Errorf("%d workers (%v): %d answers", n, pids, answers)
		}
	}
}

func TestItem9_6_DeathsDuringTheEnd(t *testing.T) {
	for name, end := range map[string]func(*Pool){
		"Terminate": (*Pool).Terminate,
		"Close":     func(p *Pool) { closeAndWait(t, p) },
	} {
		for round := range rounds(t, 10) {
			p, err := New(context.WithoutCancel(t.Context()), Options{Procs: 3, RecycleTasks: 2})
			if err != nil {
				t.Fatal(err)
			}
			var futures []*Future[int]
			for i := range 20 {
				futures = append(futures, square.Go(p, i))
			}
			<-futures[round%20].Done()
			over := make(chan struct{})
			var wg sync.WaitGroup
			wg.Go(func() {
				for range 20 {
					select {
					case <-over:
						return
					case <-time.After(rand.N(2 * time.Millisecond)):
						p.strike(syscall.SIGKILL)
					}
				}
			})
			promptly(t, func() { end(p) })
			close(over)
			wg.Wait()
			for i, f := range futures {
				if _, err := f.Wait(within(t)); err != nil && (name == "Close" || !errors.Is(err, ErrClosed)) {
					t.Errorf("%s: task %d: %v", name, i, err)
				}
			}
		}
	}
}

func TestItem9_10_ForkFails(t *testing.T) {
	broken := errors.New("fork: too many processes")
	t.Run("always", func(t *testing.T) {
		p := newPool(t, Options{Procs: 3})
		p.spawn = func(context.Context, childOptions) (*child, error) { return nil, broken }
		_, err := square.Map(t.Context(), p, []int{1, 2, 3, 4})
		if start, ok := errors.AsType[*StartError](err); !ok || !strings.Contains(start.Error(), broken.Error()) || !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
	})
	t.Run("later, and not for ever", func(t *testing.T) {
		p := newPool(t, Options{Procs: 1})
		starts, spawn := atomic.Int64{}, p.spawn
		p.spawn = func(ctx context.Context, o childOptions) (*child, error) {
			if n := starts.Add(1); n == 2 || n == 3 {
				return nil, broken
			}
			return spawn(ctx, o)
		}
		for i := range 2 {
			if v, err := square.Call(t.Context(), p, 3); v != 9 || err != nil {
				t.Errorf("call %d: %d, %v", i, v, err)
			}
			p.strike(syscall.SIGKILL)
		}
	})
	t.Run("beside one that runs", func(t *testing.T) {
		p := newPool(t, Options{Procs: 2})
		starts, spawn := atomic.Int64{}, p.spawn
		hopeless := make(chan struct{})
		p.spawn = func(ctx context.Context, o childOptions) (*child, error) {
			switch starts.Add(1) {
			case 1: // slow, but there will be one
				<-hopeless
				return spawn(ctx, o)
			case 1 + maxStarts:
				close(hopeless)
			}
			return nil, broken
		}
		values, err := square.Map(t.Context(), p, slices.Collect(upTo(1000)))
		if err := errors.Join(err, firstWrong(values)); err != nil {
			t.Error(err)
		}
	})
}

func TestItem9_11_FullSocketAndFullWakeUps(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Concurrency: 64})
	p.silence, p.stopped = time.Hour, func(int) bool { return false }
	if _, err := large.Call(t.Context(), p, 1); err != nil {
		t.Fatal(err)
	}
	if p.strike(syscall.SIGSTOP) == 0 { // it reads nothing any more
		t.Fatal("no worker to stop")
	}
	payload := fussy{strings.Repeat("x", 256<<10)}
	futures := make([]*Future[fussy], 200)
	promptly(t, func() {
		for i := range futures {
			futures[i] = copied.Go(p, payload)
		}
	})
	promptly(t, p.Terminate)
	for i, f := range futures {
		if _, err := f.Wait(t.Context()); !errors.Is(err, ErrClosed) {
			t.Errorf("task %d: %v", i, err)
		}
	}
}

// TestAttemptsCountWhatWasBegun kills a worker that has one task in hand and has
// read many ahead: only the one has been tried twice.
func TestAttemptsCountWhatWasBegun(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	for range empty.Run(t.Context(), p, upTo(5000)) { // it reads ahead by its rate
	}
	struck := false
	twice := 0
	tasks := func(yield func(time.Duration) bool) {
		for i := range 500 {
			d := time.Duration(0)
			if i == 100 {
				d = 50 * time.Millisecond
			}
			if !yield(d) {
				return
			}
		}
	}
	for a := range nap.Run(t.Context(), p, tasks) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
		if !struck {
			struck = p.strike(syscall.SIGKILL) != 0
		}
		if a.Attempt > 1 {
			twice++
		}
	}
	if !struck || twice > 1 {
		t.Errorf("struck: %v; %d of 500 tasks were tried twice with one in hand", struck, twice)
	}
}
