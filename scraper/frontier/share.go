package frontier

import "time"

// manyTasks of one host, with no other host in sight, are taken for a list of that
// host alone, though it is still being read.
const manyTasks = 1000

// most is how many requests a budget may have in flight when nothing is the matter
// with it. While there are other hosts with something to do, it is no more than half
// of all slots, so that what waits for the answers of one slow host is never all that
// there is.
func (f *Frontier[T]) most() int {
	if f.opts.Concurrency == 0 || f.alone() {
		return f.opts.HostConcurrency
	}
	return min(f.opts.HostConcurrency, (f.opts.Concurrency+1)/2)
}

// alone tells whether one host is all that there is, so far as the list is known.
func (f *Frontier[T]) alone() bool {
	active := len(f.hosts) - f.idle.count
	return active <= 1 && (f.closed || f.count >= manyTasks)
}

// crowd takes note of a budget that would start something, had it more than half of
// all slots.
func (f *Frontier[T]) crowd(b *budget[T]) {
	most := f.most()
	if most < f.opts.HostConcurrency && b.inFlight >= most && b.lines.len() > 0 {
		f.crowded[b] = true
	}
}

// uncrowd looks again at such budgets, when other hosts may have gone.
func (f *Frontier[T]) uncrowd(now time.Time) {
	if len(f.crowded) == 0 || !f.alone() {
		return
	}
	for b := range f.crowded {
		delete(f.crowded, b)
		f.list(b, now)
	}
}
