package pool

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
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
	start := len(dst)
	dst, err := c.append(dst, v)
	if err != nil {
		return nil, fmt.Errorf("pool: value cannot be encoded: %w", err)
	}
	if len(dst)-start > maxValue {
		return nil, ErrTooLarge
	}
	return dst, nil
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

// JoinableQueue is a Queue that knows when all that was put has been done: of
// each value its getter must say TaskDone. What a process that dies has got
// and not done comes back, for another to get.
type JoinableQueue[T any] struct{ Queue[T] }

// NewJoinableQueue makes a queue of at most limit values; 0: without a limit.
// It panics when limit is negative.
func NewJoinableQueue[T any](limit int) *JoinableQueue[T] {
	return &JoinableQueue[T]{Queue[T]{newRawQueue(limit, true), codecOf[T]()}}
}

// TaskDone says that a value which was got has been done: the oldest that this
// process has got or, when it has none, the oldest of all. The error is a
// *MisuseError when every value that was got has been done, ErrOwnerGone or
// ErrNotShared.
func (q *JoinableQueue[T]) TaskDone() error {
	_, err := q.raw.ref.ask(context.Background(), opTaskDone, nil)
	return err
}

// Join waits until every value that was put has been done. The error is the
// cause of ctx, ErrOwnerGone or ErrNotShared.
func (q *JoinableQueue[T]) Join(ctx context.Context) error {
	_, err := q.raw.ref.ask(ctx, opJoin, nil)
	return err
}

// rawQueue is a queue of encoded values.
type rawQueue struct {
	ref     *ref
	limited bool
}

func newRawQueue(limit int, joinable bool) rawQueue {
	if limit < 0 {
		panic(fmt.Sprintf("pool: NewQueue: a limit of %d", limit))
	}
	s := &stock{limit: limit, joinable: joinable, held: map[*peer]*held{}}
	h := ownHub()
	s.hub = h
	ref := h.share(s)
	s.id = ref.id
	return rawQueue{ref, limit > 0}
}

func (q *rawQueue) text() ([]byte, error) {
	text, err := q.ref.text(kindQueue)
	return fmt.Appendf(text, "; %t", q.limited), err
}

func (q *rawQueue) unmarshal(text []byte) (err error) {
	own, limited, _ := strings.Cut(string(text), "; ")
	q.ref, err = refOf(kindQueue, []byte(own))
	q.limited = limited == "true"
	return err
}

func (q *rawQueue) put(ctx context.Context, body []byte) error {
	if q.ref == nil {
		return ErrNotShared
	}
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if r, ok := q.ref.at.(*remote); ok && !q.limited {
		// There is always room, so that no answer need be awaited.
		if r.queue(q.ref.id).isClosed() {
			return ErrQueueClosed
		}
		return q.ref.tell(opPutUnasked, body)
	}
	a, err := q.ref.ask(ctx, opPut, body)
	if err == nil && a.outcome == outcomeClosed {
		err = ErrQueueClosed
	}
	return err
}

func (q *rawQueue) tryPut(body []byte) (bool, error) {
	a, err := q.ref.ask(context.Background(), opTryPut, body)
	if err == nil && a.outcome == outcomeClosed {
		err = ErrQueueClosed
	}
	return err == nil && a.outcome == outcomeOK, err
}

// get takes a value out: with opGet it waits for one, with opTryGet ok says
// whether there was one.
func (q *rawQueue) get(ctx context.Context, o op) (body []byte, ok bool, err error) {
	if q.ref == nil {
		return nil, false, ErrNotShared
	}
	if err := context.Cause(ctx); err != nil {
		return nil, false, err
	}
	want := uint64(1)
	r, far := q.ref.at.(*remote)
	if far {
		f := r.queue(q.ref.id)
		if first, ok := f.next(); ok {
			return first.body, true, q.take(first)
		}
		want = f.appetite()
	}
	a, err := q.ref.ask(ctx, o, binary.AppendUvarint(nil, want))
	switch {
	case err != nil:
		return nil, false, err
	case a.outcome == outcomeClosed:
		return nil, false, ErrQueueClosed
	case a.outcome == outcomeNot:
		return nil, false, nil
	}
	if !far {
		return a.body, true, nil
	}
	items := itemsIn(a.body)
	r.queue(q.ref.id).keep(items[1:])
	return items[0].body, true, q.take(items[0])
}

// take tells the owner that a value is the getter's from now on. Nobody gets
// what could not be told.
func (q *rawQueue) take(i item) error {
	return q.ref.tell(opTake, binary.AppendUvarint(nil, i.id))
}
