package pool

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"
)

// Semaphore is a number of permits that processes share: those it is passed to
// as an argument, or inside one. It is safe for concurrent use.
//
// The permits of a process that dies come back. A permit may be released by
// another process than took it: that settles the oldest debt, so that none
// comes back twice.
type Semaphore struct{ ref *ref }

// NewSemaphore makes a semaphore of n permits. Releasing may bring it above n.
// It panics when n is negative.
func NewSemaphore(n int) *Semaphore { return newSemaphore(n, 0) }

// NewBoundedSemaphore makes a semaphore of n permits that Release cannot bring
// above n. It panics when n is less than 1.
func NewBoundedSemaphore(n int) *Semaphore {
	if n < 1 {
		panic(fmt.Sprintf("pool: NewBoundedSemaphore: %d permits", n))
	}
	return newSemaphore(n, n)
}

func newSemaphore(n, bound int) *Semaphore {
	if n < 0 {
		panic(fmt.Sprintf("pool: NewSemaphore: %d permits", n))
	}
	return &Semaphore{ownHub().share(&permits{free: n, bound: bound, surplus: "release of a bounded semaphore that has all its permits"})}
}

// Acquire waits for a permit and takes it. The error is the cause of ctx, and
// then none was taken, or ErrOwnerGone or ErrNotShared.
func (s *Semaphore) Acquire(ctx context.Context) error {
	_, err := s.ref.ask(ctx, opAcquire, nil)
	return err
}

// TryAcquire takes a permit if one is free now, and tells whether it has. The
// error is ErrOwnerGone or ErrNotShared.
func (s *Semaphore) TryAcquire() (bool, error) {
	a, err := s.ref.ask(context.Background(), opTryAcquire, nil)
	return err == nil && a.outcome != outcomeNot, err
}

// Release gives a permit back, or adds one. The error is a *MisuseError when a
// bounded semaphore has all its permits, ErrOwnerGone or ErrNotShared.
func (s *Semaphore) Release() error {
	_, err := s.ref.ask(context.Background(), opRelease, nil)
	return err
}

// Value is how many permits are free now; soon it may be otherwise.
func (s *Semaphore) Value() (int, error) { return s.ref.number(opValue) }

// number asks for a number.
func (r *ref) number(o op) (int, error) {
	a, err := r.ask(context.Background(), o, nil)
	if err != nil {
		return 0, err
	}
	f := fieldsOf(a.body)
	return int(f.uint()), nil
}

const kindSemaphore = "semaphore"

// MarshalText gives what crosses when s is an argument of a process or a task.
func (s *Semaphore) MarshalText() ([]byte, error) { return s.ref.text(kindSemaphore) }

// UnmarshalText makes s the semaphore that was passed. The error is
// ErrNotShared when this process was not given it as an argument, or says that
// the text names no such thing.
func (s *Semaphore) UnmarshalText(text []byte) (err error) {
	s.ref, err = refOf(kindSemaphore, text)
	return err
}

func (s *Semaphore) passers() []passer { return []passer{s.ref} }

// permits is the state of a Semaphore or a Lock.
type permits struct {
	surplus string // what one release too many is
	free    int
	bound   int // 0: none
	debts   []debt
	waiting requests
	dead    *string // who died with one and was not yet spoken of
}

// debt is permits that a process has taken, in order of taking.
type debt struct {
	peer *peer
	n    int
}

func (s *permits) do(c *request) {
	switch c.op {
	case opAcquire:
		s.waiting.push(c)
		s.grant()
	case opTryAcquire:
		if s.free == 0 || len(s.waiting) > 0 {
			c.answer(outcomeNot, nil)
			return
		}
		s.waiting.push(c)
		s.grant()
	case opRelease:
		if s.bound > 0 && s.free == s.bound {
			c.refuse(s.surplus)
			return
		}
		s.settle(c.peer)
		s.free++
		c.answer(outcomeOK, nil)
		s.grant()
	case opValue:
		c.answer(outcomeOK, binary.AppendUvarint(nil, uint64(s.free)))
	default:
		c.refuse("unknown operation")
	}
}

// grant gives free permits to those who wait, in order.
func (s *permits) grant() {
	for s.free > 0 && len(s.waiting) > 0 {
		s.free--
		s.give(s.waiting.pop())
	}
}

func (s *permits) give(c *request) {
	if last := len(s.debts) - 1; last >= 0 && s.debts[last].peer == c.peer {
		s.debts[last].n++
	} else {
		s.debts = append(s.debts, debt{c.peer, 1})
	}
	dead := s.dead
	s.dead = nil
	switch {
	case dead == nil:
		c.answer(c.then, nil)
	case c.then == outcomeOK:
		c.answer(outcomeAbandoned, []byte(*dead))
	default: // it says both: see Condition.Wait
		c.answer(c.then, append([]byte{byte(outcomeAbandoned)}, *dead...))
	}
}

// settle takes one permit off the debts: the releaser's own, or the oldest.
func (s *permits) settle(p *peer) {
	i := max(0, slices.IndexFunc(s.debts, func(d debt) bool { return d.peer == p }))
	if i == len(s.debts) {
		return // it adds one
	}
	if s.debts[i].n--; s.debts[i].n == 0 {
		s.debts = slices.Delete(s.debts, i, i+1)
	}
}

// holds tells whether a process has a permit.
func (s *permits) holds(p *peer) bool {
	return slices.ContainsFunc(s.debts, func(d debt) bool { return d.peer == p })
}

func (s *permits) cancel(c *request) {
	if s.waiting.remove(c) {
		c.answer(outcomeCancelled, nil)
	}
}

func (s *permits) bury(p *peer) {
	s.waiting.bury(p)
	s.debts = slices.DeleteFunc(s.debts, func(d debt) bool {
		if d.peer != p {
			return false
		}
		s.free += d.n
		s.dead = &p.name
		return true
	})
	s.grant()
}
