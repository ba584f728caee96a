package pool

import (
	"fmt"
	"math"
)

// left is how many more tasks a worker may be given in its life.
func (w *worker) left() int {
	if w.pool.opts.RecycleTasks == 0 {
		return math.MaxInt
	}
	return w.pool.opts.RecycleTasks - w.answered - w.holding.len()
}

// rest retires a worker that holds nothing and has done enough: p.mu is held.
func (w *worker) rest() {
	p := w.pool
	switch {
	case !w.ready || w.leaving || w.dismissed || w.holding.len() > 0:
	case w.left() == 0:
		w.retire(fmt.Sprintf("has done %d tasks", w.answered))
	case w.sated:
		w.retire(fmt.Sprintf("has grown to %d MiB", w.size>>20))
	case p.opts.IdleTimeout > 0 && p.now > w.idleSince+ticks(p.opts.IdleTimeout):
		w.retire("has had nothing to do")
	}
}

// retire tells a worker that is ready and holds nothing to go.
func (w *worker) retire(why string) {
	w.leaving, w.retired = true, why
	w.child.socket.Close()
}

// weigh asks the system how large the workers are. It reads files, so the
// mutex is not held meanwhile.
func (p *Pool) weigh() {
	if p.opts.RecycleBytes == 0 && p.opts.MemoryLimit == 0 {
		return
	}
	pids := map[*worker]int{}
	p.mu.Lock()
	for _, w := range p.workers {
		if w != nil && w.child != nil {
			pids[w] = w.child.pid
		}
	}
	p.mu.Unlock()
	sizes := map[*worker]int64{}
	for w, pid := range pids {
		sizes[w] = p.resident(pid)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	for w, size := range sizes {
		w.size = size
	}
}

// grown acts on a worker's size: it is to go when it has done its tasks, or
// killed. What it was large from before its first task is no reason to go.
func (w *worker) grown() (killed bool) {
	o := &w.pool.opts
	if o.MemoryLimit > 0 && w.size > o.MemoryLimit {
		w.condemn(fmt.Sprintf("worker had %d MiB resident, above its memory limit of %d MiB, so it was killed", w.size>>20, o.MemoryLimit>>20))
		return true
	}
	if o.RecycleBytes > 0 && w.size > o.RecycleBytes && w.answered > 0 {
		w.sated = true
	}
	return false
}
