package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/http2"

	"scrape/results"
)

// fault puts an error of the transport in words, by what the attempt was busy
// with when it came.
func (a *attempt) fault(err error) *Error {
	at := a.phase()
	if e := a.stopped(err, at); e != nil {
		return e
	}
	if e := proxyFault(err); e != nil {
		return e
	}
	if e := tlsFault(err); e != nil {
		return e
	}
	switch at {
	case lookingUp, connecting:
		return dialFault(err)
	case handshaking:
		return lostFault(err, "during the TLS handshake", results.Connect, results.TLS)
	case waiting:
		return lostFault(err, "before the answer", results.Connect, results.Protocol)
	default:
		return a.headersFault(err)
	}
}

// stopped is the error of an attempt that ran out of time, whatever timer said
// so, or that was given up by the caller; nil for any other.
func (a *attempt) stopped(err error, at phase) *Error {
	ended := a.Err()
	ours := ended != nil && (errors.Is(err, ended) || errors.Is(err, context.Cause(a)))
	if slow, ok := context.Cause(a).(*Error); ok && ours {
		return slow
	}
	if ours && errors.Is(ended, context.Canceled) {
		return &Error{Kind: results.Timeout, Message: "stopped while " + at.String(), Err: ended}
	}
	var timer net.Error // context.DeadlineExceeded is one too
	if !ours && !(errors.As(err, &timer) && timer.Timeout()) {
		return nil
	}
	after := time.Since(a.start) // a timer of the system or the resolver
	var slow *slowDial
	if deadline, ok := a.Deadline(); ok && ours {
		after = deadline.Sub(a.start)
	} else if errors.As(err, &slow) {
		after = slow.limit
	}
	return &Error{
		Kind:      results.Timeout,
		Message:   TimedOut(after, a.route.during(at)),
		Retryable: true,
		Local:     ours && at == awaitingMemory,
		Err:       err,
	}
}

// TimedOut puts a time-out in words: after how long, and during what. Of the time it
// gives two digits, since nobody set the others: when an attempt begins, some of what
// it was given has passed.
func TimedOut(after time.Duration, during string) string {
	digit := 100 * time.Millisecond
	for digit > time.Millisecond && after < 19*digit/2 {
		digit /= 10
	}
	return fmt.Sprintf("timed out after %v %s", after.Round(digit), during)
}

// dialFault is for a connection that did not come about.
func dialFault(err error) *Error {
	var (
		name    *net.DNSError
		address *net.AddrError
		errno   syscall.Errno
		guarded *blocked
	)
	switch {
	case errors.As(err, &guarded):
		return guarded.fault()
	case errors.As(err, &name) && name.IsNotFound:
		return &Error{Kind: results.DNS, Message: "no such host", Err: err}
	case errors.As(err, &name):
		return &Error{Kind: results.DNS, Message: Shorten("look-up failed: " + name.Err), Retryable: name.IsTemporary, Err: err}
	case errors.As(err, &address): // no address of a family we can use
		return &Error{Kind: results.DNS, Message: plain(address), Err: err}
	case errors.Is(err, syscall.EMFILE), errors.Is(err, syscall.ENFILE):
		return &Error{Kind: results.Connect, Message: "too many open files on this machine: fewer at once, or a higher limit (ulimit -n)", Retryable: true, Local: true, Err: err}
	case errors.Is(err, syscall.EADDRNOTAVAIL), errors.Is(err, syscall.EADDRINUSE):
		return &Error{Kind: results.Connect, Message: "no port is left on this machine: fewer at once, or later", Retryable: true, Local: true, Err: err}
	case errors.As(err, &errno): // "connection refused", "no route to host"
		return &Error{Kind: results.Connect, Message: errno.Error(), Retryable: true, Err: err}
	default:
		return &Error{Kind: results.Connect, Message: plain(err), Retryable: true, Err: err}
	}
}

// lostFault is for the phases in which the server has sent nothing of an
// answer: kind when the connection was lost, otherwise when it was not.
func lostFault(err error, when string, kind, otherwise results.Kind) *Error {
	if how := lost(err); how != "" {
		return &Error{Kind: kind, Message: how + " " + when, Retryable: true, Err: err}
	}
	return &Error{Kind: otherwise, Message: plain(err), Err: err}
}

// headersFault is for an answer that has begun. Of a line that broke off net/http
// says only that it makes no sense.
func (a *attempt) headersFault(err error) *Error {
	how, message := lost(err), plain(err)
	if cut := a.cutOff(); how == "" && cut != nil && isHTTP(message) {
		how = lost(cut)
	}
	if how != "" {
		return &Error{Kind: results.Protocol, Message: how + " inside the headers", Retryable: true, Err: err}
	}
	if strings.HasPrefix(message, "malformed MIME header") {
		message = "malformed header line" // which may hold anything, passwords too
	}
	if strings.Contains(message, "headers exceeded") || strings.Contains(message, "header list larger") {
		message = "headers larger than " + size(maxHeaderBytes)
	}
	return &Error{Kind: results.Protocol, Message: message, Err: err}
}

// isHTTP tells whether an answer began as those of HTTP do, as far as a message
// of net/http can tell.
func isHTTP(message string) bool {
	const version = `"HTTP/`
	line, malformed := strings.CutPrefix(message, "malformed HTTP response ")
	return !malformed || strings.HasPrefix(line, version) || strings.HasPrefix(version, strings.TrimSuffix(line, `"`))
}

// fault puts an error of the body in words.
func (w *wire) fault(err error) *Error {
	if ours, ok := err.(*Error); ok {
		return ours
	}
	if e := w.attempt.stopped(err, readingBody); e != nil {
		return e
	}
	if e := tlsFault(err); e != nil {
		return e
	}
	switch how := lost(err); {
	case how != "":
		got := fmt.Sprintf("got %d bytes", w.n)
		if w.announced >= 0 {
			got = fmt.Sprintf("got %d of %d bytes", w.n, w.announced)
		}
		return &Error{Kind: results.Protocol, Message: how + " inside the body (" + got + ")", Retryable: true, Err: err}
	case w.chunked:
		return &Error{Kind: results.Protocol, Message: "malformed chunked encoding", Err: err}
	default:
		return &Error{Kind: results.Protocol, Message: plain(err), Err: err}
	}
}

// lost says how a connection was lost, or a stream of it; "" when that is not
// what err is about. Some errors of net/http have no name, only a text.
func lost(err error) string {
	var (
		stream http2.StreamError
		errno  syscall.Errno
	)
	switch text := err.Error(); {
	case errors.As(err, &stream):
		if isLocal(stream) {
			return ""
		}
		return "stream reset (" + stream.Code.String() + ")"
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, syscall.ECONNABORTED):
		return "connection reset"
	case errors.As(err, &errno): // "no route to host", all of a sudden
		return errno.Error()
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, net.ErrClosed),
		strings.Contains(text, "unexpected EOF"), // in a trailer
		strings.Contains(text, "server closed idle connection"),
		strings.Contains(text, "GOAWAY"),
		strings.HasPrefix(text, "http2: client conn"):
		return "connection closed"
	default:
		return ""
	}
}

// isLocal says that our side broke a stream off, since the server's frames made no
// sense.
func isLocal(e http2.StreamError) bool {
	return e.Cause == nil || e.Cause.Error() != "received from peer"
}

// wantsHTTP1 tells whether a server has refused to answer over HTTP/2, either this
// request or all of a connection: it has done nothing with the request (RFC 9113,
// section 7). net/http has but a text for the latter.
func wantsHTTP1(err error) bool {
	const code = http2.ErrCodeHTTP11Required
	var stream http2.StreamError
	if errors.As(err, &stream) {
		return stream.Code == code && !isLocal(stream)
	}
	text := err.Error()
	return strings.Contains(text, "GOAWAY") && strings.Contains(text, code.String())
}
