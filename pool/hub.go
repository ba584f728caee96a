package pool

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
)

// Locks, queues and their like live in the process that made them: its hub
// keeps their state, and other processes ask it over a socket of their own.
// That is slower than a word of shared memory, and is what makes the dead
// harmless: what a process holds belongs to its socket, and the end of file
// gives it back.

// hub keeps what this process has made for others to share. One mutex guards
// all of it; nothing waits under it.
type hub struct {
	id   uint64 // tells hubs of different processes apart
	self *peer  // this process, as a user of its own hub

	mu     sync.Mutex
	lastID uint64
	shared map[uint64]*entry
	peers  map[uint64]*peer // other processes, by key
}

// entry is a resource and the number of processes that know of it.
type entry struct {
	resource resource
	users    int
}

// resource is the state of a lock, a queue and so on. The hub's mutex is held
// in all its methods.
type resource interface {
	// do carries out a call: it answers it now, or keeps it and answers it later.
	do(c *request)
	// cancel answers a call that was kept and whose caller waits no more.
	cancel(c *request)
	// bury takes back what a peer held, which has died, and forgets its requests.
	bury(p *peer)
}

// ownHub is the hub of this process.
var ownHub = sync.OnceValue(func() *hub {
	h := &hub{id: rand.Uint64() | 1, shared: map[uint64]*entry{}, peers: map[uint64]*peer{}}
	h.self = &peer{hub: h, refs: map[uint64]int{}}
	return h
})

// share takes a resource in, and returns the reference of its maker.
func (h *hub) share(r resource) *ref {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.lastID++
	h.shared[h.lastID] = &entry{resource: r}
	h.refer(h.self, h.lastID, 1)
	return newRef(h, h.lastID)
}

// refer counts n more references, or fewer, that a peer has to a resource. What
// nobody knows any more is dropped. A peer's count may be negative for a moment,
// when word of a reference that was dropped overtakes word of its making.
func (h *hub) refer(p *peer, id uint64, n int) {
	e := h.shared[id]
	if e == nil || p.dead {
		return
	}
	before := p.refs[id]
	now := before + n
	if p.refs[id] = now; now == 0 {
		delete(p.refs, id)
	}
	switch {
	case before <= 0 && now > 0:
		e.users++
	case before > 0 && now <= 0:
		if e.users--; e.users == 0 {
			delete(h.shared, id)
		}
	}
}

// outcome is how a request has gone.
type outcome byte

const (
	outcomeOK        outcome = iota
	outcomeAbandoned         // done, but whoever held it before has died: the body says who
	outcomeNot               // cannot be done at once, and the caller does not wait
	outcomeCancelled
	outcomeClosed
	outcomeBroken
	outcomeMisuse // the body says why
)

type reply struct {
	outcome outcome
	body    []byte
}

// request is one operation that a peer asks of a resource.
type request struct {
	peer     *peer
	id       uint64 // among the peer's requests; 0: no answer is awaited
	resource resource
	op       op
	body     []byte
	result   chan reply // in this process; nil for others
	then     outcome    // its answer when it has waited for a lock's sake
}

// answer ends the call.
func (c *request) answer(s outcome, body []byte) {
	switch {
	case c.id == 0:
	case c.result != nil:
		c.result <- reply{s, body}
	default:
		delete(c.peer.asks, c.id)
		c.peer.send(appendReply(c.peer.out, c.id, s, body))
	}
}

func (c *request) refuse(why string) { c.answer(outcomeMisuse, []byte(why)) }

// requests are requests that wait, in order.
type requests []*request

func (cs *requests) push(c *request) { *cs = append(*cs, c) }

func (cs *requests) pop() *request {
	c := (*cs)[0]
	(*cs)[0] = nil
	if *cs = (*cs)[1:]; len(*cs) == 0 {
		*cs = nil
	}
	return c
}

// drop removes those that match, and tells whether there were any.
func (cs *requests) drop(match func(*request) bool) bool {
	kept := make(requests, 0, len(*cs))
	for _, c := range *cs {
		if !match(c) {
			kept = append(kept, c)
		}
	}
	dropped := len(kept) < len(*cs)
	*cs = kept
	return dropped
}

func (cs *requests) remove(c *request) bool { return cs.drop(func(d *request) bool { return c == d }) }

func (cs *requests) bury(p *peer) bool { return cs.drop(func(c *request) bool { return c.peer == p }) }

// ownRequests are used again and again: to take a lock that is free should
// cost little where it was made.
var ownRequests = sync.Pool{New: func() any { return &request{result: make(chan reply, 1)} }}

// readopt counts one more reference of this process, if the resource is there.
func (h *hub) readopt(id uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.shared[id] == nil {
		return false
	}
	h.refer(h.self, id, 1)
	return true
}

// hubID implements station.
func (h *hub) hubID() uint64 { return h.id }

// ask implements station.
func (h *hub) ask(ctx context.Context, id uint64, o op, body []byte) (reply, error) {
	settlePuts(nil)
	c := ownRequests.Get().(*request)
	*c = request{peer: h.self, id: 1, op: o, body: body, result: c.result}
	defer ownRequests.Put(c) // it has been answered, so nobody has it any more
	if !h.start(c, id) {
		return reply{}, ErrNotShared
	}
	select { // most are answered at once, whatever has become of ctx
	case r := <-c.result:
		return r, nil
	default:
	}
	select {
	case r := <-c.result:
		return r, nil
	case <-ctx.Done():
	}
	h.mu.Lock()
	if len(c.result) == 0 {
		c.resource.cancel(c)
	}
	h.mu.Unlock()
	return <-c.result, nil
}

// tell implements station.
func (h *hub) tell(id uint64, o op, body []byte) error {
	if !h.start(&request{peer: h.self, op: o, body: body}, id) {
		return ErrNotShared
	}
	return nil
}

func (h *hub) start(c *request, id uint64) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	e := h.shared[id]
	if e == nil {
		return false
	}
	c.resource = e.resource
	c.resource.do(c)
	return true
}

// forget implements station.
func (h *hub) forget(id uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.refer(h.self, id, -1)
}

var (
	// ErrNotShared is the error of a primitive that this process has neither
	// made nor been given as an argument, such as a zero Lock.
	ErrNotShared = errors.New("pool: not made here, nor given to this process as an argument")
	// ErrOwnerGone is the error of a primitive whose maker has ended.
	ErrOwnerGone = errors.New("pool: the process that made it has ended")
)

// MisuseError tells of an operation that makes no sense, such as the unlocking
// of a Lock that nobody holds.
type MisuseError struct{ Text string }

// Error gives the reason.
func (e *MisuseError) Error() string { return "pool: " + e.Text }
