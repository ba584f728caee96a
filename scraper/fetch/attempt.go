package fetch

import (
	"context"
	"net/http/httptrace"
	"net/textproto"
	"sync"
	"time"

	"scrape/results"
)

// phase is what a request is busy with; its name completes "timed out …".
type phase uint8

const (
	connecting phase = iota
	lookingUp
	handshaking
	waiting
	readingHeaders
	readingBody
	awaitingMemory
	phases
)

func (p phase) String() string {
	return [phases]string{
		connecting:     "connecting",
		lookingUp:      "looking up the host",
		handshaking:    "in the TLS handshake",
		waiting:        "waiting for the first byte",
		readingHeaders: "reading the headers",
		readingBody:    "reading the body",
		awaitingMemory: "waiting for memory to decode the body",
	}[p]
}

// stopwatch adds up the time spent in each phase.
type stopwatch struct {
	phase phase
	since time.Time
	spent [phases]time.Duration
}

func (s *stopwatch) enter(p phase) {
	now := time.Now()
	if !s.since.IsZero() {
		s.spent[s.phase] += now.Sub(s.since)
	}
	s.phase, s.since = p, now
}

// attempt follows one request through its phases. It is the context of its
// request, so that a dial finds the attempt it is made for.
type attempt struct {
	context.Context
	route route
	start time.Time
	head  bool   // the request is HEAD
	keep  bool   // what is said is kept: asked, answered
	asked []byte // the head of the request, without secrets
	// cancel ends the attempt for the reason given; nil where nothing does that.
	cancel context.CancelCauseFunc
	trace  httptrace.ClientTrace

	mu       sync.Mutex
	watch    stopwatch
	dial     *dial // the connection being made, or made, for this request
	remote   string
	sent     time.Time // when it had its connection; zero before
	conn     *conn     // the connection in use, of HTTP/1
	streams  int       // of HTTP/2 that were begun
	lost     bool      // the connection it was written to before was closed without an answer
	resent   int       // how often it was sent before, as Response.Resent counts it
	informed int       // bytes of answers before the final one
	answered *[]byte   // the head of the answer, as it came over HTTP/1
}

type attemptKey struct{}

// maxStreams is how often a request is sent over HTTP/2 when the server says that
// it has not looked at it: once more, as browsers do. net/http would go on
// for ever, on new connections without a pause.
const maxStreams = 2

// errTurnedAway is the end of that.
var errTurnedAway = &Error{Kind: results.Connect, Message: "the server turned the request away, and again", Retryable: true}

// newAttempt returns an attempt that ends with ctx. One that can be cancelled has
// to be closed.
func newAttempt(ctx context.Context, cancellable bool) *attempt {
	a := &attempt{Context: ctx}
	if cancellable {
		a.Context, a.cancel = context.WithCancelCause(ctx)
	}
	a.trace.GetConn = a.getConn
	a.trace.GotConn = a.gotConn
	a.trace.GotFirstResponseByte = a.gotFirstByte
	a.trace.Got1xxResponse = a.got1xx
	a.watch.enter(connecting)
	a.start = a.watch.since
	return a
}

// close releases what the attempt holds.
func (a *attempt) close() {
	if a.cancel != nil {
		a.cancel(nil)
	}
}

// Value makes the attempt findable in its own context and those derived from it.
func (a *attempt) Value(key any) any {
	if key == (attemptKey{}) {
		return a
	}
	return a.Context.Value(key)
}

// traced returns the context to send the request with.
func (a *attempt) traced() context.Context {
	return httptrace.WithClientTrace(a, &a.trace)
}

// getConn hears that a connection is needed: for the first time, or again after
// a kept one turned out to be closed.
func (a *attempt) getConn(string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lost = a.lost || a.conn != nil && a.conn.wrote()
	a.dial, a.conn = nil, nil
	a.watch.enter(connecting)
}

func (a *attempt) gotConn(info httptrace.GotConnInfo) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watch.enter(waiting)
	a.sent = a.watch.since
	a.remote = remoteAddr(info.Conn)
	if c, ok := info.Conn.(*conn); ok {
		a.conn = c
		if a.answered = nil; a.keep {
			a.answered = new([]byte) // the other connection may still write to its own
		}
		c.begin(a.head, a.answered)
		if a.lost {
			a.resent = 1
		}
	} else if a.streams++; a.streams > maxStreams {
		a.cancel(errTurnedAway)
	} else {
		a.resent = a.streams - 1
	}
	// Another connection may have become free before ours was made.
	if a.dial != nil && (info.Reused || !a.dial.finished()) {
		a.dial = nil
	}
}

func (a *attempt) gotFirstByte() { a.enter(readingHeaders) }

// got1xx hears of an answer before the final one. Without it net/http would take
// five of them; browsers take any number, and here their size is the limit.
func (a *attempt) got1xx(_ int, header textproto.MIMEHeader) error {
	const line = len("HTTP/1.1 100 Continue\r\n\r\n")
	a.mu.Lock()
	defer a.mu.Unlock()
	a.informed += line
	for name, values := range header {
		for _, v := range values {
			a.informed += len(name) + len(v)
		}
	}
	if a.informed > maxHeaderBytes {
		return errHeaders
	}
	return nil
}

// isHTTP1 tells whether the connection is one of HTTP/1.
func (a *attempt) isHTTP1() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.conn != nil
}

// transfer are the transfer codings of the answer that are to be undone here.
func (a *attempt) transfer() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn == nil {
		return nil
	}
	return a.conn.transfer()
}

// cutOff is the error that ended the connection in the middle of a line, nil
// if it did not end so.
func (a *attempt) cutOff() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.conn == nil {
		return nil
	}
	return a.conn.cutOff()
}

func (a *attempt) enter(p phase) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watch.enter(p)
}

// dialing registers a new dial as this attempt's, unless the attempt has got
// its connection from elsewhere meanwhile.
func (a *attempt) dialing() *dial {
	d := &dial{attempt: a, route: a.route}
	d.enter(connecting)
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.watch.phase == connecting {
		a.dial = d
	}
	return d
}

// phase says what the attempt is busy with.
func (a *attempt) phase() phase {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.watch.phase == connecting && a.dial != nil {
		return a.dial.phase()
	}
	return a.watch.phase
}

func (a *attempt) remoteAddr() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.remote
}

// sentAt is when the request was sent, or began to be; zero if it was not.
func (a *attempt) sentAt() time.Time {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.sent
}

// resentTimes is how often the request was sent before the last time.
func (a *attempt) resentTimes() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.resent
}

// timing returns what the attempt has spent so far.
func (a *attempt) timing() results.Timing {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.watch.enter(a.watch.phase)
	t := results.Timing{FirstByte: a.watch.spent[waiting], Total: a.watch.since.Sub(a.start)}
	if a.dial != nil {
		spent := a.dial.spent()
		t.DNS, t.Connect, t.TLS = spent[lookingUp], spent[connecting], spent[handshaking]
	}
	return t
}
