// Package frontier decides whose turn it is: of all URLs that wait, which may
// be asked for next.
//
// Every host has a bounded number of requests in flight, for the whole run and
// however many workers there are. Hosts take turns, and no wait holds a slot:
// a task whose host is busy, or that is to be tried again later, stands aside
// while others go.
package frontier

import (
	"context"
	"iter"
	"sync"
	"time"
)

// Options say how much a frontier lets through. The zero value of each field
// means its default.
type Options struct {
	// HostConcurrency is the number of tasks in flight for one host.
	// 0: DefaultHostConcurrency.
	HostConcurrency int
	// Window is the memory in bytes of the tasks that wait or are in flight:
	// how far the list is read ahead in search of other hosts.
	// 0: DefaultWindow.
	Window int
}

const (
	// DefaultHostConcurrency is about what a browser would use.
	DefaultHostConcurrency = 8
	// DefaultWindow has room for some 20,000 URLs.
	DefaultWindow = 8 << 20
)

// Task is what a frontier needs to know of a task.
type Task interface {
	// Host is the key under which a host's budget is kept.
	Host() string
	// Size is the task's memory in bytes, roughly. It must not change while
	// the frontier has the task.
	Size() int
}

// Frontier holds the tasks that wait. One mutex guards all hosts, so that each
// decision sees the whole. It is safe for concurrent use.
type Frontier[T Task] struct {
	opts Options

	mu       sync.Mutex
	hosts    map[string]*host[T]
	ready    queue[*host[T]] // hosts with a task and a free slot, in turn
	later    later[T]
	count    int // tasks added and not done
	inFlight int
	bytes    int
	closed   bool
	drained  bool
	changed  chan struct{} // something may be ready; holds one token
	room     chan struct{} // the window may have room; holds one token
}

// host is one host's part. It is forgotten when it has nothing left.
type host[T Task] struct {
	key      string
	waiting  queue[T]
	old      int // how many at the head of waiting have been in flight before
	inFlight int
	listed   bool // it is in ready
}

// New makes an empty frontier.
func New[T Task](o Options) *Frontier[T] {
	if o.HostConcurrency == 0 {
		o.HostConcurrency = DefaultHostConcurrency
	}
	if o.Window == 0 {
		o.Window = DefaultWindow
	}
	return &Frontier[T]{
		opts:    o,
		hosts:   map[string]*host[T]{},
		changed: make(chan struct{}, 1),
		room:    make(chan struct{}, 1),
	}
}

// Add puts a new task behind those of its host. It waits while the window is
// full, and returns false when the task was not taken, since ctx is done or
// the frontier was drained. One goroutine at a time may add.
func (f *Frontier[T]) Add(ctx context.Context, t T) bool {
	for {
		f.mu.Lock()
		switch {
		case f.drained:
			f.mu.Unlock()
			return false
		case f.bytes < f.opts.Window:
			f.count++
			f.bytes += t.Size()
			f.enqueue(t, false)
			f.mu.Unlock()
			return true
		}
		f.mu.Unlock()
		select {
		case <-f.room:
		case <-ctx.Done():
			return false
		}
	}
}

// Close says that nothing will be added any more.
func (f *Frontier[T]) Close() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.closed = true
	notify(f.changed)
}

// Drain drops all that waits: Turns ends, and what is in flight is only
// awaited by those who have it.
func (f *Frontier[T]) Drain() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drained = true
	notify(f.changed)
	notify(f.room)
}

// Turns yields the tasks, each when it is its host's turn, until all are done
// or ctx is. What it has yielded is in flight until Done, Again or Move. The
// choice is made when the next task is asked for, so the reader should ask
// only when it can begin one at once. One goroutine at a time may read.
func (f *Frontier[T]) Turns(ctx context.Context) iter.Seq[T] {
	return func(yield func(T) bool) {
		for {
			t, wait, state := f.next(time.Now())
			switch state {
			case over:
				return
			case found:
				if ctx.Err() != nil || !yield(t) {
					return
				}
				continue
			}
			if !f.sleep(ctx, wait) {
				return
			}
		}
	}
}

type state int

const (
	found state = iota
	nothing
	over
)

// next takes the next task out, or says for how long there will be none: 0
// means until something changes.
func (f *Frontier[T]) next(now time.Time) (t T, wait time.Duration, s state) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.drained || f.closed && f.count == 0 {
		return t, 0, over
	}
	for {
		t, at, ok := f.later.first()
		if !ok || at.After(now) {
			break
		}
		f.later.pop()
		f.enqueue(t, true)
	}
	if h := f.turn(); h != nil {
		t, _ = h.waiting.pop()
		h.old = max(0, h.old-1)
		h.inFlight++
		f.inFlight++
		f.list(h)
		return t, 0, found
	}
	if _, at, ok := f.later.first(); ok {
		return t, at.Sub(now), nothing
	}
	return t, 0, nothing
}

// turn takes the host out whose turn it is; nil when there is none.
//
// A redirect can make a task larger than the line it came from. When tasks have
// outgrown the window by far, only those go on that were in flight before, so
// that what servers send cannot fill our memory.
func (f *Frontier[T]) turn() *host[T] {
	overgrown := f.bytes > 2*f.opts.Window && f.inFlight > 0
	for range f.ready.len() {
		h, _ := f.ready.pop()
		if overgrown && h.old == 0 {
			f.ready.push(h)
			continue
		}
		h.listed = false
		return h
	}
	return nil
}

func (f *Frontier[T]) sleep(ctx context.Context, wait time.Duration) bool {
	var alarm <-chan time.Time
	if wait > 0 {
		t := time.NewTimer(wait)
		defer t.Stop()
		alarm = t.C
	}
	select {
	case <-f.changed:
	case <-alarm:
	case <-ctx.Done():
		return false
	}
	return true
}

// Done says that a task in flight will not be tried again.
func (f *Frontier[T]) Done(t T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count--
	f.bytes -= t.Size()
	f.free(t.Host())
	notify(f.room)
}

// Again says that a task in flight is to be tried again, after a while at the
// earliest. Its host's slot is free meanwhile.
func (f *Frontier[T]) Again(t T, after time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.free(t.Host())
	f.later.push(t, time.Now().Add(after))
}

// Move says that what was in flight goes on as the task to, which may be of
// another host and takes its turn there.
func (f *Frontier[T]) Move(from, to T) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.bytes += to.Size() - from.Size()
	f.free(from.Host())
	f.enqueue(to, true)
}

// enqueue puts a task in its host's line: at the head when it has waited
// before.
func (f *Frontier[T]) enqueue(t T, atHead bool) {
	key := t.Host()
	h := f.hosts[key]
	if h == nil {
		h = &host[T]{key: key}
		f.hosts[key] = h
	}
	if atHead {
		h.waiting.pushFront(t)
		h.old++
	} else {
		h.waiting.push(t)
	}
	f.list(h)
}

// free gives a slot of a host back.
func (f *Frontier[T]) free(key string) {
	h := f.hosts[key]
	if h == nil {
		return
	}
	h.inFlight--
	f.inFlight--
	notify(f.changed)
	f.list(h)
	if h.inFlight == 0 && h.waiting.len() == 0 {
		delete(f.hosts, key)
	}
}

// list puts a host in the line of those that can be asked, if it can.
func (f *Frontier[T]) list(h *host[T]) {
	if !h.listed && h.waiting.len() > 0 && h.inFlight < f.opts.HostConcurrency {
		h.listed = true
		f.ready.push(h)
		notify(f.changed)
	}
}

// notify leaves a token for who waits on c, or will look at it next.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
