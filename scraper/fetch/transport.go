package fetch

import (
	"context"
	"maps"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"scrape/scraper/weburl"

	"golang.org/x/net/http2"
)

// transports are those with one guard.
type transports struct {
	*renewed
	// http1 is another beside it, made when first needed: for what a server that
	// offers HTTP/2 wants to be asked over HTTP/1.1.
	http1 func() *http.Transport
}

func newTransports(o Options, d dialer) transports {
	return transports{
		renewed: newRenewed(func() *http.Transport { return newTransport(o, d) }),
		http1: sync.OnceValue(func() *http.Transport {
			o.HTTP1 = true
			d.tls = d.tls.Clone()
			d.tls.NextProtos = []string{"http/1.1"}
			return newTransport(o, d)
		}),
	}
}

// renewAfter is how many connections a transport makes, or tries to. It is some
// times what is kept of them.
const renewAfter = 4096

// renewed is a transport in whose place another comes from time to time. Those of
// net/http never forget that somebody has waited for a connection to a host, unless
// one of that host's becomes idle: of each host that cannot be reached, or closes its
// connections, they keep what the request had. It is safe for concurrent use.
type renewed struct {
	make func() *http.Transport

	mu    sync.Mutex
	now   *http.Transport
	dials int
}

func newRenewed(make func() *http.Transport) *renewed {
	r := &renewed{make: make}
	r.now = r.counted()
	return r
}

// counted makes a transport of which the connections are counted.
func (r *renewed) counted() *http.Transport {
	type dial = func(ctx context.Context, network, addr string) (net.Conn, error)
	counts := func(d dial) dial {
		return func(ctx context.Context, network, addr string) (net.Conn, error) {
			r.mu.Lock()
			r.dials++
			r.mu.Unlock()
			return d(ctx, network, addr)
		}
	}
	t := r.make()
	t.DialContext, t.DialTLSContext = counts(t.DialContext), counts(t.DialTLSContext)
	return t
}

// current is the transport for the next request.
func (r *renewed) current() *http.Transport {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.dials >= renewAfter {
		r.now.CloseIdleConnections() // those in use follow when they are not
		r.dials, r.now = 0, r.counted()
	}
	return r.now
}

// RoundTrip implements http.RoundTripper.
func (r *renewed) RoundTrip(request *http.Request) (*http.Response, error) {
	return r.current().RoundTrip(request)
}

// CloseIdleConnections is that of the transport in use.
func (r *renewed) CloseIdleConnections() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.now.CloseIdleConnections()
}

// readBuffer is how much a connection reads at once, in bytes: a typical page, where
// there are few connections, and half of one where those add up.
func readBuffer(conns int) int {
	if conns <= 128 {
		return 32 << 10
	}
	return 16 << 10
}

// writeBuffer is how much of a request a connection gathers before it writes, in
// bytes: most requests are some hundreds of bytes, and thousands of connections keep
// a buffer each.
const writeBuffer = 1 << 10

// newTransport returns a transport over the connections that d makes, of which it
// keeps as many as o.IdleConns when they are not in use.
func newTransport(o Options, d dialer) *http.Transport {
	perHost := o.HostConns
	if d.proxies.forward() { // to which all are one host
		perHost = 0
	}
	t := &http.Transport{
		Proxy:                  forwarder,
		DialContext:            d.dialPlain,
		DialTLSContext:         d.dialTLS,
		DisableCompression:     true, // all codings are undone here
		MaxIdleConns:           o.IdleConns,
		MaxIdleConnsPerHost:    o.Conns,
		MaxConnsPerHost:        perHost,
		IdleConnTimeout:        idleTimeout,
		MaxResponseHeaderBytes: maxHeaderBytes,
		ReadBufferSize:         readBuffer(o.Conns),
		WriteBufferSize:        writeBuffer,
		HTTP2: &http.HTTP2Config{
			// What a server may send ahead of the reader.
			MaxReceiveBufferPerStream: 1 << 20,
			// Without pings a connection that died silently would swallow
			// every request to its host until TCP gives up, a quarter of
			// an hour later.
			SendPingTimeout: 10 * time.Second,
			PingTimeout:     5 * time.Second,
			// A server that reads nothing would hold whoever has to tell it
			// that he reads on, or no longer.
			WriteByteTimeout: 5 * time.Second,
		},
	}
	if o.HTTP1 {
		return t
	}
	return withHTTP2(t)
}

// withHTTP2 gives a transport the HTTP/2 of x/net. That of net/http in Go 1.26 can
// be brought to a standstill by a server that enlarges a window too far: its
// request never ends, whatever its deadline, and all others over HTTP/2 wait
// behind it.
func withHTTP2(t *http.Transport) *http.Transport {
	//lint:ignore SA1019 Transport.Protocols would choose the other one
	if err := http2.ConfigureTransport(t); err != nil {
		panic(err) // of a transport that has HTTP/2 already
	}
	return t
}

// forwarder implements http.Transport.Proxy. The transport needs to know of those
// proxies alone that are sent the requests themselves: tunnels are a matter of how
// connections are made.
func forwarder(r *http.Request) (*url.URL, error) {
	if a := r.Context().Value(attemptKey{}).(*attempt); a.route.forwarded {
		return a.route.proxy.url, nil
	}
	return nil, nil
}

// way finds the way of a request: by which proxy, which it notes in a, and over
// which connections. An error says that it is refused.
func (f *Fetcher) way(a *attempt, r *Request) (transports, error) {
	transport, g := f.transport, f.guard
	if r.Steered {
		if transport = f.steered; g == open {
			g = steered
		}
	}
	if a.route = f.network.proxies.route(r.URL); a.route.proxy != nil {
		return transport, g.check(bareHost(r.URL), f.network.public)
	}
	return transport, nil
}

// Public tells whether an answer to r came from a server on the Internet at
// large, so that where it leads to is to be asked with Request.Steered. Of
// what is behind a proxy it is taken for granted, but for hosts that are private by
// their name.
func (f *Fetcher) Public(r *Request, resp *Response) bool {
	if f.network.proxies.route(r.URL).proxy != nil {
		return private.check(bareHost(r.URL), f.network.public) == nil
	}
	from, err := netip.ParseAddrPort(resp.RemoteAddr)
	return err == nil && f.network.public(from.Addr())
}

// LookUp returns the addresses that u would be asked for at, as a request would
// find them: at least one, but none where that is left to a proxy. The error is
// always an *Error.
func (f *Fetcher) LookUp(ctx context.Context, u weburl.URL) ([]netip.Addr, error) {
	if f.network.proxies.route(u).proxy != nil {
		return nil, nil
	}
	a := newAttempt(ctx, false)
	d := dialer{f.network, f.guard}
	account, ctx, cancel := d.begin(a.traced())
	defer cancel()
	port, err := strconv.ParseUint(portOf(u), 10, 16)
	if err != nil {
		return nil, a.fault(err) // a normalised URL has no such
	}
	addrs, err := d.addresses(ctx, account, bareHost(u), uint16(port))
	if err != nil {
		return nil, a.fault(account.fault(ctx, err))
	}
	return slices.Clone(addrs), nil
}

// bareHost is the host of a URL without brackets.
func bareHost(u weburl.URL) string { return strings.Trim(u.Hostname(), "[]") }

// portOf is the port of a URL, also where it is the scheme's own.
func portOf(u weburl.URL) string {
	switch {
	case u.Port() != "":
		return u.Port()
	case u.Scheme() == "https":
		return "443"
	default:
		return "80"
	}
}

// address puts a request in the form that its route wants: a proxy is told all of
// its target (the absolute form of RFC 9112, section 3.2.2), and what is meant for
// a proxy is not told the target.
func (r *route) address(out *http.Request, u weburl.URL) {
	if r.forwarded { // the transport adds the scheme to what has two slashes in front
		out.URL.Opaque = "//" + u.Host() + u.RequestURI()
		return
	}
	if auth := out.Header.Get(proxyAuthorization); auth != "" {
		r.authorization = auth
		out.Header = maps.Clone(out.Header)
		out.Header.Del(proxyAuthorization)
	}
}
