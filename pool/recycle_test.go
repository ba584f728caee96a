package pool

import (
	"context"
	"errors"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestItem10_1_ThreeTasksAWorker(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Concurrency: 1, RecycleTasks: 3})
	var pids []int
	for range 7 {
		pid, err := pid.Call(t.Context(), p, 0)
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, pid)
	}
	if a := slices.Compact(slices.Clone(pids)); len(a) != 3 || pids[0] != pids[2] || pids[3] != pids[5] {
		t.Errorf("workers of seven tasks: %v", pids)
	}
}

func TestItem10_2_BacklogBeyondTheLimit(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 6, RecycleTasks: 10})
	var futures []*Future[int]
	for range 100 {
		futures = append(futures, pid.Go(p, 0))
	}
	tasks := map[int]int{} // by worker
	for a := range pid.Run(t.Context(), p, upTo(100)) {
		if a.Err != nil || a.Attempt != 1 {
			t.Errorf("attempt %d, %v", a.Attempt, a.Err)
		}
		tasks[a.Value]++
	}
	for _, f := range futures {
		pid, err := f.Wait(t.Context())
		if err != nil {
			t.Error(err)
		}
		tasks[pid]++
	}
	for pid, n := range tasks {
		if n > 10 {
			t.Errorf("worker %d did %d tasks", pid, n)
		}
	}
}

// TestIdleWorkerWithoutRoom: a group of suspects runs together, in a worker
// that may be given all of them.
func TestIdleWorkerWithoutRoom(t *testing.T) {
	p := newPool(t, Options{Procs: 1, RecycleTasks: 9})
	var first int
	for range 5 {
		first, _ = pid.Call(t.Context(), p, 0)
	}
	p.mu.Lock()
	four, five := p.idle(4), p.idle(5)
	p.mu.Unlock()
	if four == nil || five != nil {
		t.Errorf("with room for 4 more, idle for 4: %v, for 5: %v", four != nil, five != nil)
	}
	if next, err := pid.Call(t.Context(), p, 0); err != nil || next == first {
		t.Errorf("worker %d became %d, %v", first, next, err)
	}
}

// TestSuspectsAndTheTaskLimit has deaths leave groups of tasks that no worker
// near its limit has room for.
func TestSuspectsAndTheTaskLimit(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Concurrency: 8, RecycleTasks: 9})
	tasks := make([]string, 100)
	for i := range 4 {
		tasks[20*i+10] = "exit"
	}
	done := map[int]int{} // by worker
	for a := range oddly.Run(t.Context(), p, slices.Values(tasks)) {
		if (a.Err != nil) != (a.Task == "exit") {
			t.Errorf("%q: %v", a.Task, a.Err)
		}
		done[a.Worker]++
	}
	for pid, n := range done {
		if n > 9 {
			t.Errorf("worker %d did %d tasks", pid, n)
		}
	}
}

func TestItem10_3_LimitOfOneAndClose(t *testing.T) {
	p := newPool(t, Options{Procs: 2, RecycleTasks: 1})
	var futures []*Future[int]
	for range 5 {
		futures = append(futures, pid.Go(p, 0))
	}
	p.Close()
	pids := map[int]bool{}
	for _, f := range futures {
		pid, err := f.Wait(within(t))
		if err != nil {
			t.Error(err)
		}
		pids[pid] = true
	}
	if len(pids) != 5 {
		t.Errorf("five tasks by %d workers", len(pids))
	}
}

func TestItem10_4_TerminateDuringARecycle(t *testing.T) {
	for range rounds(t, 10) {
		p, err := New(context.WithoutCancel(t.Context()), Options{Procs: 2, RecycleTasks: 1})
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		stopAt := rand.IntN(6)
		for a := range square.Run(t.Context(), p, upTo(10)) {
			if a.Err != nil && !errors.Is(a.Err, ErrClosed) {
				t.Error(a.Err)
			}
			if stopAt--; stopAt == 0 {
				wg.Go(p.Terminate)
			}
		}
		p.Terminate()
		promptly(t, wg.Wait)
		if len(p.pids()) > 0 {
			t.Errorf("workers left: %v", p.pids())
		}
	}
	if left := children(t); len(left) > 0 {
		t.Errorf("processes left: %v", left)
	}
}

var (
	hoard [][]byte
	// leak keeps so many MiB for ever, and answers with its pid.
	leak = Register("leak", func(_ context.Context, j Job[int]) (int, error) {
		b := make([]byte, j.Task<<20)
		for i := range len(b) / 4096 {
			b[i*4096] = 1
		}
		hoard = append(hoard, b)
		return os.Getpid(), nil
	})
	// devour takes memory until it is killed, or has had 4 GiB.
	devour = Register("devour", func(_ context.Context, j Job[bool]) (int, error) {
		if !j.Task {
			return os.Getpid(), nil
		}
		for range 512 {
			b := make([]byte, 8<<20)
			for i := range len(b) / 4096 {
				b[i*4096] = 1
			}
			hoard = append(hoard, b)
			time.Sleep(2 * time.Millisecond) // the watch looks 20 times a second
		}
		return 0, errors.New("nobody minds 4 GiB")
	})
)

func TestItem10_5_LeakingWorkerIsReplaced(t *testing.T) {
	if resident(os.Getpid()) == 0 {
		t.Skip("the resident size of a process is not known here")
	}
	var crashes atomic.Int64
	p := newPool(t, Options{Procs: 1, RecycleBytes: 160 << 20, Logf: func(f string, args ...any) {
		if strings.Contains(f, "it held") && !strings.Contains(args[2].(string), "retired, since it has grown to") {
			crashes.Add(1)
		}
	}})
	pids := map[int]bool{}
	for n := 0; len(pids) < 3; n++ {
		if n == 1000 {
			t.Fatal("1000 leaks of 16 MiB, and no replacement")
		}
		pid, err := leak.Call(t.Context(), p, 16)
		if err != nil {
			t.Fatal(err)
		}
		pids[pid] = true
		time.Sleep(5 * time.Millisecond) // or the watch sees gigabytes
	}
	if crashes.Load() > 0 {
		t.Error("a replacement was reported as a crash")
	}
}

func TestMemoryLimit(t *testing.T) {
	if resident(os.Getpid()) == 0 {
		t.Skip("the resident size of a process is not known here")
	}
	p := newPool(t, Options{Procs: 1, Concurrency: 3, MemoryLimit: 200 << 20})
	values, err := devour.Map(t.Context(), p, []bool{false, false, true, false, false})
	lost, ok := errors.AsType[*LostError](err)
	if !ok || lost.Deaths != maxDeaths || !strings.Contains(lost.Cause, "above its memory limit of 200 MiB") {
		t.Errorf("the eater: %v", err)
	}
	for i, v := range values {
		if (v == 0) != (i == 2) {
			t.Errorf("value %d: %d", i, v)
		}
	}
}

// TestMemoryLimitBelowAnEmptyWorker: no worker can ever do a task.
func TestMemoryLimitBelowAnEmptyWorker(t *testing.T) {
	if _, err := New(t.Context(), Options{MemoryLimit: 1 << 20}); err == nil || !strings.Contains(err.Error(), "at least") {
		t.Errorf("a limit that no worker can keep: %v", err)
	}
	p := newPool(t, Options{Procs: 1, MemoryLimit: 16 << 20, RecycleBytes: 1 << 20})
	p.resident = func(int) int64 { return 17 << 20 }
	var err error
	promptly(t, func() { _, err = nap.Call(t.Context(), p, time.Hour) })
	if err == nil || !strings.Contains(err.Error(), "above its memory limit of 16 MiB") {
		t.Errorf("%v", err)
	}
}
