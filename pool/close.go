package pool

import "context"

// Close takes no more work: whatever is given to the pool from now on, and
// whatever a run draws, is answered with ErrClosed. Accepted work is finished,
// and then the workers go. Accepted are the tasks that runs have drawn, those
// of Call and Go, and all of a Map's that has begun.
//
// Close does not wait, may be called from anywhere, and again. See Wait.
func (p *Pool) Close() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.closing = true
	p.dispatch()
}

// Terminate ends the pool at once: workers are killed, and tasks that are not
// done are answered with ErrClosed. It returns when no worker is left, and may
// be called from anywhere, callbacks too, again, and after Close.
func (p *Pool) Terminate() {
	p.kill()
	<-p.gone
}

// Wait waits until nothing is left of a pool that was closed or terminated: no
// worker, no callback of a Future, no goroutine of its own. It returns
// ErrNotClosed at once when it was neither and New's context is not done, which
// terminates it, and the cause of ctx when that is done first, which harms
// nothing: Wait may be called again. A callback that waits for its own pool waits
// for itself.
func (p *Pool) Wait(ctx context.Context) error {
	p.mu.Lock()
	closing := p.closing || p.ctx.Err() != nil // kill is on its way
	p.mu.Unlock()
	if !closing {
		return ErrNotClosed
	}
	select {
	case <-p.gone:
		return p.callbacks.wait(ctx)
	default:
	}
	select {
	case <-p.gone:
		return p.callbacks.wait(ctx)
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// kill is Terminate without waiting.
func (p *Pool) kill() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.windUp(true)
}

// refusal is why a task is not accepted, nil if it is.
func (p *Pool) refusal() error {
	if p.ended == nil && p.closing {
		return ErrClosed
	}
	return p.ended
}

// settle lets the workers of a closed pool go once nothing is left to do.
func (p *Pool) settle() {
	if p.closing && !isClosed(p.over) && (p.ended != nil || p.accepted == 0 && !p.busy()) {
		p.windUp(false)
	}
}

// busy tells whether there is a task that was accepted and not answered.
func (p *Pool) busy() bool {
	for _, w := range p.workers {
		if w != nil && w.holding.len() > 0 {
			return true
		}
	}
	return len(p.retry)+len(p.backlog)+len(p.suspects) > 0
}

// windUp sends the workers away, and fails what is not done.
func (p *Pool) windUp(kill bool) {
	p.closing = true
	p.end(ErrClosed)
	for _, w := range p.workers {
		if w != nil {
			w.dismiss(kill)
		}
	}
	if !isClosed(p.over) {
		close(p.over)
	}
}

// end fails whatever is not done, and all that comes.
func (p *Pool) end(err error) {
	p.ended = err
	unfinished := append(p.retry, p.backlog...)
	for _, s := range p.suspects {
		unfinished = append(unfinished, s.leases...)
	}
	for _, w := range p.workers {
		if w != nil {
			begun, ahead := w.holding.clear()
			unfinished = append(append(unfinished, begun...), ahead...)
		}
	}
	p.retry, p.backlog, p.suspects = nil, nil, nil
	for _, l := range unfinished {
		l.asker.finish(l, 0, nil, err)
	}
	p.credit.Broadcast()
}

func isClosed(c <-chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}
