package pool

import "context"

// RLock is a Lock that its holder may take again, and must free as often. The
// holder is a process: its goroutines do not exclude each other, since Go does
// not tell them apart. Unlike a Lock, only its holder can free it. It is safe
// for concurrent use.
type RLock struct{ lock Lock }

// NewRLock makes a lock that nobody holds.
func NewRLock() *RLock { return &RLock{Lock{ref: ownHub().share(&tenure{})}} }

// Lock is Lock.Lock: it waits until this process has the lock, and returns at
// once when it has it already.
func (l *RLock) Lock(ctx context.Context) error { return l.lock.Lock(ctx) }

// TryLock is Lock.TryLock.
func (l *RLock) TryLock() (bool, error) { return l.lock.TryLock() }

// Abandoned is Lock.Abandoned. It tells the same until the lock is free again,
// however often it is taken meanwhile.
func (l *RLock) Abandoned() error { return l.lock.Abandoned() }

// Unlock takes back one Lock; the last frees it. The error is a *MisuseError
// when this process does not hold it, ErrOwnerGone or ErrNotShared.
func (l *RLock) Unlock() error { return l.lock.Unlock() }

const kindRLock = "rlock"

// MarshalText gives what crosses when l is an argument of a process or a task.
func (l *RLock) MarshalText() ([]byte, error) { return l.lock.ref.text(kindRLock) }

// UnmarshalText makes l the lock that was passed. The error is ErrNotShared
// when this process was not given it as an argument, or says that the text
// names no such thing.
func (l *RLock) UnmarshalText(text []byte) (err error) {
	l.lock.ref, err = refOf(kindRLock, text)
	return err
}

func (l *RLock) passers() []passer { return l.lock.passers() }

// tenure is the state of an RLock.
type tenure struct {
	holder  *peer
	depth   int
	waiting requests
	dead    *string // who died with it and has had no successor
	before  *string // who died with it just before its holder got it
}

func (l *tenure) do(c *request) {
	switch c.op {
	case opAcquire, opTryAcquire:
		switch {
		case l.holder == c.peer:
			l.again(c)
		case l.holder == nil:
			l.give(c)
		case c.op == opTryAcquire:
			c.answer(outcomeNot, nil)
		default:
			l.waiting.push(c)
		}
	case opRelease:
		if l.holder != c.peer {
			c.refuse("release of an rlock that this process does not hold")
			return
		}
		l.depth--
		c.answer(outcomeOK, nil)
		l.next()
	default:
		c.refuse("unknown operation")
	}
}

func (l *tenure) give(c *request) {
	l.holder, l.depth = c.peer, 0
	l.before, l.dead = l.dead, nil
	l.again(c)
}

// again lets the holder have the lock once more. All answers of one tenure say
// the same of the holder before, so that it does not matter which of them
// arrives last.
func (l *tenure) again(c *request) {
	l.depth++
	if l.before != nil {
		c.answer(outcomeAbandoned, []byte(*l.before))
		return
	}
	c.answer(outcomeOK, nil)
}

// next hands the lock on, if it is free.
func (l *tenure) next() {
	if l.depth > 0 {
		return
	}
	l.holder = nil
	if len(l.waiting) == 0 {
		return
	}
	l.give(l.waiting.pop())
	// Whatever else its new holder's goroutines have asked for, it has too.
	l.waiting.drop(func(c *request) bool {
		if c.peer != l.holder {
			return false
		}
		l.again(c)
		return true
	})
}

func (l *tenure) cancel(c *request) {
	if l.waiting.remove(c) {
		c.answer(outcomeCancelled, nil)
	}
}

func (l *tenure) bury(p *peer) {
	l.waiting.bury(p)
	if l.holder == p {
		l.depth, l.dead = 0, &p.name
		l.next()
	}
}
