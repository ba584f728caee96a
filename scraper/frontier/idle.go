package frontier

import "time"

const (
	// maxStates is the memory of what is known of hosts, with the rules of
	// their robots.txt: of those with tasks, and of those without while there
	// is room.
	maxStates = 32 << 20
	// hostSize and lineSize are what a host and a line need, with their places
	// in maps.
	hostSize = 640
	lineSize = 320
)

// idle are the hosts without tasks, of which something is worth knowing, in the
// order in which they last had one.
type idle[T Task] struct {
	oldest, newest *host[T]
	count          int
}

func (i *idle[T]) push(h *host[T]) {
	i.count++
	h.idle, h.older = true, i.newest
	if i.newest != nil {
		i.newest.newer = h
	} else {
		i.oldest = h
	}
	i.newest = h
}

func (i *idle[T]) remove(h *host[T]) {
	i.count--
	if h.older != nil {
		h.older.newer = h.newer
	} else {
		i.oldest = h.newer
	}
	if h.newer != nil {
		h.newer.older = h.older
	} else {
		i.newest = h.older
	}
	h.idle, h.older, h.newer = false, nil, nil
}

// grow counts memory of a host, which those make room for that are idle.
func (f *Frontier[T]) grow(h *host[T], n int, now time.Time) {
	h.size += n
	f.states += n
	f.trim(now)
}

// trim forgets idle hosts, the longest idle ones first, while too much is known.
func (f *Frontier[T]) trim(now time.Time) {
	for (f.states > maxStates || f.memory.used >= f.memory.most) && f.idle.oldest != nil {
		oldest := f.idle.oldest
		f.idle.remove(oldest)
		f.forget(oldest, now)
	}
}

// use takes note of one more that waits at a host.
func (f *Frontier[T]) use(h *host[T]) {
	if h.idle {
		f.idle.remove(h)
	}
	h.busy++
}

// settle is called when fewer wait at a host: when nobody does, it is forgotten,
// at once or when the memory is needed.
func (f *Frontier[T]) settle(h *host[T], now time.Time) {
	if h.busy > 0 || h.idle {
		return
	}
	if h.budget != nil && h.budget.lines.len() == 0 {
		delete(f.crowded, h.budget)
	}
	if f.worthKnowing(h, now) {
		f.idle.push(h)
	} else {
		f.forget(h, now)
	}
	f.trim(now)
	f.uncrowd(now)
}

// worthKnowing tells whether something would be asked or tried again if the
// host were forgotten.
func (f *Frontier[T]) worthKnowing(h *host[T], now time.Time) bool {
	if h.reach.failures > 0 || h.shut.refusal != nil {
		return true
	}
	if b := h.budget; b != nil && (b != &h.own || b.backoff.healing || b.adaptive.smoothed > 0 || b.earliest().After(now)) {
		return true
	}
	for _, l := range h.lines {
		if l.open && f.opts.Robots != nil || l.shut.refusal != nil {
			return true
		}
	}
	return false
}

// forget drops a host without tasks, all but what still binds us: that it is to
// be left alone, and until when.
func (f *Frontier[T]) forget(h *host[T], now time.Time) {
	for _, l := range h.lines {
		delete(f.lines, l.origin)
		f.ends.remove((*ending[T])(l))
		f.memory.drop(l)
	}
	delete(f.hosts, h.key)
	f.states -= h.size
	notify(f.room)
	if h.alone != nil {
		f.remember(h.key, note{wish: h.wish}, now)
	}
	b := h.budget
	if b == nil {
		return
	}
	if b != &h.own {
		if b.hosts--; b.hosts > 0 {
			return
		}
		delete(f.budgets, b.key)
		f.states -= hostSize
	}
	if at := b.earliest(); at.After(now) {
		f.remember(budgetKey(b.key), note{until: at.Sub(f.began)}, now)
	}
}
