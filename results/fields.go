package results

import (
	"encoding/json"
	"time"
)

// Fields is the content of a record. A field with its zero value is absent
// from the JSON, but for Outcome, which is always there.
type Fields struct {
	Seq  int64  // running number over all lists, from 1
	List string // name of the list; empty when there is only one
	Line int64  // line number in that list, from 1

	Input    string // the line as given; written only where it differs from URL
	Method   string // how it was asked for; written only where it is not GET
	URL      string // what was asked for, normalised
	FinalURL string // where redirects ended; written only where it differs from URL

	Outcome Outcome
	Status  int // HTTP status of the last response

	ContentType string // of the last response, like the four below
	MediaType   string // what the content is by its first bytes, where ContentType says something else or nothing
	Charset     string
	HTTPVersion string // "1.1", "2"
	RemoteAddr  string // address and port

	WireBytes int64 // body as received
	BodyBytes int64 // body decoded
	// BodySHA256 is the digest of the decoded body, in hex, if it was asked for and
	// the body came whole; BodyFile where that is kept, if it is: below the folder
	// for bodies, with slashes.
	BodySHA256 string
	BodyFile   string

	Redirects []string // the URLs that led to FinalURL, URL first
	Attempts  int      // how many times it was tried, tries that ended with their worker included
	Error     *Error   // only when not scraped
	Title     string
	// Links are those of the page, if they were asked for, and Data is an object
	// of all else that was: JSON, written as Meta is.
	Links, Data json.RawMessage
	Truncated   []string // names the fields whose values were cut

	FetchedAt time.Time // start; written in UTC, to the millisecond
	Timing    Timing
	Worker    int // process id of the worker

	// Meta is what the list's line had for the record to carry: any JSON value.
	// It is written as it is, except that a value of several lines is put on one,
	// and that characters in its strings that could steer a terminal are escaped.
	// What is not valid JSON in UTF-8, and null, is absent.
	Meta json.RawMessage

	// Change is what became of the URL since last time, and Diff shows it to a person:
	// lines that begin with "-" and "+". They come last, since they are known last.
	Change Change
	Diff   string
}

// Timing says where the time went. Records hold it in milliseconds, to the
// microsecond; what took less, and what is negative, is absent.
type Timing struct {
	Queue time.Duration // from the line's reading to the URL's first request

	// Of the last request. What did not happen, as on a warm connection, is 0.
	DNS       time.Duration // looking up the host's name
	Connect   time.Duration // making the connection, the handshake apart
	TLS       time.Duration // the handshake
	FirstByte time.Duration // from the request to the first byte of the answer

	// Total is, in a record, from the URL's first request to the last byte,
	// all attempts, redirects and waits included. Whoever times one request
	// has that one's here.
	Total time.Duration
}
