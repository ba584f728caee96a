package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scrape/results"
	"scrape/scraper/weburl"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// tcpServer serves one connection after the other and returns its address.
func tcpServer(t testing.TB, serve func(c *net.TCPConn)) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			serve(c.(*net.TCPConn))
			c.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-done })
	return l.Addr().String()
}

// rawServer answers each connection with what answer does with the head of a
// request. The connection is closed afterwards.
func rawServer(t testing.TB, answer func(c *net.TCPConn, head string)) string {
	t.Helper()
	return "http://" + tcpServer(t, func(c *net.TCPConn) {
		if head, err := readHead(c); err == nil {
			answer(c, head)
		}
	})
}

// says answers with the same bytes always.
func says(answer string) func(*net.TCPConn, string) {
	return func(c *net.TCPConn, _ string) { io.WriteString(c, answer) }
}

// reset makes closing send RST instead of FIN.
func reset(c *net.TCPConn) {
	c.SetLinger(0)
	c.Close()
}

func readHead(r io.Reader) (string, error) {
	var head strings.Builder
	for b := bufio.NewReader(r); ; {
		line, err := b.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String(), err
		}
	}
}

func httpServer(t testing.TB, h http.HandlerFunc) string {
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

// silent is the log of servers whose complaints are our failures.
var silent = log.New(io.Discard, "", 0)

// tlsServer serves h with a certificate for example.com, 127.0.0.1 and ::1, and
// returns a network that trusts it and reaches it under every name.
func tlsServer(t testing.TB, h http.HandlerFunc, configure func(*httptest.Server)) network {
	s := httptest.NewUnstartedServer(h)
	s.Config.ErrorLog = silent
	if configure != nil {
		configure(s)
	}
	s.StartTLS()
	t.Cleanup(s.Close)
	n := systemNetwork()
	n.tls.RootCAs = x509.NewCertPool()
	n.tls.RootCAs.AddCert(s.Certificate())
	n.connect = always(s.Listener.Addr().String())
	return n
}

// always connects to addr, whatever is asked for.
func always(addr string) func(context.Context, string, string) (net.Conn, error) {
	return func(ctx context.Context, network, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, network, addr)
	}
}

func testFetcher(t testing.TB, o Options, n network) *Fetcher {
	f := newFetcher(o, n)
	t.Cleanup(f.transport.CloseIdleConnections)
	t.Cleanup(f.steered.CloseIdleConnections)
	return f
}

func parse(t testing.TB, s string) weburl.URL {
	t.Helper()
	u, err := weburl.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// outcome is what a caller of Fetch gets in the end.
type outcome struct {
	response *Response
	body     string
	err      *Error
}

// fetchAll fetches url to its end.
func fetchAll(t testing.TB, f *Fetcher, url string) outcome {
	t.Helper()
	return fetchAllContext(t, t.Context(), f, url)
}

func fetchAllContext(t testing.TB, ctx context.Context, f *Fetcher, url string) outcome {
	t.Helper()
	return fetchRequest(t, ctx, f, &Request{URL: parse(t, url)})
}

func fetchRequest(t testing.TB, ctx context.Context, f *Fetcher, request *Request) outcome {
	t.Helper()
	r, err := f.Fetch(ctx, request)
	if r == nil {
		t.Fatal("the response is nil")
	}
	if err != nil {
		if _, readErr := r.Body.Read(make([]byte, 1)); readErr != err || r.Finish() != err {
			t.Errorf("Fetch failed with %v, Read with %v, Finish with %v", err, readErr, r.Finish())
		}
		return outcome{response: r, err: asError(t, err)}
	}
	body, readErr := io.ReadAll(r.Body)
	finishErr := r.Finish()
	if readErr != finishErr {
		t.Errorf("Read failed with %v, Finish with %v", readErr, finishErr)
	}
	if again := r.Finish(); again != finishErr {
		t.Errorf("Finish returned %v, then %v", finishErr, again)
	}
	if finishErr == nil {
		return outcome{response: r, body: string(body)}
	}
	return outcome{response: r, body: string(body), err: asError(t, finishErr)}
}

func asError(t testing.TB, err error) *Error {
	t.Helper()
	e, ok := err.(*Error)
	if !ok || e == nil {
		t.Fatalf("the error is a %T: %v", err, err)
	}
	return e
}

func TestFetch(t *testing.T) {
	url := httpServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		fmt.Fprintf(w, "%s %s", r.Method, r.RequestURI)
	})
	f, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.transport.CloseIdleConnections()
	o := fetchAll(t, f, url+"/a?b=c")
	if o.err != nil {
		t.Fatal(o.err)
	}
	r := o.response
	if r.Status != 200 || r.Proto != "1.1" || r.ContentType != "text/plain; charset=utf-8" || "http://"+r.RemoteAddr != url {
		t.Errorf("got status %d, version %q, type %q, address %q", r.Status, r.Proto, r.ContentType, r.RemoteAddr)
	}
	if o.body != "GET /a?b=c" || r.WireBytes() != 10 || r.BodyBytes() != 10 {
		t.Errorf("got body %q, %d bytes on the wire, %d decoded", o.body, r.WireBytes(), r.BodyBytes())
	}
	if m := r.Timing; m.DNS != 0 || m.TLS != 0 || m.Connect <= 0 || m.FirstByte <= 0 || m.Total < m.Connect+m.FirstByte {
		t.Errorf("timing does not add up: %+v", m)
	}
}

func TestVersions(t *testing.T) {
	f := testFetcher(t, Options{}, systemNetwork())
	old := rawServer(t, says("HTTP/1.0 200 OK\r\n\r\nuntil the end"))
	if o := fetchAll(t, f, old); o.err != nil || o.response.Proto != "1.0" || o.body != "until the end" {
		t.Errorf("HTTP/1.0: got version %q, body %q, error %v", o.response.Proto, o.body, o.err)
	}
	n := tlsServer(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, r.Proto) },
		func(s *httptest.Server) { s.EnableHTTP2 = true })
	o := fetchAll(t, testFetcher(t, Options{}, n), "https://example.com/")
	if o.err != nil || o.response.Proto != "2" || o.body != "HTTP/2.0" {
		t.Errorf("HTTP/2: got version %q, body %q, error %v", o.response.Proto, o.body, o.err)
	}
	if m := o.response.Timing; m.TLS <= 0 || m.FirstByte <= 0 || o.response.RemoteAddr == "" {
		t.Errorf("HTTP/2: got timing %+v, address %q", m, o.response.RemoteAddr)
	}
}

func TestInformationalAnswersArePassedOver(t *testing.T) {
	f := testFetcher(t, Options{}, systemNetwork())
	url := rawServer(t, says("HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
	if o := fetchAll(t, f, url); o.err != nil || o.body != "ok" {
		t.Errorf("got body %q, error %v", o.body, o.err)
	}
}

func TestConnectionIsKept(t *testing.T) {
	page := strings.Repeat("page ", 20_000)
	coded := encode(t, "gzip", page)
	var connections atomic.Int64
	serve := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		w.Write(coded)
	}
	count := func(s *httptest.Server) {
		s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				connections.Add(1)
			}
		}
	}
	for _, version := range []string{"1.1", "2"} {
		connections.Store(0)
		n := tlsServer(t, serve, func(s *httptest.Server) { s.EnableHTTP2 = version == "2"; count(s) })
		f := testFetcher(t, Options{}, n)
		for i := range 100 {
			r, err := f.Fetch(t.Context(), &Request{URL: parse(t, "https://example.com/")})
			if err != nil {
				t.Fatal(err)
			}
			if i%2 == 0 { // half of the bodies are left to Finish
				io.Copy(io.Discard, r.Body)
			}
			if err := r.Finish(); err != nil || r.BodyBytes() != int64(len(page)) {
				t.Fatalf("request %d: %d bytes, error %v", i, r.BodyBytes(), err)
			}
			if i > 0 && (r.Timing.TLS != 0 || r.Timing.Connect != 0) {
				t.Errorf("request %d on a warm connection spent %+v", i, r.Timing)
			}
		}
		if got := connections.Load(); got != 1 {
			t.Errorf("HTTP/%s: 100 requests made %d connections", version, got)
		}
	}
}

// A host that is asked by several at once has as many connections as they are.
func TestConnectionsAreReused(t *testing.T) {
	const requests, atOnce = 400, 8
	for name, tt := range map[string]struct {
		version string
		config  http.HTTP2Config
		closing int64 // every how many-th answer ends its connection
		most    int64 // connections; 0: it is enough that nobody waits for ever
	}{
		"HTTP/1.1":                     {version: "1.1", most: atOnce},
		"HTTP/2":                       {version: "2", most: atOnce},
		"HTTP/2, one stream at a time": {version: "2", config: http.HTTP2Config{MaxConcurrentStreams: 1}},
		"HTTP/1.1, closing":            {version: "1.1", closing: 40, most: requests / 20},
		"HTTP/2, closing":              {version: "2", closing: 40},
	} {
		t.Run(name, func(t *testing.T) {
			var connections, answers atomic.Int64
			n := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
				if tt.closing > 0 && answers.Add(1)%tt.closing == 0 {
					w.Header().Set("Connection", "close")
				}
				io.WriteString(w, "page")
			}, func(s *httptest.Server) {
				s.EnableHTTP2, s.Config.HTTP2 = tt.version == "2", &tt.config
				s.Config.ConnState = func(_ net.Conn, state http.ConnState) {
					if state == http.StateNew {
						connections.Add(1)
					}
				}
			})
			f := testFetcher(t, Options{Conns: 100, HostConns: atOnce}, n)
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			next := make(chan struct{}, requests)
			for range requests {
				next <- struct{}{}
			}
			close(next)
			var all sync.WaitGroup
			for range atOnce {
				all.Go(func() {
					for range next {
						o := fetchAllContext(t, ctx, f, "https://example.com/")
						if o.err == errTurnedAway && tt.config.MaxConcurrentStreams == 1 {
							continue // the server's limit came behind two requests: one for the caller to try again
						}
						if o.err != nil || o.response.Proto != tt.version {
							t.Errorf("version %s, %v", o.response.Proto, o.err)
						}
					}
				})
			}
			all.Wait()
			if made := connections.Load(); tt.most > 0 && made > tt.most {
				t.Errorf("%d connections for %d requests", made, requests)
			}
		})
	}
}

// A server may close a kept connection at any moment; the request then goes out
// on another, and nobody hears of it.
func TestClosedKeptConnection(t *testing.T) {
	url := rawServer(t, says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"))
	f := testFetcher(t, Options{}, systemNetwork())
	for range 20 {
		if o := fetchAll(t, f, url); o.err != nil || o.body != "ok" {
			t.Fatalf("got body %q, error %v", o.body, o.err)
		}
	}
}

func TestEmptyAnswers(t *testing.T) {
	f := testFetcher(t, Options{}, systemNetwork())
	for _, answer := range []string{
		"HTTP/1.1 204 No Content\r\nContent-Encoding: gzip\r\n\r\n",
		"HTTP/1.1 304 Not Modified\r\nContent-Encoding: br\r\nContent-Length: 99\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: deflate\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, br\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
	} {
		if o := fetchAll(t, f, rawServer(t, says(answer))); o.err != nil || o.body != "" {
			t.Errorf("%q: got body %q, error %v", answer, o.body, o.err)
		}
	}
}

func TestCancel(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	url := rawServer(t, func(c *net.TCPConn, _ string) {
		cancel()
		io.Copy(io.Discard, c) // until the client hangs up
	})
	o := fetchAllContext(t, ctx, testFetcher(t, Options{}, systemNetwork()), url)
	if o.err == nil || !errors.Is(o.err, context.Canceled) || o.err.Retryable || o.err.Kind != results.Timeout {
		t.Errorf("got %+v", o.err)
	}
}

func TestTLSSessionsAreResumed(t *testing.T) {
	var resumed atomic.Bool
	n := tlsServer(t, func(w http.ResponseWriter, r *http.Request) { resumed.Store(r.TLS.DidResume) }, nil)
	n.tls.MaxVersion = tls.VersionTLS12 // whose tickets come with the handshake
	f := testFetcher(t, Options{}, n)
	for range 2 {
		if o := fetchAll(t, f, "https://example.com/"); o.err != nil {
			t.Fatal(o.err)
		}
		f.transport.CloseIdleConnections()
	}
	if !resumed.Load() {
		t.Error("the second connection made a full handshake")
	}
}
