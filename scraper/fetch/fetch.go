// Package fetch sends one request and reads one response, as a stream.
//
// It follows no redirect and tries nothing twice: whoever calls it decides on
// both. What it promises is a true account of what happened: every failure
// carries one kind of the closed list in package results, words a user
// understands, and whether another try could help.
package fetch

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/sync/semaphore"

	"scrape/results"
)

const (
	// DefaultMaxBody is the limit on the decoded bytes of a body.
	DefaultMaxBody = 32 << 20
	// DefaultConns is the number of idle connections kept.
	DefaultConns = 64

	maxHeaderBytes = 256 << 10
	readBuffer     = 32 << 10
	idleTimeout    = 90 * time.Second
)

// Options say how requests are made. The zero value of a field means its default.
type Options struct {
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
	// SpeedLimit is the least speed of a body, in bytes per second as it comes.
	// 0: none.
	SpeedLimit int64
	// SpeedTime is the stretch that the speed is measured over: slower than
	// SpeedLimit for as long is a time-out. The wait for the answer is not part
	// of it. 0: DefaultSpeedTime.
	SpeedTime time.Duration
	// Conns is how many requests will be in flight at once; as many idle
	// connections are kept. 0: DefaultConns.
	Conns int
}

// Fetcher makes requests over one pool of warm connections, HTTP/1.1 or, where
// a TLS server offers it, HTTP/2. It is safe for concurrent use.
type Fetcher struct {
	transport *http.Transport
	template  *http.Request // what requests to the user's own origins have in common
	foreign   *http.Request // what those to others have
	maxBody   int64
	slowest   int64 // Options.SpeedLimit
	speedTime time.Duration
	decoders  *semaphore.Weighted // memory for them, in MiB
}

// New returns a Fetcher. It starts nothing before the first request.
func New(o Options) *Fetcher {
	return newFetcher(o, systemNetwork())
}

func newFetcher(o Options, n network) *Fetcher {
	if o.MaxBody <= 0 {
		o.MaxBody = DefaultMaxBody
	}
	if o.Conns <= 0 {
		o.Conns = DefaultConns
	}
	if o.SpeedTime <= 0 {
		o.SpeedTime = DefaultSpeedTime
	}
	own := template(o)
	return &Fetcher{
		decoders:  semaphore.NewWeighted(decoderMemory),
		template:  own,
		foreign:   withoutSecrets(own),
		maxBody:   o.MaxBody,
		slowest:   o.SpeedLimit,
		speedTime: o.SpeedTime,
		transport: withHTTP2(&http.Transport{
			DialContext:            n.dialPlain,
			DialTLSContext:         n.dialTLS,
			DisableCompression:     true, // all codings are undone here
			MaxIdleConns:           o.Conns,
			MaxIdleConnsPerHost:    o.Conns,
			IdleConnTimeout:        idleTimeout,
			MaxResponseHeaderBytes: maxHeaderBytes,
			ReadBufferSize:         readBuffer, // a typical page in one or two reads
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
		}),
	}
}

// withHTTP2 gives a transport the HTTP/2 of x/net. That of net/http in Go 1.26 can
// be brought to a standstill by a server that enlarges a window too far: its
// request never ends, whatever its deadline, and all others over HTTP/2 wait
// behind it.
func withHTTP2(t *http.Transport) *http.Transport {
	if err := http2.ConfigureTransport(t); err != nil {
		panic(err) // of a transport that has HTTP/2 already
	}
	return t
}

// Fetch makes the request and returns when the headers of the final answer
// have arrived (1xx answers are passed over). The deadline of ctx is the
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
	answer, err := f.transport.RoundTrip(f.request(a.traced(), r))
	if err != nil {
		defer a.close()
		resp := &Response{RemoteAddr: a.remoteAddr(), Timing: a.timing()}
		return resp, resp.fail(a.fault(err))
	}
	a.enter(readingBody)
	resp := newResponse(a, answer, f.maxBody, f.decoders)
	if !resp.usable() {
		resp.Close()
		return resp, resp.fail(&Error{Kind: results.Protocol, Message: fmt.Sprintf("unusable status %03d", resp.Status)})
	}
	if f.slowest > 0 {
		resp.wire.speed = newSpeed(a, f.slowest, f.speedTime)
	}
	return resp, nil
}
