package pool

import (
	"encoding/binary"
	"os"
	"runtime"
	"sync"
	"time"
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
	ring  *ring // nil: it has none
	quiet bool  // its reader is at work, and will write what is put out
	dead  bool
	wake  chan struct{} // out has something
	quit  chan struct{} // closed when the peer has died
	gone  chan struct{} // closed when what it held has been taken back

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
		gone: make(chan struct{}),
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
	for sane := true; sane; {
		if frames.r.Buffered() == 0 {
			p.flush()
			if sane = p.linger(); !sane {
				break
			}
		}
		kind, payload, err := frames.next()
		// What is in the ring was said before.
		sane = p.drain() && err == nil && p.handle(kind, payload)
	}
	if p.ring != nil {
		p.ring.close()
	}
	p.sock.discard()
	p.sock.Close()
	close(p.quit)
	p.hub.bury(p)
	close(p.gone)
}

// seeOff waits until what a process held has been taken back, which has ended:
// who hears of its end finds its locks free.
func (h *hub) seeOff(key uint64) {
	h.mu.Lock()
	p := h.peers[key]
	h.mu.Unlock()
	if p == nil {
		return
	}
	select {
	case <-p.gone:
	case <-time.After(exitGrace): // a child of its own has the socket
	}
}

// linger looks into the ring until nothing comes any more, and has the peer
// wake it at the socket then.
func (p *peer) linger() bool {
	if p.ring == nil {
		return true
	}
	p.ring.asleep.Store(0)
	for since := time.Now(); time.Since(since) < drowse; {
		if p.ring.empty() {
			if p.sock.ready() {
				break
			}
			runtime.Gosched() // others may have work
			continue
		}
		if !p.drain() {
			return false
		}
		p.flush()
		since = time.Now()
	}
	p.ring.asleep.Store(1)
	if !p.drain() { // what was told before that could be seen
		return false
	}
	p.flush()
	return true
}

// drain does what lies in the ring; false when that makes no sense.
func (p *peer) drain() bool {
	if p.ring == nil {
		return true
	}
	told, err := p.ring.take()
	if err != nil {
		return false
	}
	p.hub.mu.Lock()
	defer p.hub.mu.Unlock()
	p.quiet = true
	defer func() { p.quiet = false }()
	for len(told) > 0 {
		kind, payload, rest, ok := cutFrame(told)
		if !ok || kind != frameAsk || !p.ask(payload) {
			return false
		}
		told = rest
	}
	return true
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
		return p.ask(payload)
	case frameWake:
	case frameRing:
		file := p.sock.take()
		if file == nil || p.ring != nil {
			return false
		}
		ring, err := openRing(file)
		file.Close()
		p.ring = ring
		return err == nil
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
		_ = h.meet(key, name, file) // when it fails, the one that came meets the end of file
		h.mu.Lock()
	default:
		return false
	}
	return f.ok
}

// ask has a request carried out: the hub's mutex is held.
func (p *peer) ask(payload []byte) bool {
	f := fieldsOf(payload)
	id := f.uint()
	c := &p.unasked
	if id != 0 { // else nobody keeps it
		c = new(request)
	}
	*c = request{peer: p, id: id}
	e := p.hub.shared[f.uint()]
	c.op = op(f.uint())
	c.body = f.b
	if !f.ok || p.asks[c.id] != nil || id == 0 && !c.op.isTold() {
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
	return true
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
