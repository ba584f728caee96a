package fetch

import (
	"io"
	"net/http"
	"strings"
	"sync"
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
	// RemoteAddr is the address and port that was asked; "" without a connection.
	RemoteAddr string
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

	attempt  *attempt
	answer   *http.Response
	wire     wire
	layers   []*layer
	memory   int64 // that its layers hold of the budget, in MiB
	budget   *semaphore.Weighted
	content  limit
	finished bool
}

// newResponse takes over the answer that a got.
func newResponse(a *attempt, answer *http.Response, maxBody int64, budget *semaphore.Weighted) *Response {
	r := &Response{
		Status:      answer.StatusCode,
		Proto:       proto(answer),
		Header:      answer.Header,
		RemoteAddr:  a.remoteAddr(),
		ContentType: answer.Header.Get("Content-Type"),
		Timing:      a.timing(),
		attempt:     a,
		answer:      answer,
		budget:      budget,
	}
	r.wire = wire{src: answer.Body, attempt: a, announced: answer.ContentLength, chunked: len(answer.TransferEncoding) > 0}
	r.content = limit{src: &r.wire, attempt: a, max: maxBody}
	if answer.ContentLength != 0 && r.usable() {
		r.decode(answer.Header["Content-Encoding"])
	}
	r.Body = &r.content
	return r
}

// usable tells whether the status is one that an answer can end with.
func (r *Response) usable() bool { return r.Status >= 200 && r.Status <= 599 }

// fail makes r a response without a body, for the reason e, which it returns.
func (r *Response) fail(e *Error) error {
	r.content.err = e
	r.Body = &r.content
	r.finished = true
	return e
}

// decode puts a layer above the wire for each coding, the last applied first.
// Every layer is limited, not only the uppermost: a small body can be a bomb
// inside a bomb.
func (r *Response) decode(header []string) {
	names, err := parseCodings(header)
	if err != nil {
		r.content.err = err
		return
	}
	for _, name := range names {
		r.memory += codings[name].memory
	}
	// All at once, so that no two bodies wait for each other.
	if err := r.budget.Acquire(r.attempt, r.memory); err != nil {
		r.memory = 0
		r.content.err = r.attempt.stopped(err, readingBody)
		return
	}
	var below source = &r.wire
	for i := len(names) - 1; i >= 0; i-- {
		l := &layer{coding: codings[names[i]], in: below}
		r.layers = append(r.layers, l)
		if i == 0 {
			r.content.src = l
		} else {
			below = &limit{src: l, attempt: r.attempt, max: r.content.max}
		}
	}
}

var drainBuffers = sync.Pool{New: func() any { return new([readBuffer]byte) }}

// Finish reads what is left of the body, in constant memory, and releases the
// connection: for the next request when the body arrived whole, closing it
// otherwise. It returns nil only when the body arrived whole, and an *Error
// otherwise. Further calls return the same.
func (r *Response) Finish() error {
	if !r.finished {
		r.finished = true
		r.drain()
		r.answer.Body.Close()
		for _, l := range r.layers {
			l.release()
		}
		r.budget.Release(r.memory)
		r.Timing.Total = time.Since(r.attempt.start)
	}
	return r.content.failure()
}

// drain reads to the end of the content, and then of the wire: bytes behind a
// compressed stream mean nothing, but the connection is of use only without them.
func (r *Response) drain() {
	if r.content.err == nil && len(r.layers) == 0 && r.wire.announced > r.content.max {
		r.content.err = tooLarge(r.content.max)
		return
	}
	buf := drainBuffers.Get().(*[readBuffer]byte)
	defer drainBuffers.Put(buf)
	for r.content.err == nil {
		r.content.Read(buf[:])
	}
	if r.content.err != io.EOF {
		return
	}
	rest := limit{src: &r.wire, attempt: r.attempt, max: r.content.max}
	for rest.err == nil {
		rest.Read(buf[:])
	}
	r.content.err = rest.err
}

// WireBytes is how many bytes of the body have been received, before decoding.
func (r *Response) WireBytes() int64 { return r.wire.n }

// BodyBytes is how many bytes of the body have been read, after decoding.
func (r *Response) BodyBytes() int64 { return r.content.n }

// proto is the version alone: "1.1" of "HTTP/1.1", "2" of "HTTP/2.0".
func proto(answer *http.Response) string {
	if answer.ProtoMajor >= 2 {
		return "2"
	}
	return strings.TrimPrefix(answer.Proto, "HTTP/")
}
