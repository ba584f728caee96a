package pool

import (
	"context"
	"sync"
)

// crowd counts who comes and goes, and lets others wait until it is empty. It
// differs from a sync.WaitGroup in that more may come while somebody waits,
// and that a wait has a context.
type crowd struct {
	mu    sync.Mutex
	n     int
	empty chan struct{} // closed when n falls to 0
}

func (c *crowd) enter() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n == 0 {
		c.empty = make(chan struct{})
	}
	c.n++
}

func (c *crowd) leave() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.n--; c.n == 0 {
		close(c.empty)
	}
}

// wait returns nil when the crowd has been empty, else the cause of ctx.
func (c *crowd) wait(ctx context.Context) error {
	c.mu.Lock()
	n, empty := c.n, c.empty
	c.mu.Unlock()
	if n == 0 {
		return nil
	}
	select {
	case <-empty:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
