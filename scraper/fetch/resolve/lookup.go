package resolve

import (
	"context"
	"net/netip"
	"sync"
	"time"
)

const (
	// lookupTimeout bounds a look-up that there is always somebody to wait for.
	lookupTimeout = 30 * time.Second
	// rememberedHosts is how many hosts are remembered at least, and at most
	// twice as many.
	rememberedHosts = 4096
)

// lookups finds the addresses of hosts and remembers them. All who want the same
// host at the same time wait for one look-up; there are never more look-ups under
// way than callers of find, so nothing else bounds them, and those that hang hold
// up nobody. It is safe for concurrent use.
type lookups struct {
	ask Ask

	mu sync.Mutex
	// What was asked for recently, and before that: when recent is full it
	// becomes former, and what nobody asks for again is forgotten.
	recent, former map[string]*lookup
}

// lookup is one look-up, under way or done.
type lookup struct {
	done chan struct{} // closed with the fields below set
	// until is when the answer is to be forgotten.
	until time.Time
	addrs []netip.Addr // shared: not to be changed
	err   error

	waiting int // how many wait for it; lookups.mu guards it
	cancel  context.CancelFunc
}

func (u *lookup) over() bool {
	select {
	case <-u.done:
		return true
	default:
		return false
	}
}

func newLookups(ask Ask) *lookups {
	return &lookups{ask: ask, recent: make(map[string]*lookup)}
}

// find returns the addresses of host, which are not to be changed. When ctx is
// done it returns at once, with the cause of that.
func (l *lookups) find(ctx context.Context, host string) ([]netip.Addr, error) {
	u := l.join(host)
	defer l.leave(host, u)
	select {
	case <-u.done:
		return u.addrs, u.err
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

// join returns the look-up to wait for, which leave ends.
func (l *lookups) join(host string) *lookup {
	l.mu.Lock()
	defer l.mu.Unlock()
	u := l.remembered(host)
	if u == nil {
		ctx, cancel := context.WithTimeout(context.Background(), lookupTimeout)
		u = &lookup{done: make(chan struct{}), cancel: cancel}
		l.remember(host, u)
		go l.run(ctx, host, u)
	}
	u.waiting++
	return u
}

// leave ends the wait for a look-up. One that nobody waits for any more is
// cancelled and forgotten, so that whoever comes next asks anew: not every resolver
// heeds that it is cancelled.
func (l *lookups) leave(host string, u *lookup) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if u.waiting--; u.waiting > 0 || u.over() {
		return
	}
	u.cancel()
	if l.recent[host] == u {
		delete(l.recent, host)
	}
	if l.former[host] == u {
		delete(l.former, host)
	}
}

func (l *lookups) run(ctx context.Context, host string, u *lookup) {
	defer close(u.done)
	defer u.cancel()
	var ttl time.Duration
	u.addrs, ttl, u.err = l.ask(ctx, host)
	u.until = time.Now().Add(ttl)
}

// remembered returns the look-up of host that is under way or still holds, nil
// when there is none. l.mu is held.
func (l *lookups) remembered(host string) *lookup {
	u := l.recent[host]
	if u == nil {
		if u = l.former[host]; u == nil {
			return nil
		}
		l.remember(host, u)
	}
	if u.over() && !time.Now().Before(u.until) {
		return nil
	}
	return u
}

func (l *lookups) remember(host string, u *lookup) {
	if len(l.recent) >= rememberedHosts {
		l.former, l.recent = l.recent, make(map[string]*lookup)
	}
	l.recent[host] = u
}
