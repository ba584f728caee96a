package frontier

import (
	"container/heap"
	"time"
)

// scheduled is something with a time, that knows its place in a schedule.
type scheduled interface {
	due() time.Time
	place() *int // from 1; 0 when it is in none
}

// schedule holds what waits for its time, the earliest first.
type schedule[E scheduled] struct{ h byTime[E] }

// update puts e in, or in another place after its time has changed.
func (s *schedule[E]) update(e E) {
	if p := *e.place(); p > 0 {
		heap.Fix(&s.h, p-1)
	} else {
		heap.Push(&s.h, e)
	}
}

// remove takes e out, if it is in.
func (s *schedule[E]) remove(e E) {
	if p := *e.place(); p > 0 {
		heap.Remove(&s.h, p-1)
	}
}

// first is what comes first.
func (s *schedule[E]) first() (e E, ok bool) {
	if len(s.h) == 0 {
		return e, false
	}
	return s.h[0], true
}

// byTime has the methods that container/heap asks for.
type byTime[E scheduled] []E

func (b byTime[E]) Len() int           { return len(b) }
func (b byTime[E]) Less(i, j int) bool { return b[i].due().Before(b[j].due()) }

func (b byTime[E]) Swap(i, j int) {
	b[i], b[j] = b[j], b[i]
	*b[i].place(), *b[j].place() = i+1, j+1
}

func (b *byTime[E]) Push(x any) {
	e := x.(E)
	*b = append(*b, e)
	*e.place() = len(*b)
}

func (b *byTime[E]) Pop() any {
	var zero E
	last := len(*b) - 1
	e := (*b)[last]
	(*b)[last] = zero
	*b = (*b)[:last]
	*e.place() = 0
	return e
}
