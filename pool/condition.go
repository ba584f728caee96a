package pool

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Condition lets processes wait, without the lock that guards some state,
// until another has changed that state. It is safe for concurrent use.
type Condition struct {
	// L is held around Wait, WaitFor, Notify and NotifyAll.
	L   *Lock
	ref *ref
}

// NewCondition makes a condition with a lock, or with one of its own when l is
// nil. It panics when l was not made by this process.
func NewCondition(l *Lock) *Condition {
	if l == nil {
		l = NewLock()
	}
	h := ownHub()
	if l.ref == nil || l.ref.at != station(h) { // before the hub is locked: who recovers still needs it
		panic("pool: NewCondition: the lock was not made by this process")
	}
	h.mu.Lock()
	e := h.shared[l.ref.id] // it is there as long as l is
	h.mu.Unlock()
	return &Condition{L: l, ref: h.share(&condition{lock: e.resource.(*permits)})}
}

// Wait frees the lock, waits to be notified, and takes the lock again, which
// is held when Wait returns whatever happened, but for ErrOwnerGone,
// ErrNotShared, and the *MisuseError that this process did not hold it. Else
// the error is the cause of ctx. As ever with conditions, test again what was
// waited for: WaitFor does.
func (c *Condition) Wait(ctx context.Context) error {
	a, err := c.ref.ask(ctx, opWait, nil)
	if err != nil {
		return err
	}
	if a.outcome != outcomeNot {
		c.L.tell(a)
		return nil
	}
	// Withdrawn, and the lock is held again: a body says that it was abandoned.
	if len(a.body) > 0 {
		a = reply{outcome(a.body[0]), a.body[1:]}
	}
	c.L.tell(a)
	return context.Cause(ctx)
}

// WaitFor waits until met, which is called with the lock held, is true. The
// errors are Wait's.
func (c *Condition) WaitFor(ctx context.Context, met func() bool) error {
	for !met() {
		if err := c.Wait(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Notify wakes n of those who wait; what is too much is forgotten. The error is
// a *MisuseError when this process does not hold the lock, ErrOwnerGone or
// ErrNotShared.
func (c *Condition) Notify(n int) error {
	if n < 0 {
		return &MisuseError{fmt.Sprintf("notify of %d", n)}
	}
	_, err := c.ref.ask(context.Background(), opNotify, binary.AppendUvarint(nil, uint64(n)))
	return err
}

// NotifyAll wakes all who wait. The errors are Notify's.
func (c *Condition) NotifyAll() error { return c.Notify(1<<31 - 1) }

const kindCondition = "condition"

// MarshalText gives what crosses when c is an argument of a process or a task.
func (c *Condition) MarshalText() ([]byte, error) {
	own, err := c.ref.text(kindCondition)
	if err != nil {
		return nil, err
	}
	if c.L == nil {
		return nil, ErrNotShared
	}
	lock, err := c.L.MarshalText()
	return fmt.Appendf(own, "; %s", lock), err
}

// UnmarshalText makes c the condition that was passed. The error is
// ErrNotShared when this process was not given it as an argument, or says that
// the text names no such thing.
func (c *Condition) UnmarshalText(text []byte) error {
	own, lock, _ := strings.Cut(string(text), "; ")
	c.L = new(Lock)
	var err error
	c.ref, err = refOf(kindCondition, []byte(own))
	return errors.Join(err, c.L.UnmarshalText([]byte(lock)))
}

func (c *Condition) passers() []passer {
	if c.L == nil {
		return []passer{(*ref)(nil)}
	}
	return []passer{c.ref, c.L.ref}
}

// condition is the state of a Condition.
type condition struct {
	lock    *permits
	waiting requests
}

func (s *condition) do(c *request) {
	if (c.op == opWait || c.op == opNotify) && !s.lock.holds(c.peer) {
		c.refuse("wait or notify without the condition's lock")
		return
	}
	switch c.op {
	case opWait:
		s.waiting.push(c)
		s.lock.settle(c.peer)
		s.lock.free++
		s.lock.grant()
	case opNotify:
		f := fieldsOf(c.body)
		for n := f.uint(); n > 0 && len(s.waiting) > 0; n-- {
			s.retake(s.waiting.pop(), outcomeOK)
		}
		c.answer(outcomeOK, nil)
	default:
		c.refuse("unknown operation")
	}
}

// retake has a waiter stand in line for the lock again.
func (s *condition) retake(c *request, then outcome) {
	c.then = then
	s.lock.waiting.push(c)
	s.lock.grant()
}

func (s *condition) cancel(c *request) {
	if s.waiting.remove(c) {
		s.retake(c, outcomeNot)
	}
}

func (s *condition) bury(p *peer) { s.waiting.bury(p) }
