package fetch

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"golang.org/x/net/http2"

	"scrape/results"
	"scrape/scraper/fetch/resolve"
)

type verdict struct {
	kind      results.Kind
	message   string // with a final "*": its beginning
	retryable bool
}

func (v verdict) check(t *testing.T, e *Error) {
	t.Helper()
	if e == nil {
		t.Fatalf("no error, want %v: %s", v.kind, v.message)
	}
	same := e.Message == v.message
	if head, ok := strings.CutSuffix(v.message, "*"); ok {
		same = strings.HasPrefix(e.Message, head)
	}
	if e.Kind != v.kind || !same || e.Retryable != v.retryable {
		t.Errorf("got  %v (retryable %v)\nwant %v: %s (retryable %v)", e, e.Retryable, v.kind, v.message, v.retryable)
	}
	for _, jargon := range []string{"http:", "http2:", "tls:", "x509:", "Get ", "goroutine", "secret"} {
		if strings.Contains(e.Error(), " "+jargon) {
			t.Errorf("%q holds %q", e, jargon)
		}
	}
	if len(e.Message) > maxMessage+len("…") {
		t.Errorf("a message of %d bytes", len(e.Message))
	}
}

// What servers do to HTTP/1.1, byte by byte.
func TestAnswerFaults(t *testing.T) {
	const ok = "HTTP/1.1 200 OK\r\n"
	const chunked = ok + "Transfer-Encoding: chunked\r\n\r\n"
	badChunks := verdict{results.Protocol, "malformed chunked encoding", false}
	tests := []struct {
		name   string
		answer string
		want   verdict
	}{
		{"nothing", "", verdict{results.Connect, "connection closed before the answer", true}},
		{"one byte", "H", verdict{results.Protocol, "connection closed inside the headers", true}},
		{"half a version", "HTTP/1", verdict{results.Protocol, "connection closed inside the headers", true}},
		{"half a status", ok[:11], verdict{results.Protocol, "connection closed inside the headers", true}},
		{"half a header line", ok + "Content-Le", verdict{results.Protocol, "connection closed inside the headers", true}},
		{"half a header line after a 1xx", "HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 2", verdict{results.Protocol, "connection closed inside the headers", true}},
		{"a header line without colon, then the end", ok + "nonsense\r\nX-", verdict{results.Protocol, "connection closed inside the headers", true}},
		{"another protocol's half line", "SSH-2.0-Open", verdict{results.Protocol, `malformed HTTP response "SSH-2.0-Open"`, false}},
		{"half the headers", ok + "Content-Length: 1\r\n", verdict{results.Protocol, "connection closed inside the headers", true}},
		{"only 1xx", "HTTP/1.1 100 Continue\r\n\r\n", verdict{results.Protocol, "connection closed inside the headers", true}},
		{"another protocol", "SSH-2.0-OpenSSH_9.6\r\n", verdict{results.Protocol, `malformed HTTP response "SSH-2.0-OpenSSH_9.6"`, false}},
		{"a long line", strings.Repeat("<x>", 10_000) + "\r\n", verdict{results.Protocol, `malformed HTTP response "<x><x>*`, false}},
		{"bad version", "HTTP/x 200 OK\r\n\r\n", verdict{results.Protocol, `malformed HTTP version "HTTP/x"`, false}},
		{"bad status", "HTTP/1.1 2OO OK\r\n\r\n", verdict{results.Protocol, `malformed HTTP status code "2OO"`, false}},
		{"status 999", "HTTP/1.1 999 Denied\r\nContent-Length: 0\r\n\r\n", verdict{results.Protocol, "unusable status 999", false}},
		{"status 600", "HTTP/1.1 600 No\r\n\r\nbody", verdict{results.Protocol, "unusable status 600", false}},
		{"status 99", "HTTP/1.1 099 No\r\n\r\n", verdict{results.Protocol, "unusable status 099", false}},
		{"switching", "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n", verdict{results.Protocol, "unusable status 101", false}},
		{"endless headers", ok + strings.Repeat("X-A: "+strings.Repeat("a", 1000)+"\r\n", 300) + "\r\n", verdict{results.Protocol, "headers larger than 256 KiB", false}},
		{"two lengths", ok + "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", verdict{results.Protocol, "message cannot contain multiple Content-Length headers; got *", false}},
		{"bad length", ok + "Content-Length: many\r\n\r\n", verdict{results.Protocol, `bad Content-Length "many"`, false}},
		{"unknown transfer coding", ok + "Transfer-Encoding: br\r\n\r\n", verdict{results.Protocol, `unsupported transfer encoding: "br"`, false}},
		{"short body", ok + "Content-Length: 100\r\n\r\n0123456789", verdict{results.Protocol, "connection closed inside the body (got 10 of 100 bytes)", true}},
		{"short chunk", chunked + "5\r\nabc", verdict{results.Protocol, "connection closed inside the body (got 3 bytes)", true}},
		{"no last chunk", chunked + "3\r\nabc\r\n", verdict{results.Protocol, "connection closed inside the body (got 3 bytes)", true}},
		{"no end of trailer", chunked + "3\r\nabc\r\n0\r\n", verdict{results.Protocol, "connection closed inside the body (got 3 bytes)", true}},
		{"chunk of no size", chunked + "\r\nabc\r\n", badChunks},
		{"chunk size is no number", chunked + "zz\r\nabc\r\n", badChunks},
		{"chunk size too large", chunked + "fffffffffffffffff\r\n", badChunks},
		{"chunk longer than its size", chunked + "2\r\nabc\r\n0\r\n\r\n", badChunks},
		{"chunk line without end", chunked + strings.Repeat("1", 100_000), badChunks},
		{"not gzip", ok + "Content-Encoding: gzip\r\n\r\n<html></html>", verdict{results.Decode, "gzip: invalid header", false}},
	}
	f := testFetcher(t, Options{}, systemNetwork())
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			url := strings.Replace(rawServer(t, says(tt.answer)), "//", "//user:secret@", 1)
			tt.want.check(t, fetchAll(t, f, url).err)
		})
	}
}

// Of TLS the end can be an alert, which the connection below does not see.
func TestAnswerCutOffInTLS(t *testing.T) {
	n := tlsServer(t, func(w http.ResponseWriter, _ *http.Request) {
		c, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Le")
		c.Close()
	}, nil)
	o := fetchAll(t, testFetcher(t, Options{}, n), "https://example.com/")
	verdict{results.Protocol, "connection closed inside the headers", true}.check(t, o.err)
	if o.response.RemoteAddr == "" {
		t.Error("the address is lost")
	}
}

// resetConn is a connection that is reset behind some bytes. The system tells of
// that once.
type resetConn struct {
	net.Conn
	asked chan struct{} // closed by the request
	left  io.Reader
	told  bool
}

func (c *resetConn) Write(p []byte) (int, error) {
	close(c.asked)
	return len(p), nil
}

func (c *resetConn) Read(p []byte) (int, error) {
	<-c.asked
	n, err := c.left.Read(p)
	if err == io.EOF && !c.told {
		c.told = true
		err = &net.OpError{Op: "read", Net: "tcp", Err: syscall.ECONNRESET}
	}
	return n, err
}

func TestResetInsideTheHeaders(t *testing.T) {
	for _, answer := range []string{"H", "HTTP/1.1 20", "HTTP/1.1 200", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nA: b"} {
		n := systemNetwork()
		n.connect = func(context.Context, string, string) (net.Conn, error) {
			client, server := net.Pipe()
			server.Close()
			return &resetConn{Conn: client, asked: make(chan struct{}), left: strings.NewReader(answer)}, nil
		}
		o := fetchAll(t, testFetcher(t, Options{}, n), "http://example.com/")
		verdict{results.Protocol, "connection reset inside the headers", true}.check(t, o.err)
	}
}

func TestResetBeforeTheAnswer(t *testing.T) {
	url := rawServer(t, func(c *net.TCPConn, _ string) { reset(c) })
	o := fetchAll(t, testFetcher(t, Options{}, systemNetwork()), url)
	verdict{results.Connect, "connection reset before the answer", true}.check(t, o.err)
	if o.response.RemoteAddr == "" || o.response.Timing.Connect <= 0 {
		t.Errorf("what was learnt is lost: %+v", o.response)
	}
}

// The network can also go away under a connection.
func TestLostNetwork(t *testing.T) {
	n := systemNetwork()
	n.connect = func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		server.Close()
		return &brokenConn{client}, nil
	}
	f := testFetcher(t, Options{}, n)
	verdict{results.Connect, "no route to host before the answer", true}.check(t, fetchAll(t, f, "http://example.com/").err)
	verdict{results.Connect, "no route to host during the TLS handshake", true}.check(t, fetchAll(t, f, "https://example.com/").err)
}

// brokenConn takes what is written and cannot be read.
type brokenConn struct{ net.Conn }

func (c *brokenConn) Write(p []byte) (int, error) { return len(p), nil }

func (c *brokenConn) Read([]byte) (int, error) {
	return 0, &net.OpError{Op: "read", Net: "tcp", Err: syscall.EHOSTUNREACH}
}

func TestRefused(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	o := fetchAll(t, testFetcher(t, Options{}, systemNetwork()), "http://user:secret@"+l.Addr().String()+"/")
	verdict{results.Connect, "connection refused", true}.check(t, o.err)
	if !errors.Is(o.err, syscall.ECONNREFUSED) {
		t.Error("the cause is lost")
	}
}

func TestDialFaults(t *testing.T) {
	tests := []struct {
		err  error
		want verdict
	}{
		{syscall.EHOSTUNREACH, verdict{results.Connect, "no route to host", true}},
		{syscall.ENETUNREACH, verdict{results.Connect, "network is unreachable", true}},
		{syscall.EMFILE, verdict{results.Connect, "too many open files on this machine: fewer at once, or a higher limit (ulimit -n)", true}},
		{syscall.ETIMEDOUT, verdict{results.Timeout, "timed out after *", true}},
		{&net.AddrError{Err: "no suitable address found", Addr: "a.example"}, verdict{results.DNS, "address a.example: no suitable address found", false}},
		{&net.DNSError{Err: "no such host", Name: "a.example", IsNotFound: true}, verdict{results.DNS, "no such host", false}},
		{errors.New("odd"), verdict{results.Connect, "dial tcp: odd", true}},
	}
	for _, tt := range tests {
		f := testFetcher(t, Options{}, network{connect: func(context.Context, string, string) (net.Conn, error) {
			return nil, &net.OpError{Op: "dial", Net: "tcp", Err: tt.err}
		}})
		tt.want.check(t, fetchAll(t, f, "http://a.example/").err)
	}
}

// resolverOf is a resolver that gets the same answer to every question.
func resolverOf(code dnsmessage.RCode) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go func() {
			defer server.Close()
			var length [2]byte // a stream, so that DNS is spoken as over TCP
			if _, err := io.ReadFull(server, length[:]); err != nil {
				return
			}
			question := make([]byte, binary.BigEndian.Uint16(length[:]))
			var m dnsmessage.Message
			if _, err := io.ReadFull(server, question); err != nil || m.Unpack(question) != nil {
				return
			}
			m.Response, m.RecursionAvailable, m.RCode, m.Additionals = true, true, code, nil
			answer, err := m.AppendPack(make([]byte, 2))
			if err != nil {
				return
			}
			binary.BigEndian.PutUint16(answer, uint16(len(answer)-2))
			server.Write(answer)
		}()
		return client, nil
	}}
}

func TestLookUpFaults(t *testing.T) {
	for code, want := range map[dnsmessage.RCode]verdict{
		dnsmessage.RCodeNameError:     {results.DNS, "no such host", false},
		dnsmessage.RCodeSuccess:       {results.DNS, "no such host", false}, // and no address
		dnsmessage.RCodeServerFailure: {results.DNS, "look-up failed: server misbehaving", true},
	} {
		n := systemNetwork()
		n.resolver = resolve.New(func(ctx context.Context, host string) ([]netip.Addr, time.Duration, error) {
			addrs, err := resolverOf(code).LookupNetIP(ctx, "ip", host)
			return addrs, 0, err
		}, nil)
		o := fetchAll(t, testFetcher(t, Options{}, n), "http://user:secret@nowhere.example/")
		want.check(t, o.err)
		if o.response.Timing.DNS <= 0 {
			t.Errorf("%v: timing %+v", code, o.response.Timing)
		}
	}
}

func TestTLSFaults(t *testing.T) {
	nothing := func(http.ResponseWriter, *http.Request) {}
	demand := func(s *httptest.Server) { s.TLS = &tls.Config{ClientAuth: tls.RequireAnyClientCert} }
	old := func(s *httptest.Server) { s.TLS = &tls.Config{MaxVersion: tls.VersionTLS11} }
	tests := []struct {
		name   string
		server func(*httptest.Server)
		client func(*tls.Config)
		url    string
		want   verdict
	}{
		{
			name:   "not trusted",
			client: func(c *tls.Config) { c.RootCAs = x509.NewCertPool() },
			want:   verdict{results.TLS, "self-signed certificate", false},
		},
		{
			name: "name mismatch",
			url:  "https://b.example/",
			want: verdict{results.TLS, "certificate is valid for example.com, *.example.com, 127.0.0.1 and 1 more, not b.example", false},
		},
		{
			name: "address mismatch",
			url:  "https://127.0.0.2/",
			want: verdict{results.TLS, "certificate is valid for example.com, *.example.com, 127.0.0.1 and 1 more, not 127.0.0.2", false},
		},
		{
			name:   "expired",
			client: func(c *tls.Config) { c.Time = func() time.Time { return time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC) } },
			want:   verdict{results.TLS, "certificate expired on 2084-01-29", false},
		},
		{
			name:   "not yet valid",
			client: func(c *tls.Config) { c.Time = func() time.Time { return time.Date(1960, 1, 1, 0, 0, 0, 0, time.UTC) } },
			want:   verdict{results.TLS, "certificate is not valid before 1970-01-01", false},
		},
		{
			name:   "alert in the handshake",
			server: demand,
			client: func(c *tls.Config) { c.MaxVersion = tls.VersionTLS12 },
			want:   verdict{results.TLS, "the server wants a client certificate (alert: handshake failure)", false},
		},
		{
			name:   "alert instead of an answer",
			server: demand,
			want:   verdict{results.TLS, "the server wants a client certificate", false},
		},
		{
			name:   "old version",
			server: old,
			want:   verdict{results.TLS, "the server offers only TLS 1.1 or older; scrape wants 1.2 or newer", false},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := tlsServer(t, nothing, tt.server)
			if tt.client != nil {
				tt.client(n.tls)
			}
			url := tt.url
			if url == "" {
				url = "https://example.com/"
			}
			tt.want.check(t, fetchAll(t, testFetcher(t, Options{}, n), url).err)
		})
	}
}

func TestNoTLS(t *testing.T) {
	for answer, want := range map[string]verdict{
		"HTTP/1.1 400 Bad Request\r\n\r\n": {results.TLS, "the server does not speak TLS", false},
		"":                                 {results.Connect, "connection closed during the TLS handshake", true},
	} {
		n := systemNetwork()
		n.connect = always(tcpServer(t, func(c *net.TCPConn) {
			io.WriteString(c, answer)
			c.CloseWrite()
			io.Copy(io.Discard, c) // until the client hangs up
		}))
		want.check(t, fetchAll(t, testFetcher(t, Options{}, n), "https://example.com/").err)
	}
}

// piped connects to serve, in memory.
func piped(serve func(net.Conn)) func(context.Context, string, string) (net.Conn, error) {
	return func(context.Context, string, string) (net.Conn, error) {
		client, server := net.Pipe()
		go serve(server)
		return client, nil
	}
}

// Each phase runs into the deadline, on a clock of its own: the words name the
// phase and the time allowed.
func TestTimeouts(t *testing.T) {
	silent := func(c net.Conn) { io.Copy(io.Discard, c); c.Close() }
	stuck := func(answer string) func(net.Conn) {
		return func(c net.Conn) {
			if _, err := readHead(c); err == nil {
				io.WriteString(c, answer)
			}
			silent(c)
		}
	}
	hang := func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	slowNames := func() *resolve.Resolver {
		return resolve.New(func(ctx context.Context, _ string) ([]netip.Addr, time.Duration, error) {
			<-ctx.Done()
			return nil, 0, ctx.Err()
		}, nil)
	}
	for name, tt := range map[string]struct {
		connect func(context.Context, string, string) (net.Conn, error)
		url     string
		during  string
		timing  results.Timing // but for Total
	}{
		"connect":    {connect: hang, during: "connecting", timing: results.Timing{Connect: 30 * time.Second}},
		"handshake":  {connect: piped(silent), url: "https://example.com/", during: "in the TLS handshake", timing: results.Timing{TLS: 30 * time.Second}},
		"first byte": {connect: piped(silent), during: "waiting for the first byte", timing: results.Timing{FirstByte: 30 * time.Second}},
		"headers":    {connect: piped(stuck("HTTP/1.1 200 OK\r\n")), during: "reading the headers"},
		"body":       {connect: piped(stuck("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npage")), during: "reading the body"},
		"gzip body":  {connect: piped(stuck("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08")), during: "reading the body"},
		"look-up":    {during: "looking up the host", timing: results.Timing{DNS: 30 * time.Second}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := systemNetwork()
				n.connect, n.resolver = tt.connect, slowNames()
				f := newFetcher(Options{}, n)
				defer f.transport.CloseIdleConnections()
				ctx, cancel := context.WithTimeoutCause(t.Context(), 30*time.Second, errors.New("the caller's reason"))
				defer cancel()
				url := tt.url
				if url == "" {
					url = "http://example.com/"
				}
				o := fetchAllContext(t, ctx, f, url)
				verdict{results.Timeout, "timed out after 30s " + tt.during, true}.check(t, o.err)
				got := o.response.Timing
				if got.Total != 30*time.Second {
					t.Errorf("the whole took %v", got.Total)
				}
				if got.Total = 0; got != tt.timing {
					t.Errorf("got timing %+v, want %+v", got, tt.timing)
				}
			})
		})
	}
}

// A connection that is still being made when its request was served by another
// ends with the deadline it was given, and does not disturb the account.
func TestAbandonedDial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var dials int
		release := make(chan struct{})
		n := systemNetwork()
		n.connect = func(ctx context.Context, network, addr string) (net.Conn, error) {
			if dials++; dials == 2 {
				<-ctx.Done() // never comes about
				return nil, ctx.Err()
			}
			return piped(func(c net.Conn) {
				defer c.Close()
				for range 2 {
					if _, err := readHead(c); err != nil {
						return
					}
					<-release
					io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
				}
			})(ctx, network, addr)
		}
		f := newFetcher(Options{}, n)
		defer f.transport.CloseIdleConnections()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		done := make(chan outcome)
		for range 2 {
			go func() { done <- fetchAllContext(t, ctx, f, "http://example.com/") }()
			synctest.Wait()
		}
		if dials != 2 {
			t.Fatalf("%d dials", dials)
		}
		time.Sleep(time.Second)
		release <- struct{}{}
		first := <-done
		synctest.Wait()
		time.Sleep(time.Second)
		release <- struct{}{}
		second := <-done
		for _, o := range []outcome{first, second} {
			if o.err != nil || o.body != "ok" || o.response.Timing.Connect != 0 || o.response.Timing.FirstByte != time.Second {
				t.Errorf("got body %q, error %v, timing %+v", o.body, o.err, o.response.Timing)
			}
		}
		time.Sleep(time.Minute)
	})
}

func TestHTTP2Faults(t *testing.T) {
	flush := func(w http.ResponseWriter) { w.(http.Flusher).Flush() }
	tests := []struct {
		name  string
		serve http.HandlerFunc
		want  verdict
	}{
		{
			"reset before the answer",
			func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) },
			verdict{results.Connect, "stream reset (INTERNAL_ERROR) before the answer", true},
		},
		{
			"reset inside the body",
			func(w http.ResponseWriter, _ *http.Request) {
				io.WriteString(w, "page")
				flush(w)
				panic(http.ErrAbortHandler)
			},
			verdict{results.Protocol, "stream reset (INTERNAL_ERROR) inside the body (got 4 bytes)", true},
		},
		{
			"short body",
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Length", "100")
				io.WriteString(w, "page")
			},
			verdict{results.Protocol, "*", true},
		},
		{
			"large headers",
			func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("X", strings.Repeat("a", 262_400))
			},
			verdict{results.Protocol, "headers larger than 256 KiB", false},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := tlsServer(t, tt.serve, func(s *httptest.Server) { s.EnableHTTP2 = true })
			tt.want.check(t, fetchAll(t, testFetcher(t, Options{}, n), "https://example.com/").err)
		})
	}
}

// What servers do to HTTP/2, frame by frame.
func TestFrameFaults(t *testing.T) {
	tests := []struct {
		name   string
		answer func(f *http2.Framer, stream uint32)
		want   verdict
	}{
		{
			"shut down",
			func(f *http2.Framer, _ uint32) { f.WriteGoAway(0, http2.ErrCodeEnhanceYourCalm, []byte("go away")) },
			verdict{results.Connect, "connection closed before the answer", true},
		},
		{
			"reset with an unknown code",
			func(f *http2.Framer, stream uint32) { f.WriteRSTStream(stream, 99) },
			verdict{results.Connect, "stream reset (unknown error code 0x63) before the answer", true},
		},
		{
			"frame for no stream",
			func(f *http2.Framer, _ uint32) { f.WriteRawFrame(http2.FrameHeaders, 0, 0, []byte{0x88}) },
			verdict{results.Protocol, "HTTP/2 connection error: PROTOCOL_ERROR", false},
		},
		{
			"no status",
			func(f *http2.Framer, stream uint32) {
				f.WriteRawFrame(http2.FrameHeaders, http2.FlagHeadersEndHeaders, stream, []byte{0x82}) // :method GET
			},
			verdict{results.Protocol, "malformed response from server: *", false},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			n := framedServer(t, func(f *http2.Framer, request *http2.MetaHeadersFrame) { tt.answer(f, request.StreamID) })
			tt.want.check(t, fetchAll(t, testFetcher(t, Options{}, n), "https://example.com/").err)
		})
	}
}

func TestDialTimeoutWithoutDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFetcher(Options{}, network{connect: func(ctx context.Context, _, _ string) (net.Conn, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		defer f.transport.CloseIdleConnections()
		verdict{results.Timeout, "timed out after 30s connecting", true}.check(t, fetchAll(t, f, "http://example.com/").err)
	})
}

func TestCertificateNames(t *testing.T) {
	for _, tt := range []struct {
		names []string
		want  string
	}{
		{nil, "no name"},
		{[]string{"a"}, "a"},
		{[]string{"a", "b", "c"}, "a, b, c"},
		{[]string{"a", "b", "c", "d", "e"}, "a, b, c and 2 more"},
	} {
		if got := names(&x509.Certificate{DNSNames: tt.names}); got != tt.want {
			t.Errorf("%v: got %q, want %q", tt.names, got, tt.want)
		}
	}
}

func TestShorten(t *testing.T) {
	for s, want := range map[string]string{
		strings.Repeat("a", maxMessage):          strings.Repeat("a", maxMessage),
		strings.Repeat("a", maxMessage+1):        strings.Repeat("a", maxMessage) + "…",
		strings.Repeat("a", maxMessage-1) + "öö": strings.Repeat("a", maxMessage-1) + "…",
	} {
		if got := Shorten(s); got != want {
			t.Errorf("%q: got %q", s, got)
		}
	}
}

func TestTimedOut(t *testing.T) {
	for d, want := range map[time.Duration]string{
		29*time.Second + 999_600*time.Microsecond: "30s",
		1234 * time.Millisecond:                   "1.2s",
		249_700 * time.Microsecond:                "250ms",
		999_300 * time.Microsecond:                "1s",
		94_400 * time.Microsecond:                 "94ms",
		99_400 * time.Microsecond:                 "100ms",
		12_300 * time.Microsecond:                 "12ms",
	} {
		if got := TimedOut(d, "waiting"); got != "timed out after "+want+" waiting" {
			t.Errorf("%v: got %s, want %s", d, got, want)
		}
	}
}

// Whatever bytes a server sends, the end is an answer or an *Error with words.
func FuzzAnswer(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\npage",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npage\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Encoding: gzip, deflate\r\n\r\n\x1f\x8b",
		"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n",
		"HTTP/1.0 999 \r\n\r\n",
		"HTTP/1.1 100 Continue\r\n\r\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, answer []byte) {
		n := systemNetwork()
		n.connect = piped(func(c net.Conn) {
			if _, err := readHead(c); err == nil {
				c.Write(answer)
			}
			c.Close()
		})
		fetcher := newFetcher(Options{MaxBody: 1 << 20}, n)
		defer fetcher.transport.CloseIdleConnections()
		o := fetchAll(t, fetcher, "http://user:secret@example.com/")
		if o.err == nil {
			if o.response.Status < 200 || o.response.Status > 599 {
				t.Errorf("status %d passed", o.response.Status)
			}
			return
		}
		switch o.err.Kind {
		case results.Connect, results.Protocol, results.Decode, results.TooLarge:
		default:
			t.Errorf("got kind %v", o.err.Kind)
		}
		if o.err.Message == "" || len(o.err.Message) > maxMessage+len("…") {
			t.Errorf("got message %q", o.err.Message)
		}
	})
}
