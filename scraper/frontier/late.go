package frontier

import (
	"container/heap"
	"time"
)

// sweepEvery is how often the tasks of a line are looked through, at most, for
// those whose time is over: that is how late they can be told so.
const sweepEvery = 100 * time.Millisecond

// ending is a line with the time at which one of its tasks may be over.
type ending[T Task] line[T]

func (l *ending[T]) due() time.Time { return l.endsAt }
func (l *ending[T]) place() *int    { return &l.endsPlace }

// limit takes note of when a task's time is over, before it waits in a line.
func (f *Frontier[T]) limit(l *line[T], e *entry[T], t T) {
	if f.opts.Deadline == nil {
		return
	}
	at := f.opts.Deadline(t)
	if at.IsZero() {
		return
	}
	e.ends = max(1, at.Sub(f.began))
	f.sweepAgain(l, at)
}

// sweepAgain has a line looked through at that time, or earlier.
func (f *Frontier[T]) sweepAgain(l *line[T], at time.Time) {
	if l.endsPlace > 0 && !at.Before(l.endsAt) {
		return
	}
	l.endsAt = at
	f.ends.update((*ending[T])(l))
	notify(f.changed)
}

// expire looks through the lines in which the time of a task may be over. Such a
// task need not wait for its host's turn to be refused.
func (f *Frontier[T]) expire(now time.Time) {
	for e, ok := f.ends.first(); ok && !e.due().After(now); e, ok = f.ends.first() {
		f.ends.remove(e)
		f.sweep((*line[T])(e), now)
	}
}

// sweep puts the tasks of a line aside whose time is over.
func (f *Frontier[T]) sweep(l *line[T], now time.Time) {
	var (
		passed = now.Sub(f.began)
		next   time.Duration // when the time of another one is
	)
	over := func(e entry[T]) bool {
		switch {
		case e.ends == 0:
		case e.ends <= passed:
			l.late.push(e)
			return true
		case next == 0 || e.ends < next:
			next = e.ends
		}
		return false
	}
	for range l.waiting.len() {
		if e, _ := l.waiting.pop(); !over(e) {
			l.waiting.push(e)
		}
	}
	l.checked = false
	kept := l.later[:0]
	for _, d := range l.later {
		if !over(d.entry) {
			kept = append(kept, d)
		}
	}
	if len(kept) < len(l.later) {
		clear(l.later[len(kept):])
		l.later = kept
		heap.Init(&l.later)
		if len(kept) > 0 {
			f.later.update(l)
		} else {
			f.later.remove(l)
		}
	}
	if next > 0 {
		f.sweepAgain(l, latest(f.began.Add(next), now.Add(sweepEvery)))
	}
	if l.late.len() > 0 {
		f.place(l, now)
	}
}
