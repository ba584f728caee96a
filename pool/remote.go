package pool

import (
	"context"
	"maps"
	"os"
	"slices"
	"sync"
	"sync/atomic"
)

// remote is the hub of another process, seen from here.
type remote struct {
	hub  uint64
	sock *socket
	gone chan struct{} // closed when the other process is

	mu     sync.Mutex            // of what follows
	last   uint64                // call
	asks   map[uint64]chan reply // not answered
	queues map[uint64]*fetched   // items of its queues that are here already
	held   map[uint64]int        // references in use here, by resource
	put    bool                  // something was put of which no answer has told

	telling  sync.Mutex // of what follows
	ring     *ring
	ringless bool   // none can be had
	frame    []byte // used again and again
}

// resourceOf names a resource anywhere.
type resourceOf struct{ hub, id uint64 }

func newRemote(hub uint64, sock *socket) *remote {
	return &remote{hub: hub, sock: sock, gone: make(chan struct{}), asks: map[uint64]chan reply{}, queues: map[uint64]*fetched{}, held: map[uint64]int{}}
}

// known is what this process has been given: the hubs of others by id, and
// files that came for arguments and have not been claimed.
var known = struct {
	sync.Mutex
	remotes map[uint64]*remote
	files   map[uint64][]*os.File // by token
	refs    map[resourceOf]int    // references that came and were not decoded
}{remotes: map[uint64]*remote{}, files: map[uint64][]*os.File{}, refs: map[resourceOf]int{}}

// remoteOf finds a remote by its id; nil when this process was not introduced.
func remoteOf(hub uint64) *remote {
	known.Lock()
	defer known.Unlock()
	return known.remotes[hub]
}

// receiveFile takes in a file that came from our starter, as part of a task.
func receiveFile(payload []byte, from *socket) (token, task uint64, err error) {
	f := fieldsOf(payload)
	token, task = f.uint(), f.uint()
	file := from.take()
	if !f.ok || file == nil {
		return 0, 0, errMalformed
	}
	known.Lock()
	defer known.Unlock()
	known.files[token] = append(known.files[token], file)
	return token, task, nil
}

// receiveLink takes in a socket to a hub that came from our starter.
func receiveLink(payload []byte, from *socket) error {
	f := fieldsOf(payload)
	id, file := f.uint(), from.take()
	if !f.ok || file == nil {
		return errMalformed
	}
	known.Lock()
	defer known.Unlock()
	sock, err := newSocket(file)
	if err != nil {
		return err
	}
	r := newRemote(id, sock)
	known.remotes[id] = r
	go r.read()
	return nil
}

// claim takes a file that has been received.
func claim(token uint64) *os.File {
	known.Lock()
	defer known.Unlock()
	files := known.files[token]
	if len(files) == 0 {
		return nil
	}
	if known.files[token] = files[1:]; len(files) == 1 {
		delete(known.files, token)
	}
	return files[0]
}

// receiveRef takes in a reference that came from our starter, as part of a task.
func receiveRef(payload []byte) (r resourceOf, task uint64, err error) {
	f := fieldsOf(payload)
	r.hub, r.id, task = f.uint(), f.uint(), f.uint()
	if !f.ok {
		return r, 0, errMalformed
	}
	known.Lock()
	defer known.Unlock()
	known.refs[r]++
	return r, task, nil
}

// claimRef takes a reference that has been received; false when there is none.
func claimRef(r resourceOf) bool {
	known.Lock()
	defer known.Unlock()
	n := known.refs[r]
	if n == 0 {
		return false
	}
	if known.refs[r] = n - 1; n == 1 {
		delete(known.refs, r)
	}
	return true
}

// brought is what came with a task.
type brought struct {
	files []uint64 // tokens
	refs  []resourceOf
}

// drop lets go of what came with a task that is not begun here. Of what came
// with several tasks, any will do.
func (b brought) drop() {
	for _, token := range b.files {
		if f := claim(token); f != nil {
			f.Close()
		}
	}
	for _, r := range b.refs {
		if far := remoteOf(r.hub); far != nil && claimRef(r) {
			go far.send(appendNumber(nil, frameForget, r.id))
		}
	}
}

// hubID implements station.
func (r *remote) hubID() uint64 { return r.hub }

// ask implements station.
func (r *remote) ask(ctx context.Context, id uint64, o op, body []byte) (reply, error) {
	if id != 0 {
		settlePuts(r)
	}
	result := make(chan reply, 1)
	r.mu.Lock()
	r.last++
	call := r.last
	r.asks[call] = result
	r.mu.Unlock()
	if _, err := r.sock.Write(appendAsk(nil, call, id, o, body)); err != nil {
		return reply{}, ErrOwnerGone
	}
	select {
	case a := <-result:
		return a, nil
	case <-r.gone:
		return reply{}, ErrOwnerGone
	case <-ctx.Done():
	}
	// Whether it was done in time is for the hub to say: nothing must be done
	// that its caller believes undone.
	r.send(appendNumber(nil, frameCancel, call))
	select {
	case a := <-result:
		return a, nil
	case <-r.gone:
		return reply{}, ErrOwnerGone
	}
}

// send writes a frame that needs no answer. That it fails is seen by read.
func (r *remote) send(frame []byte) { _, _ = r.sock.Write(frame) }

// tellFrame puts the frame into the ring or, where that cannot be, into the
// socket.
func (r *remote) tellFrame(id uint64, o op, body []byte) error {
	r.telling.Lock()
	defer r.telling.Unlock()
	select {
	case <-r.gone:
		return ErrOwnerGone
	default:
	}
	r.frame = appendAsk(r.frame[:0], 0, id, o, body)
	if r.ring == nil && !r.ringless {
		r.ringless = !r.offerRing()
	}
	ok, wake := false, false
	if r.ring != nil {
		if ok, wake = r.ring.put(r.frame); !ok {
			// It is full, or the frame too long. What goes over the socket must
			// not be overtaken by what comes next through the ring.
			a, err := r.ask(context.Background(), id, o.asked(), body)
			if err == nil && a.outcome == outcomeClosed {
				err = ErrQueueClosed
			}
			return err
		}
	}
	if wake {
		r.send(endFrame(beginFrame(nil, frameWake), 0))
	}
	if !ok {
		if _, err := r.sock.Write(r.frame); err != nil {
			return ErrOwnerGone
		}
	}
	if cap(r.frame) > frameTarget {
		r.frame = nil
	}
	return nil
}

// offerRing makes a ring and passes it to the hub.
func (r *remote) offerRing() bool {
	ring, file, err := newRing()
	if err != nil {
		return false
	}
	defer file.Close()
	if r.sock.sendFile(endFrame(beginFrame(nil, frameRing), 0), file) != nil {
		ring.close()
		return false
	}
	r.ring = ring
	return true
}

// tell implements station.
func (r *remote) tell(id uint64, o op, body []byte) error {
	if err := r.tellFrame(id, o, body); err != nil {
		return err
	}
	if o == opPutUnasked {
		r.mu.Lock()
		r.put = true
		r.mu.Unlock()
		everPut.Store(true)
	}
	return nil
}

var (
	everPut  atomic.Bool // into a queue of some remote
	settling sync.Mutex  // who comes second waits for the first
)

// settlePuts waits until what this process has put into queues is there, but for
// one remote's. It is called before something is said over another socket than
// the queue's: who hears that may look into the queue.
func settlePuts(but *remote) {
	if !everPut.Load() {
		return
	}
	settling.Lock()
	defer settling.Unlock()
	known.Lock()
	remotes := slices.Collect(maps.Values(known.remotes))
	known.Unlock()
	for _, r := range remotes {
		if r == but {
			continue // it hears things in their order
		}
		r.mu.Lock()
		put := r.put
		r.put = false
		r.mu.Unlock()
		if put {
			// There is no resource 0: the answer says so, in its turn.
			_, _ = r.ask(context.Background(), 0, opValue, nil)
		}
	}
}

// forget implements station. It is called by the goroutine that runs all
// cleanups of this process, which must not wait for another.
func (r *remote) forget(id uint64) {
	go func() {
		if f := r.release(id); f != nil {
			f.giveBack()
		}
		r.send(appendNumber(nil, frameForget, id))
	}()
}

// hold counts a reference that is in use here.
func (r *remote) hold(id uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held[id]++
}

// release counts one fewer. With the last of a queue's, what was fetched from
// it is nobody's here.
func (r *remote) release(id uint64) *fetched {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.held[id]--; r.held[id] > 0 {
		return nil
	}
	delete(r.held, id)
	f := r.queues[id]
	delete(r.queues, id)
	return f
}

// meet implements station.
func (r *remote) meet(key uint64, name string, far *os.File) error {
	defer far.Close()
	frame := appendBytes(appendUints(beginFrame(nil, frameMeet), key), []byte(name))
	if err := r.sock.sendFile(endFrame(frame, 0), far); err != nil {
		return ErrOwnerGone
	}
	return nil
}

// introduce implements station.
func (r *remote) introduce(id, key uint64) {
	r.send(endFrame(appendUints(beginFrame(nil, frameIntroduce), id, key), 0))
}

func (r *remote) read() {
	frames := newFrameReader(spinning(r.sock))
	for {
		kind, payload, err := frames.next()
		if err != nil {
			break
		}
		f := fieldsOf(payload)
		switch id := f.uint(); kind {
		case frameReply:
			r.mu.Lock()
			result := r.asks[id]
			delete(r.asks, id)
			r.mu.Unlock()
			if result != nil && len(f.b) > 0 {
				result <- reply{outcome(f.b[0]), f.b[1:]}
			}
		case frameRecallItems:
			go r.queue(id).giveBack() // it may have to wait for an answer
		case frameClosed:
			r.queue(id).close()
		}
	}
	r.sock.Close()
	close(r.gone)
}
