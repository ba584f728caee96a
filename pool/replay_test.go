package pool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// deed leaves a mark at its gate each time that it is begun, which its name is
// known by. The first time it then does as it is told.
type deed struct {
	Gate gate
	Name string
	Once bool   // it must not be done twice
	How  string // "wait" at the gate, "kill" itself, be it by "exit"; else nothing
}

var doDeed = Register("do deed", func(_ context.Context, j Job[deed]) (int, error) {
	mark, err := os.CreateTemp(string(j.Task.Gate), j.Task.Name+".")
	if err != nil {
		return 0, err
	}
	mark.Close()
	switch {
	case j.Task.How == "wait" && j.Attempt == 1:
		err = j.Task.Gate.pass()
	case j.Task.How == "exit":
		os.Exit(42)
	case j.Task.How == "kill":
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
	return j.Attempt, err
})

// replayable is an Options.Replayable for deeds.
func replayable(task any) bool { return !task.(deed).Once }

// begun is how often a deed was begun.
func (d deed) begun(t *testing.T) int {
	t.Helper()
	marks, err := filepath.Glob(filepath.Join(string(d.Gate), d.Name+".*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(marks)
}

// isLostForGood tells whether a task was not begun again, and the error says so,
// and what its worker died of.
func isLostForGood(err error, cause string) bool {
	lost, ok := errors.AsType[*LostError](err)
	return ok && strings.Contains(lost.Cause, "the task must not be done twice, so it is not run again") &&
		strings.Contains(lost.Cause, cause) && lost.Pid != 0 && lost.Worker != ""
}

func TestKillersAndReplayable(t *testing.T) {
	for how, cause := range map[string]string{"kill": "worker killed by SIGKILL", "exit": "worker exited with code 42"} {
		for _, once := range []bool{true, false} {
			t.Run(fmt.Sprint(how, ", once: ", once), func(t *testing.T) {
				p := newPool(t, Options{Procs: 2, Concurrency: 4, Replayable: replayable})
				d := deed{Gate: newGate(t), Name: how, Once: once, How: how}
				_, err := doDeed.Call(t.Context(), p, d)
				deaths := maxDeaths
				if once {
					deaths = 1
				}
				lost, ok := errors.AsType[*LostError](err)
				if n := d.begun(t); n != deaths || !ok || lost.Deaths != deaths || isLostForGood(err, cause) != once {
					t.Errorf("begun %d times, %v", n, err)
				}
			})
		}
	}
}

// mixed are deeds that wait at a gate, every second of which must not be done
// twice.
func mixed(g gate, n int) (ds []deed) {
	for i := range n {
		ds = append(ds, deed{Gate: g, Name: fmt.Sprint("deed", i), Once: i%2 == 0, How: "wait"})
	}
	return ds
}

// checkDeeds holds the answers to deeds, all begun when their worker died,
// against what should have come of them.
func checkDeeds(t *testing.T, deeds []deed, futures []*Future[int], cause string) {
	t.Helper()
	for i, d := range deeds {
		attempt, err := futures[i].Wait(within(t))
		switch n := d.begun(t); {
		case d.Once && (n != 1 || !isLostForGood(err, cause)):
			t.Errorf("%s, not to be done twice: begun %d times, %v", d.Name, n, err)
		case !d.Once && (n != 2 || attempt != 2 || err != nil):
			t.Errorf("%s: begun %d times, attempt %d, %v", d.Name, n, attempt, err)
		}
	}
}

func TestNeighboursOfADeath(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Concurrency: 6, Replayable: replayable})
	deeds := mixed(newGate(t), 6)
	var futures []*Future[int]
	for _, d := range deeds {
		futures = append(futures, doDeed.Go(p, d))
	}
	deeds[0].Gate.await(t, len(deeds))
	p.kill9(t, 0)
	checkDeeds(t, deeds, futures, "worker killed by SIGKILL")
}

func TestNeighboursOfADeadline(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Concurrency: 7, Timeout: 200 * time.Millisecond, Replayable: replayable})
	p.hardGrace = time.Second
	g := newGate(t)
	late := deed{Gate: g, Name: "late", Once: true, How: "wait"}
	culprit := doDeed.Go(p, late)
	deeds := mixed(g, 6)
	var futures []*Future[int]
	for _, d := range deeds {
		futures = append(futures, doDeed.Go(p, d))
	}
	_, err := culprit.Wait(within(t))
	if _, ok := errors.AsType[*DeadlineError](err); !ok || late.begun(t) != 1 {
		t.Errorf("the late one: begun %d times, %v", late.begun(t), err)
	}
	checkDeeds(t, deeds, futures, "a task outlived its deadline, so its worker was killed")
}

// TestNeighbourIsNotCharged: what dies beside a task that is not run again was
// not alone with its worker.
func TestNeighbourIsNotCharged(t *testing.T) {
	p := newPool(t, Options{Procs: 1, Concurrency: 2, Replayable: replayable})
	g := newGate(t)
	wait := deed{Gate: g, Name: "wait", How: "wait"}
	innocent := doDeed.Go(p, wait)
	g.await(t, 1)
	_, err := doDeed.Call(t.Context(), p, deed{Gate: g, Name: "kill", Once: true, How: "exit"})
	if lost, ok := errors.AsType[*LostError](err); !ok || lost.Deaths != 0 {
		t.Errorf("the killer beside another: %v", err)
	}
	if attempt, err := innocent.Wait(within(t)); err != nil || attempt != 2 {
		t.Errorf("its neighbour: attempt %d, %v", attempt, err)
	}
}

// TestNotReplayableUnderKills kills workers all the time: a task that must not
// be done twice never is, all others are done, and each is answered once.
func TestNotReplayableUnderKills(t *testing.T) {
	p := newPool(t, Options{Procs: 3, Concurrency: 12, RecycleTasks: 50, Logf: func(string, ...any) {},
		Replayable: replayable, Affinity: func(task any) uint64 { return uint64(len(task.(deed).Name)) }})
	g := newGate(t)
	const tasks = 600
	answers := map[string]int{}
	lost := 0
	for a := range doDeed.Run(t.Context(), p, func(yield func(deed) bool) {
		for i := range tasks {
			if !yield(deed{Gate: g, Name: fmt.Sprint("deed", i), Once: i%3 > 0}) {
				return
			}
		}
	}) {
		answers[a.Task.Name]++
		if n := a.Task.begun(t); a.Task.Once && n > 1 || a.Err == nil && n == 0 {
			t.Errorf("%s was begun %d times", a.Task.Name, n)
		}
		switch {
		case a.Task.Once && isLostForGood(a.Err, "worker killed by SIGKILL"):
			lost++
		case a.Err != nil:
			t.Errorf("%s: %v", a.Task.Name, a.Err)
		}
		if len(answers)%20 == 0 {
			p.strike(syscall.SIGKILL)
		}
	}
	for name, n := range answers {
		if n != 1 {
			t.Errorf("%s was answered %d times", name, n)
		}
	}
	if len(answers) != tasks {
		t.Errorf("%d answers", len(answers))
	}
	t.Logf("%d of %d were not begun again", lost, tasks)
}

// TestNotReplayableIsNotReadAhead: it waits for a slot, and so does what it was
// drawn before.
func TestNotReplayableIsNotReadAhead(t *testing.T) {
	p := newPool(t, Options{Procs: 2, Replayable: func(task any) bool { return task.(int)%5 > 0 }})
	answers := 0
	for a := range square.Run(t.Context(), p, upTo(5000)) {
		if a.Err != nil || a.Value != a.Task*a.Task {
			t.Errorf("task %d: %d, %v", a.Task, a.Value, a.Err)
		}
		answers++
		p.mu.Lock()
		for _, w := range p.workers {
			for l := w.ahead(); l != nil; l = l.next {
				if l.nature.once {
					t.Errorf("task %d was read ahead", l.number)
				}
			}
		}
		p.mu.Unlock()
	}
	if answers != 5000 {
		t.Errorf("%d answers", answers)
	}
}

func (w *worker) ahead() *lease {
	if w == nil {
		return nil
	}
	return w.holding.ahead
}

// TestUnsentIsNotLost: a task that cannot have reached its worker is done by
// another, also when it must not be done twice.
func TestUnsentIsNotLost(t *testing.T) {
	t.Run("the first byte is refused", func(t *testing.T) {
		p := newPool(t, Options{Procs: 1, Replayable: replayable})
		spawn := p.spawn
		p.spawn = func(ctx context.Context, o childOptions) (*child, error) {
			c, err := spawn(ctx, o)
			if err == nil {
				c.socket = &tiring{channel: c.socket, kill: c.kill, writes: 3} // hello and a task, or each of two
			}
			return c, err
		}
		for i := range 6 {
			d := deed{Gate: newGate(t), Name: "deed", Once: true}
			if attempt, err := doDeed.Call(t.Context(), p, d); err != nil || attempt != 1 || d.begun(t) != 1 {
				t.Errorf("task %d: begun %d times, attempt %d, %v", i, d.begun(t), attempt, err)
			}
		}
	})
	t.Run("the worker does not read", func(t *testing.T) {
		p := newPool(t, Options{Procs: 1, Concurrency: 32, Replayable: func(any) bool { return false }})
		p.silence, p.stopped = time.Hour, func(int) bool { return false }
		if _, err := large.Call(t.Context(), p, 1); err != nil {
			t.Fatal(err)
		}
		worker := p.strike(syscall.SIGSTOP)
		eventually(t, patience, "it stands still", func() bool { return stopped(worker) })
		payload := fussy{strings.Repeat("x", 1<<20)}
		var futures []*Future[fussy]
		outbox := func() int {
			p.mu.Lock()
			defer p.mu.Unlock()
			return len(p.workers[0].outbox)
		}
		futures = append(futures, copied.Go(p, payload))
		eventually(t, patience, "the first is on its way", func() bool { return outbox() == 0 })
		for range 31 {
			futures = append(futures, copied.Go(p, payload))
		}
		if n := outbox(); n != 31 {
			t.Fatalf("%d tasks have not been sent", n)
		}
		p.kill9(t, 0)
		for i, f := range futures {
			if _, err := f.Wait(within(t)); (err != nil) != (i == 0) || i == 0 && !isLostForGood(err, "SIGKILL") {
				t.Errorf("task %d: %v", i, err)
			}
		}
	})
}

// tiring is a worker's socket that takes so many writes, and then the worker is
// dead.
type tiring struct {
	channel
	kill   func()
	writes int
}

func (s *tiring) Write(b []byte) (int, error) {
	if s.writes--; s.writes < 0 {
		s.kill()
		return 0, syscall.EPIPE
	}
	return s.channel.Write(b)
}
