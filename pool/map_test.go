package pool

import (
	"errors"
	"iter"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestItem7_1_NegativeOptions(t *testing.T) {
	for _, o := range []Options{
		{Procs: -1}, {Concurrency: -1}, {Timeout: -1}, {RecycleTasks: -1},
		{RecycleBytes: -1}, {MemoryLimit: -1}, {IdleTimeout: -1}, {MaxProcs: -1},
	} {
		p, err := New(t.Context(), o)
		if err == nil {
			p.Terminate()
			t.Errorf("%+v: accepted", o)
		} else if !strings.Contains(err.Error(), "must not be negative") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

func TestItem7_2_MapIsOrdered(t *testing.T) {
	for _, o := range []Options{{Procs: 1}, {Procs: 3, Concurrency: 20}} {
		p := newPool(t, o)
		if values, err := square.Map(t.Context(), p, nil); err != nil || len(values) != 0 || len(p.pids()) != 0 {
			t.Errorf("no tasks: %v, %v, workers %v", values, err, p.pids())
		}
		for _, n := range []int{1, 2, 7, 5000} {
			values, err := square.Map(t.Context(), p, slices.Collect(upTo(n)))
			if err != nil || len(values) != n {
				t.Fatalf("%d tasks: %d values, %v", n, len(values), err)
			}
			for i, v := range values {
				if v != i*i {
					t.Fatalf("value %d of %d is %d", i, n, v)
				}
			}
		}
	}
}

// shuffled yields naps of a few milliseconds, each with its own number in it.
func shuffled(n int) iter.Seq[time.Duration] {
	return func(yield func(time.Duration) bool) {
		for i := range n {
			if !yield(time.Duration(rand.IntN(4))*time.Millisecond + time.Duration(i)) {
				return
			}
		}
	}
}

func TestItem7_3_OrderedAndUnordered(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 16})
	const n = 300
	i := 0
	for a := range nap.RunOrdered(t.Context(), p, shuffled(n)) {
		if a.Err != nil || int(a.Task%time.Millisecond) != i {
			t.Fatalf("answer %d is for task %d: %v", i, a.Task%time.Millisecond, a.Err)
		}
		i++
	}
	seen := map[int]bool{}
	for a := range nap.Run(t.Context(), p, shuffled(n)) {
		seen[int(a.Task%time.Millisecond)] = true
	}
	if i != n || len(seen) != n {
		t.Errorf("%d answers in order, %d different ones without", i, len(seen))
	}
	for _, answers := range []iter.Seq[Answer[int, int]]{
		square.Run(t.Context(), p, upTo(3)), square.RunOrdered(t.Context(), p, upTo(3)),
	} {
		next, stop := iter.Pull(answers)
		defer stop()
		for i := range 6 {
			if _, ok := next(); ok != (i < 3) {
				t.Errorf("next, call %d: %v", i, ok)
			}
		}
	}
}

func TestItem8_1_AnElementsErrorIsItsOwn(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 8})
	tasks := make([]string, 100)
	for i := range tasks {
		if i%3 == 0 {
			tasks[i] = "error"
		}
	}
	values, err := oddly.Map(t.Context(), p, tasks)
	failed, ok := errors.AsType[*MapError](err)
	if !ok || failed.Tasks != 100 || len(failed.Failures) != 34 || len(values) != 100 {
		t.Fatalf("%d values, %v", len(values), err)
	}
	for i, f := range failed.Failures {
		if e, ok := errors.AsType[*TaskError](f); !ok || e.Text != "it did not work" || f.Index != 3*i {
			t.Errorf("failure %d: %v", i, f)
		}
	}
	for i, v := range values {
		if (v == "fine") == (i%3 == 0) {
			t.Errorf("value %d: %q", i, v)
		}
	}
	if _, ok := errors.AsType[*TaskError](err); !ok || !strings.Contains(err.Error(), "34 of 100 tasks failed; the first: task 0: it did not work") {
		t.Errorf("the error as a whole: %v", err)
	}
}

func TestItem11_5_CrashOrDeadlineInAMap(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 20})
	tasks := make([]string, 100)
	tasks[42] = "kill"
	values, err := oddly.Map(t.Context(), p, tasks)
	if failed, ok := errors.AsType[*MapError](err); !ok || len(failed.Failures) != 1 || failed.Failures[0].Index != 42 {
		t.Errorf("a killer among 100: %v", err)
	}
	if lost, ok := errors.AsType[*LostError](err); !ok || lost.Pid == 0 {
		t.Errorf("the killer: %v", err)
	}
	if n := len(slices.DeleteFunc(values, func(v string) bool { return v != "fine" })); n != 99 {
		t.Errorf("%d good values beside a killer", n)
	}

	p = newPool(t, Options{Procs: 1, Concurrency: 10, Timeout: 100 * time.Millisecond})
	p.hardGrace = 100 * time.Millisecond
	numbers, err := stubborn.Map(t.Context(), p, []int{1, 2, 0, 3})
	if _, late := errors.AsType[*DeadlineError](err); !late || !slices.Equal(numbers, []int{1, 2, 0, 3}) {
		t.Errorf("a deaf task: %v, %v", numbers, err)
	}
}
