package frontier

import (
	"container/heap"
	"strings"
	"time"
)

// host is one host: what is known of it, and the lines of its origins.
type host[T Task] struct {
	key    string
	lines  []*line[T]
	budget *budget[T] // nil while its address is to be looked up
	own    budget[T]  // where no other shares it
	asked  bool       // a look-up is under way
	shut   shut       // it failed
	reach  reach
	alone  *Refusal // it wants to be left alone for longer than the run waits
	wish   wish     // in these words
	busy   int      // its tasks that wait or are in flight, and gates it waits for
	size   int      // in Frontier.states

	idle         bool // it stands in Frontier.idle
	older, newer *host[T]
}

// line is one origin: its tasks, in the order in which they came.
type line[T Task] struct {
	origin string
	host   *host[T]

	gates   queue[T] // fetches of a robots.txt, which go first
	waiting queue[entry[T]]
	later   delays[T]       // to be tried again
	laterAt int             // place in Frontier.later
	late    queue[entry[T]] // to be refused, since their time is over

	endsAt    time.Time // when the time of one may be
	endsPlace int       // in Frontier.ends

	inBudget   bool // it stands in budget.lines
	inRefusing bool // it stands in Frontier.refusing
	isHeld     bool // it waits for memory, in Frontier.memory

	asked   bool // its robots.txt is being fetched
	open    bool // it is known
	rules   Rules
	size    int  // their memory; or what they took, when they were forgotten
	shut    shut // it could not be had
	checked bool // the head of waiting has been held against the rules:
	denied  *Refusal

	came     int  // which rules these are, of all that came
	served   int  // tasks that left since
	promised bool // the rules stay for now; otherwise
	looseAt  int  // is where the line stands in memory.loose
}

// shut is a gate that did not open, and till when new tasks are not to ask
// again.
type shut struct {
	refusal *Refusal
	until   time.Time
}

// entry is a task that waits, in memory or in the spill.
type entry[T Task] struct {
	task T
	ref  ref           // 0: it is in memory
	ends time.Duration // after Frontier.began its time is over; 0: it never is
	old  bool          // it has been in flight before
	last bool          // it stands behind others all the same: maybe it is what overloads the host
}

// delay is an entry that waits for its time.
type delay[T Task] struct {
	entry[T]
	at time.Time
}

func (l *line[T]) due() time.Time { return l.later[0].at }
func (l *line[T]) place() *int    { return &l.laterAt }

// lineOf finds the line of an origin, or makes it, for something that is to wait
// there.
func (f *Frontier[T]) lineOf(origin, key string, now time.Time) *line[T] {
	if l := f.lines[origin]; l != nil {
		return l
	}
	h := f.hosts[key]
	if h == nil {
		h = f.newHost(key, now)
	}
	l := &line[T]{origin: strings.Clone(origin), host: h} // it may be part of a URL
	h.lines = append(h.lines, l)
	f.lines[l.origin] = l
	f.use(h) // otherwise it might make room for itself
	f.grow(h, lineSize+len(origin), now)
	h.busy--
	return l
}

func (f *Frontier[T]) newHost(key string, now time.Time) *host[T] {
	h := &host[T]{key: strings.Clone(key)}
	f.hosts[h.key] = h
	f.grow(h, hostSize+len(key), now)
	if n, ok := f.recall(key); ok && n.wish != (wish{}) {
		h.leaveAlone(n.wish)
	}
	if f.opts.Lookup == nil {
		f.initBudget(&h.own, h.key, now)
		h.budget = &h.own
	} else if addr, ok := literal(key); ok {
		f.share(h, addr, now)
	}
	return h
}

// enqueue puts a task in its line: at the head when it has been in flight before,
// mostly.
func (f *Frontier[T]) enqueue(l *line[T], e entry[T], now time.Time) {
	f.expireShut(l, now)
	f.use(l.host)
	if e.old && !e.last {
		l.waiting.pushFront(e)
		l.checked = false
	} else {
		l.waiting.push(e)
	}
	// In its budget a line is looked at in its turn. But one that all tasks have
	// left may still stand there when its host is given up.
	if !l.inRefusing && (!l.inBudget || l.waiting.len() == 1) {
		f.place(l, now)
	}
}

// delay lets a task wait until a time.
func (f *Frontier[T]) delay(l *line[T], e entry[T], at, now time.Time) {
	f.use(l.host)
	heap.Push(&l.later, delay[T]{e, at})
	f.later.update(l)
	f.place(l, now) // its host may be given up
	notify(f.changed)
}

// popLater takes the task out whose time comes first.
func (f *Frontier[T]) popLater(l *line[T]) entry[T] {
	e := heap.Pop(&l.later).(delay[T]).entry
	if len(l.later) == 0 {
		f.later.remove(l)
	} else {
		f.later.update(l)
	}
	return e
}

// popHead takes the first task of a line out; it is not ok when it cannot be
// had.
func (f *Frontier[T]) popHead(l *line[T]) (t T, ok bool) {
	e, _ := l.waiting.pop()
	l.checked = false
	f.memory.serve(l)
	ok = f.load(&e)
	return e.task, ok
}

// destination is where a line belongs.
type destination int

const (
	nowhere  destination = iota // it has nothing to do, or waits for a gate
	toBudget                    // it may go on
	toRefuse                    // its next task is to be refused
)

// where finds out where a line belongs, and has the gates asked that it needs.
func (f *Frontier[T]) where(l *line[T], now time.Time) destination {
	h := l.host
	if f.ended || f.drained || l.gates.len()+l.waiting.len()+len(l.later)+l.late.len() == 0 {
		return nowhere
	}
	if l.late.len() > 0 {
		return toRefuse
	}
	if f.refusal(h, now) != nil {
		return toRefuse
	}
	if l.gates.len() == 0 {
		switch {
		case l.waiting.len() == 0:
			return nowhere
		case l.shut.refusal != nil:
			return toRefuse
		}
	}
	if h.budget == nil {
		f.lookUp(l, now)
		return nowhere
	}
	if f.opts.Robots != nil && !l.open && !l.asked && l.waiting.len() > 0 {
		f.ask(l, now)
	}
	switch {
	case l.gates.len() > 0 && f.free(h.budget, now) && !f.fits(l):
		f.hold(l)
		return nowhere
	case l.gates.len() > 0:
		return toBudget
	case f.opts.Robots != nil && !l.open:
		return nowhere
	case f.check(l) != nil:
		return toRefuse
	}
	return toBudget
}

// place puts a line where it belongs.
func (f *Frontier[T]) place(l *line[T], now time.Time) {
	switch f.where(l, now) {
	case toRefuse:
		if !l.inRefusing {
			l.inRefusing = true
			f.refusing.push(l)
			notify(f.changed)
		}
	case toBudget:
		b := l.host.budget
		if !l.inBudget {
			l.inBudget = true
			b.lines.push(l)
		}
		f.list(b, now)
	}
}

// refusal is why all tasks of a host are refused now, or nil. A host that was
// given up is not tried while its budget has to wait.
func (f *Frontier[T]) refusal(h *host[T], now time.Time) *Refusal {
	switch {
	case h.shut.refusal != nil:
		return h.shut.refusal
	case h.alone != nil:
		return h.alone
	case h.reach.dead != nil && h.budget != nil && !f.free(h.budget, now):
		return h.reach.dead
	}
	return h.reach.refusal(now)
}

// delays has the methods that container/heap asks for.
type delays[T Task] []delay[T]

func (d delays[T]) Len() int           { return len(d) }
func (d delays[T]) Less(i, j int) bool { return d[i].at.Before(d[j].at) }
func (d delays[T]) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }

func (d *delays[T]) Push(x any) { *d = append(*d, x.(delay[T])) }

func (d *delays[T]) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	(*d)[last] = delay[T]{}
	*d = (*d)[:last]
	if last == 0 {
		*d = nil
	}
	return x
}
