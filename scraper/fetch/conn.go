package fetch

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
)

// conn is a connection that remembers what net/http does not tell: its address
// as text, one string for all its requests; and how it ended. One of HTTP/1 reads
// each answer as answer has it, and takes none for a request that was not made
// yet. One goroutine at a time may read, as the transport's does.
type conn struct {
	net.Conn
	remote string

	last   byte // the one last read
	ended  atomic.Pointer[ending]
	turn   atomic.Uint32
	head   bool    // the request is HEAD; set before turn is, as is raw
	raw    *[]byte // for the answer's head; nil: it is not kept
	answer answer  // belongs to the reader

	asking chan struct{} // of HTTP/1: closed when the first request is written, or by Close
	asked  sync.Once     // closes it
}

// ending is how a connection's input came to its end.
type ending struct {
	err     error
	midLine bool // behind something that is no line's end
}

// The turn of a connection of HTTP/1, whose requests and answers alternate.
const (
	unused    uint32 = iota // so far
	begun                   // a request is about to be written
	written                 // some of it is
	answering               // something was read behind that
)

// newConn returns a connection that carries anything but HTTP/1.
func newConn(c net.Conn) *conn { return &conn{Conn: c, remote: c.RemoteAddr().String()} }

// newHTTP1 returns one that carries HTTP/1.
func newHTTP1(c net.Conn) *conn {
	n := newConn(c)
	n.asking = make(chan struct{})
	return n
}

// Read implements net.Conn. The answer to a request is read as answer has it. The
// first error stays: the system tells of a reset once, and bufio, when it has half
// a line to give, tells nobody.
func (c *conn) Read(p []byte) (int, error) {
	a := &c.answer
	for len(p) > 0 {
		if n := a.pop(p); n > 0 {
			return n, nil
		}
		if a.err != nil {
			return 0, a.err
		}
		if e := c.ended.Load(); e != nil {
			return 0, e.err
		}
		b, from, to := p, 0, len(p)
		if a.part == chunkedBody {
			if len(p) < smallRead {
				b = make([]byte, smallRead)
			}
			from, to = chunkHead, len(b)-chunkTail
		}
		n, err := c.receive(b[from:to])
		if a.err != nil {
			continue
		}
		if a.part != untilEnd {
			n = a.take(b, from, n)
		}
		if len(b) > len(p) {
			a.out = append(b[:n:n], a.out...)
			n = 0
		}
		if n > 0 || err != nil && len(a.out) == 0 {
			return n, err
		}
	}
	return 0, nil
}

// smallRead is too little to read chunks into: it would be mostly the room they
// need about them.
const smallRead = 64

// receive reads, and takes note of what it means.
func (c *conn) receive(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.last = p[n-1]
		if c.asking != nil {
			c.assign()
		}
	}
	var timer net.Error
	if err != nil && !(errors.As(err, &timer) && timer.Timeout()) {
		c.ended.Store(&ending{err, c.last != '\n'})
	}
	return n, err
}

// assign finds out to which request belongs what was read. A server may answer
// the first one before it has come; what comes before another is a mistake, and
// so would be all that follows.
func (c *conn) assign() {
	switch c.turn.Load() {
	case unused, begun:
		if c.answer.part == over {
			c.answer.err = errUnasked
			return
		}
		<-c.asking
		if c.turn.Load() != written {
			return
		}
		fallthrough
	case written:
		c.turn.Store(answering)
		c.answer.begin(c.head, c.raw)
	}
}

// wrote tells whether somebody began to write the request that begin was called for.
func (c *conn) wrote() bool { return c.turn.Load() >= written }

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	if c.turn.Load() == begun {
		c.turn.Store(written)
	}
	if c.asking != nil {
		c.asked.Do(func() { close(c.asking) })
	}
	return c.Conn.Write(p)
}

// Close implements net.Conn.
func (c *conn) Close() error {
	if c.asking != nil {
		c.asked.Do(func() { close(c.asking) })
	}
	return c.Conn.Close()
}

// begin is called before a request is written. The head of its answer is left at
// raw, unless that is nil.
func (c *conn) begin(head bool, raw *[]byte) {
	c.head, c.raw = head, raw
	c.turn.Store(begun)
}

// transfer are the codings of the answer whose head was read last, as answer has
// them.
func (c *conn) transfer() []string { return c.answer.transfer }

// cutOff is the error that ended the connection in the middle of a line; nil
// when that is not how it ended.
func (c *conn) cutOff() error {
	if e := c.ended.Load(); e != nil && e.midLine {
		return e.err
	}
	return nil
}

// remoteAddr is the address of a connection that was dialled here: one of
// HTTP/2 has its conn below TLS.
func remoteAddr(c net.Conn) string {
	if secure, ok := c.(*tls.Conn); ok {
		c = secure.NetConn()
	}
	if c, ok := c.(*conn); ok {
		return c.remote
	}
	return ""
}
