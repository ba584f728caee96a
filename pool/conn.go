package pool

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

const (
	// flushDelay is how long an answer may wait for company, but only while
	// other slots are at work: a message for each would cost more than
	// everything else that the pool does.
	flushDelay = 500 * time.Microsecond
	// maxReadAhead is how many tasks a worker holds at most beyond its slots.
	maxReadAhead = 1024
)

var errBrokenConn = errors.New("pool: connection to the coordinator is broken")

// conn is the worker's end of the socket to its coordinator: a Source. One
// goroutine reads frames, one writes them.
type conn struct {
	c      *socket
	frames frameReader
	tasks  chan *socketLease  // closed by read at the end of the stream
	bring  map[uint64]brought // what came for tasks to come

	takesFiles bool // answers may have files beside them

	mu      sync.Mutex
	out     []byte       // frames complete but for the answers' one, which is last
	open    int          // where the open answers' frame begins in out; -1: none
	files   []attachment // of answers in out
	writing bool         // what was in out is on its way into the socket
	written *sync.Cond   // writing has become false, or broken is set
	broken  error

	inWork atomic.Int64 // tasks that slots have taken and not answered

	wake chan struct{} // out has something
	idle chan struct{} // it must go out now: nothing else is going on, or it is full
	gone chan struct{} // closed when the coordinator has hung up
}

// socketLease is a task on the socket.
type socketLease struct {
	c       *conn
	id      uint64
	attempt int
	task    []byte
	brought brought  // what came with it
	file    *os.File // what goes with its answer; c.mu guards it
}

func newConn(s *socket) *conn {
	c := &conn{
		c:      s,
		frames: newFrameReader(s),
		bring:  map[uint64]brought{},
		open:   -1,
		wake:   make(chan struct{}, 1),
		idle:   make(chan struct{}, 1),
		gone:   make(chan struct{}),
	}
	c.written = sync.NewCond(&c.mu)
	return c
}

// serve starts the goroutines. Slots bound how many tasks can be at hand.
func (c *conn) serve(slots int) {
	c.tasks = make(chan *socketLease, slots+maxReadAhead)
	go c.read()
	go c.write()
}

func (c *conn) read() {
	err := c.readFrames()
	close(c.gone) // first: who learns by the others that it is over looks whether it is this
	c.fail(err)
	close(c.tasks)
}

func (c *conn) readFrames() error {
	for {
		kind, payload, err := c.frames.next()
		if err != nil {
			return err
		}
		f := fieldsOf(payload)
		switch kind {
		case frameTasks:
			for f.more() {
				l := &socketLease{c: c, id: f.uint(), attempt: int(f.uint()), task: f.bytes()}
				if !f.ok {
					return errMalformed
				}
				l.brought = c.bring[l.id]
				delete(c.bring, l.id)
				c.tasks <- l
			}
		case frameLink, frameFile, frameRef:
			if err := c.receive(kind, payload); err != nil {
				return err
			}
		case frameRecall:
			c.giveBack()
		case framePing:
			c.send(func(out []byte) []byte { return endFrame(beginFrame(out, framePong), len(out)) })
		default:
			return fmt.Errorf("%w: kind %d", errMalformed, kind)
		}
	}
}

// receive takes in what comes before a task, with an open file.
func (c *conn) receive(kind byte, payload []byte) error {
	if kind == frameLink {
		return receiveLink(payload, c.c)
	}
	if kind == frameRef {
		r, task, err := receiveRef(payload)
		if err == nil && task != 0 {
			b := c.bring[task]
			b.refs = append(b.refs, r)
			c.bring[task] = b
		}
		return err
	}
	token, task, err := receiveFile(payload, c.c)
	if err == nil && task != 0 {
		b := c.bring[task]
		b.files = append(b.files, token)
		c.bring[task] = b
	}
	return err
}

// giveBack returns the tasks that no slot has begun.
func (c *conn) giveBack() {
	var ids []uint64
	for more := true; more; {
		select {
		case l := <-c.tasks:
			ids = append(ids, l.id)
			l.brought.drop() // it will come again, if the task does
		default:
			more = false
		}
	}
	// Also when there are none: the coordinator waits for an answer.
	c.send(func(out []byte) []byte {
		start := len(out)
		out = beginFrame(out, frameReturns)
		for _, id := range ids {
			out = binary.AppendUvarint(out, id)
		}
		return endFrame(out, start)
	})
}

// send puts a frame behind what is waiting to be written, and has it written
// at once.
func (c *conn) send(frame func(out []byte) []byte) {
	c.mu.Lock()
	c.closeAnswers()
	c.out = frame(c.out)
	c.mu.Unlock()
	notify(c.wake)
	notify(c.idle)
}

// closeAnswers ends the open answers' frame.
func (c *conn) closeAnswers() {
	if c.open >= 0 {
		c.out = endFrame(c.out, c.open)
		c.open = -1
	}
}

func (c *conn) fail(err error) {
	c.mu.Lock()
	if c.broken == nil {
		c.broken = fmt.Errorf("%w: %w", errBrokenConn, err)
	}
	c.written.Broadcast()
	c.mu.Unlock()
	notify(c.wake)
	notify(c.idle)
}

// write sends what has gathered, until the connection breaks.
func (c *conn) write() {
	delay := time.NewTimer(flushDelay)
	defer delay.Stop()
	var out []byte
	var files []attachment
	for range c.wake {
		if c.inWork.Load() > 0 || len(c.tasks) > 0 {
			delay.Reset(flushDelay)
			select {
			case <-delay.C:
			case <-c.idle:
			}
		}
		c.mu.Lock()
		c.closeAnswers()
		out, c.out = c.out, out[:0]
		files, c.files = c.files, files[:0]
		c.writing = true
		broken := c.broken
		c.mu.Unlock()
		if broken != nil {
			return
		}
		settlePuts(nil)
		err := c.c.sendAttachments(files)
		clear(files)
		if err == nil {
			_, err = c.c.Write(out)
		}
		if err != nil {
			c.fail(err)
			return
		}
		c.mu.Lock()
		c.writing = false
		c.written.Broadcast()
		c.mu.Unlock()
		if cap(out) > 16*frameTarget {
			out = nil
		}
	}
}

// flush waits until what was sent and answered is in the socket, or that is
// broken.
func (c *conn) flush() {
	notify(c.idle)
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.broken == nil && (c.writing || len(c.out) > 0) {
		c.written.Wait()
	}
}

// Next implements Source.
func (c *conn) Next(ctx context.Context) (Lease, error) {
	select {
	case l, ok := <-c.tasks:
		return c.lease(l, ok)
	default:
		if c.inWork.Load() == 0 {
			notify(c.idle)
		}
	}
	select {
	case l, ok := <-c.tasks:
		return c.lease(l, ok)
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
}

func (c *conn) lease(l *socketLease, ok bool) (Lease, error) {
	if !ok {
		return nil, io.EOF
	}
	c.inWork.Add(1)
	return l, nil
}

// Task implements Lease.
func (l *socketLease) Task() []byte { return l.task }

// Attempt implements Lease.
func (l *socketLease) Attempt() int { return l.attempt }

// Extend implements Lease. On a socket the coordinator sees whether its worker
// lives, so there is nothing to say.
func (l *socketLease) Extend(context.Context) error { return nil }

// Done implements Lease: it hands the answer to the connection's writer.
func (l *socketLease) Done(_ context.Context, answer []byte) error {
	if len(answer) > maxValue {
		answer = appendFailure(nil, ErrTooLarge)
	}
	c := l.c
	c.mu.Lock()
	if err := c.broken; err != nil {
		closeFile(l.file)
		l.file = nil
		c.mu.Unlock()
		return err
	}
	if l.file != nil {
		c.files = append(c.files, attachment{l.id, l.file})
		l.file = nil
	}
	if c.open >= 0 && len(c.out)-c.open > frameTarget {
		c.closeAnswers()
	}
	if c.open < 0 {
		c.open = len(c.out)
		c.out = beginFrame(c.out, frameAnswers)
	}
	c.out = binary.AppendUvarint(c.out, l.id)
	c.out = appendBytes(c.out, answer)
	full := len(c.out) > frameTarget
	c.mu.Unlock()
	c.inWork.Add(-1)
	notify(c.wake)
	if full {
		notify(c.idle)
	}
	return nil
}

// Return implements Lease. The coordinator hands the task out again as soon
// as a slot is free, whatever after says.
func (l *socketLease) Return(_ context.Context, _ time.Duration) error {
	l.c.inWork.Add(-1)
	l.c.mu.Lock()
	closeFile(l.file)
	l.file = nil
	l.c.mu.Unlock()
	l.c.send(func(out []byte) []byte {
		start := len(out)
		out = beginFrame(out, frameReturns)
		out = binary.AppendUvarint(out, l.id)
		return endFrame(out, start)
	})
	return nil
}

// notify wakes who waits on c, or who will look at it next.
func notify(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
