package fetch

import (
	"fmt"
	"io"

	"scrape/results"
)

// source is a reader whose first error stays.
type source interface {
	io.Reader
	failure() error // the error it stopped with; nil before, and at the end
}

// wire is the body as it comes off the connection: counted, limited, and its
// errors put in words.
type wire struct {
	src       io.Reader
	attempt   *attempt
	announced int64 // Content-Length; -1: unknown
	chunked   bool
	max       int64  // one byte more is an error
	speed     *speed // at least; nil: any will do
	n         int64
	err       error
	copy      io.Writer // of what was read; nil: nobody
}

func (w *wire) Read(p []byte) (int, error) {
	if w.err != nil {
		return 0, w.err
	}
	n, err := w.receive(p)
	if room := w.max - w.n; int64(n) > room {
		n, err = int(room), tooLarge(w.max)
	}
	w.n += int64(n)
	if w.copy != nil && n > 0 {
		_, _ = w.copy.Write(p[:n])
	}
	if err != nil && err != io.EOF {
		err = w.fault(err)
	}
	w.err = err
	return n, err
}

func (w *wire) receive(p []byte) (int, error) {
	if w.speed == nil {
		return w.src.Read(p)
	}
	w.speed.reading.Store(true)
	n, err := w.src.Read(p)
	w.speed.reading.Store(false)
	w.speed.got.Add(int64(n))
	return n, err
}

func (w *wire) failure() error { return failureOf(w.err) }

// limit lets max bytes pass; one more is an error. It also ends with its
// attempt: decoding what has arrived already can take long, and a bomb is made
// to take long.
type limit struct {
	src     io.Reader
	attempt *attempt
	max     int64
	n       int64
	err     error
	copy    io.Writer // of what was read; nil: nobody
}

func (l *limit) Read(p []byte) (int, error) {
	if l.err != nil {
		return 0, l.err
	}
	if err := l.attempt.Err(); err != nil {
		l.err = l.attempt.stopped(err, readingBody)
		return 0, l.err
	}
	room := l.max - l.n
	if int64(len(p)) > room {
		p = p[:room+1] // the one more
	}
	n, err := l.src.Read(p)
	if int64(n) > room {
		n, err = int(room), tooLarge(l.max)
	}
	l.n += int64(n)
	if l.copy != nil && n > 0 {
		_, _ = l.copy.Write(p[:n])
	}
	l.err = err
	return n, err
}

func (l *limit) failure() error { return failureOf(l.err) }

func failureOf(err error) error {
	if err == io.EOF {
		return nil
	}
	return err
}

func tooLarge(limit int64) *Error {
	return &Error{Kind: results.TooLarge, Message: "body larger than " + size(limit)}
}

// size writes a number of bytes in the largest binary unit that leaves it whole.
func size(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20 && n%(1<<20) == 0:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 1<<10 && n%(1<<10) == 0:
		return fmt.Sprintf("%d KiB", n>>10)
	default:
		return fmt.Sprintf("%d bytes", n)
	}
}
