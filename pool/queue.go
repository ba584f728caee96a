package pool

import (
	"context"
	"errors"
	"fmt"
)

// ErrQueueClosed is the error of a Put into a closed queue, and of a Get from
// one in which nothing is left.
var ErrQueueClosed = errors.New("pool: the queue is closed")

// Queue carries values between processes, those it is passed to as an
// argument: any of them may put, and any may get. Each value is got once, and
// those of one putter in their order. It is safe for concurrent use.
//
// The values lie in the process that made the queue. Put returns when the value
// is wholly on its way there, so that it arrives even if the putter dies then.
// What a process has asked for and not got when it dies, another gets.
type Queue[T any] struct {
	raw   rawQueue
	codec codec[T]
}

// NewQueue makes a queue of at most limit values; 0: without a limit. Values
// cross as tasks do, see Register. It panics when limit is negative.
func NewQueue[T any](limit int) *Queue[T] {
	return &Queue[T]{newRawQueue(limit, false), codecOf[T]()}
}

// Put puts a value in, when there is room. The error is the cause of ctx,
// ErrQueueClosed, ErrTooLarge, ErrOwnerGone, ErrNotShared, or why the value
// cannot be encoded; then it was not put. A value put without a limit by
// another process than the maker's in the very moment of Close may find nobody
// to get it.
func (q *Queue[T]) Put(ctx context.Context, v T) error {
	body, err := q.encode(v)
	if err != nil {
		return err
	}
	return q.raw.put(ctx, body)
}

// TryPut puts a value in if there is room now, and tells whether it has. The
// errors are Put's.
func (q *Queue[T]) TryPut(v T) (bool, error) {
	body, err := q.encode(v)
	if err != nil {
		return false, err
	}
	return q.raw.tryPut(body)
}

// Get waits for a value and takes it out. The error is the cause of ctx,
// ErrQueueClosed when none is left and none will come, ErrOwnerGone,
// ErrNotShared, or why the value cannot be decoded; in the last case it is out.
func (q *Queue[T]) Get(ctx context.Context) (T, error) {
	body, _, err := q.raw.get(ctx, opGet)
	return q.decode(body, true, err)
}

// TryGet takes a value out if there is one now, and tells whether there was.
// The errors are Get's.
func (q *Queue[T]) TryGet() (v T, ok bool, err error) {
	body, ok, err := q.raw.get(context.Background(), opTryGet)
	v, err = q.decode(body, ok, err)
	return v, ok, err
}

// Len is how many values are in it now; soon it may be otherwise. The error is
// ErrOwnerGone or ErrNotShared.
func (q *Queue[T]) Len() (int, error) { return q.raw.ref.number(opValue) }

// Close ends the putting, for all processes. What is in can still be got. The
// error is ErrOwnerGone or ErrNotShared; closing twice is fine.
func (q *Queue[T]) Close() error {
	_, err := q.raw.ref.ask(context.Background(), opClose, nil)
	return err
}

func (q *Queue[T]) encode(v T) ([]byte, error) {
	if q.codec.append == nil {
		return nil, ErrNotShared
	}
	return encodeMessage(q.codec, v, nil)
}

func (q *Queue[T]) decode(body []byte, ok bool, err error) (v T, _ error) {
	if err != nil || !ok {
		return v, err
	}
	if v, err = q.codec.decode(body); err != nil {
		err = fmt.Errorf("pool: value from a queue cannot be decoded: %w", err)
	}
	return v, err
}

// encodeMessage appends a value that must not hold primitives to dst.
func encodeMessage[T any](c codec[T], v T, dst []byte) ([]byte, error) {
	if len(c.passers(v)) > 0 {
		return nil, errPassed[T]()
	}
	dst, err := c.encode(dst, v)
	if err != nil && err != ErrTooLarge {
		err = fmt.Errorf("pool: value cannot be encoded: %w", err)
	}
	return dst, err
}

const kindQueue = "queue"

// MarshalText gives what crosses when q is an argument of a process or a task.
func (q *Queue[T]) MarshalText() ([]byte, error) { return q.raw.text() }

// UnmarshalText makes q the queue that was passed. The error is ErrNotShared
// when this process was not given it as an argument.
func (q *Queue[T]) UnmarshalText(text []byte) error {
	q.codec = codecOf[T]()
	return q.raw.unmarshal(text)
}

func (q *Queue[T]) passers() []passer { return []passer{q.raw.ref} }
