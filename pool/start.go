package pool

import (
	"context"
	"errors"
	"fmt"
	"os"
)

// Start starts the process, once. It returns when that is under way; whether the
// process then comes to run the function is for Join to say. The context is for
// the start alone: to end a running process there are Terminate and Kill. The
// error is ErrStarted, or says that the task cannot be encoded or the system has
// refused; then Start can be tried again.
func (p *Process) Start(ctx context.Context) error {
	if !mainCalled.Load() {
		return errNoMain
	}
	if err := p.start(ctx); err != nil {
		return p.failure(err)
	}
	return nil
}

func (p *Process) start(ctx context.Context) error {
	if err := p.begin(); err != nil {
		return err
	}
	c, task, release, err := p.launch(ctx)
	p.mu.Lock()
	defer p.mu.Unlock()
	if err != nil {
		p.stage = stageInitial
		return err
	}
	p.stage, p.child, p.began.Pid = stageStarted, c, c.pid
	p.done = make(chan struct{})
	active.add(p)
	go p.attend(c, task, release)
	return nil
}

// launch makes the operating system's process. It needs the spawner until
// release is called.
func (p *Process) launch(ctx context.Context) (c *child, task encoded, release func(), err error) {
	if ctx.Err() != nil {
		return nil, task, nil, context.Cause(ctx)
	}
	if task, err = p.task(); err != nil {
		return nil, task, nil, err
	}
	keepDescriptors()
	spawn, release := holdSpawner()
	if c, err = spawn(ctx, p.options()); err != nil {
		release()
		settleAll(task.passers, false)
		return nil, task, nil, err
	}
	return c, task, release, nil
}

// begin claims the one start.
func (p *Process) begin() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.task == nil:
		return errors.New("it was not made by Func.Process in this process")
	case p.stage == stageClosed:
		return ErrClosed
	case p.stage != stageInitial:
		return ErrStarted
	case p.MaxProcs < 0:
		return fmt.Errorf("Process.MaxProcs (%d) must not be negative", p.MaxProcs)
	}
	p.stage = stageStarting
	p.began = ProcessInfo{Name: p.Name, Daemon: p.Daemon}
	return nil
}

func (p *Process) options() childOptions {
	stdout, stderr := p.Stdout, p.Stderr
	if _, inherited := stdout.(*os.File); !inherited && sameWriter(stdout, stderr) {
		both := &shared{w: stdout}
		stdout, stderr = both, both
	}
	o := childOptions{name: p.began.Name, maxProcs: p.MaxProcs, env: p.Env, stdout: stdout}
	if stdout == nil {
		o.stdout = os.Stdout
	}
	if stderr == nil {
		o.forward = quietFile{os.Stderr}
	} else {
		o.line = namedLines(p.began.Name, stderr)
	}
	return o
}
