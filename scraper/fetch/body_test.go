package fetch

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scrape/results"
)

func TestLimit(t *testing.T) {
	const max = 100_000
	f := testFetcher(t, Options{MaxBody: max}, systemNetwork())
	for _, coding := range []string{"", "gzip", "deflate", "br", "zstd", "gzip, zstd"} {
		for length, fits := range map[int]bool{0: true, 1: true, max - 1: true, max: true, max + 1: false, 50 * max: false} {
			body := encode(t, coding, strings.Repeat("x", length))
			url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Encoding", coding)
				w.Write(body)
			})
			o := fetchAll(t, f, url)
			if fits && (o.err != nil || len(o.body) != length) {
				t.Errorf("coding %q, %d bytes: got %d bytes, error %v", coding, length, len(o.body), o.err)
			}
			if !fits && (o.err == nil || o.err.Kind != results.TooLarge || o.err.Retryable ||
				o.err.Message != "body larger than 100000 bytes" || len(o.body) != max || o.response.BodyBytes() != max) {
				t.Errorf("coding %q, %d bytes: got %d bytes, error %+v", coding, length, len(o.body), o.err)
			}
		}
	}
}

// What announces itself as too large is not read at all by Finish.
func TestAnnouncedTooLarge(t *testing.T) {
	url := rawServer(t, func(c *net.TCPConn, _ string) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 33554433\r\n\r\n")
		io.Copy(io.Discard, c) // until the client hangs up
	})
	r, err := testFetcher(t, Options{}, systemNetwork()).Fetch(t.Context(), &Request{URL: parse(t, url)})
	if err != nil {
		t.Fatal(err)
	}
	e := asError(t, r.Finish())
	if e.Kind != results.TooLarge || e.Message != "body larger than 32 MiB" || r.WireBytes() != 0 {
		t.Errorf("got %+v after %d bytes", e, r.WireBytes())
	}
}

// Small bodies that unfold to a multiple of the limit, also where the bulk is
// inside and what comes out in the end is nothing.
func TestBombs(t *testing.T) {
	bomb := func(coding string) []byte { return encodeAll(t, coding, io.LimitReader(zeroReader{}, 8<<20)) }
	empty := encodeAll(t, "gzip", io.LimitReader(emptyMembers(t), 4<<20))
	bombs := map[string][]byte{
		"gzip":             bomb("gzip"),
		"deflate":          bomb("deflate"),
		"br":               bomb("br"),
		"zstd":             bomb("zstd"),
		"gzip, zstd":       encode(t, "zstd", string(bomb("gzip"))),
		"gzip, gzip, gzip": encode(t, "gzip", string(empty)),
	}
	for coding, bomb := range bombs {
		url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", coding)
			w.Write(bomb)
		})
		f := testFetcher(t, Options{MaxBody: 1 << 20}, systemNetwork())
		r, err := f.Fetch(t.Context(), &Request{URL: parse(t, url)})
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		e := asError(t, r.Finish())
		runtime.ReadMemStats(&after)
		if e.Kind != results.TooLarge || e.Message != "body larger than 1 MiB" {
			t.Errorf("%s: got %v", coding, e)
		}
		if spent := after.TotalAlloc - before.TotalAlloc; spent > 24<<20 {
			t.Errorf("%s: a bomb of %d bytes made %d bytes of garbage", coding, len(bomb), spent)
		}
	}
}

// A body that arrived whole, and takes long to decode, ends with its attempt too.
func TestDeadlineWhileDecoding(t *testing.T) {
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	_, err := decodeBytes(ctx, "gzip", encode(t, "gzip", "page"), DefaultMaxBody)
	if e := asError(t, err); e.Kind != results.Timeout || !strings.HasSuffix(e.Message, "reading the body") {
		t.Errorf("got %+v", e)
	}
}

type zeroReader struct{}

func (zeroReader) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// emptyMembers is gzip that never ends and holds nothing.
func emptyMembers(t testing.TB) io.Reader { return &loop{encode(t, "gzip", ""), 0} }

type loop struct {
	data []byte
	at   int
}

func (l *loop) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		k := copy(p[n:], l.data[l.at:])
		l.at = (l.at + k) % len(l.data)
		n += k
	}
	return n, nil
}

func TestSize(t *testing.T) {
	for n, want := range map[int64]string{1: "1 bytes", 1000: "1000 bytes", 1 << 10: "1 KiB", 1536: "1536 bytes", 32 << 20: "32 MiB", 3 << 30: "3 GiB"} {
		if got := size(n); got != want {
			t.Errorf("size(%d) = %q, want %q", n, got, want)
		}
	}
}

// A body that breaks off is never taken for a whole one, whatever was read of
// it before, and whatever it was coded with.
func TestTruncated(t *testing.T) {
	f := testFetcher(t, Options{}, systemNetwork())
	page := strings.Repeat("0123456789", 5_000)
	for _, coding := range []string{"", "gzip", "deflate", "br", "zstd"} {
		whole := encode(t, coding, page)
		for _, cut := range []int{0, 1, len(whole) / 2, len(whole) - 1} {
			url := rawServer(t, says("HTTP/1.1 200 OK\r\nContent-Encoding: "+coding+
				"\r\nContent-Length: "+strconv.Itoa(len(whole))+"\r\n\r\n"+string(whole[:cut])))
			o := fetchAll(t, f, url)
			want := "connection closed inside the body (got " + strconv.Itoa(cut) + " of " + strconv.Itoa(len(whole)) + " bytes)"
			if o.err == nil || o.err.Kind != results.Protocol || o.err.Message != want || !o.err.Retryable {
				t.Errorf("coding %q cut at %d of %d: got %v", coding, cut, len(whole), o.err)
			}
		}
	}
}

func TestResetInsideTheBody(t *testing.T) {
	proceed := make(chan struct{})
	url := rawServer(t, func(c *net.TCPConn, _ string) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n0123456789")
		<-proceed
		reset(c)
	})
	r, err := testFetcher(t, Options{}, systemNetwork()).Fetch(t.Context(), &Request{URL: parse(t, url)})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadFull(r.Body, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	close(proceed)
	e := asError(t, r.Finish())
	if e.Kind != results.Protocol || e.Message != "connection reset inside the body (got 10 of 100 bytes)" || !e.Retryable {
		t.Errorf("got %+v", e)
	}
	if _, err := r.Body.Read(make([]byte, 1)); !errors.Is(err, e) {
		t.Errorf("reading on gives %v", err)
	}
}

// A body that means nothing is read for the connection's sake, whatever is
// wrong with it; but not without end, and that it breaks off counts.
func TestDiscard(t *testing.T) {
	const max = 100_000
	page := encode(t, "gzip", "page")
	bomb := encodeAll(t, "gzip", io.LimitReader(zeroReader{}, 50*max))
	garbage := strings.Repeat("garbage ", max/80)
	for name, tt := range map[string]struct {
		coding, body string
		missing      int // bytes that are announced and never come
		kind         results.Kind
		reused       bool
	}{
		"none":              {"", "page", 0, results.None, true},
		"empty":             {"gzip", "", 0, results.None, true},
		"gzip":              {"gzip", string(page), 0, results.None, true},
		"no gzip":           {"gzip", garbage, 0, results.None, true},
		"unknown":           {"compress", garbage, 0, results.None, true},
		"bomb":              {"gzip", string(bomb) + garbage, 0, results.None, true},
		"announced too big": {"", strings.Repeat("x", max+1), 0, results.None, false},
		"no gzip, too big":  {"gzip", strings.Repeat("x", max+1), 0, results.None, false},
		"cut":               {"", "page", 1, results.Protocol, false},
		"gzip, cut":         {"gzip", string(page), 1, results.Protocol, false},
		"no gzip, cut":      {"gzip", garbage, 1, results.Protocol, false},
		"unknown, cut":      {"compress", garbage, 1, results.Protocol, false},
		"bomb, cut":         {"gzip", string(bomb), 1, results.Protocol, false},
	} {
		var connections atomic.Int64
		addr := tcpServer(t, func(c *net.TCPConn) {
			connections.Add(1)
			for {
				if _, err := readHead(c); err != nil {
					return
				}
				io.WriteString(c, "HTTP/1.1 503 Service Unavailable\r\nContent-Encoding: "+tt.coding+
					"\r\nContent-Length: "+strconv.Itoa(len(tt.body)+tt.missing)+"\r\n\r\n"+tt.body)
				if tt.missing > 0 {
					return
				}
			}
		})
		f := testFetcher(t, Options{MaxBody: max}, systemNetwork())
		for range 2 {
			r, err := f.Fetch(t.Context(), &Request{URL: parse(t, "http://"+addr)})
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			kind := results.None
			if err := r.Discard(); err != nil {
				kind = asError(t, err).Kind
			}
			if again := r.Finish(); kind != tt.kind || (again == nil) != (kind == results.None) {
				t.Errorf("%s: %v, then %v, want %v", name, kind, again, tt.kind)
			}
		}
		f.transport.CloseIdleConnections()
		want := int64(2)
		if tt.reused {
			want = 1
		}
		if n := connections.Load(); n != want {
			t.Errorf("%s: %d connections, want %d", name, n, want)
		}
	}
}

// The limit holds for what comes as well, however little is inside.
func TestLimitOnTheWire(t *testing.T) {
	const max = 100_000
	f := testFetcher(t, Options{MaxBody: max}, systemNetwork())
	tooLarge := verdict{results.TooLarge, "body larger than 100000 bytes", false}
	empty, err := io.ReadAll(io.LimitReader(emptyMembers(t), 2*max))
	if err != nil {
		t.Fatal(err)
	}
	url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.(http.Flusher).Flush()
		w.Write(empty)
	})
	o := fetchAll(t, f, url)
	tooLarge.check(t, o.err)
	if n := o.response.WireBytes(); n != max {
		t.Errorf("%d bytes were taken", n)
	}
	url = rawServer(t, func(c *net.TCPConn, _ string) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 100001\r\n\r\n")
		io.Copy(io.Discard, c) // until the client hangs up
	})
	tooLarge.check(t, fetchAll(t, f, url).err)
}
