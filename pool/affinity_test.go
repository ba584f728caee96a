package pool

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"syscall"
	"testing"
)

func TestHomesAreSpread(t *testing.T) {
	const tasks = 1000
	for _, procs := range []int{1, 2, 3, 8, 64} {
		for _, step := range []uint64{1, 2, 8, 64, 1000, 1 << 20, 1 << 40} {
			homes := make([]int, procs)
			for i := range uint64(tasks) {
				homes[homeOf(i*step, procs)]++
			}
			if most := slices.Max(homes); most > 2*tasks/procs {
				t.Errorf("%d tasks in steps of %d: %v at %d homes", tasks, step, homes, procs)
			}
		}
	}
}

// TestPickWithAffinity has tasks with and without homes handed out, done and
// lost at random, by workers that have no process. All of them could read ahead,
// some are not to be given any task, and at times none can be started.
func TestPickWithAffinity(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 0))
		procs := 1 + r.IntN(5)
		p := &Pool{opts: Options{Procs: procs, Concurrency: procs + r.IntN(4*procs)}, workers: make([]*worker, procs), now: 1}
		var held []*lease
		for id := range uint64(300) {
			churn(r, p, &held)
			l := &lease{id: id + 1, nature: nature{home: r.IntN(procs+1) - 1}}
			w, start := p.pick(l.nature.home)
			if err := misplaced(p, l.nature.home, w, start); err != nil {
				t.Fatalf("seed %d, task %d: %v", seed, l.id, err)
			}
			if start != nowhere {
				w = newWorker(p, start, "1")
				w.ready, w.readAhead = true, maxReadAhead
				p.workers[start] = w
			}
			if w != nil {
				w.give(l)
				held = append(held, l)
			}
		}
	}
}

// churn does what happens between tasks.
func churn(r *rand.Rand, p *Pool, held *[]*lease) {
	p.startAfter = p.now + tick(r.IntN(2))
	for range r.IntN(3) {
		if n := len(*held); n > 0 {
			i := r.IntN(n)
			for _, w := range p.workers {
				if w != nil {
					w.holding.remove((*held)[i].id, p.now)
				}
			}
			*held = slices.Delete(*held, i, i+1)
		}
	}
	i := r.IntN(len(p.workers))
	w := p.workers[i]
	switch n := r.IntN(20); {
	case w == nil:
	case n == 0: // it is dead, and its tasks are lost
		begun, ahead := w.holding.clear()
		*held = slices.DeleteFunc(*held, func(l *lease) bool { return slices.Contains(begun, l) || slices.Contains(ahead, l) })
		p.workers[i] = nil
	case n == 1:
		w.reserved = !w.reserved
	case n == 2:
		w.sated = !w.sated
	}
}

// misplaced tells what is wrong with a choice.
func misplaced(p *Pool, home int, w *worker, start int) error {
	free := func(w *worker) bool { return w != nil && !w.apart() && w.free() > 0 }
	idle := p.vacancy() != nowhere || slices.ContainsFunc(p.workers, func(w *worker) bool { return free(w) && w.holding.len() == 0 })
	var own *worker
	if home != nowhere {
		own = p.workers[home]
	}
	switch {
	case w != nil && (start != nowhere || w.apart()):
		return errors.New("two were chosen, or one that takes no tasks")
	case start != nowhere && (p.vacancy() == nowhere || p.workers[start] != nil):
		return errors.New("there is a worker, or none can be started")
	case start == nowhere && !free(w) && (idle || slices.ContainsFunc(p.workers, free)):
		return errors.New("it would be read ahead, or wait, with a slot free")
	case home == nowhere:
		return nil
	case own == nil && p.vacancy() != nowhere && start != home:
		return errors.New("its home is not started")
	case free(own) && 2*own.holding.len() <= own.holding.slots && w != own:
		return errors.New("it does not go home, where half of the slots are free")
	case free(own) && !idle && w != own:
		return errors.New("it does not go home, and nobody is idle")
	case own != nil && w == own && idle && 2*own.holding.len() > own.holding.slots:
		return errors.New("it goes home, and somebody is idle")
	case own != nil && own.welcomes() && w != nil && !free(w) && w != own:
		return errors.New("it is read ahead, and not at home")
	}
	return nil
}

// ofInt has the number be its affinity.
func ofInt(task any) uint64 { return uint64(task.(int)) }

func TestAffinityKeepsToOneWorker(t *testing.T) {
	p := newPool(t, Options{Procs: 3, Concurrency: 12, Affinity: ofInt})
	workers := map[int]int{} // by home
	for i := range 60 {
		key := i % 6
		got, err := pid.Call(t.Context(), p, key)
		if err != nil {
			t.Fatal(err)
		}
		home := homeOf(uint64(key), 3)
		if before := workers[home]; before != 0 && before != got {
			t.Errorf("key %d went to %d, and before to %d", key, got, before)
		}
		workers[home] = got
	}
	if len(workers) != 3 || len(p.pids()) != 3 {
		t.Errorf("six keys went to %v", workers)
	}
	for home, before := range workers {
		p.kill9(t, home)
		if after, err := pid.Call(t.Context(), p, keyOf(home, 3)); err != nil || after == before {
			t.Errorf("the worker at home %d was %d and is %d, %v", home, before, after, err)
		}
	}
}

// keyOf is the least number with that home.
func keyOf(home, procs int) int {
	key := 0
	for homeOf(uint64(key), procs) != home {
		key++
	}
	return key
}

// kill9 kills the worker at an index.
func (p *Pool) kill9(t *testing.T, index int) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	w := p.workers[index]
	if w == nil || w.child == nil {
		t.Fatalf("no worker at %d to be killed", index)
	}
	w.child.signal(func(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) })
}

// readAheads is how many tasks all workers have read ahead.
func (p *Pool) readAheads() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, w := range p.workers {
		if w != nil {
			n += w.holding.len() - w.holding.begun
		}
	}
	return n
}

// TestIdleWorkersTakeTasksFromAHome gives out tasks of one affinity, and no
// more of them than there are slots.
func TestIdleWorkersTakeTasksFromAHome(t *testing.T) {
	p := newPool(t, Options{Procs: 3, Concurrency: 12, Affinity: func(any) uint64 { return 5 }})
	g := newGate(t)
	var futures []*Future[int]
	for i, workers := range []int{1, 1, 1, 2, 3, 3, 3, 3, 3, 3, 3, 3} {
		futures = append(futures, atGate.Go(p, g))
		g.await(t, i+1)
		if n := len(p.pids()); n != workers {
			t.Errorf("%d tasks of one home went to %d workers, want %d", i+1, n, workers)
		}
		if n := p.readAheads(); n > 0 {
			t.Errorf("%d of %d tasks were read ahead", n, i+1)
		}
	}
	g.open(t)
	tasks := map[int]int{}
	for _, f := range futures {
		worker, err := f.Wait(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		tasks[worker]++
	}
	for worker, n := range tasks {
		if n != 4 {
			t.Errorf("worker %d had %d tasks", worker, n)
		}
	}
}

// TestNothingWaitsAtItsHome is a home where a task takes for ever, with others
// of that home behind it.
func TestNothingWaitsAtItsHome(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Affinity: func(any) uint64 { return 5 }})
	for range atGate.Run(t.Context(), p, func(yield func(gate) bool) { // both are up, and read ahead
		for range 2000 {
			if !yield("") {
				return
			}
		}
	}) {
	}
	passOneAtAGate(t, p)
}

// TestHomeThatCannotStart has all workers at one index fail.
func TestHomeThatCannotStart(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Concurrency: 4, Affinity: ofInt})
	bad, good := keyOf(1, 2), keyOf(0, 2)
	spawn := p.spawn
	p.spawn = func(ctx context.Context, o childOptions) (*child, error) {
		p.mu.Lock()
		fails := p.workers[1] != nil && p.workers[1].name == o.name
		p.mu.Unlock()
		if fails {
			return nil, errors.New("no room at home")
		}
		return spawn(ctx, o)
	}
	first, err := pid.Call(t.Context(), p, good)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 50 {
		if got, err := pid.Call(within(t), p, bad); err != nil || got != first {
			t.Fatalf("task %d of a home that is not there: %d, %v", i, got, err)
		}
	}
}

// TestDeathsOfHomes kills the workers of tasks that have homes.
func TestDeathsOfHomes(t *testing.T) {
	for _, o := range []Options{{Procs: 3, Concurrency: 12}, {Procs: 3, Concurrency: 12, RecycleTasks: 10}, {Procs: 4}} {
		t.Run(fmt.Sprint(o.Procs, o.Concurrency, o.RecycleTasks), func(t *testing.T) {
			o.Affinity = ofInt
			o.Logf = func(string, ...any) {}
			p := newPool(t, o)
			answers := make([]int, 500)
			n := 0
			for a := range square.Run(t.Context(), p, upTo(len(answers))) {
				if a.Err != nil || a.Value != a.Task*a.Task {
					t.Errorf("task %d: %d, %v", a.Task, a.Value, a.Err)
				}
				answers[a.Task]++
				if n++; n%25 == 0 {
					p.strike(syscall.SIGKILL)
				}
			}
			for task, n := range answers {
				if n != 1 {
					t.Errorf("task %d was answered %d times", task, n)
				}
			}
		})
	}
}
