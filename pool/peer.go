package pool

import (
	"encoding/binary"
	"os"
	"sync"
)

// peer is a process in the eyes of a hub: what it knows of, what it waits for.
// The hub's mutex guards it. One goroutine reads its socket and buries it at
// the end, and one writes what others have answered it.
type peer struct {
	hub  *hub
	key  uint64 // by which the processes that introduce it speak of it
	name string // for those who are told of its death

	refs map[uint64]int      // by resource
	asks map[uint64]*request // that are not answered

	unasked request // the one at hand, if it wants no answer

	sock  *socket // nil for the hub's own process
	out   []byte
	quiet bool // its reader is at work, and will write what is put out
	dead  bool
	wake  chan struct{} // out has something
	quit  chan struct{} // closed when the peer has died

	writing sync.Mutex // from taking out to having written it
}

// meet implements station.
func (h *hub) meet(key uint64, name string, far *os.File) error {
	sock, err := newSocket(far)
	if err != nil {
		return err
	}
	p := &peer{
		hub:  h,
		key:  key,
		name: name,
		refs: map[uint64]int{},
		asks: map[uint64]*request{},
		sock: sock,
		wake: make(chan struct{}, 1),
		quit: make(chan struct{}),
	}
	h.mu.Lock()
	h.peers[key] = p
	h.mu.Unlock()
	go p.read()
	go p.write()
	return nil
}

// introduce implements station.
func (h *hub) introduce(id, key uint64) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if p := h.peers[key]; p != nil {
		h.refer(p, id, 1)
	}
}

func (p *peer) write() {
	for {
		select {
		case <-p.wake:
			p.flush()
		case <-p.quit:
			return
		}
	}
}

// flush writes what has been put out. An error is the reader's to see.
func (p *peer) flush() {
	p.writing.Lock()
	defer p.writing.Unlock()
	p.hub.mu.Lock()
	out := p.out
	p.out = nil
	p.hub.mu.Unlock()
	if len(out) > 0 {
		_, _ = p.sock.Write(out)
	}
}

// send puts out what was appended to p.out.
func (p *peer) send(out []byte) {
	p.out = out
	if !p.quiet {
		notify(p.wake)
	}
}

// read does what the peer asks, until it is gone.
func (p *peer) read() {
	frames := newFrameReader(spinning(p.sock))
	for {
		kind, payload, err := frames.next()
		if err != nil || !p.handle(kind, payload) {
			break
		}
		if frames.r.Buffered() == 0 {
			p.flush()
		}
	}
	p.sock.discard()
	p.sock.Close()
	close(p.quit)
	p.hub.bury(p)
}

func (h *hub) bury(p *peer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for id, n := range p.refs {
		h.refer(p, id, -n)
	}
	p.dead = true
	delete(h.peers, p.key)
	for _, e := range h.shared {
		e.resource.bury(p)
	}
}

// handle carries out one frame; false when it makes no sense, and the peer is
// to be dropped.
func (p *peer) handle(kind byte, payload []byte) bool {
	h := p.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	p.quiet = true
	defer func() { p.quiet = false }()
	f := fieldsOf(payload)
	switch kind {
	case frameAsk:
		id := f.uint()
		c := &p.unasked
		if id != 0 { // else nobody keeps it
			c = new(request)
		}
		*c = request{peer: p, id: id}
		e := h.shared[f.uint()]
		c.op = op(f.uint())
		c.body = f.b
		if !f.ok || p.asks[c.id] != nil {
			return false
		}
		if c.id != 0 {
			p.asks[c.id] = c
		}
		if e == nil {
			c.refuse("it is not there any more")
			return true
		}
		c.resource = e.resource
		c.resource.do(c)
	case frameCancel:
		if c := p.asks[f.uint()]; c != nil {
			c.resource.cancel(c)
		}
	case frameForget:
		h.refer(p, f.uint(), -1)
	case frameIntroduce:
		id, key := f.uint(), f.uint()
		if other := h.peers[key]; other != nil {
			h.refer(other, id, 1)
		}
	case frameMeet:
		key, name := f.uint(), string(f.bytes())
		file := p.sock.take()
		if !f.ok || file == nil {
			return false
		}
		h.mu.Unlock()
		err := h.meet(key, name, file)
		h.mu.Lock()
		return err == nil
	default:
		return false
	}
	return f.ok
}

func appendAsk(dst []byte, call, resource uint64, o op, body []byte) []byte {
	start := len(dst)
	dst = appendUints(beginFrame(dst, frameAsk), call, resource, uint64(o))
	return endFrame(append(dst, body...), start)
}

func appendReply(dst []byte, call uint64, s outcome, body []byte) []byte {
	start := len(dst)
	dst = binary.AppendUvarint(beginFrame(dst, frameReply), call)
	return endFrame(append(append(dst, byte(s)), body...), start)
}
