package warc

import (
	"bytes"
	"crypto/sha1"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"scrape/results"
	"scrape/results/resultstest"
)

// said is an exchange with a payload.
func said(url, head, payload string) *results.Exchange {
	e := &results.Exchange{
		URL: url, Sent: time.Unix(1_700_000_000, 123456789), RemoteAddr: "127.0.0.1:80", HTTPVersion: "1.1", Status: 200,
		Request:     []byte("GET / HTTP/1.1\r\nHost: x\r\n\r\n"),
		Response:    []byte("HTTP/1.1 200 OK\r\n" + head + "\r\n"),
		Payload:     results.Content{Size: int64(len(payload))},
		PayloadSHA1: sha1.Sum([]byte(payload)),
	}
	e.Open(strings.NewReader(payload))
	return e
}

func scraped(seq int64) *results.Record {
	return results.New(&results.Fields{Seq: seq, URL: fmt.Sprintf("http://x.test/%d", seq), Outcome: results.Scraped, Status: 200})
}

// kinds are those of records, in order.
func kinds(records []resultstest.WARCRecord) string {
	var all []string
	for _, r := range records {
		all = append(all, r.Kind())
	}
	return strings.Join(all, " ")
}

func TestRecords(t *testing.T) {
	large := strings.Repeat("0123456789abcdef", 3*inMemory/16)
	for name, test := range map[string]struct {
		write func(s results.ExchangeSink) error
		want  string // kinds
		check func(all []resultstest.WARCRecord) error
	}{
		"nothing": {func(s results.ExchangeSink) error { return nil }, "", nil},
		"page": {func(s results.ExchangeSink) error {
			return s.WriteExchange(scraped(1), said("http://x.test/1", "Content-Length: 5\r\nset-cookie: a=b\r\n", "hello"))
		}, "warcinfo response request metadata", func(all []resultstest.WARCRecord) error {
			head, body, _ := all[1].HTTP()
			if string(body) != "hello" || head.Get("Set-Cookie") != "a=b" || all[1].Field["WARC-IP-Address"] != "127.0.0.1" ||
				all[1].Field["WARC-Target-URI"] != "http://x.test/1" || all[1].Field["WARC-Date"] != "2023-11-14T22:13:20.123456Z" {
				return fmt.Errorf("%v", all[1])
			}
			if string(all[3].Block) != string(scraped(1).Raw()) {
				return fmt.Errorf("metadata %s", all[3].Block)
			}
			return nil
		}},
		"redirect on the way": {func(s results.ExchangeSink) error {
			return errors.Join(
				s.WriteExchange(nil, said("http://x.test/a", "Location: /1\r\n", "")),
				s.WriteExchange(scraped(1), said("http://x.test/1", "", "hello")))
		}, "warcinfo response request response request metadata", nil},
		"failure without an answer": {func(s results.ExchangeSink) error {
			return s.Write(results.New(&results.Fields{Seq: 1, Input: "x\r\nWARC-Type: y", Outcome: results.NotScraped, Error: &results.Error{Kind: results.InvalidURL, Message: "m"}}))
		}, "warcinfo metadata", nil},
		"the same again": {func(s results.ExchangeSink) error {
			return errors.Join(
				s.WriteExchange(scraped(1), said("http://x.test/1", "A: b\r\n", "hello")),
				s.WriteExchange(scraped(2), said("http://x.test/2", "C: d\r\n", "hello")),
				s.WriteExchange(scraped(3), said("http://x.test/3", "", "")),
				s.WriteExchange(scraped(4), said("http://x.test/4", "", "")))
		}, "warcinfo response request metadata revisit request metadata response request metadata response request metadata", func(all []resultstest.WARCRecord) error {
			r := all[4]
			if head, _, _ := r.HTTP(); head.Get("C") != "d" || r.Field["WARC-Refers-To-Target-URI"] != "http://x.test/1" ||
				r.Field["WARC-Refers-To-Date"] != all[1].Field["WARC-Date"] || r.Field["WARC-Payload-Digest"] != resultstest.WARCDigest([]byte("hello")) {
				return fmt.Errorf("%v", r.Field)
			}
			return nil
		}},
		"not modified": {func(s results.ExchangeSink) error {
			e := said("http://x.test/1", "ETag: \"a\"\r\n", "")
			e.Status, e.Response = 304, []byte("HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n")
			return s.WriteExchange(scraped(1), e)
		}, "warcinfo revisit request metadata", func(all []resultstest.WARCRecord) error {
			r := all[1]
			_, digested := r.Field["WARC-Payload-Digest"]
			if head, _, _ := r.HTTP(); head.Get("ETag") != `"a"` || digested || r.Field["WARC-Target-URI"] != "http://x.test/1" ||
				r.Field["WARC-Profile"] != "http://netpreserve.org/warc/1.1/revisit/server-not-modified" {
				return fmt.Errorf("%v", r.Field)
			}
			return nil
		}},
		"cut": {func(s results.ExchangeSink) error {
			one, two := said("http://x.test/1", "", "hel"), said("http://x.test/2", "", "hel")
			one.Cut, two.Cut = "disconnect", "time"
			return errors.Join(s.WriteExchange(scraped(1), one), s.WriteExchange(scraped(2), two))
		}, "warcinfo response request metadata response request metadata", func(all []resultstest.WARCRecord) error {
			if all[1].Field["WARC-Truncated"] != "disconnect" || all[4].Field["WARC-Truncated"] != "time" {
				return fmt.Errorf("%v", all)
			}
			return nil
		}},
		"large": {func(s results.ExchangeSink) error {
			return errors.Join(
				s.WriteExchange(scraped(1), said("http://x.test/1", "", large)),
				s.WriteExchange(scraped(2), said("http://x.test/2", "", large)))
		}, "warcinfo response request metadata revisit request metadata", func(all []resultstest.WARCRecord) error {
			if _, body, _ := all[1].HTTP(); string(body) != large {
				return fmt.Errorf("%d bytes", len(body))
			}
			return nil
		}},
		"chunked": {func(s results.ExchangeSink) error {
			return s.WriteExchange(scraped(1), said("http://x.test/1", "transfer-encoding: chunked\r\nX: transfer-encoding: y\r\n", "hello"))
		}, "warcinfo response request metadata", func(all []resultstest.WARCRecord) error {
			if head, _, _ := all[1].HTTP(); head.Get("X-Orig-Transfer-Encoding") != "chunked" || head.Get("X") != "transfer-encoding: y" {
				return fmt.Errorf("%s", all[1].Block)
			}
			return nil
		}},
		"post": {func(s results.ExchangeSink) error {
			e := said("http://x.test/1", "", "hello")
			e.RequestBody = []byte("a=b")
			return s.WriteExchange(scraped(1), e)
		}, "warcinfo response request metadata", func(all []resultstest.WARCRecord) error {
			if _, body, _ := all[2].HTTP(); string(body) != "a=b" {
				return fmt.Errorf("%s", all[2].Block)
			}
			return nil
		}},
		"hostile": {func(s results.ExchangeSink) error {
			e := said("http://x.test/\r\nWARC-Type: y\r\n\r\n", "", "hello")
			e.RemoteAddr, e.Cut = "x\r\ny", "z\r\nWARC-Date: never"
			return s.WriteExchange(scraped(1), e)
		}, "warcinfo response request metadata", nil},
		"HTTP/2": {func(s results.ExchangeSink) error {
			e := said("http://x.test/1", "", "hello")
			e.HTTPVersion = "2"
			return s.WriteExchange(scraped(1), e)
		}, "warcinfo response request metadata", func(all []resultstest.WARCRecord) error {
			if all[1].Field["WARC-Protocol"] != "h2" {
				return fmt.Errorf("%v", all[1].Field)
			}
			return nil
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			s := New(results.NewBatch(&file, results.BatchOptions{}), "test/1\r\nx: y")
			if err := errors.Join(test.write(s), s.Sync(), s.Close()); err != nil {
				t.Fatal(err)
			}
			all, err := resultstest.ReadWARC(file.Bytes())
			if err != nil || kinds(all) != test.want {
				t.Fatalf("%q, %v", kinds(all), err)
			}
			if test.check != nil {
				if err := test.check(all); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

// Two runs after each other make one file.
func TestAppending(t *testing.T) {
	var file bytes.Buffer
	for seq := range int64(2) {
		s := New(results.NewBatch(&file, results.BatchOptions{}), "test")
		if err := errors.Join(s.WriteExchange(scraped(seq), said("http://x.test/", "", "hello")), s.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if all, err := resultstest.ReadWARC(file.Bytes()); err != nil || kinds(all) != strings.Repeat(" warcinfo response request metadata", 2)[1:] {
		t.Errorf("%q, %v", kinds(all), err)
	}
}

var errFull = errors.New("full")

// full takes some bytes and no more.
type full struct {
	bytes.Buffer
	room int
}

func (f *full) Write(b []byte) (int, error) {
	n := min(len(b), f.room)
	f.room -= n
	f.Buffer.Write(b[:n])
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

// After a write that failed nothing more is written, and what was written before it is
// whole records.
func TestFailedWrites(t *testing.T) {
	large := strings.Repeat("x", 2*inMemory)
	for room := 0; room < 4000; room += 97 {
		f := &full{room: room}
		s := New(results.NewBatch(f, results.BatchOptions{Immediate: true}), "test")
		var whole int
		var first error
		for seq := range int64(8) {
			payload := fmt.Sprint("page ", seq)
			if seq == 5 {
				payload = large
			}
			err := s.WriteExchange(scraped(seq), said("http://x.test/", "", payload))
			if err == nil {
				err = s.Sync()
			}
			if first == nil && err == nil {
				whole = f.Len()
			}
			if first == nil {
				first = err
			}
			if first != nil && !errors.Is(err, errFull) {
				t.Fatalf("room %d: %v", room, err)
			}
		}
		if !errors.Is(s.Sync(), errFull) || !errors.Is(s.Close(), errFull) {
			t.Fatalf("room %d: Sync and Close do not fail", room)
		}
		if _, err := resultstest.ReadWARC(f.Bytes()[:whole]); err != nil {
			t.Errorf("room %d: %v", room, err)
		}
	}
}

// Answers are compressed side by side, and yet stand in the file as they came, also around
// one that is too large for that.
func TestOrder(t *testing.T) {
	var file bytes.Buffer
	s := New(results.NewBatch(&file, results.BatchOptions{}), "test")
	const n = 200
	for seq := range int64(n) {
		size := int(seq*7919) % 40_000
		if seq == n/2 {
			size = 2 * inMemory
		}
		payload := strings.Repeat(fmt.Sprint(seq), size)[:size]
		if err := s.WriteExchange(scraped(seq), said(fmt.Sprintf("http://x.test/%d", seq), "", payload)); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	all, err := resultstest.ReadWARC(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	next := 0
	for _, r := range all {
		if r.Kind() != "response" {
			continue
		}
		if want := fmt.Sprintf("http://x.test/%d", next); r.Field["WARC-Target-URI"] != want {
			t.Fatalf("%s in the place of %s", r.Field["WARC-Target-URI"], want)
		}
		next++
	}
	if next != n {
		t.Errorf("%d of %d answers", next, n)
	}
}

// A file that is shorter than it was said to be ends the archive: it is no full disk, but
// no record may be half.
func TestShortContent(t *testing.T) {
	var file bytes.Buffer
	s := New(results.NewBatch(&file, results.BatchOptions{}), "test")
	e := said("http://x.test/", "", "hello")
	e.Payload.Size++
	if err := s.WriteExchange(scraped(1), e); err == nil || s.Close() == nil || file.Len() > 0 {
		t.Errorf("%v, %d bytes written", err, file.Len())
	}
}

// What is remembered of payloads is bounded, and what comes again stays.
func TestIndex(t *testing.T) {
	var x index
	key := func(n int) (k [20]byte) {
		copy(k[:], fmt.Sprintf("%020d", n))
		return k
	}
	for n := range 3 * generation {
		x.add(key(n), origin{"u", int64(n)})
		if o, ok := x.find(key(0)); !ok || o.at != 0 {
			t.Fatalf("after %d: %v, %v", n, o, ok)
		}
	}
	if _, ok := x.find(key(1)); ok || len(x.young)+len(x.old) > 2*generation {
		t.Errorf("%d and %d are remembered", len(x.young), len(x.old))
	}
	if x.add(key(-1), origin{url: strings.Repeat("x", longestURL+1)}); len(x.young[key(-1)].url) > 0 {
		t.Error("a long URL is remembered")
	}
}

// What an answer costs: the issue gives gzip alone 50 µs.
func BenchmarkPage(b *testing.B) {
	for _, size := range []int{2 << 10, 15 << 10, 100 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := New(results.NewBatch(io.Discard, results.BatchOptions{}), "test")
			r := scraped(1)
			page := make([]byte, 0, size+100)
			for n := 0; len(page) < size; n++ {
				page = fmt.Appendf(page, "<li class=item><a href=\"/products/%d.html\">Product %x</a> costs %d.%02d\n", n*7919%10007, n*n*31, n%97, n%100)
			}
			page = page[:size]
			b.SetBytes(int64(size))
			for n := 0; b.Loop(); n++ {
				copy(page, fmt.Sprintf("%012d", n)) // or else it would be a revisit
				e := said("http://x.test/", "Content-Type: text/html\r\n", string(page))
				if err := s.WriteExchange(r, e); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
