package pool

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func isMisuse(err error) bool {
	_, ok := errors.AsType[*MisuseError](err)
	return ok
}

func TestItem5_1_SecondTryLockFails(t *testing.T) {
	l := NewLock()
	a := newPuppet(t, things{Lock: l})
	a.do(pull{Do: "lock"})
	if ok, err := l.TryLock(); ok || err != nil {
		t.Errorf("TryLock of a lock that is held elsewhere: %v, %v", ok, err)
	}
	if a.do(pull{Do: "trylock"}).OK {
		t.Error("TryLock of a lock that is held here")
	}
	a.do(pull{Do: "unlock"})
	a.refused(pull{Do: "unlock"}, "nobody holds")
	if err := l.Unlock(); !isMisuse(err) {
		t.Errorf("Unlock of a free lock: %v", err)
	}
	if ok, err := l.TryLock(); !ok || err != nil {
		t.Errorf("TryLock of a free lock: %v, %v", ok, err)
	}
}

func TestItem5_2_CountersUnderTheLock(t *testing.T) {
	v, err := NewValue[int64](0)
	if err != nil {
		t.Fatal(err)
	}
	l := NewLock()
	const each = 300
	var hands []*hand
	for range 4 {
		hands = append(hands, newPuppet(t, things{Value: v, Lock: l}))
	}
	for _, how := range []string{"count", "count with lock"} {
		if err := v.Store(within(t), 0); err != nil {
			t.Fatal(err)
		}
		for _, h := range hands {
			h.begin(pull{Do: how, N: each})
		}
		for _, h := range hands {
			if p := h.end(); p.Err != "" {
				t.Error(p.Err)
			}
		}
		if n, err := v.Load(within(t)); err != nil || n != int64(len(hands)*each) {
			t.Errorf("%s: %d, %v", how, n, err)
		}
	}
}

func TestItem5_3_HolderKilled(t *testing.T) {
	l, r := NewLock(), NewRLock()
	a, b := newPuppet(t, things{Lock: l, RLock: r}), newPuppet(t, things{Lock: l, RLock: r})
	a.do(pull{Do: "lock"})
	a.do(pull{Do: "rlock"})
	a.do(pull{Do: "rlock"})
	b.begin(pull{Do: "lock"})
	awaitWaiting(t, l.ref, 1)
	name := a.process.Name
	a.kill()
	if p := b.end(); p.Err != (&AbandonedError{name}).Error() {
		t.Errorf("the next holder was told %q", p.Err)
	}
	b.refused(pull{Do: "rlock"}, name)
	b.do(pull{Do: "unlock"})
	if err := l.Lock(within(t)); err != nil || l.Abandoned() != nil {
		t.Errorf("after an orderly holder: %v, %v", err, l.Abandoned())
	}
}

// mourners makes requests of a process that has died with a lock, and of one
// that lives on, without any process.
func mourners() (dead, alive *peer, of func(*peer, op) *request) {
	dead, alive = &peer{}, &peer{}
	return dead, alive, func(p *peer, o op) *request {
		return &request{peer: p, id: 1, op: o, result: make(chan reply, 1)}
	}
}

// TestNamelessHolderDies: a death is one, whatever the name of who died.
func TestNamelessHolderDies(t *testing.T) {
	for name, l := range map[string]resource{"lock": &permits{free: 1, bound: 1}, "rlock": &tenure{}} {
		dead, alive, of := mourners()
		l.do(of(dead, opAcquire))
		c := of(alive, opAcquire)
		l.do(c)
		l.bury(dead)
		if a := <-c.result; a.outcome != outcomeAbandoned || len(a.body) > 0 {
			t.Errorf("%s: outcome %d, %q", name, a.outcome, a.body)
		}
		l.do(of(alive, opRelease))
		c = of(alive, opAcquire)
		l.do(c)
		if a := <-c.result; a.outcome != outcomeOK {
			t.Errorf("%s, after an orderly holder: outcome %d", name, a.outcome)
		}
	}
}

// TestRLockTellsOfTheDeadWhileItIsHeld: to take it again does not make whole
// what the dead have left.
func TestRLockTellsOfTheDeadWhileItIsHeld(t *testing.T) {
	l := NewRLock()
	a, b := newPuppet(t, things{RLock: l}), newPuppet(t, things{RLock: l})
	a.do(pull{Do: "rlock"})
	const n = 4 // goroutines of this process, all woken at once
	got := make(chan error, n)
	for range n {
		go func() { got <- errors.Join(l.Lock(within(t)), l.Abandoned()) }()
	}
	awaitWaiting(t, l.lock.ref, n)
	a.kill()
	for range n {
		if err := <-got; err == nil || !strings.Contains(err.Error(), a.process.Name) {
			t.Errorf("one of those who were woken was told: %v", err)
		}
	}
	if ok, err := l.TryLock(); !ok || err != nil {
		t.Errorf("taken again: %v, %v", ok, err)
	}
	if l.Abandoned() == nil {
		t.Error("nobody has died any more once the lock is taken again")
	}
	for range n + 1 {
		if err := l.Unlock(); err != nil {
			t.Error(err)
		}
	}
	if err := l.Lock(within(t)); err != nil || l.Abandoned() != nil {
		t.Errorf("after an orderly holder: %v, %v", err, l.Abandoned())
	}
	b.begin(pull{Do: "rlock"})
	awaitWaiting(t, l.lock.ref, 1)
	if err := l.Unlock(); err != nil {
		t.Error(err)
	}
	if p := b.end(); p.Err != "" {
		t.Errorf("another process after an orderly holder: %s", p.Err)
	}
}

// TestWithdrawnWaitTellsOfTheDead: a Wait whose context is done takes the lock
// like any other, and says what became of its last holder.
func TestWithdrawnWaitTellsOfTheDead(t *testing.T) {
	c := NewCondition(nil)
	a := newPuppet(t, things{Cond: c})
	wait := func(meanwhile func()) {
		t.Helper()
		if err := c.L.Lock(within(t)); err != nil {
			t.Fatal(err)
		}
		c.L.abandoned.Store(&AbandonedError{"somebody of long ago"})
		ctx, cancel := context.WithCancel(t.Context())
		result := make(chan error)
		go func() { result <- c.Wait(ctx) }()
		awaitWaiting(t, c.ref, 1)
		a.do(pull{Do: "cond lock"})
		cancel()
		awaitWaiting(t, c.L.ref, 1)
		meanwhile()
		if err := <-result; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	}
	name := a.process.Name
	wait(a.kill)
	if err := c.L.Abandoned(); err == nil || !strings.Contains(err.Error(), name) {
		t.Errorf("after a holder that died: %v", err)
	}
	a = newPuppet(t, things{Cond: c})
	if err := c.L.Unlock(); err != nil {
		t.Fatal(err)
	}
	wait(func() { a.do(pull{Do: "cond unlock"}) })
	if err := c.L.Abandoned(); err != nil {
		t.Errorf("after an orderly holder: %v", err)
	}
}

func TestItem5_4_TimedOutWaiterLeavesNoGhost(t *testing.T) {
	s := NewSemaphore(1)
	a := newPuppet(t, things{Sem: s})
	a.do(pull{Do: "acquire"})
	a.refused(pull{Do: "acquire", In: time.Millisecond}, context.DeadlineExceeded.Error())
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Acquire(done); !errors.Is(err, context.Canceled) {
		t.Errorf("Acquire without time: %v", err)
	}
	if ok, err := s.TryAcquire(); ok || err != nil {
		t.Errorf("TryAcquire: %v, %v", ok, err)
	}
	a.do(pull{Do: "release"})
	if n, err := s.Value(); n != 1 || err != nil {
		t.Errorf("%d permits, %v: a ghost in the line has taken one", n, err)
	}
	if err := s.Acquire(within(t)); err != nil {
		t.Error(err)
	}
}

func TestItem5_5_SemaphoreGrowsBoundedRefuses(t *testing.T) {
	s, b := NewSemaphore(1), NewBoundedSemaphore(2)
	if err := s.Release(); err != nil {
		t.Error(err)
	}
	if n, err := s.Value(); n != 2 || err != nil {
		t.Errorf("value %d, %v", n, err)
	}
	if err := b.Release(); !isMisuse(err) {
		t.Errorf("release of a bounded semaphore that is full: %v", err)
	}
	if err := b.Acquire(within(t)); err != nil {
		t.Error(err)
	}
	if err := b.Release(); err != nil {
		t.Error(err)
	}
	for name, make := range map[string]func(){
		"semaphore": func() { NewSemaphore(-1) },
		"bounded":   func() { NewBoundedSemaphore(0) },
		"barrier":   func() { NewBarrier(0) },
		"queue":     func() { NewQueue[int](-1) },
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: a size that makes no sense was accepted", name)
				}
			}()
			make()
		}()
	}
}

func TestItem5_6_PermitsOfTheDeadReturn(t *testing.T) {
	s := NewSemaphore(3)
	a, b := newPuppet(t, things{Sem: s}), newPuppet(t, things{Sem: s})
	a.do(pull{Do: "acquire"})
	a.do(pull{Do: "acquire"})
	if err := s.Acquire(within(t)); err != nil {
		t.Fatal(err)
	}
	b.begin(pull{Do: "acquire"})
	awaitWaiting(t, s.ref, 1)
	b.kill() // while it waits: it has none to give back
	eventually(t, patience, "the waiter is forgotten", func() bool { return waiting(s.ref) == 0 })
	a.kill()
	eventually(t, patience, "two permits return", func() bool { n, _ := s.Value(); return n == 2 })
	if err := s.Release(); err != nil {
		t.Error(err)
	}
	if n, _ := s.Value(); n != 3 {
		t.Errorf("%d permits of 3", n)
	}
}

func TestItem5_7_PermitReleasedElsewhere(t *testing.T) {
	s := NewSemaphore(2)
	a, b := newPuppet(t, things{Sem: s}), newPuppet(t, things{Sem: s})
	a.do(pull{Do: "acquire"})
	b.do(pull{Do: "release"}) // settles a's debt
	if n, _ := s.Value(); n != 2 {
		t.Errorf("%d permits of 2", n)
	}
	a.kill()
	b.kill()
	ownHub().settleDown(t)
	if n, _ := s.Value(); n != 2 {
		t.Errorf("%d permits of 2 after deaths: one has come back twice", n)
	}
}

// settleDown waits until the hub has buried everybody.
func (h *hub) settleDown(t *testing.T) {
	t.Helper()
	eventually(t, patience, "the dead are buried", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return len(h.peers) == 0
	})
}

func TestItem5_8_NotifyWakesN(t *testing.T) {
	c := NewCondition(nil)
	var hands []*hand
	for range 4 {
		h := newPuppet(t, things{Cond: c})
		h.begin(pull{Do: "cond wait"})
		hands = append(hands, h)
	}
	awaitWaiting(t, c.ref, 4)
	if err := c.Notify(1); !isMisuse(err) {
		t.Errorf("Notify without the lock: %v", err)
	}
	notify := func(n int) {
		t.Helper()
		if err := c.L.Lock(within(t)); err != nil {
			t.Fatal(err)
		}
		if err := c.Notify(n); err != nil {
			t.Error(err)
		}
		if err := c.L.Unlock(); err != nil {
			t.Error(err)
		}
	}
	notify(0)
	notify(2)
	awaitWaiting(t, c.ref, 2)
	notify(10) // the surplus is forgotten
	for _, h := range hands {
		if p := h.end(); p.Err != "" {
			t.Error(p.Err)
		}
	}
	hands[0].refused(pull{Do: "cond wait", In: 5 * time.Millisecond}, context.DeadlineExceeded.Error()) // and it held the lock to unlock it
	hands[0].refused(pull{Do: "cond wait without lock"}, "without the condition's lock")
	hands[0].begin(pull{Do: "cond wait"})
	awaitWaiting(t, c.ref, 1)
	if err := c.L.Lock(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.NotifyAll(), c.L.Unlock()); err != nil {
		t.Error(err)
	}
	if p := hands[0].end(); p.Err != "" {
		t.Error(p.Err)
	}
}

// TestConditionOfNoLock: who recovers from the panic has a hub that works.
func TestConditionOfNoLock(t *testing.T) {
	other := &Lock{ref: &ref{&remote{hub: 1}, NewLock().ref.id}}
	for name, l := range map[string]*Lock{"zero": {}, "another process's": other} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, "not made by this process") {
					t.Errorf("recovered %q", text)
				}
				if !ownHub().mu.TryLock() {
					ownHub().mu.Unlock() // for the tests to come
					t.Fatal("the hub is locked for ever")
				}
				ownHub().mu.Unlock()
			}()
			NewCondition(l)
		})
	}
}

func TestItem5_9_WaitForTestsAgain(t *testing.T) {
	c := NewCondition(NewLock())
	n := 0
	var wg sync.WaitGroup
	wg.Go(func() {
		for range 3 {
			awaitWaiting(t, c.ref, 1)
			err := c.L.Lock(within(t))
			n++
			if err := errors.Join(err, c.NotifyAll(), c.L.Unlock()); err != nil {
				t.Error(err)
			}
		}
	})
	if err := c.L.Lock(within(t)); err != nil {
		t.Fatal(err)
	}
	tests := 0
	if err := c.WaitFor(within(t), func() bool { tests++; return n == 3 }); err != nil || tests != 4 {
		t.Errorf("%v after %d tests", err, tests)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := c.WaitFor(ctx, func() bool { return false }); !errors.Is(err, context.DeadlineExceeded) {
		t.Error(err)
	}
	if err := c.L.Unlock(); err != nil {
		t.Errorf("the lock is not held after WaitFor: %v", err)
	}
	wg.Wait()
}

func TestItem5_10_KilledWaiterStopsNobody(t *testing.T) {
	c := NewCondition(nil)
	a, b := newPuppet(t, things{Cond: c}), newPuppet(t, things{Cond: c})
	a.begin(pull{Do: "cond wait"})
	b.begin(pull{Do: "cond wait"})
	awaitWaiting(t, c.ref, 2)
	a.kill()
	if err := c.L.Lock(within(t)); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.NotifyAll(), c.L.Unlock()); err != nil {
		t.Error(err)
	}
	if p := b.end(); p.Err != "" {
		t.Error(p.Err)
	}
	// And one that is killed between its being woken and its having the lock.
	b.begin(pull{Do: "cond wait"})
	awaitWaiting(t, c.ref, 1)
	if err := errors.Join(c.L.Lock(within(t)), c.NotifyAll()); err != nil {
		t.Fatal(err)
	}
	b.kill()
	if err := errors.Join(c.L.Unlock(), c.L.Lock(within(t))); err != nil {
		t.Error(err)
	}
}

func TestItem5_11_Event(t *testing.T) {
	e := NewEvent()
	a, b := newPuppet(t, things{Event: e}), newPuppet(t, things{Event: e})
	a.begin(pull{Do: "await"})
	b.begin(pull{Do: "await"})
	awaitWaiting(t, e.ref, 2)
	if err := e.Set(); err != nil {
		t.Fatal(err)
	}
	a.end()
	b.end()
	a.do(pull{Do: "await"}) // it is set still
	if set, err := e.IsSet(); !set || err != nil {
		t.Errorf("IsSet: %v, %v", set, err)
	}
	if err := e.Clear(); err != nil {
		t.Fatal(err)
	}
	a.refused(pull{Do: "await", In: time.Millisecond}, context.DeadlineExceeded.Error())
	b.begin(pull{Do: "set on signal"})
	awaitWaiting(t, e.ref, 1)
	if err := syscall.Kill(b.process.Pid(), syscall.SIGUSR1); err != nil {
		t.Fatal(err)
	}
	if p := b.end(); p.Err != "" {
		t.Error(p.Err)
	}
}

func TestItem5_12_NeverGiven(t *testing.T) {
	ctx := within(t)
	var c Condition
	var b Barrier
	_, barrierErr := b.Wait(ctx)
	_, getErr := new(Queue[int]).Get(ctx)
	_, _, tryErr := new(Queue[int]).TryGet()
	_, loadErr := new(Value[int]).Load(ctx)
	_, elementErr := new(Array[int]).Get(ctx, 0)
	_, textErr := c.MarshalText()
	_, locklessErr := (&Condition{ref: NewCondition(nil).ref}).MarshalText()
	for i, err := range []error{
		new(Lock).Lock(ctx), new(Lock).Unlock(), new(RLock).Lock(ctx), new(Semaphore).Acquire(ctx),
		new(Semaphore).Release(), new(Event).Wait(ctx), new(Event).Set(), c.Wait(ctx), c.Notify(1), barrierErr,
		new(Queue[int]).Put(ctx, 1), getErr, tryErr, loadErr, elementErr,
		new(Array[int]).Set(ctx, 0, 1), textErr, locklessErr, new(JoinableQueue[int]).Join(ctx),
		new(Lock).UnmarshalText([]byte("lock 1 1")), new(Queue[int]).UnmarshalText([]byte("queue 1 1; false")),
	} {
		if !errors.Is(err, ErrNotShared) {
			t.Errorf("%d: %v", i, err)
		}
	}
	for i, zero := range []things{
		{Lock: new(Lock)}, {RLock: new(RLock)}, {Sem: new(Semaphore)}, {Event: new(Event)}, {Cond: new(Condition)},
		{Cond: &Condition{L: NewLock()}}, {Barrier: new(Barrier)}, {Value: new(Value[int64])}, {Array: new(Array[int32])},
	} {
		if err := puppet.Process(zero).Start(ctx); !errors.Is(err, ErrNotShared) {
			t.Errorf("a zero primitive as an argument, %d: %v", i, err)
		}
	}
	for _, err := range []error{
		unexported.Process(struct{ l *Lock }{NewLock()}).Start(ctx),
	} {
		if err == nil || !strings.Contains(err.Error(), "cannot be encoded") {
			t.Errorf("a Lock that would be lost on its way: %v", err)
		}
	}
	if err := misheld(reflect.TypeFor[[]struct{ L Lock }](), map[reflect.Type]bool{}); err == nil {
		t.Error("a Lock that is held by value is no mistake")
	}
	q := NewQueue[*Lock](0)
	if err := q.Put(ctx, NewLock()); err == nil {
		t.Error("a Lock was put into a queue")
	}
	// One whose maker is gone.
	if text, err := outlive(t); !errors.Is(err, ErrOwnerGone) {
		t.Errorf("a lock whose maker is dead: %v (%s)", err, text)
	}
}

var unexported = Register("unexported", func(context.Context, Job[struct{ l *Lock }]) (int, error) { return 0, nil })

// outlive meets the hub of a process that dies, without being its child.
func outlive(t *testing.T) (string, error) {
	ours, theirs, err := socketPair()
	if err != nil {
		t.Fatal(err)
	}
	far, err := newSocket(theirs)
	if err != nil {
		t.Fatal(err)
	}
	sock, err := newSocket(ours)
	if err != nil {
		t.Fatal(err)
	}
	r := newRemote(1234, sock)
	go r.read()
	result := make(chan error)
	go func() { result <- (&Lock{ref: &ref{r, 1}}).Lock(context.Background()) }()
	if _, err := far.Read(make([]byte, 100)); err != nil { // it has asked
		t.Fatal(err)
	}
	far.Close()
	err = <-result
	return fmt.Sprint(r.hub), errors.Join(err, (&Lock{ref: &ref{r, 1}}).Lock(context.Background()))
}

func TestRLockIsReentrant(t *testing.T) {
	l := NewRLock()
	a := newPuppet(t, things{RLock: l})
	a.do(pull{Do: "rlock"})
	a.do(pull{Do: "rlock"})
	if ok, err := l.TryLock(); ok || err != nil {
		t.Errorf("TryLock: %v, %v", ok, err)
	}
	if err := l.Unlock(); !isMisuse(err) {
		t.Errorf("Unlock by another process: %v", err)
	}
	a.do(pull{Do: "runlock"})
	if ok, _ := l.TryLock(); ok {
		t.Error("free after half of the unlocks")
	}
	a.do(pull{Do: "runlock"})
	if err := l.Lock(within(t)); err != nil {
		t.Error(err)
	}
	a.refused(pull{Do: "runlock"}, "does not hold")
}

func TestBarrier(t *testing.T) {
	b := NewBarrier(3)
	var hands []*hand
	for range 3 {
		hands = append(hands, newPuppet(t, things{Barrier: b}))
	}
	for range 3 { // again and again
		for _, h := range hands {
			h.begin(pull{Do: "meet"})
		}
		sum := 0
		for _, h := range hands {
			p := h.end()
			if p.Err != "" {
				t.Fatal(p.Err)
			}
			sum += p.N
		}
		if sum != 0+1+2 {
			t.Errorf("the parties' numbers add up to %d", sum)
		}
	}
	// Death breaks it, for those who wait and those who come.
	hands[0].begin(pull{Do: "meet"})
	hands[1].begin(pull{Do: "meet"})
	awaitWaiting(t, b.ref, 2)
	hands[1].kill()
	if p := hands[0].end(); p.Err != ErrBrokenBarrier.Error() {
		t.Errorf("beside a dead party: %q", p.Err)
	}
	if _, err := b.Wait(within(t)); !errors.Is(err, ErrBrokenBarrier) {
		t.Errorf("at a broken barrier: %v", err)
	}
	if err := b.Reset(); err != nil {
		t.Fatal(err)
	}
	hands[0].refused(pull{Do: "meet", In: time.Millisecond}, context.DeadlineExceeded.Error())
	if err := errors.Join(b.Reset(), b.Abort()); err != nil {
		t.Fatal(err)
	}
	hands[2].refused(pull{Do: "meet"}, ErrBrokenBarrier.Error())
	if n, err := b.Waiting(); n != 0 || err != nil {
		t.Errorf("%d wait, %v", n, err)
	}
}
