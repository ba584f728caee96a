// Package fetch sends one request and reads one response, as a stream.
//
// It follows no redirect and tries nothing twice that a server may have looked at:
// whoever calls it decides on both. What it promises is a true account of what happened: every failure
// carries one kind of the closed list in package results, words a user
// understands, and whether another try could help.
package fetch

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/sync/semaphore"

	"scrape/results"
)

const (
	// DefaultMaxBody is the limit on the decoded bytes of a body.
	DefaultMaxBody = 32 << 20
	// DefaultConns is the number of idle connections kept.
	DefaultConns = 64

	maxHeaderBytes = 256 << 10
	idleTimeout    = 90 * time.Second
)

// Options say how requests are made. The zero value of a field means its default.
type Options struct {
	Network

	// UserAgent is the User-Agent header. "": none is sent.
	UserAgent string
	// Header is added to every request and goes before the fetcher's own
	// Accept, Accept-Encoding and User-Agent. A Host in it replaces the URL's
	// host in the request, not in the connection. Names and values must be
	// valid; the fetcher keeps a copy.
	Header http.Header
	// MaxBody is the limit on the bytes of a body, as it comes and decoded. 0:
	// DefaultMaxBody.
	MaxBody int64
	// NoCompression asks for bodies as they are. One that is compressed all the
	// same is decoded.
	NoCompression bool
	// SpeedLimit is the least speed of a body, in bytes per second as it comes.
	// 0: none.
	SpeedLimit int64
	// SpeedTime is the stretch that the speed is measured over: slower than
	// SpeedLimit for as long is a time-out. The wait for the answer is not part
	// of it. 0: DefaultSpeedTime.
	SpeedTime time.Duration
	// Conns is how many requests will be in flight at once. 0: DefaultConns.
	Conns int
	// IdleConns is how many connections are kept that are not in use. 0: Conns.
	IdleConns int
	// HostConns bounds the connections to one host and port, so that a request
	// waits for one that is soon free rather than for another being made: as many
	// as there are requests to a host at once, at least. Connections to a proxy
	// that requests are forwarded to are not bounded. 0: no bound.
	HostConns int
}

// Fetcher makes requests over warm connections, HTTP/1.1 or, where a TLS server
// offers it, HTTP/2. Steered requests have connections of their own. It is safe for
// concurrent use.
type Fetcher struct {
	network   network
	guard     guard // of transport
	transport transports
	steered   transports    // for Request.Steered: it refuses private addresses, and has no connections to any
	template  *http.Request // what requests to the user's own origins have in common
	foreign   *http.Request // what those to others have
	maxBody   int64
	slowest   int64 // Options.SpeedLimit
	speedTime time.Duration
	decoders  *semaphore.Weighted // memory for them, in MiB
}

// New returns a Fetcher. It starts nothing before the first request. The error is
// for options that make no sense: of TLS, of proxies, of the name server; it never
// holds a password.
func New(o Options) (*Fetcher, error) {
	n, err := newNetwork(o.Network)
	if err != nil {
		return nil, err
	}
	return newFetcher(o, n), nil
}

func newFetcher(o Options, n network) *Fetcher {
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Conns <= 0 {
		o.Conns = DefaultConns
	}
	if o.IdleConns <= 0 {
		o.IdleConns = o.Conns
	}
	if o.SpeedTime <= 0 {
		o.SpeedTime = DefaultSpeedTime
	}
	own := template(o)
	f := &Fetcher{
		network:   n,
		decoders:  semaphore.NewWeighted(decoderMemory),
		template:  own,
		foreign:   withoutSecrets(own),
		maxBody:   o.MaxBody,
		slowest:   o.SpeedLimit,
		speedTime: o.SpeedTime,
	}
	if o.DenyPrivate {
		f.guard = private
	}
	f.transport = newTransports(o, dialer{n, f.guard})
	f.steered = f.transport
	if f.guard == open {
		f.steered = newTransports(o, dialer{n, steered})
	}
	return f
}

// MaxBody is the limit on the bytes of a body, as it comes and decoded.
func (f *Fetcher) MaxBody() int64 { return f.maxBody }

// Fetch makes the request and returns when the headers of the final answer
// have arrived (1xx answers are passed over). What a server refuses to answer over
// HTTP/2 is asked again over HTTP/1.1, once, whatever it is. The deadline of ctx is the
// attempt's, to the last byte of the body.
//
// The Response is never nil: it holds whatever was learnt. After a nil error
// its Body is to be read as far as wanted, and Finish or Discard must be called;
// a deferred Close sees to it that nothing is kept should that not happen. The
// error is always an *Error; an HTTP status of 400 and above is none, see
// [StatusError]. Where ctx was cancelled before its deadline the error is not
// retryable and wraps [context.Canceled].
func (f *Fetcher) Fetch(ctx context.Context, r *Request) (*Response, error) {
	a := newAttempt(ctx, f.slowest > 0 || r.URL.Scheme() == "https")
	a.head = r.Method == http.MethodHead
	a.keep = r.Keep
	answer, failure := f.send(a, r)
	if failure != nil {
		defer a.close()
		resp := &Response{RemoteAddr: a.remoteAddr(), Sent: a.sentAt(), Resent: a.resentTimes(), RequestHead: a.asked, Timing: a.timing()}
		return resp, resp.fail(failure)
	}
	a.enter(readingBody)
	resp := newResponse(a, answer, cmp.Or(r.MaxBody, f.maxBody), f.decoders)
	if !resp.usable() {
		resp.Close()
		return resp, resp.fail(&Error{Kind: results.Protocol, Message: fmt.Sprintf("unusable status %03d", resp.Status)})
	}
	if f.slowest > 0 {
		resp.wire.speed = newSpeed(a, f.slowest, f.speedTime)
	}
	return resp, nil
}

// send makes the request on its way, and returns when its answer begins.
func (f *Fetcher) send(a *attempt, r *Request) (*http.Response, *Error) {
	by, err := f.way(a, r)
	if err != nil {
		return nil, a.fault(err)
	}
	ask := func(t http.RoundTripper) (*http.Response, error) {
		out := f.request(a.traced(), r)
		a.route.address(out, r.URL)
		if a.keep {
			a.asked = requestHead(out)
		}
		return t.RoundTrip(out)
	}
	answer, err := ask(by)
	if err != nil && wantsHTTP1(err) {
		answer, err = ask(by.http1())
	}
	if err != nil {
		return nil, a.fault(err)
	}
	if e := a.route.fault(answer.StatusCode, answer.Header); e != nil {
		answer.Body.Close()
		return nil, e
	}
	return answer, nil
}
