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

var (
	// ErrPassed is the error of an end of a pipe that was given to another
	// process: it is that one's now.
	ErrPassed = errors.New("pool: this end of the pipe was given to another process")
	// ErrPipeClosed is the error of an end that was closed here, or that
	// NewPipe has not made.
	ErrPipeClosed = errors.New("pool: this end of the pipe is closed")
	// ErrReadOnly and ErrWriteOnly are the errors of the wrong end of a
	// one-way pipe.
	ErrReadOnly  = errors.New("pool: this end of the pipe can only receive")
	ErrWriteOnly = errors.New("pool: this end of the pipe can only send")
)

// PipeEnd is one of the two ends of a pipe. Either may be passed to another
// process, as an argument of a Process or a task: it is moved there, so that
// each end is in one process, and the other end learns when that one is gone.
// A PipeEnd is safe for concurrent use: messages never mix.
type PipeEnd[T any] struct {
	end   *end
	codec codec[T]
}

// NewPipe makes a pipe whose two ends both send and receive. Values cross as
// tasks do, see Register. The caller must close both ends, unless they are
// passed on. The error is the system's, such as too many open files.
func NewPipe[T any]() (a, b *PipeEnd[T], err error) { return newPipe[T](0, 0) }

// NewOneWayPipe makes a pipe with one end that only receives, and one that only
// sends. Otherwise it is as NewPipe.
func NewOneWayPipe[T any]() (receiver, sender *PipeEnd[T], err error) {
	return newPipe[T](receives, sends)
}

func newPipe[T any](a, b way) (_, _ *PipeEnd[T], err error) {
	f, g, err := socketPair()
	if err != nil {
		return nil, nil, err
	}
	ends := make([]*PipeEnd[T], 2)
	for i, file := range []*os.File{f, g} {
		e, failed := newEnd(file, []way{a, b}[i])
		err = errors.Join(err, failed)
		ends[i] = &PipeEnd[T]{e, codecOf[T]()}
	}
	if err != nil {
		return nil, nil, err
	}
	return ends[0], ends[1], nil
}

// Send sends a value. It waits while the other side is far behind in receiving.
// The error is the cause of ctx, and then the pipe is broken if a part of the
// value had gone; io.ErrClosedPipe when the other end is gone; ErrPassed,
// ErrPipeClosed, ErrReadOnly, ErrTooLarge, or why the value cannot be encoded.
func (p *PipeEnd[T]) Send(ctx context.Context, v T) error {
	if p.end == nil {
		return ErrPipeClosed
	}
	return p.end.send(ctx, func(dst []byte) ([]byte, error) { return encodeMessage(p.codec, v, dst) })
}

// Recv receives a value. The error is io.EOF when the other end is gone and
// everything it sent has been received, io.ErrUnexpectedEOF when it died in the
// middle of sending; the cause of ctx, and then nothing is lost; ErrPassed,
// ErrPipeClosed, ErrWriteOnly, or why the value cannot be decoded.
func (p *PipeEnd[T]) Recv(ctx context.Context) (v T, err error) {
	if p.end == nil {
		return v, ErrPipeClosed
	}
	body, err := p.end.recv(ctx)
	if err != nil {
		return v, err
	}
	if v, err = p.codec.decode(body); err != nil {
		err = fmt.Errorf("pool: message cannot be decoded: %w", err)
	}
	return v, err
}

// Poll waits until Recv has something to receive, an end of file too, for at
// most the given time; 0 or less: not at all. It tells whether there is. The
// error is ErrPassed, ErrPipeClosed or ErrWriteOnly.
func (p *PipeEnd[T]) Poll(timeout time.Duration) (bool, error) {
	if p.end == nil {
		return false, ErrPipeClosed
	}
	return p.end.poll(timeout)
}

// Close closes this end here: the other then meets io.EOF. It wakes who sends
// or receives. Closing twice is fine, and so is closing an end that was passed.
func (p *PipeEnd[T]) Close() error {
	if p.end != nil {
		p.end.close(ErrPipeClosed)
	}
	return nil
}

const kindPipe = "pipe"

// MarshalText gives what crosses when p is an argument of a process or a task.
func (p *PipeEnd[T]) MarshalText() ([]byte, error) {
	if p.end == nil {
		return nil, ErrPipeClosed
	}
	return fmt.Appendf(nil, "%s %x %d", kindPipe, p.end.token, p.end.way), nil
}

// UnmarshalText makes p the end that was passed. The error is ErrNotShared
// when this process was not given it as an argument.
func (p *PipeEnd[T]) UnmarshalText(text []byte) error {
	var token uint64
	var w way
	if _, err := fmt.Sscanf(string(text), kindPipe+" %x %d", &token, &w); err != nil {
		return fmt.Errorf("pool: %q names no %s", text, kindPipe)
	}
	file := claim(token)
	if file == nil {
		return fmt.Errorf("%s: %w", kindPipe, ErrNotShared)
	}
	e, err := newEnd(file, w)
	p.end, p.codec = e, codecOf[T]()
	return err
}

func (p *PipeEnd[T]) passers() []passer { return []passer{p.end} }

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

	sending sync.Mutex
	out     []byte
	torn    error // a message was sent in part

	receiving sync.Mutex
	reader    *spinReader
	in        inbox

	mu   sync.Mutex
	over error // why it cannot be used here
}

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
	return &end{token: rand.Uint64(), way: w, sock: sock, reader: reader}, nil
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
	settlePuts()
	e.sending.Lock()
	defer e.sending.Unlock()
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
		e.torn = err
	}
	return err
}

func (e *end) recv(ctx context.Context) (body []byte, err error) {
	if e.way == sends {
		return nil, ErrWriteOnly
	}
	e.receiving.Lock()
	defer e.receiving.Unlock()
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
			err = e.explain(ctx, e.in.add(n, err))
		}
		if err != nil {
			return nil, err
		}
	}
}

// wait waits for something to read, and reads it.
func (e *end) wait(ctx context.Context) error {
	return e.within(ctx, e.sock.SetReadDeadline, func() error { return e.in.add(e.reader.wait(e.in.room())) })
}

func (e *end) poll(timeout time.Duration) (bool, error) {
	if e.way == sends {
		return false, ErrWriteOnly
	}
	e.receiving.Lock()
	defer e.receiving.Unlock()
	if err := e.usable(); err != nil {
		return false, err
	}
	if len(e.in.unread) > 0 {
		return true, nil
	}
	if ready := e.sock.ready(); ready || timeout <= 0 {
		return ready, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
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

// claim implements passer: an end goes to one process.
func (e *end) claim() error {
	if e == nil {
		return ErrPipeClosed
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.over != nil {
		return e.over
	}
	e.over = ErrPassed
	return nil
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
