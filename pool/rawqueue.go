package pool

import (
	"context"
	"encoding/binary"
	"fmt"
	"strings"
)

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
		switch f := r.queue(q.ref.id); {
		case f.isClosed():
			return ErrQueueClosed
		case f.isGreeted():
			// There is always room, so that no answer need be awaited.
			return q.ref.tell(opPutUnasked, body)
		}
		// Whether it was closed before this process was given it, the first
		// answer says.
	}
	a, err := q.ref.ask(ctx, opPut, body)
	closed := err == nil && a.outcome == outcomeClosed
	if r, ok := q.ref.at.(*remote); ok && err == nil {
		r.queue(q.ref.id).greet(closed)
	}
	if closed {
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
	r, far := q.ref.at.(*remote)
	if far {
		return q.fetch(ctx, r.queue(q.ref.id), o)
	}
	return q.ask(ctx, o, 1)
}

// fetch gets from another process's queue. One goroutine at a time asks it and
// waits: what it fetches ahead is for the others.
func (q *rawQueue) fetch(ctx context.Context, f *fetched, o op) (body []byte, ok bool, err error) {
	want := uint64(1)
	if o == opGet {
		select {
		case f.asking <- struct{}{}:
		case <-ctx.Done():
			return nil, false, context.Cause(ctx)
		}
		defer func() { <-f.asking }()
		want = f.appetite()
	}
	if first, ok := f.next(); ok {
		return first.body, true, q.take(first)
	}
	b, ok, err := q.ask(ctx, o, want)
	if err != nil || !ok {
		return nil, false, err
	}
	items := itemsIn(b)
	f.keep(items[1:])
	return items[0].body, true, q.take(items[0])
}

// ask asks the owner for items; ok is false when there are none and it does not
// wait.
func (q *rawQueue) ask(ctx context.Context, o op, want uint64) (body []byte, ok bool, err error) {
	a, err := q.ref.ask(ctx, o, binary.AppendUvarint(nil, want))
	switch {
	case err != nil:
		return nil, false, err
	case a.outcome == outcomeClosed:
		return nil, false, ErrQueueClosed
	case a.outcome == outcomeNot:
		return nil, false, nil
	}
	return a.body, true, nil
}

// take tells the owner that a value is the getter's from now on. Nobody gets
// what could not be told.
func (q *rawQueue) take(i item) error {
	return q.ref.tell(opTake, binary.AppendUvarint(nil, i.id))
}
