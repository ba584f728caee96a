package pool

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync/atomic"
	"syscall"
)

// childEnv marks a process as a child. Together with a socket as descriptor 3
// it is what Main goes by; argv[0] would fool it when a user renames the
// program.
const childEnv = "POOL_CHILD"

const childFD = 3

// mainCalled tells whether Main has run: a coordinator whose main function
// never calls it would start copies of itself that start copies.
var mainCalled atomic.Bool

// Main does what the process is there for if a Pool or a Process started it,
// and then does not return. Otherwise it returns at once. It must be the first
// call of a program's main function, and of TestMain in tests that use this
// package: children are the same binary, executed again.
func Main() {
	mainCalled.Store(true)
	binaryID()
	if os.Getenv(childEnv) == "" || !isSocket(childFD) {
		return // also when somebody has set the variable by hand
	}
	os.Unsetenv(childEnv) // a child's own children are no children of ours
	// A broken standard output shall be an error of the write, and not the
	// end of the process. Ignoring the signal instead would be inherited.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	if err := childMain(); err != nil {
		fmt.Fprintf(os.Stderr, "pool: child: %v\n", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func childMain() error {
	socket, err := newSocket(os.NewFile(childFD, "coordinator"))
	if err != nil {
		return fmt.Errorf("descriptor %d: %w", childFD, err)
	}
	c := newConn(socket)
	h, err := c.hello()
	if err == nil {
		introduce(h, c.gone)
		err = h.prepare()
	}
	if readyErr := c.ready(err); err == nil {
		err = readyErr
	}
	if err != nil {
		return err
	}
	c.takesFiles = h.takesFiles
	c.serve(max(1, h.slots))
	if h.once {
		return c.runOnce()
	}
	c.work(h)
	return nil
}

// work is what a worker of a pool does, until its coordinator hangs up, which is
// how workers are told to go, or dies. Nobody waits for what is in hand then.
func (c *conn) work(h hello) {
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		// It fails only with the connection, and there is nobody to be told.
		_ = Work(context.Background(), c, h.slots, h.handler())
	}()
	select {
	case <-c.gone:
	case <-ended: // the same, met by a slot that answers
	}
	endSoon()
	runHooks()
}

// runOnce is what a Process does: one task, whose answer nobody wants but for
// its error. It returns only when the task does not come.
func (c *conn) runOnce() error {
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() {
		<-c.gone
		endSoon()
		cancel(ErrParentGone)
	}()
	l, err := c.Next(ctx)
	if err != nil {
		return err
	}
	var verdict []byte
	ran := make(chan struct{})
	go func() {
		defer close(ran)
		verdict = appendFailure(nil, errGoexit) // unless it returns
		verdict = answer(ctx, l, nil)
	}()
	<-ran
	code := 0
	if failure := failureOf(verdict); failure != nil {
		code = 1
		fmt.Fprintf(os.Stderr, "%s: %v\n%s", Current().Name, failure, failure.Stack)
	} else {
		verdict = verdict[:1]
	}
	if err := l.Done(ctx, verdict); err == nil {
		c.flush()
	}
	Exit(code)
	return nil
}
