package pool

import (
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"
)

// A child whose socket is closed has termAfter to end by itself, so that the
// cause of its death is its own and not our signal, and exitGrace in all. By
// itself it takes goneGrace at most; what is above that is for a machine that is
// short of time.
const (
	termAfter = time.Second
	exitGrace = 1500 * time.Millisecond
)

// child is a child process as its starter sees it: socket, outputs, pid. It
// must be reaped.
type child struct {
	cmd     *exec.Cmd
	pid     int
	socket  channel
	streams []*stream
	words   excerpt // what it wrote to standard error

	mu     sync.Mutex
	reaped bool
}

// channel is the socket to a child.
type channel interface {
	io.ReadWriteCloser
	// sendFile writes a frame together with an open file.
	sendFile(frame []byte, f *os.File) error
	// takeAll returns the files that have arrived, and discard closes them.
	takeAll() []*os.File
	discard()
	// progress changes as long as the child reads or writes.
	progress() uint64
}

// childOptions say how a child is started.
type childOptions struct {
	name        string
	maxProcs    int               // its GOMAXPROCS, if not 0
	memoryLimit int64             // its GOMEMLIMIT in bytes, if not 0
	env         []string          // "NAME=value", beyond keptEnv
	line        func(line []byte) // if set, hears each line of its standard error, without its end
	forward     io.Writer         // if set, its standard error is passed on to it
	stdout      io.Writer         // nil: as standard error; an *os.File is inherited
}

// startChild executes the own binary as a child. It must run on a thread that
// outlives the child: see holdSpawner.
func startChild(o childOptions) (_ *child, err error) {
	cmd, err := command(o)
	if err != nil {
		return nil, err
	}
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	socket, err := newSocket(ours)
	if err != nil {
		return nil, err
	}
	c := &child{cmd: cmd, socket: socket}
	defer func() {
		if err != nil {
			socket.Close()
		}
	}()
	stderr, err := c.carry(o.hearer(&c.words))
	if err != nil {
		return nil, err
	}
	defer stderr.Close()
	cmd.Stderr = stderr
	switch out := o.stdout.(type) {
	case nil:
		cmd.Stdout = stderr // what a function prints must not meet the records
	case *os.File:
		if _, err := out.Stat(); err == nil { // else it is closed: then nobody hears
			cmd.Stdout = out
		}
	default:
		stdout, err := c.carry(func(b []byte) { _, _ = out.Write(b) }, func() {})
		if err != nil {
			return nil, err
		}
		defer stdout.Close()
		cmd.Stdout = stdout
	}
	cmd.ExtraFiles = []*os.File{theirs} // childFD
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	c.pid = cmd.Process.Pid
	return c, nil
}

// carry adds a stream. It ends by itself when the child's end of it, which is
// returned, is closed by all who have it.
func (c *child) carry(hear func([]byte), end func()) (w *os.File, err error) {
	s, w, err := newStream(hear, end)
	if err == nil {
		c.streams = append(c.streams, s)
	}
	return w, err
}

// hearer is who hears a child's standard error.
func (o childOptions) hearer(words *excerpt) (hear func([]byte), end func()) {
	end = func() {}
	toLines := func([]byte) {}
	if o.line != nil {
		cutter := &lineCutter{line: o.line}
		toLines, end = cutter.hear, cutter.end
	}
	return func(b []byte) {
		words.add(b)
		toLines(b)
		if o.forward != nil {
			_, _ = o.forward.Write(b) // the child must not suffer from it
		}
	}, end
}

// kill ends the process, and what is in its group if it leads one, at once.
func (c *child) kill() {
	if leadsGroup() {
		c.signal(killGroup)
	} else {
		c.signal(killOne)
	}
}

// terminate asks the process to end.
func (c *child) terminate() { c.signal(terminate) }

// signal sends unless the process has been waited for, be it by somebody else
// in this program: afterwards the pid may be another's.
func (c *child) signal(send func(pid int)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.reaped && c.cmd.Process.Signal(syscall.Signal(0)) == nil {
		send(c.pid)
	}
}

// reap closes the socket, sees to it that the process ends, and says how it
// did: nil when somebody else has learnt that, and it cannot be known.
func (c *child) reap() *os.ProcessState {
	c.socket.Close()
	late := time.AfterFunc(termAfter, c.terminate)
	tooLate := time.AfterFunc(exitGrace, c.kill)
	if waitExit(c.pid) {
		c.kill() // what it has left behind
	}
	late.Stop()
	tooLate.Stop()
	c.mu.Lock()
	c.reaped = true
	c.mu.Unlock()
	_ = c.cmd.Wait() // its error is what ProcessState says
	if c.cmd.ProcessState == nil {
		_ = c.cmd.Process.Release()
	}
	for _, s := range c.streams {
		s.stop()
	}
	return c.cmd.ProcessState
}
