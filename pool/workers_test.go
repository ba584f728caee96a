package pool

import (
	"context"
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

func atoi(t *testing.T, s string) int {
	t.Helper()
	n, err := strconv.Atoi(s)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestItem7_15_WorkersStartOnDemandAndGoWhenIdle(t *testing.T) {
	p := newPool(t, Options{Procs: 8})
	seen := map[int]bool{}
	for range 20 { // one after the other, so one worker is enough
		worker, err := pid.Call(t.Context(), p, 0)
		if err != nil {
			t.Fatal(err)
		}
		seen[worker] = true
	}
	if len(seen) != 1 {
		t.Errorf("%d workers for tasks that never meet", len(seen))
	}
	crashes := atomic.Int64{}
	p = newPool(t, Options{Procs: 8, IdleTimeout: 100 * time.Millisecond, Logf: func(f string, args ...any) {
		if strings.Contains(f, "it held") && !strings.Contains(args[2].(string), "retired") {
			crashes.Add(1)
		}
	}})
	before, err := pid.Call(t.Context(), p, 0)
	if err != nil {
		t.Fatal(err)
	}
	eventually(t, patience, "no worker", func() bool { return len(p.pids()) == 0 })
	if after, err := pid.Call(t.Context(), p, 0); err != nil || after == before {
		t.Errorf("after the idle time, worker %d became %d, %v", before, after, err)
	}
	if crashes.Load() > 0 {
		t.Error("an idle worker's end was reported as a crash")
	}
}

// inner is what a worker's own pool runs in.
var inner *Pool

// nested has the numbers up to the task squared by a pool of the worker's own,
// whose workers' pids it answers. The pool stays.
var nested = Register("nested", func(ctx context.Context, j Job[int]) ([]int, error) {
	var err error
	if inner, err = New(context.Background(), Options{Procs: 2}); err != nil {
		return nil, err
	}
	tasks := slices.Collect(upTo(j.Task))
	values, err := square.Map(ctx, inner, tasks)
	return inner.pids(), errors.Join(err, firstWrong(values))
})

func TestItem7_16_PoolInsideAWorker(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	pids, err := nested.Call(t.Context(), p, 100)
	if err != nil || len(pids) == 0 {
		t.Fatalf("workers %v, %v", pids, err)
	}
	for _, pid := range pids {
		if !alive(pid) {
			t.Errorf("inner worker %d is not alive", pid)
		}
	}
	p.strike(syscall.SIGKILL)
	for _, pid := range pids {
		eventually(t, patience, "gone", func() bool { return !alive(pid) })
	}
}

func TestItem7_17_TwoHundredWorkers(t *testing.T) {
	const n = 200
	printed := &notebook{}
	p := newPool(t, Options{Procs: n, Stderr: printed, MaxProcs: 1, Logf: func(string, ...any) {}})
	g := newGate(t)
	var futures []*Future[int]
	for range n {
		futures = append(futures, atGate.Go(p, g))
	}
	g.await(t, n)
	g.open(t)
	pids := map[int]bool{}
	for _, f := range futures {
		pid, err := f.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		pids[pid] = true
	}
	values, err := square.Map(t.Context(), p, slices.Collect(upTo(10*n)))
	if err := errors.Join(err, firstWrong(values)); err != nil {
		t.Error(err)
	}
	closeAndWait(t, p)
	if len(pids) != n || len(printed.all()) > 0 {
		t.Errorf("%d workers, printed %q", len(pids), printed.all())
	}
}

var (
	told    atomic.Pointer[string]
	tellers atomic.Int64
	tell    = RegisterInitializer("tell", func(_ context.Context, s string) error {
		tellers.Add(1)
		told.Store(&s)
		return nil
	})
	retell = Register("retell", func(context.Context, Job[int]) (string, error) {
		return *told.Load() + " " + strconv.FormatInt(tellers.Load(), 10), nil
	})
)

func TestItem7_18_InitializerRunsOnceBeforeTheFirstTask(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Initializer: tell("a word")})
	workers := map[int]bool{}
	eventually(t, patience, "so it is", func() bool {
		for a := range retell.Run(t.Context(), p, upTo(20)) {
			if a.Err != nil || a.Value != "a word 1" {
				t.Fatalf("%q, %v", a.Value, a.Err)
			}
			workers[a.Worker] = true
		}
		p.strike(syscall.SIGKILL) // replacements are told too
		return len(workers) >= 5
	})
}

func TestItem7_19_NothingWaitsBehindASlowTask(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	for range empty.Run(t.Context(), p, upTo(2000)) { // both are up
	}
	// Both workers have read ahead by their rate. One meets the gate among
	// what it holds: what is behind it must go to the other.
	passOneAtAGate(t, p)
}

// chatty prints what its task says to both streams.
var chatty = Register("chatty", func(_ context.Context, j Job[string]) (int, error) {
	_, err1 := os.Stdout.WriteString(j.Task + " out\n")
	_, err2 := os.Stderr.WriteString(j.Task + " err\n")
	return os.Getpid(), errors.Join(err1, err2)
})

func TestStderrHearsLines(t *testing.T) {
	printed := &notebook{}
	p := newPool(t, Options{Procs: 2, Stderr: printed})
	if _, err := chatty.Map(t.Context(), p, slices.Repeat([]string{"hello"}, 50)); err != nil {
		t.Fatal(err)
	}
	closeAndWait(t, p)
	for _, line := range printed.all() {
		name, words, ok := strings.Cut(line, ": ")
		if !ok || !strings.HasPrefix(name, "Process-") || words != "hello out\n" && words != "hello err\n" {
			t.Errorf("a Write of %q", line)
		}
	}
	if n := len(printed.all()); n != 100 {
		t.Errorf("%d lines", n)
	}
}

func TestMaxProcs(t *testing.T) {
	p := newPool(t, Options{Procs: 1, MaxProcs: 7, MemoryLimit: 1 << 30})
	environ, err := env.Call(t.Context(), p, "")
	if err != nil || !slices.Contains(environ, "GOMAXPROCS=7") || !slices.Contains(environ, "GOMEMLIMIT=805306368") {
		t.Errorf("a worker sees %q, %v", environ, err)
	}
}
