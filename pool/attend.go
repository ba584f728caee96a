package pool

import (
	"errors"
	"fmt"
	"os"
	"sync/atomic"
	"time"
)

// attend is the life of a started process, from its hello and its task to its
// burial.
func (p *Process) attend(c *child, task encoded, release func()) {
	g := newGuest(p.began.Name, c.socket)
	failure, err := p.converse(c, g, task)
	state := c.reap()
	g.seeOff()
	release()
	p.bury(c, state, failure, err)
}

var (
	errEndedEarly = errors.New("it ended before it was ready: is pool.Main the first call of main?")
	errNeverReady = errors.New("it did not become ready: is pool.Main the first call of main?")
)

// converse hears the process out. The failure is that of its function; the
// error, if any, is why it never ran, or what was wrong with what it said.
func (p *Process) converse(c *child, g *guest, task encoded) (failure *TaskError, err error) {
	var settled atomic.Bool // whether it is ready, or is given up
	late := time.AfterFunc(p.patience, func() {
		// This process may have stood still itself, so there is some more
		// time to hear what is there already.
		time.AfterFunc(exitGrace, func() {
			if settled.CompareAndSwap(false, true) {
				c.kill()
			}
		})
	})
	defer late.Stop()
	err = g.pass(1, task.passers)
	settleAll(task.passers, true)
	if err != nil && !isHangup(err) {
		c.kill()
		return nil, err
	}
	h := helloTo(p.serial, p.began.Name, p.began.Daemon)
	h.once = true
	greeting := appendTasks(h.append(nil), []outgoing{{1, 1, task}})
	_, _ = c.socket.Write(greeting) // when it fails, what is read says why
	frames := newFrameReader(c.socket)
	err = readReady(frames)
	_, refused := errors.AsType[*startFailure](err)
	switch {
	case !settled.CompareAndSwap(false, true):
		return nil, errNeverReady
	case refused, errors.Is(err, errMalformed):
		return nil, err
	case err != nil:
		return nil, errEndedEarly
	}
	p.getReady()
	for {
		kind, payload, err := frames.next()
		if errors.Is(err, errMalformed) {
			return failure, err
		} else if err != nil {
			return failure, nil // it has ended
		}
		f := fieldsOf(payload)
		id, verdict := f.uint(), f.bytes()
		if kind != frameAnswers || id != 1 || len(verdict) == 0 || f.more() {
			return failure, fmt.Errorf("%w of kind %d", errMalformed, kind)
		}
		failure = failureOf(verdict)
	}
}

// bury books how the process has ended.
func (p *Process) bury(c *child, state *os.ProcessState, failure *TaskError, err error) {
	s := status{}
	s.cause, _ = causeOfDeath("process", state, c.words.String())
	if state != nil {
		s.code, s.known = state.ExitCode(), true
		if sig, ok := signalOf(state); ok {
			s.code, s.signal = -int(sig), sig
		}
	}
	if err == errEndedEarly && (s.signal != 0 || !s.known) {
		err = nil // nothing points to its main
	}
	exit := &ExitError{Process: p.began.Name, Pid: c.pid, Code: s.code, Known: s.known, Signal: s.signal, Cause: s.cause}
	switch {
	case err != nil:
		s.cause = fmt.Sprintf("%s: %v", s.cause, err)
		exit.Cause, exit.Err = s.cause, err
		s.err = exit
	case failure != nil && (s.code == 1 || !s.known):
		s.cause = failure.Error()
		s.err = p.failure(failure)
	case s.known && s.code == 0:
		s.cause = ""
	default:
		s.err = exit
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stage, p.child, p.status = stageStopped, nil, s
	active.remove(p)
	close(p.done)
}
