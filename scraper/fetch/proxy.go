package fetch

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	socks "golang.org/x/net/proxy"

	"scrape/results"
	"scrape/scraper/weburl"
)

// Proxies say through which proxies requests go, as [ParseProxy] reads them.
type Proxies struct {
	// HTTP and HTTPS are for URLs of that scheme. "": none.
	HTTP, HTTPS string
	// None lists the hosts that are asked directly, by commas or spaces, as
	// NO_PROXY has them: "*" is all; a name stands for itself and all below it,
	// also with "." or "*." in front; an address for itself, a block such as
	// 10.0.0.0/8 for all in it. A port behind it narrows it to that.
	None string
}

// ParseProxy reads the URL of a proxy: scheme, host and port, with a user name
// and a password if it wants them. The schemes are http (without one, too),
// https, and socks5 or socks5h, which mean the same here: the proxy looks the
// names up. The ports are 80, 443 and 1080 unless given. An error never holds
// the password.
func ParseProxy(s string) (*url.URL, error) {
	if !strings.Contains(s, "://") {
		s = "http://" + s
	}
	u, err := url.Parse(s)
	if err != nil { // whose text quotes all of it
		return nil, errors.New("the proxy is no URL (http://host:port is wanted)")
	}
	port, ok := map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	switch {
	case !ok:
		return nil, fmt.Errorf("a proxy of scheme %q is not supported (http, https, socks5 and socks5h are)", u.Scheme)
	case u.Hostname() == "":
		return nil, errors.New("the proxy has no host (http://host:port is wanted)")
	case u.Path != "" && u.Path != "/" || u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("the proxy %s has more to its URL than a host and a port", u.Host)
	}
	if u.Port() != "" {
		port = u.Port()
	}
	if n, err := strconv.ParseUint(port, 10, 16); err != nil || n == 0 {
		return nil, errors.New("the proxy's port is none (http://host:port is wanted)")
	}
	return &url.URL{Scheme: u.Scheme, User: u.User, Host: net.JoinHostPort(strings.ToLower(u.Hostname()), port)}, nil
}

// proxies choose the proxy of a request.
type proxies struct {
	http, https *proxy
	none        noProxy
}

func newProxies(p Proxies) (proxies, error) {
	var out proxies
	for _, one := range []struct {
		url string
		to  **proxy
	}{{p.HTTP, &out.http}, {p.HTTPS, &out.https}} {
		if one.url == "" {
			continue
		}
		u, err := ParseProxy(one.url)
		if err != nil {
			return out, err
		}
		*one.to = &proxy{u}
	}
	var err error
	out.none, err = parseNoProxy(p.None)
	return out, err
}

// route returns the way to a URL.
func (p proxies) route(u weburl.URL) route {
	through, plain := p.http, true
	if u.Scheme() == "https" {
		through, plain = p.https, false
	}
	if through == nil || p.none.match(bareHost(u), portOf(u)) {
		return route{}
	}
	return route{proxy: through, forwarded: plain && !through.isSOCKS()}
}

// forward tells whether there are requests that a proxy is sent themselves.
func (p proxies) forward() bool { return p.http != nil && !p.http.isSOCKS() }

// route is the way that a request takes.
type route struct {
	proxy *proxy // nil: none
	// forwarded says that the proxy is sent the request itself, and not asked for
	// a connection to pass it through.
	forwarded bool
	// authorization is a header of the user's for the proxy that makes a tunnel; it
	// matters where the proxy's URL has no user name.
	authorization string
}

const proxyAuthorization = "Proxy-Authorization"

// during completes "timed out ..." for a phase on this way.
func (r route) during(p phase) string {
	switch {
	case r.proxy != nil && p == lookingUp:
		return "looking up the proxy"
	case r.proxy != nil && p == connecting:
		return "connecting through the proxy"
	default:
		return p.String()
	}
}

// proxy is a server that passes on what is meant for others.
type proxy struct {
	url *url.URL // complete, with the port
}

func (p *proxy) isSOCKS() bool { return strings.HasPrefix(p.url.Scheme, "socks5") }

// proxyError is what went wrong with a proxy, and never holds its password.
type proxyError struct {
	err error
}

func (e *proxyError) Error() string { return "proxy: " + e.err.Error() }
func (e *proxyError) Unwrap() error { return e.err }

// Timeout makes it a time-out where its cause is one: the transport wraps it in an
// error that asks for no more than this.
func (e *proxyError) Timeout() bool {
	var timer net.Error
	return errors.As(e.err, &timer) && timer.Timeout()
}

// refusal is a proxy's answer that is no connection.
type refusal struct {
	message   string
	retryable bool
}

func (r *refusal) Error() string { return r.message }

// proxyFault puts what went wrong with a proxy in words; nil for anything else.
// It is of kind connect whatever it was.
func proxyFault(err error) *Error {
	var (
		failed  *proxyError
		refused *refusal
	)
	if !errors.As(err, &failed) {
		return nil
	}
	e := &Error{Retryable: true, Err: err}
	if errors.As(err, &refused) {
		e.Message, e.Retryable = refused.message, refused.retryable
	} else if inner := tlsFault(failed.err); inner != nil {
		e.Message, e.Retryable = inner.Message, inner.Retryable
	} else if how := lost(failed.err); how != "" {
		e.Message = how
	} else {
		inner := dialFault(failed.err)
		e.Message, e.Retryable = inner.Message, inner.Retryable
	}
	e.Kind, e.Message = results.Connect, Shorten("proxy: "+e.Message)
	return e
}

// fault is for an answer that only a proxy gives: the request it was
// forwarded lacks its user's name and password.
func (r route) fault(status int, header http.Header) *Error {
	if !r.forwarded || status != http.StatusProxyAuthRequired {
		return nil
	}
	return proxyFault(&proxyError{r.proxy.refused(status, header)})
}

// refused says what a status of the proxy's own means.
func (p *proxy) refused(status int, header http.Header) *refusal {
	if status != http.StatusProxyAuthRequired {
		words := strings.TrimSpace(fmt.Sprintf("%d %s", status, http.StatusText(status)))
		return &refusal{"it answered CONNECT with " + words, status >= 500 || status == http.StatusTooManyRequests}
	}
	var schemes []string
	for _, challenge := range header["Proxy-Authenticate"] {
		if name, _, _ := strings.Cut(challenge, " "); name != "" {
			schemes = append(schemes, name)
		}
	}
	message := "it wants a user name and a password"
	if p.url.User != nil {
		message = "it does not accept the user name and the password"
	}
	if len(schemes) > 0 {
		message += " (407, authentication: " + strings.Join(schemes, ", ") + ")"
	} else {
		message += " (407)"
	}
	return &refusal{message, false}
}

// tunnel asks the proxy on c for a connection to addr.
func (r route) tunnel(ctx context.Context, c net.Conn, addr string) (net.Conn, error) {
	p, authorization := r.proxy, r.authorization
	if p.isSOCKS() {
		return p.socks(ctx, c, addr)
	}
	if u := p.url.User; u != nil {
		password, _ := u.Password()
		authorization = "Basic " + base64.StdEncoding.EncodeToString([]byte(u.Username()+":"+password))
	}
	stop := context.AfterFunc(ctx, func() { c.SetDeadline(time.Unix(1, 0)) })
	err := p.connect(c, addr, authorization)
	if !stop() {
		return nil, ctx.Err()
	}
	return c, err
}

// maxConnectAnswer bounds the head of a proxy's answer to CONNECT.
const maxConnectAnswer = 64 << 10

// connect has an HTTP proxy make a tunnel of c (RFC 9110, section 9.3.6), and says
// who asks for it, unless that is "".
func (p *proxy) connect(c net.Conn, addr, authorization string) error {
	head := "CONNECT " + addr + " HTTP/1.1\r\nHost: " + addr + "\r\n"
	if authorization != "" {
		head += proxyAuthorization + ": " + authorization + "\r\n"
	}
	if _, err := io.WriteString(c, head+"\r\n"); err != nil {
		return err
	}
	in := bufio.NewReader(io.LimitReader(c, maxConnectAnswer))
	for {
		answer, err := http.ReadResponse(in, &http.Request{Method: http.MethodConnect})
		switch {
		case err != nil && lost(err) != "":
			return err
		case err != nil:
			return &refusal{"its answer to CONNECT makes no sense", false}
		case answer.StatusCode >= 100 && answer.StatusCode < 200:
			continue
		case answer.StatusCode < 200 || answer.StatusCode > 299:
			return p.refused(answer.StatusCode, answer.Header)
		case in.Buffered() > 0:
			return &refusal{"it sent bytes of its own into the connection", false}
		default:
			return nil
		}
	}
}

// socks has a SOCKS proxy connect c (RFC 1928).
func (p *proxy) socks(ctx context.Context, c net.Conn, addr string) (net.Conn, error) {
	var auth *socks.Auth
	if u := p.url.User; u != nil {
		password, _ := u.Password()
		auth = &socks.Auth{User: u.Username(), Password: password}
	}
	d, err := socks.SOCKS5("tcp", p.url.Host, auth, made{c})
	if err != nil {
		return nil, err
	}
	through, err := d.(socks.ContextDialer).DialContext(ctx, "tcp", addr)
	var failed *net.OpError
	switch {
	case err == nil:
		return through, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case !errors.As(err, &failed) || failed.Timeout() || lost(err) != "":
		return nil, err
	}
	words := strings.TrimPrefix(failed.Err.Error(), "unknown error ")
	// Of a host's own failures another try may make something else.
	retryable := false
	switch words {
	case "general SOCKS server failure", "network unreachable", "host unreachable", "connection refused", "TTL expired":
		retryable = true
	}
	return nil, &refusal{words, retryable}
}

// made is a dialer for a connection that is there already.
type made struct{ net.Conn }

func (m made) Dial(string, string) (net.Conn, error) { return m.Conn, nil }

func (m made) DialContext(context.Context, string, string) (net.Conn, error) { return m.Conn, nil }
