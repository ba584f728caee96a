package fetch

import (
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"

	"scrape/results"
	"scrape/scraper/fetch/resolve"
)

// h2Conn is a server's end of a connection of HTTP/2, frame by frame.
type h2Conn struct {
	*http2.Framer
	net.Conn
	block bytes.Buffer
}

// headers writes a header block of names and values.
func (c *h2Conn) headers(stream uint32, end bool, fields ...string) {
	c.WriteHeaders(http2.HeadersFrameParam{StreamID: stream, BlockFragment: c.encode(fields...), EndStream: end, EndHeaders: true})
}

func (c *h2Conn) encode(fields ...string) []byte {
	c.block.Reset()
	e := hpack.NewEncoder(&c.block)
	for i := 0; i < len(fields); i += 2 {
		e.WriteField(hpack.HeaderField{Name: fields[i], Value: fields[i+1]})
	}
	return c.block.Bytes()
}

// page is a whole answer.
func (c *h2Conn) page(stream uint32) {
	c.headers(stream, false, ":status", "200", "content-length", "5")
	c.WriteData(stream, true, []byte("hello"))
}

// h2Server has answer answer the requests over HTTP/2, which are numbered over all
// connections; false closes the connection. What the client writes is read
// meanwhile. Those over HTTP/1.1 are for h.
func h2Server(t *testing.T, answer func(c *h2Conn, stream uint32, number int64) bool, h http.HandlerFunc) (n network, requests *atomic.Int64) {
	requests = new(atomic.Int64)
	serve := func(_ *http.Server, tc *tls.Conn, _ http.Handler) {
		io.ReadFull(tc, make([]byte, len(http2.ClientPreface)))
		c := &h2Conn{Framer: http2.NewFramer(tc, tc), Conn: tc}
		c.AllowIllegalWrites = true
		c.WriteSettings()
		asked := make(chan uint32, 100)
		go func() {
			defer close(asked)
			for {
				frame, err := c.ReadFrame()
				if err != nil {
					return
				}
				if h, ok := frame.(*http2.HeadersFrame); ok {
					asked <- h.StreamID
				}
			}
		}()
		for stream := range asked {
			if !answer(c, stream, requests.Add(1)) {
				break
			}
		}
		tc.Close()
		for range asked {
		}
	}
	n = tlsServer(t, h, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": serve}
	})
	return n, requests
}

// What servers do to HTTP/2.
func TestHTTP2Answers(t *testing.T) {
	repeat := func(n int, f func()) {
		for range n {
			f()
		}
	}
	const scraped = results.None
	tests := []struct {
		name     string
		answer   func(c *h2Conn, stream uint32, number int64) bool
		kind     results.Kind
		requests int64 // at most; 0: 1
	}{
		{"page", func(c *h2Conn, s uint32, _ int64) bool { c.page(s); return true }, scraped, 0},
		{"page, then the end", func(c *h2Conn, s uint32, _ int64) bool { c.page(s); return false }, scraped, 0},
		{"no length", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200")
			c.WriteData(s, false, []byte("hello"))
			return c.WriteData(s, true, nil) == nil
		}, scraped, 0},
		{"padding", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200")
			return c.WriteDataPadded(s, true, []byte("hello"), make([]byte, 200)) == nil
		}, scraped, 0},
		{"trailers", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200")
			c.WriteData(s, false, []byte("hello"))
			c.headers(s, true, "a", "b")
			return true
		}, scraped, 0},
		{"1xx", func(c *h2Conn, s uint32, _ int64) bool {
			repeat(20, func() { c.headers(s, false, ":status", "103", "link", "</a.css>") })
			c.page(s)
			return true
		}, scraped, 0},
		{"1xx without end", func(c *h2Conn, s uint32, _ int64) bool {
			repeat(20_000, func() { c.headers(s, false, ":status", "103", "link", "</a.css>") })
			c.page(s)
			return true
		}, results.Protocol, 0},
		{"1xx that ends", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, true, ":status", "103")
			return true
		}, results.Protocol, 0},
		{"101", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, true, ":status", "101")
			return true
		}, results.Protocol, 0},
		{"status 999", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, true, ":status", "999")
			return true
		}, results.Protocol, 0},
		{"no status", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, true, "a", "b")
			return true
		}, results.Protocol, 0},
		{"two statuses", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, true, ":status", "200", ":status", "200")
			return true
		}, results.Protocol, 0},
		{"status is no number", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, true, ":status", "OK")
			return true
		}, results.Protocol, 0},
		{"upper case", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, true, ":status", "200", "Server", "x")
			return true
		}, results.Protocol, 0},
		{"connection header", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200", "connection", "keep-alive")
			return c.WriteData(s, true, []byte("hello")) == nil
		}, scraped, 0},
		{"length too long", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200", "content-length", "6")
			return c.WriteData(s, true, []byte("hello")) == nil
		}, results.Protocol, 0},
		{"length too short", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200", "content-length", "4")
			return c.WriteData(s, true, []byte("hello")) == nil
		}, results.Protocol, 0},
		{"length and no body", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, true, ":status", "200", "content-length", "4")
			return true
		}, results.Protocol, 0},
		{"the stream does not end", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200", "content-length", "6")
			c.WriteData(s, false, []byte("hello"))
			return false
		}, results.Protocol, 0},
		{"the end before the answer", func(*h2Conn, uint32, int64) bool { return false }, results.Connect, 0},
		{"data before the headers", func(c *h2Conn, s uint32, _ int64) bool {
			return c.WriteData(s, true, []byte("hello")) == nil
		}, results.Protocol, 0},

		{"reset before the answer", func(c *h2Conn, s uint32, _ int64) bool {
			return c.WriteRSTStream(s, http2.ErrCodeInternal) == nil
		}, results.Connect, 0},
		{"cancelled before the answer", func(c *h2Conn, s uint32, _ int64) bool {
			return c.WriteRSTStream(s, http2.ErrCodeCancel) == nil
		}, results.Connect, 0},
		{"refused once", func(c *h2Conn, s uint32, number int64) bool {
			if number == 1 {
				return c.WriteRSTStream(s, http2.ErrCodeRefusedStream) == nil
			}
			c.page(s)
			return true
		}, scraped, 2},
		{"refused always", func(c *h2Conn, s uint32, _ int64) bool {
			return c.WriteRSTStream(s, http2.ErrCodeRefusedStream) == nil
		}, results.Connect, 3},
		{"protocol error always", func(c *h2Conn, s uint32, _ int64) bool {
			return c.WriteRSTStream(s, http2.ErrCodeProtocol) == nil
		}, results.Connect, 3},
		{"reset inside the body", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200")
			c.WriteData(s, false, []byte("hello"))
			return c.WriteRSTStream(s, http2.ErrCodeCancel) == nil
		}, results.Protocol, 0},
		{"reset without error inside the body", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200", "content-length", "6")
			c.WriteData(s, false, []byte("hello"))
			return c.WriteRSTStream(s, http2.ErrCodeNo) == nil
		}, results.Protocol, 0},
		{"reset without error behind the body", func(c *h2Conn, s uint32, _ int64) bool {
			c.page(s)
			return c.WriteRSTStream(s, http2.ErrCodeNo) == nil
		}, scraped, 0},

		{"going away before it was processed", func(c *h2Conn, s uint32, number int64) bool {
			if number == 1 {
				c.WriteGoAway(0, http2.ErrCodeNo, nil)
				return false
			}
			c.page(s)
			return true
		}, scraped, 2},
		{"going away after it was processed", func(c *h2Conn, s uint32, _ int64) bool {
			c.WriteGoAway(s, http2.ErrCodeNo, nil)
			c.page(s)
			return false
		}, scraped, 0},
		{"going away inside the body", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200", "content-length", "5")
			c.WriteData(s, false, []byte("hel"))
			c.WriteGoAway(s, http2.ErrCodeNo, nil)
			return c.WriteData(s, true, []byte("lo")) == nil
		}, scraped, 0},
		{"going away and gone before the answer", func(c *h2Conn, s uint32, _ int64) bool {
			c.WriteGoAway(s, http2.ErrCodeNo, nil)
			return false
		}, results.Connect, 0},
		{"going away and gone inside the body", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200", "content-length", "5")
			c.WriteData(s, false, []byte("hel"))
			c.WriteGoAway(s, http2.ErrCodeNo, nil)
			return false
		}, results.Protocol, 0},
		{"going away always", func(c *h2Conn, _ uint32, _ int64) bool {
			c.WriteGoAway(0, http2.ErrCodeNo, nil)
			return false
		}, results.Connect, 3},
		{"going away with an error", func(c *h2Conn, _ uint32, _ int64) bool {
			c.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, []byte("too much"))
			return false
		}, results.Connect, 0},

		{"settings, pings and windows", func(c *h2Conn, s uint32, _ int64) bool {
			c.WriteSettings(http2.Setting{ID: http2.SettingMaxFrameSize, Val: 1 << 20}, http2.Setting{ID: 0x99, Val: 1})
			c.WritePing(false, [8]byte{1})
			c.WriteWindowUpdate(0, 100)
			c.WriteRawFrame(0x99, 0, s, []byte("unknown"))
			c.WritePriority(s, http2.PriorityParam{StreamDep: 99, Weight: 1})
			c.page(s)
			return true
		}, scraped, 0},
		{"push", func(c *h2Conn, s uint32, _ int64) bool {
			c.WritePushPromise(http2.PushPromiseParam{StreamID: s, PromiseID: 2, BlockFragment: c.encode(":method", "GET"), EndHeaders: true})
			return true
		}, results.Protocol, 0},
		{"settings that are none", func(c *h2Conn, _ uint32, _ int64) bool {
			return c.WriteRawFrame(http2.FrameSettings, 0, 0, []byte{1}) == nil
		}, results.Protocol, 0},
		{"a frame too large", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200")
			c.WriteRawFrame(http2.FrameData, 0, s, make([]byte, 1<<21))
			return true
		}, results.Protocol, 0},
		{"a window too large", func(c *h2Conn, s uint32, _ int64) bool {
			c.WriteWindowUpdate(s, 1<<31-1)
			c.headers(s, false, ":status", "200", "content-length", "6")
			return true
		}, results.Protocol, 0},
		{"headers that cannot be decoded", func(c *h2Conn, s uint32, _ int64) bool {
			return c.WriteRawFrame(http2.FrameHeaders, http2.FlagHeadersEndHeaders, s, []byte{0xff, 0xff, 0xff, 0xff}) == nil
		}, results.Protocol, 0},
		{"headers without end", func(c *h2Conn, s uint32, _ int64) bool {
			c.WriteHeaders(http2.HeadersFrameParam{StreamID: s, BlockFragment: c.encode(":status", "200")})
			c.page(s)
			return true
		}, results.Protocol, 0},
		{"HTTP/1 inside", func(c *h2Conn, _ uint32, _ int64) bool {
			io.WriteString(c.Conn, "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
			return false
		}, results.Protocol, 0},

		{"a flood of pings", func(c *h2Conn, s uint32, _ int64) bool {
			repeat(20_000, func() { c.WritePing(false, [8]byte{}) })
			c.page(s)
			return true
		}, scraped, 0},
		{"a flood of settings", func(c *h2Conn, s uint32, _ int64) bool {
			repeat(20_000, func() { c.WriteSettings(http2.Setting{ID: http2.SettingHeaderTableSize, Val: 4096}) })
			c.page(s)
			return true
		}, scraped, 0},
		{"a flood of nothing", func(c *h2Conn, s uint32, _ int64) bool {
			c.headers(s, false, ":status", "200")
			repeat(20_000, func() { c.WriteData(s, false, nil) })
			c.WriteData(s, true, []byte("hello"))
			return true
		}, scraped, 0},
		{"a flood of continuations", func(c *h2Conn, s uint32, _ int64) bool {
			c.WriteHeaders(http2.HeadersFrameParam{StreamID: s, BlockFragment: c.encode(":status", "200")})
			repeat(20_000, func() { c.WriteContinuation(s, false, c.encode("a", strings.Repeat("b", 1000))) })
			c.WriteContinuation(s, true, nil)
			return true
		}, results.Protocol, 0},
		{"a header bomb", func(c *h2Conn, s uint32, _ int64) bool {
			// A value once, and then a byte for each further time.
			block := bytes.Clone(c.encode(":status", "200", "a", strings.Repeat("b", 4000)))
			block = append(block, bytes.Repeat([]byte{0x80 | 62}, 16_000-len(block))...)
			c.WriteRawFrame(http2.FrameHeaders, http2.FlagHeadersEndHeaders|http2.FlagHeadersEndStream, s, block)
			return true
		}, results.Protocol, 0},
		{"large headers", func(c *h2Conn, s uint32, _ int64) bool {
			block := bytes.Clone(c.encode(":status", "200", "a", strings.Repeat("<", 200_000)))
			c.WriteHeaders(http2.HeadersFrameParam{StreamID: s, BlockFragment: block[:16_000]})
			for block = block[16_000:]; len(block) > 16_000; block = block[16_000:] {
				c.WriteContinuation(s, false, block[:16_000])
			}
			c.WriteContinuation(s, true, block)
			c.WriteData(s, true, []byte("hello"))
			return true
		}, scraped, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n, requests := h2Server(t, tt.answer, nil)
			f := testFetcher(t, Options{}, n)
			ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
			defer cancel()
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			o := fetchAllContext(t, ctx, f, "https://example.com/")
			runtime.ReadMemStats(&after)
			if most := uint64(48 << 20); after.HeapAlloc > before.HeapAlloc+most {
				t.Errorf("the heap grew by %d bytes", after.HeapAlloc-before.HeapAlloc)
			}
			kind := results.None
			if o.err != nil {
				kind = o.err.Kind
			}
			if kind != tt.kind || kind == results.None && o.body != "hello" {
				t.Errorf("got body %q, error %v", o.body, o.err)
			}
			if most := max(tt.requests, 1); requests.Load() > most {
				t.Errorf("asked %d times", requests.Load())
			}
		})
	}
}

// A server that sends more than it may is stopped, and what it sent is bounded.
func TestHTTP2Window(t *testing.T) {
	sent := make(chan struct{})
	n, _ := h2Server(t, func(c *h2Conn, stream uint32, _ int64) bool {
		defer close(sent)
		c.headers(stream, false, ":status", "200")
		for range 1000 {
			if err := c.WriteData(stream, false, make([]byte, 16<<10)); err != nil {
				return false
			}
		}
		return false
	}, nil)
	r, err := testFetcher(t, Options{}, n).Fetch(t.Context(), &Request{URL: parse(t, "https://example.com/")})
	if err != nil {
		t.Fatal(err)
	}
	<-sent
	verdict{results.Protocol, "HTTP/2 connection error: FLOW_CONTROL_ERROR", false}.check(t, asError(t, r.Finish()))
}

// What has no content may say how long that would have been.
func TestHTTP2NotModified(t *testing.T) {
	n, _ := h2Server(t, func(c *h2Conn, stream uint32, _ int64) bool {
		c.headers(stream, true, ":status", "304", "content-length", "40")
		return true
	}, nil)
	if o := fetchAll(t, testFetcher(t, Options{}, n), "https://example.com/"); o.err != nil || o.response.Status != 304 {
		t.Errorf("status %d, %v", o.response.Status, o.err)
	}
}

// A server that does not offer HTTP/2 is asked in HTTP/1.1, and so is one that
// has never heard of a choice.
func TestHTTP1OverTLS(t *testing.T) {
	for _, offers := range [][]string{nil, {"http/1.1"}} {
		n := tlsServer(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) }, func(s *httptest.Server) {
			s.TLS = &tls.Config{NextProtos: offers}
			s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){}
		})
		o := fetchAll(t, testFetcher(t, Options{}, n), "https://example.com/")
		if o.err != nil || o.body != "HTTP/1.1" || o.response.Proto != "1.1" {
			t.Errorf("%v: got %q, %v", offers, o.body, o.err)
		}
	}
}

// A server that floods us with what has to be answered, and reads none of the
// answers, holds nobody beyond his deadline.
func TestHTTP2DeafServer(t *testing.T) {
	for _, begun := range []bool{false, true} {
		stop := make(chan struct{})
		n := tlsServer(t, nil, func(s *httptest.Server) {
			s.EnableHTTP2 = true
			s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": func(_ *http.Server, tc *tls.Conn, _ http.Handler) {
				defer tc.NetConn().Close() // tc would have its say first
				tc.NetConn().(*net.TCPConn).SetReadBuffer(1 << 10)
				io.ReadFull(tc, make([]byte, len(http2.ClientPreface)))
				c := &h2Conn{Framer: http2.NewFramer(tc, tc), Conn: tc}
				c.WriteSettings()
				for {
					frame, err := c.ReadFrame()
					if err != nil {
						return
					}
					if h, ok := frame.(*http2.HeadersFrame); ok {
						if begun {
							c.headers(h.StreamID, false, ":status", "200")
							for range 20 {
								c.WriteData(h.StreamID, false, make([]byte, 16<<10))
							}
						}
						break
					}
				}
				for {
					select {
					case <-stop:
						return
					default:
						tc.SetWriteDeadline(time.Now().Add(time.Second))
						c.WritePing(false, [8]byte{1})
					}
				}
			}}
		})
		ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
		f := testFetcher(t, Options{}, n)
		r, err := f.Fetch(ctx, &Request{URL: parse(t, "https://example.com/")})
		if begun == (err != nil) {
			t.Error(err)
		}
		if err == nil {
			<-ctx.Done()
			err = r.Finish()
		}
		if e := asError(t, err); e.Kind != results.Timeout {
			t.Error(e)
		}
		cancel()
		close(stop)
	}
}

// What a server that offers HTTP/2 wants to be asked over HTTP/1.1 is asked again
// so, once.
func TestHTTP1Required(t *testing.T) {
	const (
		again = http2.ErrCodeHTTP11Required
		other = http2.ErrCodeInternal
	)
	reset := func(code http2.ErrCode) func(*h2Conn, uint32, int64) bool {
		return func(c *h2Conn, s uint32, _ int64) bool { return c.WriteRSTStream(s, code) == nil }
	}
	away := func(code http2.ErrCode, seen bool) func(*h2Conn, uint32, int64) bool {
		return func(c *h2Conn, s uint32, _ int64) bool {
			if !seen {
				s = 0
			}
			c.WriteGoAway(s, code, nil)
			return false
		}
	}
	inBody := func(c *h2Conn, s uint32, _ int64) bool {
		c.headers(s, false, ":status", "200")
		return c.WriteRSTStream(s, again) == nil
	}
	for _, tt := range []struct {
		name   string
		answer func(*h2Conn, uint32, int64) bool
		status int // over HTTP/1.1; 0: it is not asked
		want   string
	}{
		{"a stream", reset(again), 200, "POST hello over HTTP/1.1"},
		{"a connection", away(again, false), 200, "POST hello over HTTP/1.1"},
		{"a connection, after the request", away(again, true), 200, "POST hello over HTTP/1.1"},
		{"a failing server", reset(again), 500, "POST hello over HTTP/1.1"},
		{"a lost connection", reset(again), -1, "connect: connection closed before the answer"},
		{"another error", reset(other), 0, "connect: stream reset (INTERNAL_ERROR) before the answer"},
		{"another error of a connection", away(other, false), 0, "connect: connection closed before the answer"},
		{"in the middle of the answer", inBody, 0, "protocol: stream reset (HTTP_1_1_REQUIRED) inside the body (got 0 bytes)"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var asked atomic.Int64
			n, streams := h2Server(t, tt.answer, func(w http.ResponseWriter, r *http.Request) {
				asked.Add(1)
				if tt.status < 0 {
					panic(http.ErrAbortHandler)
				}
				b, _ := io.ReadAll(r.Body)
				w.WriteHeader(tt.status)
				fmt.Fprintf(w, "%s %s over %s", r.Method, b, r.Proto)
			})
			f := testFetcher(t, Options{}, n)
			defer f.transport.http1().CloseIdleConnections()
			resp, err := f.Fetch(t.Context(), &Request{URL: parse(t, "https://example.com/"), Method: "POST", Body: []byte("hello")})
			var got []byte
			if err == nil {
				if got, err = io.ReadAll(resp.Body); err == nil {
					err = resp.Finish()
				}
			}
			if err != nil {
				got = []byte(asError(t, err).Error())
			}
			if string(got) != tt.want || tt.status > 0 && resp.Status != tt.status {
				t.Errorf("got status %d: %s", resp.Status, got)
			}
			want := int64(1)
			if tt.status == 0 {
				want = 0
			}
			if streams.Load() != 1 || asked.Load() != want {
				t.Errorf("%d requests over HTTP/2, %d over HTTP/1.1", streams.Load(), asked.Load())
			}
		})
	}
}

// What is asked again is guarded as before.
func TestHTTP1RequiredIsGuarded(t *testing.T) {
	n, _ := h2Server(t, func(c *h2Conn, s uint32, _ int64) bool {
		return c.WriteRSTStream(s, http2.ErrCodeHTTP11Required) == nil
	}, nil)
	dial := n.connect
	n.connect = nil
	n.reach = func(ctx context.Context, a netip.AddrPort) (net.Conn, error) { return dial(ctx, "tcp", a.String()) }
	lookups := 0
	n.resolver = resolve.New(func(context.Context, string) ([]netip.Addr, time.Duration, error) {
		if lookups++; lookups == 1 { // and forget it
			return []netip.Addr{netip.MustParseAddr("192.0.2.1")}, 0, nil
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, 0, nil
	}, nil)
	f := testFetcher(t, Options{}, n)
	_, err := f.Fetch(t.Context(), &Request{URL: parse(t, "https://example.com/"), Steered: true})
	verdict{results.BlockedAddress, "redirected from a public host to example.com at 127.0.0.1, a private address", false}.check(t, asError(t, err))
}
