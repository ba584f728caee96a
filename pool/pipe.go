package pool

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"os"
	"strings"
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
// One that was passed to a task is closed when the task ends, and until then its
// Close there is not seen by the other end. A task that holds one is not run
// again when its worker dies: a message may have been cut in two.
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
// most the given time; 0 or less: not at all. It tells whether there is: false
// also when another goroutine is receiving all the while. The error is ErrPassed, ErrPipeClosed or ErrWriteOnly.
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
	text := fmt.Appendf(nil, "%s %x %d; ", kindPipe, p.end.token, p.end.way)
	return base64.StdEncoding.AppendEncode(text, p.end.readAhead()), nil
}

// UnmarshalText makes p the end that was passed. The error is ErrNotShared when
// this process was not given it as an argument, or says that the text names no
// such thing.
func (p *PipeEnd[T]) UnmarshalText(text []byte) error {
	var token uint64
	var w way
	if _, err := fmt.Sscanf(string(text), kindPipe+" %x %d", &token, &w); err != nil {
		return fmt.Errorf("pool: %q names no %s", text, kindPipe)
	}
	_, rest, _ := strings.Cut(string(text), "; ")
	unread, err := base64.StdEncoding.DecodeString(rest)
	if err != nil {
		return fmt.Errorf("pool: %q names no %s", text, kindPipe)
	}
	file := claim(token)
	if file == nil {
		return fmt.Errorf("%s: %w", kindPipe, ErrNotShared)
	}
	e, err := newEnd(file, w)
	if err == nil {
		e.in.buf, e.in.unread = unread, unread
	}
	p.end, p.codec = e, codecOf[T]()
	return err
}

func (p *PipeEnd[T]) passers() []passer { return []passer{p.end} }
