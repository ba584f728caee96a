package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"scrape/scraper/fetch/resolve"
)

// dialTimeout bounds a connection being made for an attempt without a deadline.
const dialTimeout = 30 * time.Second

// network makes connections; tests put parts of their own in its place.
type network struct {
	// connect connects to a host and port. nil: by the parts below.
	connect func(ctx context.Context, network, addr string) (net.Conn, error)

	resolver *resolve.Resolver
	public   func(netip.Addr) bool
	reach    reach

	tls     *tls.Config
	proxies proxies
	timeout time.Duration // of a whole connection, from the look-up to TLS; 0: the attempt's
}

func systemNetwork() network {
	return network{
		resolver: resolve.New(resolve.System, nil),
		public:   IsPublic,
		reach:    reachTCP,
		tls: &tls.Config{
			MinVersion:         tls.VersionTLS12,
			NextProtos:         []string{"h2", "http/1.1"},
			ClientSessionCache: tls.NewLRUClientSessionCache(256),
		},
	}
}

// newNetwork returns the network that the user describes.
func newNetwork(o Network) (network, error) {
	n := systemNetwork()
	if err := configureTLS(n.tls, o); err != nil {
		return n, err
	}
	var err error
	if n.proxies, err = newProxies(o.Proxies); err != nil {
		return n, err
	}
	ask := resolve.System
	if o.DNSServer != "" {
		if ask, err = resolve.NameServer(o.DNSServer); err != nil {
			return n, err
		}
	}
	n.resolver = resolve.New(ask, o.Resolve)
	n.timeout = o.ConnectTimeout
	return n, nil
}

// dialer makes the connections of one transport.
type dialer struct {
	network
	guard guard
}

// dialPlain implements http.Transport.DialContext. Where a request is forwarded,
// addr is the proxy's.
func (d dialer) dialPlain(ctx context.Context, _, addr string) (net.Conn, error) {
	account, ctx, cancel := d.begin(ctx)
	defer cancel()
	c, err := d.raw(ctx, account, addr)
	if err != nil {
		return nil, account.fault(ctx, err)
	}
	account.finish()
	return newHTTP1(c), nil
}

// dialTLS implements http.Transport.DialTLSContext. Where a request of plain HTTP
// is forwarded, TLS is for the way to the proxy, which addr is.
func (d dialer) dialTLS(ctx context.Context, _, addr string) (net.Conn, error) {
	account, ctx, cancel := d.begin(ctx)
	defer cancel()
	c, err := d.raw(ctx, account, addr)
	if err != nil {
		return nil, account.fault(ctx, err)
	}
	if account.route.forwarded {
		account.finish()
		return newHTTP1(c), nil
	}
	account.enter(handshaking)
	secure, err := handshake(ctx, newConn(c), d.tls, addr)
	if err != nil {
		return nil, account.fault(ctx, err)
	}
	account.finish()
	if secure.ConnectionState().NegotiatedProtocol == "h2" {
		return secure, nil // which is how the transport tells
	}
	return newHTTP1(secure), nil
}

// raw makes a connection to addr, by the attempt's route; to the proxy itself
// where the request is forwarded.
func (d dialer) raw(ctx context.Context, account *dial, addr string) (net.Conn, error) {
	p := account.route.proxy
	if p == nil {
		return d.direct(ctx, account, addr, d.guard)
	}
	c, err := d.direct(ctx, account, p.url.Host, open) // it is the user's choice
	if err == nil && p.url.Scheme == "https" {
		c, err = handshake(ctx, c, proxyTLS(d.tls), p.url.Host)
	}
	if err == nil && !account.route.forwarded {
		below := c
		if c, err = account.route.tunnel(ctx, below, addr); err != nil {
			below.Close()
		}
	}
	if err != nil {
		return nil, &proxyError{err}
	}
	return c, nil
}

// direct connects to a host and port without a proxy, where g lets it.
func (d dialer) direct(ctx context.Context, account *dial, addr string, g guard) (net.Conn, error) {
	if d.connect != nil {
		return d.connect(ctx, "tcp", addr)
	}
	host, text, err := net.SplitHostPort(addr)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseUint(text, 10, 16)
	if err != nil {
		return nil, fmt.Errorf("%q is no port", text)
	}
	port := uint16(number)
	addrs, err := d.addresses(ctx, account, host, port)
	if err != nil {
		return nil, err
	}
	if addrs, err = g.pass(host, addrs, d.public); err != nil {
		return nil, err
	}
	account.enter(connecting)
	return race(ctx, addrs, port, d.reach)
}

// addresses returns where a host may be, at least one address.
func (d dialer) addresses(ctx context.Context, account *dial, host string, port uint16) ([]netip.Addr, error) {
	if addrs := d.resolver.Known(host, port); addrs != nil {
		return addrs, nil
	}
	account.enter(lookingUp) // and it stays the last thing tried if that fails
	// What is being connected may serve another request, when the one that it is
	// made for is over; a look-up would go on for nobody.
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	over := account.attempt
	defer context.AfterFunc(over, func() { cancel(context.Cause(over)) })()
	return d.resolver.LookUp(ctx, host)
}

// handshake makes a connection of TLS, or closes c. The name that the server is
// told, and that its certificate must hold, is the host of addr.
func handshake(ctx context.Context, c net.Conn, config *tls.Config, addr string) (*tls.Conn, error) {
	config, asked := forHost(config, addr)
	secure := tls.Client(c, config)
	if err := secure.HandshakeContext(ctx); err != nil {
		c.Close()
		if asked.Load() && len(config.Certificates) == 0 {
			err = &certificateWanted{err}
		}
		return nil, err
	}
	return secure, nil
}

// dial is the account of one connection being made.
type dial struct {
	attempt context.Context // that it is made for
	route   route           // of that
	slow    *slowDial       // what it fails with after Options.ConnectTimeout; nil: the attempt has less time

	mu    sync.Mutex
	watch stopwatch
	done  bool
}

// begin finds the attempt that a connection is made for. The transport takes the
// attempt's deadline off the context, since the connection may serve another; it
// is put back, so that no dial outlives the time it was given.
func (n network) begin(ctx context.Context) (*dial, context.Context, context.CancelFunc) {
	a := ctx.Value(attemptKey{}).(*attempt)
	account := a.dialing()
	deadline, ok := a.Deadline()
	if !ok {
		deadline = time.Now().Add(dialTimeout)
	}
	if n.timeout > 0 && n.timeout < time.Until(deadline) {
		account.slow = &slowDial{n.timeout}
		ctx, cancel := context.WithTimeoutCause(ctx, n.timeout, account.slow)
		return account, ctx, cancel
	}
	ctx, cancel := context.WithDeadline(ctx, deadline)
	return account, ctx, cancel
}

// slowDial is a connection that was not there within Options.ConnectTimeout.
type slowDial struct {
	limit time.Duration
}

func (s *slowDial) Error() string { return fmt.Sprintf("no connection within %v", s.limit) }

// Timeout and Temporary make it a net.Error.
func (s *slowDial) Timeout() bool   { return true }
func (s *slowDial) Temporary() bool { return true }

// fault returns the error of a dial: its slowDial where the time for connecting
// was over, whatever came of that.
func (d *dial) fault(ctx context.Context, err error) error {
	if d.slow == nil {
		return err
	}
	// A connection has a timer of its own, which can be ahead of the context's.
	var timer net.Error
	deadline, _ := ctx.Deadline()
	over := errors.As(err, &timer) && timer.Timeout() && !time.Now().Before(deadline)
	if over || context.Cause(ctx) == error(d.slow) {
		return d.slow
	}
	return err
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
