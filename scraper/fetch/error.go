package fetch

import (
	"errors"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/http2"

	"scrape/results"
)

// Error is why a request failed.
type Error struct {
	Kind results.Kind
	// Message says what happened in the user's words: short, lower case,
	// without the URL, never with a password. It can hold text from the
	// server, shortened, which is not made safe for a terminal here.
	Message string
	// Retryable says that another try may end differently.
	Retryable bool
	// Local says that it was this machine's fault, not the server's.
	Local bool
	// After is how long the server asks to be left alone; 0: it did not say.
	After time.Duration
	// Err is the cause, if there is one underneath.
	Err error
}

// Error gives the kind and the message.
func (e *Error) Error() string { return e.Kind.String() + ": " + e.Message }

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// maxMessage bounds a message that quotes the server, in bytes.
const maxMessage = 200

// Shorten cuts what a message quotes to some 200 bytes, at a whole character.
func Shorten(s string) string {
	if len(s) <= maxMessage {
		return s
	}
	end := maxMessage
	for !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "…"
}

// plain makes a message of an error that has no words of its own here: without
// the names of the packages it came through.
func plain(err error) string {
	var stream http2.StreamError
	if errors.As(err, &stream) {
		if stream.Cause == nil {
			return "HTTP/2 stream error: " + stream.Code.String()
		}
		err = stream.Cause
	}
	s := err.Error()
	for _, prefix := range []string{
		"net/http: HTTP/1.x transport connection broken: ",
		"net/http: ", "http: ", "http2: ", "tls: ", "x509: ",
	} {
		s = strings.TrimPrefix(s, prefix)
	}
	if strings.Contains(s, "looked like an HTTP/1.1 header") {
		return "the server chose HTTP/2 and speaks HTTP/1.1"
	}
	if strings.HasPrefix(s, "connection error: ") { // and the name of a code
		s = "HTTP/2 " + s
	}
	return Shorten(s)
}
