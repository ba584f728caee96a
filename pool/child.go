package pool

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"time"
)

// A worker whose socket is closed has termAfter to end by itself, so that the
// cause of its death is its own and not our signal, and exitGrace in all. Where
// waitExit cannot wait, it has neither.
const (
	termAfter = 250 * time.Millisecond
	exitGrace = 500 * time.Millisecond
)

// child is a worker process as its starter sees it: socket, standard error,
// pid. It must be reaped.
type child struct {
	cmd    *exec.Cmd
	pid    int
	socket net.Conn
	stderr *os.File
	words  excerpt       // what it wrote; to be read after ended
	ended  chan struct{} // closed when standard error has ended

	mu     sync.Mutex
	reaped bool
}

// childOptions say how a child is started.
type childOptions struct {
	maxProcs    int               // its GOMAXPROCS
	memoryLimit int64             // its GOMEMLIMIT in bytes, if not 0
	env         []string          // "NAME=value", beyond keptEnv
	line        func(line []byte) // if set, hears each line that it prints, without its end
}

// startChild executes the own binary as a worker. It must run on a thread
// that outlives the child: see holdSpawner.
func startChild(o childOptions) (*child, error) {
	cmd, err := command(o)
	if err != nil {
		return nil, err
	}
	ours, theirs, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	socket, err := net.FileConn(ours) // a duplicate that the poller knows
	ours.Close()
	if err != nil {
		return nil, err
	}
	stderr, w, err := os.Pipe()
	if err != nil {
		socket.Close()
		return nil, err
	}
	defer w.Close()
	cmd.ExtraFiles = []*os.File{theirs} // workerFD
	cmd.Stdout = w                      // what a function prints must not meet the records
	cmd.Stderr = w
	if err := cmd.Start(); err != nil {
		socket.Close()
		stderr.Close()
		return nil, err
	}
	c := &child{cmd: cmd, pid: cmd.Process.Pid, socket: socket, stderr: stderr, ended: make(chan struct{})}
	go func() {
		defer close(c.ended)
		c.words.readAll(stderr, o.line) // ends with the last holder of the pipe, or at our deadline
	}()
	return c, nil
}

// kill ends the process and what it has started, at once.
func (c *child) kill() {
	c.signal(killGroup)
}

func (c *child) signal(send func(pid int)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.reaped { // afterwards the pid may be another's
		send(c.pid)
	}
}

// reap closes the socket, sees to it that the process ends, and says how it
// did.
func (c *child) reap() *os.ProcessState {
	c.socket.Close()
	late := time.AfterFunc(termAfter, func() { c.signal(terminate) })
	tooLate := time.AfterFunc(exitGrace, c.kill)
	waitExit(c.pid)
	late.Stop()
	tooLate.Stop()
	c.kill()
	c.mu.Lock()
	c.reaped = true
	c.mu.Unlock()
	_ = c.cmd.Wait() // its error is what ProcessState says
	_ = c.stderr.SetReadDeadline(time.Now().Add(exitGrace))
	<-c.ended
	c.stderr.Close()
	return c.cmd.ProcessState
}

// excerpt keeps the beginning and the end of a stream: a crash of the Go
// runtime names its cause first and prints goroutines without end after it.
type excerpt struct {
	head []byte
	last []byte
}

const excerptPart = 2 << 10 // bytes kept of either end

// maxLine is where a line that does not end is cut for its hearer, in bytes.
const maxLine = 64 << 10

// readAll reads r to its end, or to its deadline. Whole lines go to line, if
// that is set, and so does a last one without an end.
func (e *excerpt) readAll(r io.Reader, line func([]byte)) {
	buf := make([]byte, excerptPart)
	var rest []byte
	for {
		n, err := r.Read(buf)
		e.add(buf[:n])
		if line != nil {
			rest = append(rest, buf[:n]...)
			for {
				before, after, found := bytes.Cut(rest, []byte("\n"))
				if !found {
					break
				}
				line(before)
				rest = after
			}
			if len(rest) > 0 && (err != nil || len(rest) >= maxLine) {
				line(rest)
				rest = nil
			}
		}
		if err != nil {
			return
		}
	}
}

func (e *excerpt) add(b []byte) {
	free := min(excerptPart-len(e.head), len(b))
	e.head = append(e.head, b[:free]...)
	e.last = append(e.last, b[free:]...)
	if over := len(e.last) - excerptPart; over > 0 {
		e.last = append(e.last[:0], e.last[over:]...)
	}
}

func (e *excerpt) String() string { return string(e.head) + string(e.last) }
