package fetch

import (
	"context"
	"crypto/tls"
	"net"
	"net/http/httptrace"
	"sync"
	"time"
)

// dialTimeout bounds a connection being made for an attempt without a deadline.
const dialTimeout = 30 * time.Second

// network makes connections; tests put their own in its place.
type network struct {
	connect func(ctx context.Context, network, addr string) (net.Conn, error)
	tls     *tls.Config
}

func systemNetwork() network {
	return network{
		connect: new(net.Dialer).DialContext,
		tls: &tls.Config{
			NextProtos:         []string{"h2", "http/1.1"},
			ClientSessionCache: tls.NewLRUClientSessionCache(256),
		},
	}
}

func (n network) dialPlain(ctx context.Context, network, addr string) (net.Conn, error) {
	d, ctx, cancel := beginDial(ctx)
	defer cancel()
	c, err := n.connect(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	d.finish()
	return newHTTP1(c), nil
}

func (n network) dialTLS(ctx context.Context, network, addr string) (net.Conn, error) {
	d, ctx, cancel := beginDial(ctx)
	defer cancel()
	c, err := n.connect(ctx, network, addr)
	if err != nil {
		return nil, err
	}
	d.enter(handshaking)
	config := n.tls.Clone()
	config.ServerName, _, err = net.SplitHostPort(addr)
	if err == nil {
		secure := tls.Client(newConn(c), config)
		if err = secure.HandshakeContext(ctx); err == nil {
			d.finish()
			if secure.ConnectionState().NegotiatedProtocol == "h2" {
				return secure, nil // which is how the transport tells
			}
			return newHTTP1(secure), nil
		}
	}
	c.Close()
	return nil, err
}

// dial is the account of one connection being made.
type dial struct {
	mu    sync.Mutex
	watch stopwatch
	done  bool
}

// beginDial finds the attempt that the connection is made for. The transport
// takes the attempt's deadline off the context, since the connection may serve
// another; it is put back, so that no dial outlives the time it was given.
func beginDial(ctx context.Context) (*dial, context.Context, context.CancelFunc) {
	a := ctx.Value(attemptKey{}).(*attempt)
	d := a.dialing()
	deadline, ok := a.Deadline()
	if !ok {
		deadline = time.Now().Add(dialTimeout)
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	return d, httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		DNSStart: func(httptrace.DNSStartInfo) { d.enter(lookingUp) },
		DNSDone: func(i httptrace.DNSDoneInfo) {
			if i.Err == nil { // otherwise the look-up stays the last thing tried
				d.enter(connecting)
			}
		},
	}), cancel
}

func (d *dial) enter(p phase) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watch.enter(p)
}

func (d *dial) finish() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watch.enter(waiting)
	d.done = true
}

func (d *dial) finished() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.done
}

func (d *dial) phase() phase {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.watch.phase
}

// spent returns the time in each phase, the present one included.
func (d *dial) spent() [phases]time.Duration {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watch.enter(d.watch.phase)
	return d.watch.spent
}
