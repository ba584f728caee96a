package results

import (
	"errors"
	"io"
	"sync"
	"time"
)

// Needs are what a sink wants of an exchange beside the record.
type Needs struct {
	// Wire is what was said: the heads and the payload, of every answer, also of
	// redirects on the way and of failures.
	Wire bool
	// Body is the decoded body of what was scraped, and in the record the key
	// body_file.
	Body bool
}

// Or are the needs of two sinks.
func (n Needs) Or(other Needs) Needs {
	return Needs{Wire: n.Wire || other.Wire, Body: n.Body || other.Body}
}

// Any tells whether anything is needed.
func (n Needs) Any() bool { return n.Wire || n.Body }

// ExchangeSink is a Sink that also takes what was said between client and server.
// What it is given is far larger than a record, so it has to be read as a stream.
type ExchangeSink interface {
	Sink
	Needs() Needs
	// WriteExchange takes an exchange and, in place of Write, the record that it
	// led to. The record is nil for a redirect on the way, whose URL goes on. It
	// keeps nothing of the exchange, whose contents can be read until it returns.
	// After a failed write every further one fails alike.
	WriteExchange(*Record, *Exchange) error
}

// Give hands one sink what it wants of a record and its exchange, either of which may
// be nil.
func Give(s Sink, r *Record, e *Exchange) error {
	if e != nil {
		if s, ok := s.(ExchangeSink); ok {
			return s.WriteExchange(r, e)
		}
	}
	if r == nil {
		return nil
	}
	return s.Write(r)
}

// Exchange is one request and its answer.
type Exchange struct {
	URL         string    // that was asked for, without a password
	Sent        time.Time // when the request was sent
	RemoteAddr  string    // address and port that was asked
	HTTPVersion string    // "1.0", "1.1", "2"
	Status      int
	ContentType string

	// Request and Response are the heads, in the form of HTTP/1.1, the empty line
	// at their end included. The request is without Authorization, Cookie and
	// Proxy-Authorization. They are set where Needs.Wire is.
	Request, Response []byte
	RequestBody       []byte

	// Payload is the body as it came: content codings included, and without the
	// transfer coding chunked. PayloadSHA1 is its digest. They are set where
	// Needs.Wire is.
	Payload     Content
	PayloadSHA1 [20]byte
	// Cut is why Payload is not whole: "length", "time", "disconnect" or
	// "unspecified", as WARC has it. "": it is.
	Cut string

	// Body is the decoded body, and BodySHA256 its digest. They are set where
	// Needs.Body is and the body came whole; HasBody tells.
	HasBody    bool
	Body       Content
	BodySHA256 [32]byte
	MediaType  string // of Body; "" if unknown
}

// Content is a stretch of the file of an exchange.
type Content struct {
	At, Size int64 // in bytes
	from     io.ReaderAt
}

// Open sets the file that the contents are in; nil where none has any bytes.
func (e *Exchange) Open(file io.ReaderAt) {
	e.Payload.from, e.Body.from = file, file
}

var errShortContent = errors.New("what was kept of a body is shorter than it was said to be")

// CopyTo writes the content. The error is w's, or the file's.
func (c Content) CopyTo(w io.Writer) error {
	if c.Size == 0 {
		return nil
	}
	if c.from == nil || c.Size < 0 || c.At < 0 {
		return errShortContent
	}
	buffer := copyBuffers.Get().(*[copySize]byte)
	defer copyBuffers.Put(buffer)
	// onlyWriter: what reads by itself would do so with a buffer of its own.
	n, err := io.CopyBuffer(onlyWriter{w}, io.NewSectionReader(c.from, c.At, c.Size), buffer[:])
	if err == nil && n < c.Size {
		err = errShortContent
	}
	return err
}

const copySize = 32 << 10

var copyBuffers = sync.Pool{New: func() any { return new([copySize]byte) }}

type onlyWriter struct{ io.Writer }
