package fetch

import (
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"scrape/results"
)

// Response is an answer, or as much of one as arrived. It is not safe for
// concurrent use.
type Response struct {
	// Status is the HTTP status; 0 when none arrived.
	Status int
	// Proto is the version of HTTP: "1.0", "1.1" or "2".
	Proto string
	// Header is as it arrived, content codings included.
	Header http.Header
	// Head are the status line and the header lines with the empty one at their
	// end, if Request.Keep was set: over HTTP/1 byte for byte as they came, over
	// HTTP/2 in the form that HTTP/1.1 would give them, in the order of their names.
	// Nil when none came.
	Head []byte
	// RequestHead is the same of the request, in the form of HTTP/1.1 and in the
	// order in which net/http writes it. Authorization, Cookie and
	// Proxy-Authorization are left out.
	RequestHead []byte
	// RemoteAddr is the address and port that was asked; "" without a connection.
	RemoteAddr string
	// Sent is when the request had its connection and was written to it; zero
	// when it never had one, so that the server cannot know of it.
	Sent time.Time
	// Resent is how often the request was sent before: once, however many kept
	// connections turned out to be closed one after the other, or as often as the
	// server turned it away over HTTP/2.
	Resent int
	// ContentType is the Content-Type header.
	ContentType string
	// Body is the decoded content, at most MaxBody bytes of it. Its errors are
	// *Error, or io.EOF when the body arrived whole. It must not be read after
	// Finish.
	Body io.Reader
	// Timing is what the request took so far. A phase that did not happen,
	// as on a warm connection, is 0. FirstByte counts from the moment the
	// connection was there; Total is final after Finish. Queue is left to
	// others.
	Timing results.Timing

	attempt *attempt
	answer  *http.Response
	wire    wire
	layers  []*layer // above the wire, from the lowest on
	budget  *semaphore.Weighted
	memory  int64 // that its layers hold of the budget, in MiB
	content limit
	spare   bool // the content is read for its length alone
	passed  bool // the content was not read to its end, though the body may have been
	late    bool // the body was left, since it did not come
	closed  bool
}

// newResponse takes over the answer that a got.
func newResponse(a *attempt, answer *http.Response, maxBody int64, budget *semaphore.Weighted) *Response {
	r := &Response{
		Status:      answer.StatusCode,
		Proto:       proto(answer, a.isHTTP1()),
		Header:      answer.Header,
		RemoteAddr:  a.remoteAddr(),
		Sent:        a.sentAt(),
		Resent:      a.resentTimes(),
		ContentType: answer.Header.Get("Content-Type"),
		Timing:      a.timing(),
		attempt:     a,
		answer:      answer,
		budget:      budget,
	}
	if a.keep {
		r.RequestHead, r.Head = a.asked, a.answerHead(answer)
	}
	r.wire = wire{src: answer.Body, attempt: a, announced: answer.ContentLength, chunked: len(answer.TransferEncoding) > 0, max: maxBody}
	r.content = limit{src: &r.wire, attempt: a, max: maxBody}
	r.Body = &r.content
	switch {
	case !r.usable():
	case a.head, answer.StatusCode == http.StatusNoContent, answer.StatusCode == http.StatusNotModified:
		// Without content, whatever they announce (RFC 9110, section 8.6), which
		// HTTP/2 would miss.
		r.wire.announced, r.wire.src = 0, http.NoBody
	case answer.ContentLength > maxBody:
		r.content.err = tooLarge(maxBody)
	case answer.ContentLength != 0:
		r.decode(answer.Header["Content-Encoding"], a.transfer())
	}
	return r
}

// Copy has what is read of the body written to two writers, either of which may be
// nil: as it comes, without transfer coding chunked, and as Body gives it. What they
// answer is not looked at. It must be called before the first Read.
func (r *Response) Copy(wire, content io.Writer) { r.wire.copy, r.content.copy = wire, content }

// usable tells whether the status is one that an answer can end with.
func (r *Response) usable() bool { return r.Status >= 200 && r.Status <= 599 }

// fail makes r a response without a body, for the reason e, which it returns.
func (r *Response) fail(e *Error) error {
	r.content.err = e
	r.Body = &r.content
	r.closed = true
	return e
}

// decode puts a layer above the wire for each coding, the last applied first.
// Every layer is limited, not only the uppermost: a small body can be a bomb
// inside a bomb.
func (r *Response) decode(content, transfer []string) {
	names, err := parseCodings(content)
	if err != nil {
		r.content.err = err
		return
	}
	names = append(names, transfer...)
	if len(names) == 0 {
		return
	}
	var below source = &r.wire
	for i := len(names) - 1; i >= 0; i-- {
		coding := codings[names[i]]
		l := &layer{coding: coding, in: below, memory: coding.most}
		if len(r.layers) == 0 {
			l.lowest = r
		}
		r.layers = append(r.layers, l)
		if i == 0 {
			r.content.src = l
		} else {
			below = &limit{src: l, attempt: r.attempt, max: r.content.max}
		}
	}
}

// errNoMemory ends a body that is not worth waiting for memory.
var errNoMemory = &Error{Kind: results.Decode, Message: "no memory to decode the body"}

// reserve takes the memory of all layers' decoders at once, so that no two
// bodies wait for each other. Those that take next to none do not wait.
func (r *Response) reserve() error {
	var memory int64
	for _, l := range r.layers {
		memory += l.memory
	}
	switch {
	case memory == 0 || r.budget.TryAcquire(memory):
	case r.spare:
		return errNoMemory
	default:
		r.attempt.enter(awaitingMemory)
		if err := r.budget.Acquire(r.attempt, memory); err != nil {
			return r.attempt.stopped(err, awaitingMemory)
		}
		r.attempt.enter(readingBody)
	}
	r.memory = memory
	return nil
}

var drainBuffers = sync.Pool{New: func() any { return new([drainSize]byte) }}

// drainSize is how much is read at once of what nobody looks at, in bytes.
const drainSize = 32 << 10

// Finish reads what is left of the body, in constant memory, and releases the
// connection: for the next request when the body arrived whole, closing it
// otherwise. It returns nil only when the body arrived whole, and an *Error
// otherwise. Further calls return the same, as do those of Discard.
func (r *Response) Finish() error {
	if !r.closed {
		r.drain()
		r.end()
	}
	return r.content.failure()
}

// Discard is Finish for a body that means nothing, such as that of an error.
// Its error tells only that the body did not arrive: that it cannot be decoded,
// or is too large, is none.
func (r *Response) Discard() error {
	if !r.closed {
		r.spare = true
		r.drain()
		if e, ok := r.content.err.(*Error); ok && (e.Kind == results.Decode || e.Kind == results.TooLarge) {
			r.passed = true
			r.content.err = r.drainWire()
		}
		r.end()
	}
	return r.content.failure()
}

// DiscardWithin is Discard for a body that is not worth a wait, nor to be decoded,
// such as that of a redirect: one that is still coming after that long is left,
// which is no error.
func (r *Response) DiscardWithin(patience time.Duration) error {
	if r.closed {
		return r.content.failure()
	}
	var late atomic.Bool
	alarm := time.AfterFunc(patience, func() {
		late.Store(true)
		r.answer.Body.Close() // which ends a Read
	})
	defer alarm.Stop()
	r.passed = true
	r.content.err = r.drainWire()
	r.end()
	if r.late = late.Load(); r.late {
		return nil
	}
	return r.content.failure()
}

// Close releases the connection and what else the response holds, without
// reading on. After Finish and Discard it does nothing, so that it can be
// deferred beside them.
func (r *Response) Close() {
	if r.closed {
		return
	}
	r.closed = true
	r.answer.Body.Close()
	r.attempt.close()
	if r.wire.speed != nil {
		r.wire.speed.timer.Stop()
	}
	r.budget.Release(r.memory)
	if r.content.err == nil {
		r.content.err = &Error{Kind: results.Protocol, Message: "closed before the end of the body"}
	}
	r.Timing.Total = time.Since(r.attempt.start)
}

// end is Close for a response that was drained: its decoders are as they should
// be, which is not sure of those that a panic has interrupted.
func (r *Response) end() {
	for _, l := range r.layers {
		l.release()
	}
	r.Close()
}

// drain reads to the end of the content, and then of the wire: bytes behind a
// compressed stream mean nothing, but the connection is of use only without them.
func (r *Response) drain() {
	readAll(&r.content)
	if r.content.err != io.EOF {
		return
	}
	rest := limit{src: &r.wire, attempt: r.attempt, max: r.content.max}
	readAll(&rest)
	r.content.err = rest.err
}

// drainWire reads what is left of a body that means nothing as it comes, as far
// as the connection may be worth it, and returns io.EOF or why it broke off.
func (r *Response) drainWire() error {
	rest := limit{src: &r.wire, attempt: r.attempt, max: r.content.max - r.wire.n}
	if rest.max < 0 || r.wire.announced > r.content.max {
		return io.EOF
	}
	readAll(&rest)
	if e, ok := rest.err.(*Error); ok && e.Kind == results.TooLarge {
		return io.EOF
	}
	return rest.err
}

// readAll reads to the end, or to an error.
func readAll(l *limit) {
	buf := drainBuffers.Get().(*[drainSize]byte)
	defer drainBuffers.Put(buf)
	for l.err == nil {
		l.Read(buf[:])
	}
}

// Whole tells, once the response is finished, that the body came whole and was read
// as Body gives it.
func (r *Response) Whole() bool { return r.closed && !r.passed && r.content.err == io.EOF }

// Coded tells that Body gives other bytes than come.
func (r *Response) Coded() bool { return len(r.layers) > 0 }

// Cut is why the body was not received to its end, nil if it was, once the response is
// finished: an *Error.
func (r *Response) Cut() error {
	switch {
	case r.wire.err == io.EOF:
		return nil
	case r.late:
		return &Error{Kind: results.Timeout, Message: "left"}
	case r.wire.err != nil:
		return r.wire.err
	}
	if e := r.content.failure(); e != nil {
		return e
	}
	return tooLarge(r.content.max)
}

// WireBytes is how many bytes of the body have been received, before decoding.
func (r *Response) WireBytes() int64 { return r.wire.n }

// BodyBytes is how many bytes of the body have been read, after decoding.
func (r *Response) BodyBytes() int64 { return r.content.n }

// proto is the version alone: "1.1" of "HTTP/1.1", "2" of "HTTP/2.0". What came as
// HTTP/1 is none above that, whatever it says.
func proto(answer *http.Response, http1 bool) string {
	switch {
	case answer.ProtoMajor < 2:
		return strings.TrimPrefix(answer.Proto, "HTTP/")
	case http1:
		return "1.1"
	default:
		return "2"
	}
}
