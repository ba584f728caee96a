package pool

import (
	"cmp"
	"encoding/binary"
	"slices"
	"time"
)

// stock is the state of a Queue. A process that gets often, and alone, fetches
// some items ahead. It tells of each that a Get has returned, and until then it
// counts as being in the queue, and comes back when the process dies or when
// another wants to get: nobody gets an item that was put after one which lies
// fetched elsewhere.
type stock struct {
	hub      *hub
	id       uint64
	limit    int // 0: none
	joinable bool

	items      []item
	lastID     uint64
	held       map[*peer]*held
	ahead      int // items fetched and not taken
	recalls    int // processes that have been asked for what they fetched
	unfinished int // joinable: put and not done
	closed     bool

	putting, getting, joining requests
	trying                    requests // to get or to count, once recalls are answered
}

// item is one value.
type item struct {
	id   uint64
	body []byte
}

// held is what a process has of a queue, both in order.
type held struct {
	ahead    []item // fetched, not taken
	taken    []item // joinable: taken, not done
	recalled bool
	overdue  bool // it has not answered a recall in time, and is not waited for
	last     time.Time
}

const (
	// recallTime is how long a process has to answer a recall: it may stand
	// still. Then others get what was put later.
	recallTime = 250 * time.Millisecond
	// contention is how long a process counts as one that gets, after it has.
	contention = time.Second
)

// itemsIn reads what give has written.
func itemsIn(body []byte) (items []item) {
	for f := fieldsOf(body); f.more(); {
		items = append(items, item{f.uint(), f.bytes()})
	}
	return items
}

func (q *stock) do(c *request) {
	switch c.op {
	case opPut, opTryPut, opPutUnasked:
		q.put(c)
	case opGet:
		q.hold(c.peer).last = time.Now()
		q.getting.push(c)
		q.serve()
	case opTryGet, opValue:
		if q.recall(nil) {
			q.trying.push(c)
		} else {
			q.try(c)
		}
	case opTake:
		q.take(c)
	case opReturn:
		q.takeBack(c)
	case opTaskDone:
		q.taskDone(c)
	case opJoin:
		if q.joining.push(c); q.unfinished == 0 {
			q.finished()
		}
	case opClose:
		q.close()
		c.answer(outcomeOK, nil)
	default:
		c.refuse("unknown operation")
	}
}

func (q *stock) full() bool { return q.limit > 0 && len(q.items)+q.ahead >= q.limit }

func (q *stock) put(c *request) {
	switch {
	case q.closed && c.op != opPutUnasked:
		c.answer(outcomeClosed, nil)
	case !q.full() && len(q.putting) == 0:
		q.accept(c)
	case c.op == opTryPut:
		c.answer(outcomeNot, nil)
	default:
		q.putting.push(c)
	}
	q.serve()
}

func (q *stock) accept(c *request) {
	q.lastID++
	q.items = append(q.items, item{q.lastID, c.body})
	if q.joinable {
		q.unfinished++
	}
	c.answer(outcomeOK, nil)
}

// serve gives what is there to those who wait for it, and then lets those put
// who wait for room.
func (q *stock) serve() {
	for {
		for len(q.getting) > 0 && len(q.items) > 0 && !q.recall(q.getting[0].peer) {
			q.give(q.getting.pop())
		}
		if len(q.putting) == 0 || q.full() {
			break
		}
		q.accept(q.putting.pop())
	}
	if len(q.getting) > 0 && !q.recall(q.getting[0].peer) && q.over() {
		for len(q.getting) > 0 {
			q.getting.pop().answer(outcomeClosed, nil)
		}
	}
}

// over tells whether nothing is left to get, and nothing will come.
func (q *stock) over() bool { return q.closed && len(q.items)+q.ahead == 0 && q.unfinished == 0 }

// give answers a get with one item, or with as many as the getter wants to
// fetch if it is the only process that gets.
func (q *stock) give(c *request) {
	h := q.hold(c.peer)
	if c.peer == q.hub.self {
		first := q.next()
		if q.joinable {
			h.taken = append(h.taken, first)
		}
		c.answer(outcomeOK, first.body)
		return
	}
	n := 1
	if f := fieldsOf(c.body); q.alone(h) {
		n = max(1, min(int(f.uint()), len(q.items)))
	}
	var body []byte
	for ; n > 0 && len(body) < frameTarget; n-- {
		first := q.next()
		body = appendBytes(binary.AppendUvarint(body, first.id), first.body)
		q.ahead++
		h.ahead = append(h.ahead, first)
	}
	c.answer(outcomeOK, body)
}

// alone tells whether nobody else has got anything of late.
func (q *stock) alone(h *held) bool {
	for _, other := range q.held {
		if other != h && time.Since(other.last) < contention {
			return false
		}
	}
	return true
}

func (q *stock) next() item {
	first := q.items[0]
	q.items[0] = item{}
	q.items = q.items[1:]
	return first
}

func (q *stock) hold(p *peer) *held {
	h := q.held[p]
	if h == nil {
		h = &held{}
		q.held[p] = h
	}
	return h
}

// recall asks all processes but one for what they have fetched and not taken.
// It tells whether an answer is to come.
func (q *stock) recall(but *peer) bool {
	for p, h := range q.held {
		if p != but && len(h.ahead) > 0 && !h.recalled {
			h.recalled = true
			q.recalls++
			time.AfterFunc(recallTime, func() { q.giveUp(h) })
			p.send(appendNumber(p.out, frameRecallItems, q.id))
		}
	}
	return q.recalls > 0
}

// giveUp waits no longer for the answer to a recall.
func (q *stock) giveUp(h *held) {
	q.hub.mu.Lock()
	defer q.hub.mu.Unlock()
	if h.recalled && !h.overdue {
		h.overdue = true
		q.recalls--
		q.proceed()
	}
}

// try answers a call that does not wait.
func (q *stock) try(c *request) {
	switch {
	case c.op == opValue:
		c.answer(outcomeOK, binary.AppendUvarint(nil, uint64(len(q.items)+q.ahead)))
	case len(q.items) > 0:
		q.give(c)
	case q.over():
		c.answer(outcomeClosed, nil)
	default:
		c.answer(outcomeNot, nil)
	}
}

// take books an item that a process's Get has returned.
func (q *stock) take(c *request) {
	f := fieldsOf(c.body)
	id := f.uint()
	h := q.hold(c.peer)
	i := slices.IndexFunc(h.ahead, func(i item) bool { return i.id == id })
	if i >= 0 {
		if q.joinable {
			h.taken = append(h.taken, h.ahead[i])
		}
		h.ahead = slices.Delete(h.ahead, i, i+1)
		q.ahead--
	}
	c.answer(outcomeOK, nil)
	q.serve()
}

// takeBack books what a process returns when it was recalled.
func (q *stock) takeBack(c *request) {
	h := q.hold(c.peer)
	var back []item
	for f := fieldsOf(c.body); f.more(); {
		id := f.uint()
		if i := slices.IndexFunc(h.ahead, func(i item) bool { return i.id == id }); i >= 0 {
			back = append(back, h.ahead[i])
			h.ahead = slices.Delete(h.ahead, i, i+1)
			q.ahead--
		}
	}
	q.putBack(back)
	c.answer(outcomeOK, nil)
	q.answered(h)
}

// answered books that a recall has been answered, or that nobody will.
func (q *stock) answered(h *held) {
	if h.recalled && !h.overdue {
		q.recalls--
	}
	h.recalled, h.overdue = false, false
	q.proceed()
}

// proceed serves whoever had to wait for the answers to recalls.
func (q *stock) proceed() {
	if q.recalls == 0 {
		for len(q.trying) > 0 {
			q.try(q.trying.pop())
		}
	}
	q.serve()
}

// putBack puts items in their place again, which is before most others.
func (q *stock) putBack(back []item) {
	if len(back) == 0 {
		return
	}
	q.items = append(back, q.items...)
	slices.SortFunc(q.items, func(a, b item) int { return cmp.Compare(a.id, b.id) })
}

// taskDone settles the process's oldest item, or the oldest of all.
func (q *stock) taskDone(c *request) {
	h := q.held[c.peer]
	if h == nil || len(h.taken) == 0 {
		h = nil
		for _, other := range q.held {
			if len(other.taken) > 0 && (h == nil || other.taken[0].id < h.taken[0].id) {
				h = other
			}
		}
	}
	if h == nil {
		c.refuse("TaskDone without an item that was got and not done")
		return
	}
	h.taken = slices.Delete(h.taken, 0, 1)
	c.answer(outcomeOK, nil)
	if q.unfinished--; q.unfinished == 0 {
		q.finished()
	}
}

func (q *stock) finished() {
	for len(q.joining) > 0 {
		q.joining.pop().answer(outcomeOK, nil)
	}
	q.serve() // who waits to get may learn that it is over
}

func (q *stock) close() {
	if q.closed {
		return
	}
	q.closed = true
	for len(q.putting) > 0 {
		q.putting.pop().answer(outcomeClosed, nil)
	}
	for _, p := range q.hub.peers {
		if p.refs[q.id] > 0 {
			p.send(appendNumber(p.out, frameClosed, q.id))
		}
	}
	q.serve()
}

func (q *stock) cancel(c *request) {
	for _, waiting := range []*requests{&q.putting, &q.getting, &q.joining, &q.trying} {
		if waiting.remove(c) {
			c.answer(outcomeCancelled, nil)
		}
	}
}

func (q *stock) bury(p *peer) {
	for _, waiting := range []*requests{&q.putting, &q.getting, &q.joining, &q.trying} {
		waiting.bury(p)
	}
	h := q.held[p]
	if h == nil {
		return
	}
	delete(q.held, p)
	q.ahead -= len(h.ahead)
	q.putBack(append(h.ahead, h.taken...))
	q.answered(h)
}
