package pool

import (
	"context"
	"iter"
)

// RunOrdered is Run with the answers in the order of the tasks. An answer
// waits for those before it, and so that slow ones cost no memory without
// bound, drawing stops when the oldest task on the way is 4,096 behind the
// newest, or when 16 MiB of answers wait for it.
func (f Func[T, A]) RunOrdered(ctx context.Context, p *Pool, tasks iter.Seq[T]) iter.Seq[Answer[T, A]] {
	return f.iterate(ctx, func() *run {
		r := p.begin()
		r.line = &line{held: map[int]finished{}}
		return r
	}, tasks)
}

// line brings answers into the order in which their tasks were drawn.
type line struct {
	head int // number of the next answer to be delivered
	held map[int]finished
	size int // of the answers held, in bytes
}

// full tells whether the head of the line keeps too much waiting.
func (q *line) full(drawn int) bool {
	return drawn-q.head >= maxUndelivered || q.size >= maxUndeliveredBytes
}

// arrive takes an answer, and yields those whose turn has come.
func (q *line) arrive(d finished) iter.Seq[finished] {
	q.held[d.lease.number] = d
	q.size += len(d.body)
	return func(yield func(finished) bool) {
		for {
			d, ok := q.held[q.head]
			if !ok || !yield(d) {
				return
			}
			delete(q.held, q.head)
			q.size -= len(d.body)
			q.head++
		}
	}
}
