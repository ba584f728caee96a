package pool

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestItem7_8_CloseFinishesWhatWasAccepted(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	if err := p.Wait(t.Context()); !errors.Is(err, ErrNotClosed) {
		t.Errorf("Wait before Close: %v", err)
	}
	g := newGate(t)
	var accepted []*Future[int]
	for range 20 {
		accepted = append(accepted, atGate.Go(p, g))
	}
	g.await(t, 2)
	mapped := make(chan error, 1)
	go func() {
		values, err := square.Map(t.Context(), p, slices.Collect(upTo(3000)))
		mapped <- errors.Join(err, firstWrong(values))
	}()
	drawn := make(chan struct{})
	var answers []error
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		for a := range square.Run(t.Context(), p, func(yield func(int) bool) {
			if yield(0) { // drawn when the gate is open
				<-drawn
				yield(1)
			}
		}) {
			answers = append(answers, a.Err)
		}
	}()
	eventually(t, patience, "accepted", func() bool { p.mu.Lock(); defer p.mu.Unlock(); return p.accepted == 1 })
	p.Close()
	p.Close()
	if _, err := square.Go(p, 1).Wait(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("Go after Close: %v", err)
	}
	if _, err := square.Call(t.Context(), p, 1); !errors.Is(err, ErrClosed) {
		t.Errorf("Call after Close: %v", err)
	}
	if _, err := square.Map(t.Context(), p, []int{1}); !errors.Is(err, ErrClosed) {
		t.Errorf("Map after Close: %v", err)
	}
	for a := range square.RunOrdered(t.Context(), p, upTo(10)) {
		if !errors.Is(a.Err, ErrClosed) {
			t.Errorf("RunOrdered after Close: %v", a.Err)
		}
	}
	g.open(t)
	close(drawn)
	for i, f := range accepted {
		if _, err := f.Wait(t.Context()); err != nil {
			t.Errorf("accepted task %d: %v", i, err)
		}
	}
	if err := <-mapped; err != nil {
		t.Errorf("Map begun before Close: %v", err)
	}
	<-ran
	if len(answers) != 2 || !errors.Is(answers[1], ErrClosed) {
		t.Errorf("a run that draws one task after Close: %v", answers)
	}
	if err := p.Wait(within(t)); err != nil || len(p.pids()) > 0 {
		t.Errorf("Wait: %v, workers %v", err, p.pids())
	}
}

// firstWrong finds a value that is not its index squared.
func firstWrong(values []int) error {
	for i, v := range values {
		if v != i*i {
			return fmt.Errorf("value %d is %d", i, v)
		}
	}
	return nil
}

func TestItem7_9_WaitTimesOutThenTerminate(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	f := nap.Go(p, time.Hour)
	p.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := p.Wait(ctx); !errors.Is(err, context.DeadlineExceeded) || f.Ready() {
		t.Errorf("Wait with a time-out: %v, ready %v", err, f.Ready())
	}
	promptly(t, p.Terminate)
	if _, err := f.Wait(t.Context()); !errors.Is(err, ErrClosed) {
		t.Errorf("the task: %v", err)
	}
	if err := p.Wait(ctx); err != nil { // what is true already needs no time
		t.Errorf("Wait after Terminate: %v", err)
	}
}

func TestItem7_10_TerminateWithManyQueued(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	futures := make([]*Future[int], 10_000)
	called := make(chan error, len(futures))
	for i := range futures {
		futures[i] = nap.Go(p, time.Hour)
		futures[i].Then(func(_ int, err error) { called <- err })
	}
	promptly(t, p.Terminate)
	for i, f := range futures {
		if !f.Ready() {
			t.Fatalf("task %d is pending", i)
		}
		if _, err := f.Wait(t.Context()); !errors.Is(err, ErrClosed) {
			t.Fatalf("task %d: %v", i, err)
		}
	}
	if err := p.Wait(within(t)); err != nil || len(called) != len(futures) {
		t.Errorf("%d callbacks, %v", len(called), err)
	}
}

// large answers with so many bytes.
var large = Register("large", func(_ context.Context, j Job[int]) ([]byte, error) { return make([]byte, j.Task), nil })

func TestItem7_11_EndWhileNobodyReads(t *testing.T) {
	for name, end := range map[string]func(*Pool){
		"Terminate": (*Pool).Terminate,
		"Close":     func(p *Pool) { closeAndWait(t, p) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPool(t, Options{Procs: 2, Concurrency: 100})
			done := 0
			for range large.Run(t.Context(), p, func(yield func(int) bool) {
				for range 100 {
					if !yield(1 << 20) {
						return
					}
				}
			}) {
				if done++; done == 1 { // the others' answers come while we do not read
					promptly(t, func() { end(p) })
				}
			}
			if done != 100 {
				t.Errorf("%d answers", done)
			}
		})
	}
}

func TestItem7_12_TerminateRacesWithAll(t *testing.T) {
	for round := range rounds(t, 30) {
		p, err := New(context.WithoutCancel(t.Context()), Options{Procs: 2})
		if err != nil {
			t.Fatal(err)
		}
		futures := []*Future[int]{square.Go(p, 1), square.Go(p, 2), square.Go(p, 3)}
		if round%2 == 0 {
			<-futures[round%3].Done() // else they are being started
		}
		var wg sync.WaitGroup
		wg.Go(p.Close)
		wg.Go(p.Terminate)
		wg.Go(func() { futures = append(futures, square.Go(p, 4)) })
		wg.Go(p.Terminate)
		promptly(t, wg.Wait)
		for i, f := range futures {
			if _, err := f.Wait(within(t)); err != nil && !errors.Is(err, ErrClosed) {
				t.Fatalf("task %d: %v", i, err)
			}
		}
		if err := p.Wait(within(t)); err != nil {
			t.Fatal(err)
		}
	}
}

func TestItem4_8_TerminateFromCallbacks(t *testing.T) {
	p := newPool(t, Options{Procs: 2})
	returned := make(chan struct{}, 2)
	for range 2 {
		square.Go(p, 1).Then(func(int, error) {
			p.Terminate()
			p.Close()
			returned <- struct{}{}
		})
	}
	for range 2 {
		promptly(t, func() { <-returned })
	}
}

func TestItem7_13_CancelJustBeforeClose(t *testing.T) {
	p := newPool(t, Options{Procs: 1})
	g := newGate(t)
	first := atGate.Go(p, g)
	g.await(t, 1)
	ctx, cancel := context.WithCancel(t.Context())
	called := make(chan error)
	go func() {
		_, err := nap.Call(ctx, p, time.Hour) // it must never be begun
		called <- err
	}()
	eventually(t, patience, "queued", func() bool { p.mu.Lock(); defer p.mu.Unlock(); return len(p.backlog) == 1 })
	cancel()
	p.Close()
	if err := <-called; !errors.Is(err, context.Canceled) {
		t.Errorf("the cancelled call: %v", err)
	}
	g.open(t)
	if _, err := first.Wait(t.Context()); err != nil {
		t.Errorf("the task before it: %v", err)
	}
	if err := p.Wait(within(t)); err != nil {
		t.Errorf("the pool: %v", err)
	}
}

func TestItem7_13_ProgramEndsWithPoolsOpen(t *testing.T) {
	if os.Getenv("POOL_TEST_COORDINATOR") != "" {
		forgotten, _ := New(t.Context(), Options{Procs: 2})
		closed, _ := New(t.Context(), Options{Procs: 1})
		g := newGate(t)
		nap.Go(forgotten, time.Hour)
		atGate.Go(forgotten, g)
		atGate.Go(closed, g)
		g.await(t, 2)
		closed.Close()
		eventually(t, patience, "all workers run", func() bool { return len(forgotten.pids())+len(closed.pids()) == 3 })
		pids := fmt.Sprint(append(forgotten.pids(), closed.pids()...))
		fmt.Println("pids", strings.Trim(pids, "[]"))
		os.Exit(0) // as at the end of main
	}
	cmd := exec.CommandContext(within(t), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "POOL_TEST_COORDINATOR=1")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pids := strings.Fields(strings.TrimPrefix(string(out), "pids "))
	if len(pids) != 3 {
		t.Fatalf("the program said %q", out)
	}
	for _, pid := range pids {
		eventually(t, patience, "gone", func() bool { return !alive(atoi(t, pid)) })
	}
}

func TestWaitRightAfterTheContextEnds(t *testing.T) {
	for range rounds(t, 20) {
		ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
		p, err := New(ctx, Options{Procs: 1})
		if err != nil {
			t.Fatal(err)
		}
		cancel()
		if err := p.Wait(within(t)); err != nil {
			t.Errorf("Wait: %v", err)
			p.Terminate()
		}
	}
}
