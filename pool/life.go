package pool

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// live is the life of a worker, from its start to its burial.
func (w *worker) live() {
	c, err := w.start()
	if err != nil {
		err = &startFailure{fmt.Errorf("cannot start a worker: %w", err)}
		w.bury(err.Error(), false, err)
		return
	}
	written := make(chan error, 1)
	go func() { written <- w.write(c) }()
	err = w.read(c)
	state := c.reap()
	close(w.quit)
	if failed := <-written; failed != nil {
		err = failed // what read has met is but the end of it
	}
	cause, struck := causeOfDeath("worker", state, c.words.String())
	if errors.Is(err, errMalformed) {
		cause, struck = fmt.Sprintf("worker sent a %v", err), false
	}
	w.bury(cause, struck, err)
}

func (w *worker) start() (c *child, err error) {
	p := w.pool
	c, err = p.spawn(context.Background(), childOptions{
		name:        w.name,
		maxProcs:    p.opts.maxProcs(),
		memoryLimit: p.opts.softMemoryLimit(),
		line:        p.printer(w.name),
	})
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	w.child, w.started, w.born = c, p.now, time.Now()
	if w.dismissed {
		c.socket.Close()
	}
	if w.leaving {
		c.kill()
	}
	return c, nil
}

// bury takes the worker off the list and hands its tasks on.
func (w *worker) bury(cause string, struck bool, err error) {
	p := w.pool
	p.mu.Lock()
	p.workers[w.index] = nil
	w.leaving = true
	switch {
	case w.retired != "":
		cause, struck = "retired, since it "+w.retired, false
	case w.sentence != "":
		cause, struck = w.sentence, w.silent
	}
	tasks := w.holding.len()
	p.mourn(w, cause, struck)
	var failed *startFailure
	switch {
	case w.dismissed || w.retired != "":
	case !w.ready:
		p.failedStarts++
		if !errors.As(err, &failed) {
			failed = &startFailure{errors.New(cause)}
		}
		p.backOff(p.failedStarts)
		limit := maxStarts
		if struck {
			limit = maxStruckStarts
		}
		if p.failedStarts >= limit && !p.anyRuns() && p.ended == nil {
			p.end(&StartError{Failures: p.failedStarts, Err: failed})
		}
	case w.answered == 0 && tasks == 0: // else the tasks' charges bound it
		p.idleDeaths++
		p.backOff(p.idleDeaths - 1)
	}
	p.dispatch()
	dismissed := w.dismissed
	p.mu.Unlock()
	if !dismissed {
		p.announce(WorkerEvent{Name: w.name, Pid: w.pid(), Ended: true, Died: w.retired == "", Cause: cause, Held: tasks})
	}
}

// backOff keeps failures in a row from becoming a storm of new processes.
func (p *Pool) backOff(failures int) {
	if failures > 0 {
		p.startAfter = p.now + ticks(min(tickEvery<<min(failures-1, 10), time.Second))
	}
}

// anyRuns tells whether a worker is there that has not begun to leave: it is
// ready, or may yet become so.
func (p *Pool) anyRuns() bool {
	return slices.ContainsFunc(p.workers, func(w *worker) bool { return w != nil && !w.leaving })
}

func (p *Pool) anyStarts() bool {
	return slices.ContainsFunc(p.workers, func(w *worker) bool { return w != nil && !w.leaving && !w.ready })
}
