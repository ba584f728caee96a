package pool

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) {
	skipMain()
	Main()
	// Under the race detector a worker would sleep for a second at its end.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	goleak.VerifyTestMain(m)
}

// What the workers of these tests can do.
var (
	square = Register("square", func(_ context.Context, j Job[int]) (int, error) { return j.Task * j.Task, nil })
	empty  = Register("empty", func(context.Context, Job[int]) (struct{}, error) { return struct{}{}, nil })
	pid    = Register("pid", func(context.Context, Job[int]) (int, error) { return os.Getpid(), nil })
	env    = Register("env", func(context.Context, Job[string]) ([]string, error) { return os.Environ(), nil })
	quoted = Register("quoted", func(_ context.Context, j Job[document]) (document, error) {
		if j.Task.Name == "break the answer" {
			return document{Name: "\xff"}, nil
		}
		return j.Task, nil
	})
	oddly = Register("oddly", func(_ context.Context, j Job[string]) (string, error) { return oddity(j) })
)

// oddity fails in the way that the task names.
func oddity(j Job[string]) (string, error) {
	switch j.Task {
	case "error":
		return "", errors.New("it did not work")
	case "panic":
		panic("it fell over")
	case "nil panic":
		panic(nil)
	case "goexit":
		runtime.Goexit()
	case "exit":
		os.Exit(42)
	case "exit well":
		os.Exit(0)
	case "map":
		m := map[int]int{}
		for range 8 {
			go func() {
				for {
					m[0] = 1
				}
			}()
		}
		select {}
	case "stack":
		debug.SetMaxStack(1 << 20)
		return endless(0), nil
	case "throw":
		new(sync.Mutex).Unlock()
	case "goroutine":
		go func() { panic("in a goroutine of its own") }()
		select {}
	case "segfault":
		_ = syscall.Kill(os.Getpid(), syscall.SIGSEGV)
		select {}
	case "kill":
		killGroup(os.Getpid())
		select {}
	}
	return "fine", nil
}

func endless(n int) string {
	if n < 0 {
		return ""
	}
	return endless(n+1) + "x"
}

func newPool(t testing.TB, o Options) *Pool {
	t.Helper()
	if o.Logf == nil {
		o.Logf = t.Logf
	}
	p, err := New(context.WithoutCancel(t.Context()), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAndWait(t, p) })
	return p
}

// closeAndWait ends a pool in peace, and fails the test if that takes for ever.
func closeAndWait(t testing.TB, p *Pool) {
	t.Helper()
	p.Close()
	if err := p.Wait(within(t)); err != nil {
		t.Errorf("the pool does not end: %v", err)
		p.Terminate()
	}
}

// upTo yields 0 to n-1.
func upTo(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := range n {
			if !yield(i) {
				return
			}
		}
	}
}

func TestEveryTaskIsAnsweredOnce(t *testing.T) {
	for _, o := range []Options{{Procs: 1}, {Procs: 3}, {Procs: 2, Concurrency: 7}, {Procs: 5, Concurrency: 64}} {
		t.Run(fmt.Sprintf("procs %d concurrency %d", o.Procs, o.Concurrency), func(t *testing.T) {
			p := newPool(t, o)
			seen := make([]int, 10_000)
			for a := range square.Run(t.Context(), p, upTo(len(seen))) {
				if a.Err != nil || a.Value != a.Task*a.Task {
					t.Fatalf("task %d: %d, %v", a.Task, a.Value, a.Err)
				}
				seen[a.Task]++
			}
			if i := slices.IndexFunc(seen, func(n int) bool { return n != 1 }); i >= 0 {
				t.Fatalf("task %d was answered %d times", i, seen[i])
			}
		})
	}
}

func TestFailuresOfOneTask(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 8})
	for how, want := range map[string]string{
		"error":     "it did not work",
		"panic":     "panic: it fell over",
		"nil panic": "panic: panic called with nil argument",
		"goexit":    "the function called runtime.Goexit",
		"exit":      "worker exited with code 42",
		"stack":     "stack overflow",
		"throw":     "fatal error: sync: unlock of unlocked mutex",
		"goroutine": "panic: in a goroutine of its own",
		"kill":      "worker killed by SIGKILL",
		"segfault":  "worker crashed: SIGSEGV: segmentation violation",
	} {
		t.Run(how, func(t *testing.T) {
			tasks := []string{"a", "b", how, "c", "d"}
			got := map[string]error{}
			for a := range oddly.Run(t.Context(), p, slices.Values(tasks)) {
				got[a.Task] = a.Err
				if a.Err == nil && a.Value != "fine" {
					t.Errorf("%s: %q", a.Task, a.Value)
				}
			}
			if len(got) != len(tasks) {
				t.Fatalf("%d answers for %d tasks", len(got), len(tasks))
			}
			for task, err := range got {
				if task == how {
					if err == nil || !strings.Contains(err.Error(), want) {
						t.Errorf("%s: error %v, want %q", how, err, want)
					}
				} else if err != nil {
					t.Errorf("%s beside %s: %v", task, how, err)
				}
			}
		})
	}
}
