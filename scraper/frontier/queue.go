package frontier

import (
	"container/heap"
	"time"
)

// queue is a first-in, first-out line in a ring.
type queue[E any] struct {
	ring  []E // its length is a power of two, or 0
	head  int
	count int
}

func (q *queue[E]) len() int { return q.count }

func (q *queue[E]) push(e E) {
	q.grow()
	q.ring[(q.head+q.count)&(len(q.ring)-1)] = e
	q.count++
}

func (q *queue[E]) pushFront(e E) {
	q.grow()
	q.head = (q.head - 1) & (len(q.ring) - 1)
	q.ring[q.head] = e
	q.count++
}

func (q *queue[E]) pop() (e E, ok bool) {
	if q.count == 0 {
		return e, false
	}
	var zero E
	e, q.ring[q.head] = q.ring[q.head], zero
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.count--
	return e, true
}

func (q *queue[E]) grow() {
	if q.count < len(q.ring) {
		return
	}
	ring := make([]E, max(4, 2*len(q.ring)))
	n := copy(ring, q.ring[q.head:])
	copy(ring[n:], q.ring[:q.head])
	q.ring, q.head = ring, 0
}

// later holds tasks until their time.
type later[T any] struct{ h delayed[T] }

type delay[T any] struct {
	task T
	at   time.Time
}

type delayed[T any] []delay[T]

func (l *later[T]) push(t T, at time.Time) { heap.Push(&l.h, delay[T]{t, at}) }

func (l *later[T]) pop() { heap.Pop(&l.h) }

// first is the task whose time comes first.
func (l *later[T]) first() (t T, at time.Time, ok bool) {
	if len(l.h) == 0 {
		return t, at, false
	}
	return l.h[0].task, l.h[0].at, true
}

// The methods that container/heap asks for.

func (d delayed[T]) Len() int           { return len(d) }
func (d delayed[T]) Less(i, j int) bool { return d[i].at.Before(d[j].at) }
func (d delayed[T]) Swap(i, j int)      { d[i], d[j] = d[j], d[i] }

func (d *delayed[T]) Push(x any) { *d = append(*d, x.(delay[T])) }

func (d *delayed[T]) Pop() any {
	last := len(*d) - 1
	x := (*d)[last]
	(*d)[last] = delay[T]{}
	*d = (*d)[:last]
	return x
}
