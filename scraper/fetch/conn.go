package fetch

import (
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
)

// conn is a connection that remembers what net/http does not tell: its address
// as text, one string for all its requests; how it ended; and whether what is
// read was asked for. One goroutine at a time may read, as the transport's does.
type conn struct {
	net.Conn
	remote string

	last  byte // the last one read
	ended atomic.Pointer[ending]
	turn  atomic.Uint32
}

// ending is how a connection's input came to its end.
type ending struct {
	err     error
	midLine bool // behind something that is no line's end
}

// The turn of a connection of HTTP/1, whose request and answer alternate.
const (
	idle uint32 = iota
	asked
	answered // something was read after the request began to be written
	spoilt   // something was read before
)

func newConn(c net.Conn) *conn { return &conn{Conn: c, remote: c.RemoteAddr().String()} }

// Read implements net.Conn. Its first error stays: the system tells of a reset
// once, and bufio, when it has half a line to give, tells nobody.
func (c *conn) Read(p []byte) (int, error) {
	if e := c.ended.Load(); e != nil {
		return 0, e.err
	}
	n, err := c.Conn.Read(p)
	if n > 0 {
		c.last = p[n-1]
		switch c.turn.Load() {
		case idle:
			c.turn.CompareAndSwap(idle, spoilt)
		case asked:
			c.turn.Store(answered)
		}
	}
	var timer net.Error
	if err != nil && !(errors.As(err, &timer) && timer.Timeout()) {
		c.ended.Store(&ending{err, c.last != '\n'})
	}
	return n, err
}

// Write implements net.Conn.
func (c *conn) Write(p []byte) (int, error) {
	if c.turn.Load() == idle {
		c.turn.CompareAndSwap(idle, asked)
	}
	return c.Conn.Write(p)
}

// begin is called before a request is written.
func (c *conn) begin() { c.turn.Store(idle) }

// unasked tells whether what the answer begins with was read before its request
// was written, and so belongs to something else.
func (c *conn) unasked() bool { return c.turn.Load() != answered }

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
