// Package warc writes what was said between client and server in the format of web
// archives, WARC 1.1 (ISO 28500:2017), each record a gzip member of its own.
//
// Of each answer there is a record "response" and one "request", of each line of the
// list one "metadata" with the JSON of its record; a new sink begins with a "warcinfo".
// A payload that was there before is not written again: it becomes a "revisit" with
// the profile identical-payload-digest; an answer 304 is one with server-not-modified. All records of an answer, with the metadata that
// it led to, are written in one go; an answer on the way, such as a redirect, when it
// comes.
//
// What is not as it went over the wire: the headers Authorization, Cookie and
// Proxy-Authorization of requests are left out (Set-Cookie of answers is data, and
// stays, as does what a request sent as its body). The transfer coding chunked is
// undone, as its name in the head says: X-Orig-Transfer-Encoding, which pywb and
// warcio.js also write then. Content codings stay. HTTP/2 is written as HTTP/1.1 would
// be, names in order, with WARC-Protocol saying so. A password in a URL shows as ***.
//
// Digests are SHA-1 in base 32, since that is what other tools write and look pages up
// by; the records' body_sha256 is of the decoded body.
package warc

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"hash"
	"io"
	"net/http"
	"time"

	"scrape/results"
)

// inMemory is how large a payload may be, in bytes, to be read at once, so that it is
// hashed and written from there.
const inMemory = 1 << 20

// New returns a sink of WARC over w. Software is who writes it, such as "scrape/1.0".
// Closing it closes w.
//
// A payload is known again among the last tens of thousands that differ: what that takes
// is bounded, at some 16 MiB. What a file holds already that is appended to is not
// known.
func New(w *results.Batch, software string) results.ExchangeSink {
	return &sink{w: w, press: newPress(w), software: software, hash: sha1.New()}
}

type sink struct {
	w        *results.Batch
	press    *press
	software string
	info     string // the id of the warcinfo record; "": it is not written yet
	seen     index

	to      recorder // where the records of now go
	hash    hash.Hash
	payload bytes.Buffer
	head    bytes.Buffer
}

// recorder takes a record: all that write gives its writer.
type recorder interface {
	record(write func(io.Writer) error) error
}

// Needs implements results.ExchangeSink.
func (s *sink) Needs() results.Needs { return results.Needs{Wire: true} }

// Sync implements results.Sink.
func (s *sink) Sync() error {
	s.press.wait()
	return s.w.Flush()
}

// Close implements results.Sink.
func (s *sink) Close() error {
	s.press.wait()
	return s.w.Close()
}

var errNoRecord = errors.New("warc: neither a record nor an exchange")

// Write implements results.Sink: what led to no answer has its metadata alone.
func (s *sink) Write(r *results.Record) error {
	if r == nil || len(r.Raw()) == 0 {
		return errNoRecord
	}
	f, err := r.Fields()
	if err != nil {
		return err
	}
	url := f.URL
	if f.FinalURL != "" {
		url = f.FinalURL
	}
	at := f.FetchedAt
	if at.IsZero() {
		at = time.Now()
	}
	return s.append(func() error { return s.writeMetadata(r, url, at, "") })
}

// WriteExchange implements results.ExchangeSink.
func (s *sink) WriteExchange(r *results.Record, e *results.Exchange) error {
	if len(e.Response) == 0 {
		if r == nil {
			return nil
		}
		return s.Write(r)
	}
	if e.Payload.Size > inMemory {
		return s.stream(func() error { return s.write(r, e, e.Payload.CopyTo) })
	}
	s.payload.Reset()
	if err := e.Payload.CopyTo(&s.payload); err != nil {
		return s.fail(err)
	}
	return s.append(func() error {
		return s.write(r, e, func(w io.Writer) error {
			_, err := w.Write(s.payload.Bytes())
			return err
		})
	})
}

// append has whole records written in one go, some time before the next Sync returns.
func (s *sink) append(write func() error) error {
	g, err := s.press.take()
	if err != nil {
		return err
	}
	if err := s.writeTo(g, write); err != nil {
		s.press.release(g)
		return s.fail(err)
	}
	s.press.put(g)
	return nil
}

// stream has records written in pieces, behind all that were before.
func (s *sink) stream(write func() error) error {
	s.press.wait()
	return s.w.Stream(func(w io.Writer) error {
		return s.writeTo(&members{newGzip(), w}, write)
	})
}

func (s *sink) writeTo(to recorder, write func() error) error {
	s.to = to
	if err := s.writeInfo(); err != nil {
		return err
	}
	return write()
}

// fail makes an error that is not the file's the end, like those that are.
func (s *sink) fail(err error) error {
	s.press.wait()
	return s.w.Stream(func(io.Writer) error { return err })
}

// write writes the records of an exchange.
func (s *sink) write(r *results.Record, e *results.Exchange, payload func(io.Writer) error) error {
	response := newID()
	if err := s.writeResponse(response, e, payload); err != nil {
		return err
	}
	if err := s.writeRequest(e, response); err != nil {
		return err
	}
	if r == nil {
		return nil
	}
	return s.writeMetadata(r, e.URL, e.Sent, response)
}

// writeInfo writes the record that all others belong to, before the first of them.
func (s *sink) writeInfo() error {
	if s.info != "" {
		return nil
	}
	block := fmt.Appendf(nil, "software: %s\r\n"+
		"format: WARC File Format 1.1\r\n"+
		"conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/\r\n"+
		"description: without Authorization, Cookie and Proxy-Authorization in requests; chunked transfer coding is undone and its header renamed to X-Orig-Transfer-Encoding; HTTP/2 is written in the form of HTTP/1.1\r\n", clean(s.software))
	info := newID()
	s.begin("warcinfo", info, time.Now())
	s.field("Content-Type", "application/warc-fields")
	err := s.end(block, nil, 0)
	s.info = info
	return err
}

// writeResponse writes an answer, or that its payload is known.
func (s *sink) writeResponse(id string, e *results.Exchange, payload func(io.Writer) error) error {
	head := untransferred(e.Response)
	if e.Status == http.StatusNotModified {
		return s.writeNotModified(id, e, head)
	}
	whole := e.Cut == "" && e.Payload.Size > 0
	kind, size := "response", e.Payload.Size
	known, again := s.seen.find(e.PayloadSHA1)
	if again = again && whole; again {
		kind, size, payload = "revisit", 0, nil
	}
	s.begin(kind, id, e.Sent)
	s.about(e)
	s.field("WARC-Payload-Digest", digest(e.PayloadSHA1[:]))
	if again {
		s.field("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest")
		s.field("WARC-Refers-To-Target-URI", known.url)
		s.field("WARC-Refers-To-Date", date(time.Unix(0, known.at)))
	}
	if e.Cut != "" {
		s.field("WARC-Truncated", e.Cut)
	}
	s.field("Content-Type", "application/http;msgtype=response")
	if whole && !again {
		s.seen.add(e.PayloadSHA1, origin{e.URL, e.Sent.UnixNano()})
	}
	return s.end(head, payload, size)
}

// writeNotModified writes that there is no payload, since whoever asked has it (WARC
// 1.1, section 6.7.3). Which record that is, an earlier run knew.
func (s *sink) writeNotModified(id string, e *results.Exchange, head []byte) error {
	s.begin("revisit", id, e.Sent)
	s.about(e)
	s.field("WARC-Profile", "http://netpreserve.org/warc/1.1/revisit/server-not-modified")
	s.field("WARC-Refers-To-Target-URI", e.URL)
	s.field("Content-Type", "application/http;msgtype=response")
	return s.end(head, nil, 0)
}

func (s *sink) writeRequest(e *results.Exchange, response string) error {
	if len(e.Request) == 0 {
		return nil
	}
	s.begin("request", newID(), e.Sent)
	s.about(e)
	s.field("WARC-Concurrent-To", response)
	s.field("Content-Type", "application/http;msgtype=request")
	return s.end(e.Request, func(w io.Writer) error {
		_, err := w.Write(e.RequestBody)
		return err
	}, int64(len(e.RequestBody)))
}

// writeMetadata writes the JSON of a record. Response is the id of the answer it is
// about, if there was one.
func (s *sink) writeMetadata(r *results.Record, url string, at time.Time, response string) error {
	s.begin("metadata", newID(), at)
	if url != "" {
		s.field("WARC-Target-URI", url)
	}
	if response != "" {
		s.field("WARC-Concurrent-To", response)
	}
	s.field("Content-Type", "application/json")
	return s.end(r.Raw(), nil, 0)
}

// begin begins a record.
func (s *sink) begin(kind, id string, at time.Time) {
	s.head.Reset()
	s.head.WriteString("WARC/1.1\r\n")
	s.field("WARC-Type", kind)
	s.field("WARC-Record-ID", id)
	s.field("WARC-Date", date(at))
	if s.info != "" {
		s.field("WARC-Warcinfo-ID", s.info)
	}
}

// about writes what request and answer have in common.
func (s *sink) about(e *results.Exchange) {
	s.field("WARC-Target-URI", e.URL)
	if ip := address(e.RemoteAddr); ip != "" {
		s.field("WARC-IP-Address", ip)
	}
	if e.HTTPVersion == "2" {
		s.field("WARC-Protocol", "h2")
	}
}

func (s *sink) field(name, value string) {
	s.head.WriteString(name)
	s.head.WriteString(": ")
	s.head.WriteString(clean(value))
	s.head.WriteString("\r\n")
}

// end ends a record with its block: what comes first, and so many bytes behind it, if
// there are any.
func (s *sink) end(first []byte, rest func(io.Writer) error, size int64) error {
	s.hash.Reset()
	s.hash.Write(first)
	if rest != nil {
		if err := rest(s.hash); err != nil {
			return err
		}
	}
	var sum [sha1.Size]byte
	s.field("WARC-Block-Digest", digest(s.hash.Sum(sum[:0])))
	s.field("Content-Length", fmt.Sprint(int64(len(first))+size))
	s.head.WriteString("\r\n")
	return s.to.record(func(w io.Writer) error {
		for _, b := range [][]byte{s.head.Bytes(), first} {
			if _, err := w.Write(b); err != nil {
				return err
			}
		}
		if rest != nil {
			if err := rest(w); err != nil {
				return err
			}
		}
		_, err := io.WriteString(w, "\r\n\r\n")
		return err
	})
}
