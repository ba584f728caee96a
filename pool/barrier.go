package pool

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// ErrBrokenBarrier is the error of a Barrier at which one of those who waited
// has died or given up, or that was aborted.
var ErrBrokenBarrier = errors.New("pool: the barrier is broken")

// Barrier lets a fixed number of processes, or goroutines of them, wait for
// each other, again and again. It is safe for concurrent use.
type Barrier struct{ ref *ref }

// NewBarrier makes a barrier for n parties. It panics when n is less than 1.
func NewBarrier(n int) *Barrier {
	if n < 1 {
		panic(fmt.Sprintf("pool: NewBarrier: %d parties", n))
	}
	return &Barrier{ownHub().share(&barrier{parties: n})}
}

// Wait waits until all parties do, and returns which one this is, from 0: the
// order of their coming. When ctx is done first, or a party dies while it
// waits, the barrier breaks: then the error is the cause of ctx, and
// ErrBrokenBarrier for all others until Reset; or ErrOwnerGone or ErrNotShared.
func (b *Barrier) Wait(ctx context.Context) (int, error) {
	a, err := b.ref.ask(ctx, opWait, nil)
	if err != nil {
		return 0, err
	}
	if a.outcome == outcomeBroken {
		return 0, ErrBrokenBarrier
	}
	f := fieldsOf(a.body)
	return int(f.uint()), nil
}

// Abort breaks the barrier. The error is ErrOwnerGone or ErrNotShared.
func (b *Barrier) Abort() error {
	_, err := b.ref.ask(context.Background(), opAbort, nil)
	return err
}

// Reset makes it whole and empty: those who wait get ErrBrokenBarrier. The
// error is ErrOwnerGone or ErrNotShared.
func (b *Barrier) Reset() error {
	_, err := b.ref.ask(context.Background(), opReset, nil)
	return err
}

// Waiting is how many wait now. The error is ErrOwnerGone or ErrNotShared.
func (b *Barrier) Waiting() (int, error) { return b.ref.number(opValue) }

const kindBarrier = "barrier"

// MarshalText gives what crosses when b is an argument of a process or a task.
func (b *Barrier) MarshalText() ([]byte, error) { return b.ref.text(kindBarrier) }

// UnmarshalText makes b the barrier that was passed. The error is ErrNotShared
// when this process was not given it as an argument, or says that the text
// names no such thing.
func (b *Barrier) UnmarshalText(text []byte) (err error) {
	b.ref, err = refOf(kindBarrier, text)
	return err
}

func (b *Barrier) passers() []passer { return []passer{b.ref} }

// barrier is the state of a Barrier.
type barrier struct {
	parties int
	broken  bool
	waiting requests
}

func (b *barrier) do(c *request) {
	switch c.op {
	case opWait:
		if b.broken {
			c.answer(outcomeBroken, nil)
			return
		}
		if b.waiting.push(c); len(b.waiting) == b.parties {
			for i := range b.parties {
				b.waiting.pop().answer(outcomeOK, binary.AppendUvarint(nil, uint64(i)))
			}
		}
	case opAbort:
		b.smash(true)
		c.answer(outcomeOK, nil)
	case opReset:
		b.smash(false)
		c.answer(outcomeOK, nil)
	case opValue:
		c.answer(outcomeOK, binary.AppendUvarint(nil, uint64(len(b.waiting))))
	default:
		c.refuse("unknown operation")
	}
}

func (b *barrier) smash(broken bool) {
	b.broken = broken
	for len(b.waiting) > 0 {
		b.waiting.pop().answer(outcomeBroken, nil)
	}
}

func (b *barrier) cancel(c *request) {
	if b.waiting.remove(c) {
		c.answer(outcomeCancelled, nil)
		b.smash(true)
	}
}

func (b *barrier) bury(p *peer) {
	if b.waiting.bury(p) {
		b.smash(true)
	}
}
