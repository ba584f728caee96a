package frontier

import (
	"container/heap"
	"math/bits"
	"time"
)

const (
	// maxRules is the memory of rules, whatever hosts need theirs: some dozen
	// files of the size that is read at most, or ten thousand ordinary ones.
	maxRules = 24 << 20
	// tenure is how many tasks a line may start, or have refused, before rules
	// that were asked for a second time may be forgotten again.
	tenure = 8
	// startsPerOverdraft is how many tasks start before one more robots.txt is
	// fetched though there is no memory for it.
	startsPerOverdraft = 16
)

// memory is that of rules. Hosts that take long must not have it for
// themselves, so it is shared like this:
//
// While there is some left, every line has its robots.txt fetched. Otherwise a
// line that needs one for the first time is held, but not for long: it is let
// through when nothing else can start, and now and then. Where its rules are too
// much, the largest are forgotten. Their line has its robots.txt fetched again
// in its turn, but now that the size is known only where there is memory left, or
// with a promise that the rules stay until some tasks of the line have had their
// turn. Half of the memory can be promised, and somebody can always have a
// promise. So those with small files hardly ever wait for others, and those with
// large ones wait for each other, and all get on.
type memory[T Task] struct {
	most     int // bytes
	used     int
	coming   int // of files whose size is known, which are being fetched
	promised int // that stay, of those that are here and of those that come
	came     int // rules so far
	loose    loose[T]

	overdraft bool            // one file is fetched though there is no memory
	held      queue[*line[T]] // with a robots.txt to fetch for the first time
	again     queue[*line[T]] // with one to fetch again
}

// mayPromise tells whether so many bytes may stay.
func (m *memory[T]) mayPromise(n int) bool {
	return m.promised == 0 || m.promised+n <= m.most/2
}

// fits tells whether there is memory for the answer to the gate that comes first
// in a line. What has begun goes on.
func (f *Frontier[T]) fits(l *line[T]) bool {
	if l.gates.len() == 0 {
		return true
	}
	g, m := f.gates[*l.gates.front()], &f.memory
	switch size := g.line.size; {
	case g.begun:
		return true
	case size == 0:
		return m.overdraft || m.used+m.coming < m.most
	default:
		return m.mayPromise(size) || m.used+m.coming+size <= m.most
	}
}

// begin takes note that a robots.txt is going to be fetched.
func (f *Frontier[T]) begin(g *gate[T]) {
	if g.begun {
		return
	}
	g.begun = true
	m := &f.memory
	if g.line.size == 0 {
		m.overdraft = false
		return
	}
	g.coming = g.line.size
	m.coming += g.coming
	if m.mayPromise(g.coming) {
		g.promised = true
		m.promised += g.coming
	}
}

// end takes back what was set aside for a gate.
func (m *memory[T]) end(g *gate[T]) {
	m.coming -= g.coming
	if g.promised {
		m.promised -= g.coming
	}
}

// hold lets a line with a robots.txt to fetch wait for memory.
func (f *Frontier[T]) hold(l *line[T]) {
	switch {
	case l.isHeld:
		return
	case l.size == 0:
		f.memory.held.push(l)
	default:
		f.memory.again.push(l)
	}
	l.isHeld = true
}

// release places up to n lines that waited for memory, if there is some. It tells
// whether there were any.
func (f *Frontier[T]) release(n int, now time.Time) (any bool) {
	for _, q := range [...]*queue[*line[T]]{&f.memory.again, &f.memory.held} {
		for ; n > 0 && q.len() > 0 && f.fits(*q.front()); n-- {
			l, _ := q.pop()
			l.isHeld = false
			f.place(l, now)
			any = true
		}
	}
	return any
}

// overdraw lets one more line have its robots.txt fetched for the first time,
// though there is no memory.
func (f *Frontier[T]) overdraw(now time.Time) {
	f.turn.starts = 0
	f.memory.overdraft = true
	l, _ := f.memory.held.pop()
	l.isHeld = false
	f.place(l, now)
}

// learnRules keeps the rules of a line that waited for them, which may be too
// many; promised is whether they are to stay at first.
func (f *Frontier[T]) learnRules(l *line[T], rules Rules, promised bool, now time.Time) {
	l.open, l.rules, l.size, l.served = true, rules, 0, 0
	if rules == nil {
		return
	}
	m := &f.memory
	m.came++
	l.size, l.came = rules.Size(), m.came
	m.used += l.size
	if promised && l.waiting.len() > 0 && m.mayPromise(l.size) { // it may have grown
		l.promised = true
		m.promised += l.size
	} else {
		heap.Push(&m.loose, l)
	}
	f.grow(l.host, l.size, now)
	for m.used > m.most && len(m.loose) > 0 && m.loose[0].size < m.used {
		f.unlearnRules(m.loose[0])
	}
}

// unlearnRules forgets the rules of a line, but not their size.
func (f *Frontier[T]) unlearnRules(l *line[T]) {
	f.memory.drop(l)
	l.open, l.rules = false, nil
	l.checked, l.denied = false, nil
	l.host.size -= l.size
	f.states -= l.size
	notify(f.room)
}

// drop counts the rules of a line out, if it has any.
func (m *memory[T]) drop(l *line[T]) {
	if l.rules == nil {
		return
	}
	m.used -= l.size
	if l.promised {
		l.promised = false
		m.promised -= l.size
	} else {
		heap.Remove(&m.loose, l.looseAt)
	}
}

// serve takes note that a task has left a line whose rules are known.
func (m *memory[T]) serve(l *line[T]) {
	if l.rules == nil {
		return
	}
	l.served++
	switch {
	case !l.promised:
		if l.served == 1 {
			heap.Fix(&m.loose, l.looseAt)
		}
	case l.served == tenure || l.waiting.len() == 0:
		l.promised = false
		m.promised -= l.size
		heap.Push(&m.loose, l)
	}
}

// loose are the lines whose rules may be forgotten, as a heap: first the larger
// ones, where twice the size matters; of those the ones that have been of use,
// the oldest first; then the others, with the ones that could start last before
// those that came before them.
type loose[T Task] []*line[T]

func (h loose[T]) Len() int { return len(h) }

func (h loose[T]) Less(i, j int) bool {
	a, b := h[i], h[j]
	if x, y := bits.Len(uint(a.size)), bits.Len(uint(b.size)); x != y {
		return x > y
	}
	if x, y := a.served > 0, b.served > 0; x != y {
		return x
	} else if x {
		return a.came < b.came
	}
	return a.came > b.came
}

func (h loose[T]) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].looseAt, h[j].looseAt = i, j
}

func (h *loose[T]) Push(x any) {
	l := x.(*line[T])
	l.looseAt = len(*h)
	*h = append(*h, l)
}

func (h *loose[T]) Pop() any {
	last := len(*h) - 1
	l := (*h)[last]
	(*h)[last] = nil
	*h = (*h)[:last]
	return l
}
