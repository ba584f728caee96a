package pool

import (
	"encoding/binary"
	"sync"
	"time"
)

// fetched is what this process has fetched ahead from another's queue. It is
// the queue's still: see stock.
type fetched struct {
	from *remote
	id   uint64

	asking chan struct{} // held by who asks the owner and waits

	mu     sync.Mutex
	met    bool // the owner has answered a put
	items  []item
	want   uint64
	last   time.Time // of fetching
	closed bool
}

const (
	// A getter that comes again within fetchAgain fetches more at a time, up
	// to maxFetch: a round trip for each would cost it most of its time.
	fetchAgain = 2 * time.Millisecond
	maxFetch   = 256
)

// queue finds what has been fetched from one of the hub's queues.
func (r *remote) queue(id uint64) *fetched {
	r.mu.Lock()
	defer r.mu.Unlock()
	f := r.queues[id]
	if f == nil {
		f = &fetched{from: r, id: id, asking: make(chan struct{}, 1)}
		r.queues[id] = f
	}
	return f
}

// next takes the first item out, if there is one.
func (f *fetched) next() (item, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.items) == 0 {
		return item{}, false
	}
	first := f.items[0]
	f.items[0] = item{}
	f.items = f.items[1:]
	return first, true
}

func (f *fetched) keep(items []item) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.items = append(f.items, items...)
}

// appetite is how many items to fetch.
func (f *fetched) appetite() uint64 {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.items) > 0 {
		return 0 // it need not ask
	}
	now := time.Now()
	if now.Sub(f.last) < fetchAgain {
		f.want = min(f.want*2, maxFetch)
	} else {
		f.want = 1
	}
	f.last = now
	return f.want
}

// giveBack returns what has not been taken, for others who wait for it.
func (f *fetched) giveBack() {
	f.mu.Lock()
	var ids []byte
	for _, i := range f.items {
		ids = binary.AppendUvarint(ids, i.id)
	}
	f.items, f.want = nil, 1
	f.mu.Unlock()
	// Also when there is nothing: the owner waits for an answer.
	_ = f.from.tell(f.id, opReturn, ids)
}

// greet books that the owner has answered a put.
func (f *fetched) greet(closed bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.met = true
	f.closed = f.closed || closed
}

func (f *fetched) isGreeted() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.met
}

func (f *fetched) close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
}

func (f *fetched) isClosed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.closed
}
