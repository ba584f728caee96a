package pool

import (
	"context"
	"sync/atomic"
)

// Lock is held by one process at a time, of those it is passed to as an
// argument, or inside one. It is safe for concurrent use; goroutines of one
// process exclude each other too.
//
// When the process that holds it dies, the next one gets it, and Abandoned
// tells it so: what the lock guards may be half-done.
type Lock struct {
	ref       *ref
	abandoned atomic.Pointer[AbandonedError]
}

// NewLock makes a lock that nobody holds.
func NewLock() *Lock {
	return &Lock{ref: ownHub().share(&permits{free: 1, bound: 1, surplus: "unlock of a lock that nobody holds"})}
}

// AbandonedError tells that the process that held a lock before has died with
// it.
type AbandonedError struct {
	// Name is the dead process's, such as Process-3; "" when it is not known.
	Name string
}

// Error names the process.
func (e *AbandonedError) Error() string {
	if e.Name == "" {
		return "pool: the lock's last holder died with it"
	}
	return "pool: the lock's last holder, " + e.Name + ", died with it"
}

// Lock waits until this process has the lock. The error is the cause of ctx,
// ErrOwnerGone or ErrNotShared, and then it has not. Where a holder's death
// matters, ask Abandoned afterwards.
func (l *Lock) Lock(ctx context.Context) error {
	a, err := l.ref.ask(ctx, opAcquire, nil)
	if err == nil {
		l.tell(a)
	}
	return err
}

// TryLock takes the lock if it is free now, and tells whether it has. The error
// is ErrOwnerGone or ErrNotShared.
func (l *Lock) TryLock() (bool, error) {
	a, err := l.ref.ask(context.Background(), opTryAcquire, nil)
	if err != nil || a.outcome == outcomeNot {
		return false, err
	}
	l.tell(a)
	return true, nil
}

func (l *Lock) tell(a reply) {
	if a.outcome == outcomeAbandoned {
		l.abandoned.Store(&AbandonedError{string(a.body)})
	} else {
		l.abandoned.Store(nil)
	}
}

// Abandoned tells the holder whether the process that held the lock before has
// died with it: then it is an *AbandonedError, else nil.
func (l *Lock) Abandoned() error {
	if e := l.abandoned.Load(); e != nil {
		return e
	}
	return nil
}

// Unlock frees the lock. As in Python, any process may do that, not only the
// holder. The error is a *MisuseError when nobody holds it, ErrOwnerGone or
// ErrNotShared.
func (l *Lock) Unlock() error {
	_, err := l.ref.ask(context.Background(), opRelease, nil)
	return err
}

const kindLock = "lock"

// MarshalText gives what crosses when l is an argument of a process or a task.
func (l *Lock) MarshalText() ([]byte, error) { return l.ref.text(kindLock) }

// UnmarshalText makes l the lock that was passed. The error is ErrNotShared
// when this process was not given it as an argument, or says that the text
// names no such thing.
func (l *Lock) UnmarshalText(text []byte) (err error) {
	l.ref, err = refOf(kindLock, text)
	return err
}

func (l *Lock) passers() []passer { return []passer{l.ref} }
