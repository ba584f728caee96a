package frontier

// queue is a first-in, first-out line in a ring.
type queue[E any] struct {
	ring  []E // its length is a power of two, or 0
	head  int
	count int
}

func (q *queue[E]) len() int { return q.count }

func (q *queue[E]) push(e E) {
	q.resize()
	q.ring[(q.head+q.count)&(len(q.ring)-1)] = e
	q.count++
}

func (q *queue[E]) pushFront(e E) {
	q.resize()
	q.head = (q.head - 1) & (len(q.ring) - 1)
	q.ring[q.head] = e
	q.count++
}

// front is where the first element is, of a queue that is not empty.
func (q *queue[E]) front() *E { return &q.ring[q.head] }

func (q *queue[E]) pop() (e E, ok bool) {
	if q.count == 0 {
		return e, false
	}
	var zero E
	e, q.ring[q.head] = q.ring[q.head], zero
	q.head = (q.head + 1) & (len(q.ring) - 1)
	q.count--
	if q.count == 0 && len(q.ring) > 64 {
		q.ring, q.head = nil, 0
	}
	return e, true
}

// resize makes room for one more.
func (q *queue[E]) resize() {
	if q.count < len(q.ring) {
		return
	}
	ring := make([]E, max(1, 2*len(q.ring)))
	n := copy(ring, q.ring[q.head:])
	copy(ring[n:], q.ring[:q.head])
	q.ring, q.head = ring, 0
}
