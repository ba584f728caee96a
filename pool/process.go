package pool

import (
	"context"
	"fmt"
	"io"
	"sync"
	"time"
)

// Process is a registered function that runs once, in a process of its own: a
// copy of this binary, executed again. Func.Process makes one. The exported
// fields are set before Start; later changes have no effect. The methods are
// safe for concurrent use.
//
// The process ends with code 0 when the function returns, after what Exit says;
// with code 1 when it returns an error, panics or ends its goroutine, whose text
// and, for a panic, stack it writes to standard error; and with the code that
// Exit or os.Exit was given. However it ends, nothing that it has started is
// left, unless that has left its process group: its own processes and workers
// see that their parent is gone, and other programs are killed with the group.
// Of a process below another the other programs are, when that one ends: all are
// in the group of the one that the first process has started.
//
// When the process that started it is gone, the function's context is done with
// ErrParentGone as its cause, and it ends within a second; on Linux it is killed
// at once. Ctrl-C in a terminal reaches the first process alone.
type Process struct {
	// Name is shown in errors and known to the process itself. Func.Process
	// sets it: Process-1 and so on, Process-1:2 for the second child of
	// Process-1. Workers of a Pool are counted too.
	Name string
	// Daemon is whether the process is stopped when its parent ends by Exit,
	// or by the return of its function, instead of being awaited. Func.Process
	// sets it to what the parent itself is. Workers of a Pool are daemons.
	Daemon bool
	// Env holds further variables, as NAME=value, for this process only. Of
	// its parent's environment it sees SSL_CERT_FILE, SSL_CERT_DIR, GODEBUG,
	// GORACE and TZ.
	Env []string
	// Stdout is where its standard output goes. nil: to this process's
	// os.Stdout. An *os.File is inherited, and not read here.
	Stdout io.Writer
	// Stderr hears its standard error line by line, with its name in front
	// ("Process-3: …"), one Write per line, never two at a time. nil: it goes
	// to this process's os.Stderr, unchanged. It may be the same Writer as
	// Stdout, if that can be compared with ==: then never two at a time of both.
	Stderr io.Writer
	// MaxProcs is its GOMAXPROCS. 0: the runtime's choice.
	MaxProcs int

	serial   string
	task     func() (encoded, error)
	patience time.Duration // startLimit, but for tests

	mu     sync.Mutex
	stage  stage
	began  ProcessInfo   // what it was started as; its pid from then on
	child  *child        // while it runs
	ready  bool          // it has come so far as to heed signals
	asked  bool          // to end
	done   chan struct{} // closed when it has ended
	status status        // then
}

// Process makes a process that will run f with the task; what f returns beside
// an error must be encodable, and is dropped. Nothing runs before Start.
func (f Func[T, A]) Process(task T) *Process {
	serial := nextSerial()
	return &Process{
		Name:     nameOf(serial),
		Daemon:   Current().Daemon,
		serial:   serial,
		patience: startLimit,
		task:     func() (encoded, error) { return f.encode(task) },
	}
}

// failure names the process in an error.
func (p *Process) failure(err error) error {
	i := p.info()
	if i.Pid == 0 {
		return fmt.Errorf("pool: %s: %w", i.Name, err)
	}
	return fmt.Errorf("pool: %s (pid %d): %w", i.Name, i.Pid, err)
}

// info is what the process is, or will be.
func (p *Process) info() ProcessInfo {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage == stageInitial || p.began.Name == "" {
		return ProcessInfo{Name: p.Name, Daemon: p.Daemon}
	}
	return p.began
}

func (p *Process) isDaemon() bool { return p.info().Daemon }

// Pid is the process id, also when the process has ended; 0 before Start and
// after Close.
func (p *Process) Pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage == stageClosed {
		return 0
	}
	return p.began.Pid
}

// IsAlive tells whether the process has been started and has not ended. It is
// true as long as its exit code is not known here.
func (p *Process) IsAlive() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.stage == stageStarted
}

// Done is closed when the process has ended. It is nil before Start.
func (p *Process) Done() <-chan struct{} {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.done
}

// ExitCode is the exit code of a process that has ended: the negative number of
// the signal if one killed it. It is not known while the process runs, after
// Close, and when somebody else in this program has waited for it.
//
// The Go runtime catches some signals, SIGSEGV and SIGQUIT among them, and ends
// with code 2 then; Cause names them.
func (p *Process) ExitCode() (code int, known bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage != stageStopped {
		return 0, false
	}
	return p.status.code, p.status.known
}

// Cause says in words how the process ended, if it did so badly: by an error of
// its function, a signal, a crash or an exit code. Else it is empty.
func (p *Process) Cause() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage != stageStopped {
		return ""
	}
	return p.status.cause
}

// Join waits for the process to end, and tells how it did: nil with exit code 0;
// a *TaskError, wrapped, when the function returned an error or panicked; else
// an *ExitError, with ErrOtherProgram where that is the reason. When ctx is done
// first, the error is its cause, and the process goes on. A ctx that is done
// already makes Join ask without waiting. Before Start the error is
// ErrNotStarted, after Close ErrClosed.
func (p *Process) Join(ctx context.Context) error {
	done, err := p.started()
	if err != nil {
		return p.failure(err)
	}
	select {
	case <-done:
	default:
		select {
		case <-done:
		case <-ctx.Done():
			return p.failure(context.Cause(ctx))
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.status.err
}

// started refuses what needs a process that was started.
func (p *Process) started() (done chan struct{}, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch p.stage {
	case stageInitial, stageStarting:
		return nil, ErrNotStarted
	case stageClosed:
		return nil, ErrClosed
	}
	return p.done, nil
}

// Terminate asks the process to end, by SIGTERM, which ends a Go program that
// does not handle it. It does not wait. Once the process has ended it does
// nothing.
func (p *Process) Terminate() error {
	return p.send(func(c *child) {
		if p.asked = true; p.ready {
			c.terminate()
		}
	})
}

// Kill ends the process by SIGKILL. It does not wait. Once the process has ended
// it does nothing.
func (p *Process) Kill() error { return p.send((*child).kill) }

// send does something to the child unless that has ended: p.mu is held then.
func (p *Process) send(signal func(*child)) error {
	if _, err := p.started(); err != nil {
		return p.failure(err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.child != nil {
		signal(p.child)
	}
	return nil
}

// getReady has a process that was asked to end early hear it now: if this
// program ignores SIGTERM, so does the child until its runtime is up.
func (p *Process) getReady() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ready = true; p.asked {
		p.child.terminate()
	}
}

// Close says that the process is done with: what was known of it is forgotten,
// and every further use is an error. While it runs, Close refuses with
// ErrRunning. Closing twice is fine; not closing leaks nothing.
func (p *Process) Close() error {
	if p.close() {
		return nil
	}
	return p.failure(ErrRunning)
}

func (p *Process) close() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stage == stageStarting || p.stage == stageStarted {
		return false
	}
	p.stage, p.status = stageClosed, status{}
	return true
}
