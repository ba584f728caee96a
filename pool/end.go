package pool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"sync"
	"time"
)

// way is what an end can do; 0 is both.
type way byte

const (
	receives way = 1 + iota
	sends
)

// end is an end of a pipe of bytes. A message is its length in 4 bytes, little
// endian, and then so many.
type end struct {
	token uint64
	way   way
	sock  *socket

	sending turn
	out     []byte
	torn    error // a message was sent in part

	receiving turn
	reader    *spinReader
	in        inbox

	mu   sync.Mutex
	over error // why it cannot be used here
}

// turn is had by one goroutine at a time. Unlike for a mutex, others wait for it
// no longer than they want to.
type turn chan struct{}

func (t turn) try() bool {
	select {
	case t <- struct{}{}:
		return true
	default:
		return false
	}
}

func (t turn) take(ctx context.Context) error {
	if t.try() { // whatever has become of ctx
		return nil
	}
	select {
	case t <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (t turn) end() { <-t }

func newEnd(f *os.File, w way) (*end, error) {
	sock, err := newSocket(f)
	if err != nil {
		return nil, err
	}
	reader, err := newSpinReader(sock)
	if err != nil {
		sock.Close()
		return nil, err
	}
	return &end{
		token: rand.Uint64(), way: w, sock: sock, reader: reader,
		sending: make(turn, 1), receiving: make(turn, 1),
	}, nil
}

func (e *end) usable() error {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.over
}

// close closes the socket, and says why this end cannot be used any more.
func (e *end) close(why error) {
	e.mu.Lock()
	passed := e.over == ErrPassed
	if e.over == nil {
		e.over = why
	}
	e.mu.Unlock()
	if !passed { // else it may have to be delivered still
		e.sock.Close()
	}
}

func (e *end) send(ctx context.Context, encode func([]byte) ([]byte, error)) error {
	if e.way == receives {
		return ErrReadOnly
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	settlePuts(nil)
	if err := e.sending.take(ctx); err != nil {
		return err
	}
	defer e.sending.end()
	if err := e.usable(); err != nil {
		return err
	}
	if e.torn != nil {
		return e.torn
	}
	out, err := encode(append(e.out[:0], 0, 0, 0, 0))
	if err != nil {
		return err
	}
	endMessage(out)
	if e.out = out; cap(out) > 16*frameTarget {
		e.out = nil
	}
	n, err := e.sock.tryWrite(out)
	if err != nil || n == len(out) {
		return e.explain(ctx, err)
	}
	err = e.within(ctx, e.sock.SetWriteDeadline, func() error {
		m, err := e.sock.Write(out[n:])
		n += m
		return err
	})
	if err != nil && n > 0 {
		e.torn = fmt.Errorf("pool: the pipe is broken: an earlier Send ended in the middle: %v", err)
	}
	return err
}

func (e *end) recv(ctx context.Context) (body []byte, err error) {
	if e.way == sends {
		return nil, ErrWriteOnly
	}
	if err := e.receiving.take(ctx); err != nil {
		return nil, err
	}
	defer e.receiving.end()
	if err := e.usable(); err != nil {
		return nil, err
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	for {
		body, ok, err := e.in.message()
		if ok || err != nil {
			return body, err
		}
		n, ok, err := e.reader.try(e.in.room())
		if !ok {
			err = e.wait(ctx)
		} else {
			err = e.explain(ctx, e.in.add(n, endOfFile(err)))
		}
		if err != nil {
			return nil, err
		}
	}
}

// wait waits for something to read, and reads it.
func (e *end) wait(ctx context.Context) error {
	return e.within(ctx, e.sock.SetReadDeadline, func() error {
		n, err := e.reader.wait(e.in.room())
		return e.in.add(n, endOfFile(err))
	})
}

// endOfFile is what a reader makes of a hangup: the other end died with
// something unread.
func endOfFile(err error) error {
	if isHangup(err) {
		return io.EOF
	}
	return err
}

func (e *end) poll(timeout time.Duration) (bool, error) {
	if e.way == sends {
		return false, ErrWriteOnly
	}
	until := time.Now().Add(timeout)
	if !e.receiving.try() {
		if timeout <= 0 {
			return false, e.usable()
		}
		ctx, cancel := context.WithDeadline(context.Background(), until)
		defer cancel()
		if e.receiving.take(ctx) != nil {
			return false, e.usable()
		}
	}
	defer e.receiving.end()
	if err := e.usable(); err != nil {
		return false, err
	}
	if len(e.in.unread) > 0 {
		return true, nil
	}
	if ready := e.sock.ready(); ready || timeout <= 0 {
		return ready, nil
	}
	ctx, cancel := context.WithDeadline(context.Background(), until)
	defer cancel()
	err := e.wait(ctx)
	switch {
	case err == context.DeadlineExceeded:
		return false, nil
	case err == io.EOF || err == nil:
		return true, nil
	}
	return false, err
}

// within does something with the socket that ends when ctx does.
func (e *end) within(ctx context.Context, setDeadline func(time.Time) error, do func() error) error {
	var over chan struct{}
	stop := func() bool { return true }
	if ctx.Done() != nil {
		over = make(chan struct{})
		stop = context.AfterFunc(ctx, func() {
			defer close(over)
			_ = setDeadline(time.Unix(1, 0)) // fails only when it is closed
		})
	}
	err := do()
	if !stop() {
		<-over
		_ = setDeadline(time.Time{})
	}
	return e.explain(ctx, err)
}

// explain says what the socket's error means.
func (e *end) explain(ctx context.Context, err error) error {
	switch {
	case err == nil || err == io.EOF || err == io.ErrUnexpectedEOF || errors.Is(err, errMalformed):
		return err
	case errors.Is(err, os.ErrDeadlineExceeded):
		return context.Cause(ctx)
	}
	if why := e.usable(); why != nil {
		return why
	}
	if isHangup(err) {
		return io.ErrClosedPipe
	}
	return err
}

// errInUse is the error of an end that is passed while it sends or receives.
var errInUse = &MisuseError{"this end of the pipe is in use, so that it cannot be given away"}

// claim implements passer: an end goes to one process.
func (e *end) claim() error {
	if e == nil {
		return ErrPipeClosed
	}
	if !e.sending.try() {
		return errInUse
	}
	defer e.sending.end()
	if !e.receiving.try() {
		return errInUse
	}
	defer e.receiving.end()
	if e.torn != nil {
		return e.torn
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over != nil {
		return e.over
	}
	e.over = ErrPassed
	return nil
}

// readAhead is what has been read of messages that nobody has received. It goes
// along with an end that is passed.
func (e *end) readAhead() []byte {
	if e.usable() != ErrPassed {
		return nil // it may be in use
	}
	return e.in.unread
}

// passTo implements passer.
func (e *end) passTo(g *guest, task uint64) error {
	f, err := e.sock.File()
	if err != nil {
		return err
	}
	defer f.Close()
	return g.sendFile(e.token, task, f)
}

// settle implements passer.
func (e *end) settle(passed bool) {
	if passed {
		e.sock.Close()
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.over = nil
}
