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
