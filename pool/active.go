package pool

import (
	"slices"
	"sync"
)

// active are the processes of this process that have been started and have not
// ended, in the order of their start.
var active processes

type processes struct {
	mu  sync.Mutex
	all []*Process
}

func (a *processes) add(p *Process) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.all = append(a.all, p)
}

func (a *processes) remove(p *Process) {
	a.mu.Lock()
	defer a.mu.Unlock()
	i := slices.Index(a.all, p)
	a.all = slices.Delete(a.all, i, i+1)
}

// ActiveChildren are the processes that this one has started and that have not
// ended, in the order of their start; workers of a Pool are not among them. What
// has ended is waited for without it, so that none needs to be joined. The slice
// is the caller's. It is safe for concurrent use.
func ActiveChildren() []*Process {
	active.mu.Lock()
	defer active.mu.Unlock()
	return slices.Clone(active.all)
}
