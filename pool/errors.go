package pool

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"
)

var (
	// ErrClosed is the error of whatever needs a pool that was closed.
	ErrClosed = errors.New("pool: closed")
	// ErrNotClosed is the error of a Wait for a pool that nothing would ever
	// end: it needs Close or Terminate first.
	ErrNotClosed = errors.New("pool: Wait needs Close or Terminate first")
	// ErrTooLarge is the error of a task of more than 512 MiB, encoded. For an
	// answer of that size the error is a *TaskError with this text.
	ErrTooLarge = errors.New("pool: task or answer is larger than 512 MiB")
	// ErrOtherProgram is the error of a child that turns out to be another
	// version of the program than its starter: the binary was replaced.
	ErrOtherProgram = errors.New("pool: the child runs another version of the program: the binary was replaced meanwhile")
	// ErrNotStarted, ErrStarted and ErrRunning are errors of a Process's
	// methods that are called at the wrong time.
	ErrNotStarted = errors.New("not started")
	ErrStarted    = errors.New("started already")
	ErrRunning    = errors.New("still running")
	// ErrParentGone is the cause with which the context of a Process's
	// function ends when the process that started it has: half a second later
	// it is ended.
	ErrParentGone = errors.New("pool: the parent process is gone")
)

// TaskError is an error that a registered function returned in its worker, or
// its panic: what crosses of an error is its text, not its type.
type TaskError struct {
	Panic   bool
	Timeout bool // it was context.DeadlineExceeded there, which errors.Is finds
	Text    string
	Stack   string // of a panic
}

// Error gives the remote text; a panic is named as one.
func (e *TaskError) Error() string {
	if e.Panic {
		return "panic: " + e.Text
	}
	return e.Text
}

// Is tells that a time-out of the function is context.DeadlineExceeded.
func (e *TaskError) Is(target error) bool { return e.Timeout && target == context.DeadlineExceeded }

// IndexError is the error of one task of a Map.
type IndexError struct {
	Index int // of the task, from 0
	Err   error
}

// Error names the index.
func (e *IndexError) Error() string { return fmt.Sprintf("task %d: %v", e.Index, e.Err) }

// Unwrap gives the task's error.
func (e *IndexError) Unwrap() error { return e.Err }

// MapError is the error of a Map of which at least one task failed.
type MapError struct {
	Tasks    int           // of the Map, failed or not
	Failures []*IndexError // in order
}

// Error tells how many failed, and why the first did.
func (e *MapError) Error() string {
	return fmt.Sprintf("%d of %d tasks failed; the first: %v", len(e.Failures), e.Tasks, e.Failures[0])
}

// Unwrap gives the failures, for errors.Is and errors.As.
func (e *MapError) Unwrap() []error {
	errs := make([]error, len(e.Failures))
	for i, f := range e.Failures {
		errs[i] = f
	}
	return errs
}

// LostError is the error of a task that took its worker with it time and
// again, alone, and is not tried any more; or that a lost worker may have begun,
// and that must not be begun again: see Options.Replayable. Then Cause says so.
type LostError struct {
	Worker string // name of the last worker, such as Process-7
	Pid    int    // its process id
	Cause  string // how it died, in words
	Deaths int    // how many workers died while they held this task alone
}

// Error says how the worker died, and how often.
func (e *LostError) Error() string {
	if e.Deaths <= 1 {
		return fmt.Sprintf("%s (%s, pid %d)", e.Cause, e.Worker, e.Pid)
	}
	return fmt.Sprintf("%s (%d workers lost with this task alone; the last was %s, pid %d)", e.Cause, e.Deaths, e.Worker, e.Pid)
}

// DeadlineError is the error of a task that did not end in its time nor when
// its context did, so that its worker was killed.
type DeadlineError struct {
	Worker  string
	Pid     int
	Timeout time.Duration // Options.Timeout
}

// Is tells that it is context.DeadlineExceeded.
func (e *DeadlineError) Is(target error) bool { return target == context.DeadlineExceeded }

// Error says for how long the task ran.
func (e *DeadlineError) Error() string {
	return fmt.Sprintf("ran on for %v after its time-out of %v, so its worker was killed (%s, pid %d)", hardGrace, e.Timeout, e.Worker, e.Pid)
}

// StartError is the error of every task when workers cannot be started: the
// pool has given up.
type StartError struct {
	Failures int   // in a row
	Err      error // the last one
}

// Error gives the last failure.
func (e *StartError) Error() string {
	return fmt.Sprintf("no worker could be started (%d tries): %v", e.Failures, e.Err)
}

// Unwrap gives the last failure.
func (e *StartError) Unwrap() error { return e.Err }

// ExitError is the error of a Process that ended otherwise than by its function
// and not with exit code 0.
type ExitError struct {
	Process string         // its name
	Pid     int            // its process id
	Code    int            // exit code; the negative number of the signal that killed it
	Known   bool           // false when somebody else has waited for it, so that Code is unknown
	Signal  syscall.Signal // that killed it, or 0
	Cause   string         // in words
	Err     error          // why it never ran its function, such as ErrOtherProgram, or nil
}

// Error says how the process ended.
func (e *ExitError) Error() string {
	return fmt.Sprintf("pool: %s (pid %d): %s", e.Process, e.Pid, e.Cause)
}

// Unwrap gives the reason why the function never ran, if there is one.
func (e *ExitError) Unwrap() error { return e.Err }
