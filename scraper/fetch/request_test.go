package fetch

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
)

// echoServer answers with the head of the request.
func echoServer(t testing.TB) string {
	return rawServer(t, func(c *net.TCPConn, head string) {
		io.WriteString(c, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"+head)
	})
}

var targets = []struct {
	path string
	http string // on the request line of HTTP/1.1, HOST being the host; "": path
}{
	{path: "/"},
	{path: "/?"},
	{path: "/a%20b?q=%20+&&="},
	{path: "/a;b=c,d/'!$&()*+"},
	{path: "/foo%"},
	{path: "/foo%zz?bar%"},
	{path: "/[x]|"},
	{path: "//"},
	{path: "//a//b?c"},
	{path: "//a/b?"},
	{path: "//a%2Fb?c?d"},
	{path: "//foo%?x%", http: "http://HOST//foo%?x%"},
	{path: "//foo%?", http: "http://HOST//foo%?"},
	{path: "//a|b", http: "http://HOST//a|b"},
}

func TestTarget(t *testing.T) {
	f := testFetcher(t, Options{}, systemNetwork())
	url := echoServer(t)
	for _, tt := range targets {
		want := tt.path
		if tt.http != "" {
			want = strings.Replace(tt.http, "HOST", strings.TrimPrefix(url, "http://"), 1)
		}
		o := fetchAll(t, f, url+tt.path)
		line, _, _ := strings.Cut(o.body, "\r\n")
		if o.err != nil || line != "GET "+want+" HTTP/1.1" {
			t.Errorf("%s: got request line %q, error %v", tt.path, line, o.err)
		}
	}
}

func TestTargetHTTP2(t *testing.T) {
	// net/http's own server would refuse what is no path to net/url.
	n := framedServer(t, func(f *http2.Framer, request *http2.MetaHeadersFrame) {
		f.WriteHeaders(http2.HeadersFrameParam{
			StreamID:      request.StreamID,
			BlockFragment: []byte{0x88}, // :status 200
			EndHeaders:    true,
		})
		f.WriteData(request.StreamID, true, []byte(request.PseudoValue("path")))
	})
	for _, header := range []http.Header{nil, {"Host": {"other.example"}}} {
		f := testFetcher(t, Options{Header: header}, n)
		for _, tt := range targets {
			o := fetchAll(t, f, "https://example.com"+tt.path)
			if o.err != nil || o.body != tt.path {
				t.Errorf("%s with header %v: got path %q, error %v", tt.path, header, o.body, o.err)
			}
		}
		f.transport.CloseIdleConnections()
	}
}

// framedServer answers each request of HTTP/2 with the frames that answer writes.
func framedServer(t testing.TB, answer func(*http2.Framer, *http2.MetaHeadersFrame)) network {
	serve := func(_ *http.Server, c *tls.Conn, _ http.Handler) {
		io.ReadFull(c, make([]byte, len(http2.ClientPreface)))
		framer := http2.NewFramer(c, c)
		framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
		framer.AllowIllegalWrites = true
		framer.WriteSettings()
		for {
			frame, err := framer.ReadFrame()
			if err != nil {
				return
			}
			if request, ok := frame.(*http2.MetaHeadersFrame); ok {
				answer(framer, request)
			}
		}
	}
	return tlsServer(t, nil, func(s *httptest.Server) {
		s.EnableHTTP2 = true
		s.Config.TLSNextProto = map[string]func(*http.Server, *tls.Conn, http.Handler){"h2": serve}
	})
}

func TestHeader(t *testing.T) {
	url := echoServer(t)
	host := strings.TrimPrefix(url, "http://")
	tests := []struct {
		name    string
		options Options
		user    string
		want    string
	}{
		{
			name: "nothing set",
			want: "Host: HOST\r\n" +
				"Accept: text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8\r\n" +
				"Accept-Encoding: gzip, deflate, br, zstd\r\n",
		},
		{
			name:    "user agent, and a header replaced and one added",
			options: Options{UserAgent: "scrape/1", Header: http.Header{"accept": {"text/plain"}, "X-A": {"1", "2"}}},
			want: "Host: HOST\r\nUser-Agent: scrape/1\r\nAccept: text/plain\r\n" +
				"Accept-Encoding: gzip, deflate, br, zstd\r\nX-A: 1\r\nX-A: 2\r\n",
		},
		{
			name:    "host replaced",
			options: Options{Header: http.Header{"Host": {"other.example"}, "Accept": nil, "Accept-Encoding": nil}},
			want:    "Host: other.example\r\n",
		},
		{
			name:    "basic authorisation",
			options: Options{Header: http.Header{"Accept": nil, "Accept-Encoding": nil, "Authorization": {"Bearer x"}}},
			user:    "us%65r:p%40s%3As@",
			want:    "Host: HOST\r\nAuthorization: Basic dXNlcjpwQHM6cw==\r\n", // user:p@s:s
		},
		{
			name:    "user without password",
			options: Options{Header: http.Header{"Accept": nil, "Accept-Encoding": nil}},
			user:    "100%@",
			want:    "Host: HOST\r\nAuthorization: Basic MTAwJTo=\r\n", // 100%:
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := testFetcher(t, tt.options, systemNetwork())
			o := fetchAll(t, f, "http://"+tt.user+host+"/")
			want := "GET / HTTP/1.1\r\n" + strings.Replace(tt.want, "HOST", host, 1) + "\r\n"
			if o.err != nil || o.body != want {
				t.Errorf("got error %v, head\n%s\nwant\n%s", o.err, o.body, want)
			}
		})
	}
	t.Run("one URL's password is not another's", func(t *testing.T) {
		f := testFetcher(t, Options{}, systemNetwork())
		fetchAll(t, f, "http://user:secret@"+host+"/")
		if o := fetchAll(t, f, url); strings.Contains(o.body, "Authorization") {
			t.Errorf("got head\n%s", o.body)
		}
	})
}

func TestIPv6(t *testing.T) {
	l, err := net.Listen("tcp", "[::1]:0")
	if err != nil {
		t.Skip("no IPv6 here: ", err)
	}
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, r.Host)
	}))
	s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	o := fetchAll(t, testFetcher(t, Options{}, systemNetwork()), "http://"+l.Addr().String()+"/")
	if o.err != nil || o.body != l.Addr().String() || o.response.RemoteAddr != l.Addr().String() {
		t.Errorf("got host %q, address %q, error %v", o.body, o.response.RemoteAddr, o.err)
	}
}

func TestRequest(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		r.Header.Set("Host", r.Host)
		fmt.Fprintf(w, "%s %q", r.Method, body)
		for _, name := range []string{"Host", "Authorization", "Cookie", "Content-Length", "If-None-Match", "If-Modified-Since", "X-A"} {
			if v := r.Header.Values(name); v != nil {
				fmt.Fprintf(w, " %s=%q", name, v)
			}
		}
	}))
	t.Cleanup(s.Close)
	host := strings.TrimPrefix(s.URL, "http://")
	secret := http.Header{"Authorization": {"Bearer x"}, "Cookie": {"own=1"}, "Host": {"other.example"}, "X-A": {"1"}}
	for _, tt := range []struct {
		name    string
		options http.Header
		login   string // in the URL
		request Request
		want    string
	}{
		{name: "nothing said", want: `GET "" Host=["HOST"]`},
		{name: "method", request: Request{Method: "DELETE"}, want: `DELETE "" Host=["HOST"]`},
		{name: "body", request: Request{Method: "POST", Body: []byte("a=b")},
			want: `POST "a=b" Host=["HOST"] Content-Length=["3"]`},
		{name: "POST without body", request: Request{Method: "POST"},
			want: `POST "" Host=["HOST"] Content-Length=["0"]`},
		{name: "own header first", options: http.Header{"X-A": {"0"}, "Authorization": {"Bearer y"}}, request: Request{Header: secret},
			want: `GET "" Host=["other.example"] Authorization=["Bearer x"] Cookie=["own=1"] X-A=["1"]`},
		{name: "secrets stay behind", request: Request{Header: secret, Foreign: true},
			want: `GET "" Host=["HOST"] X-A=["1"]`},
		{name: "of all requests too", options: secret, request: Request{Foreign: true},
			want: `GET "" Host=["HOST"] X-A=["1"]`},
		{name: "login", request: Request{Login: "user:pw"},
			want: `GET "" Host=["HOST"] Authorization=["Basic dXNlcjpwdw=="]`},
		{name: "login of a foreign origin", options: secret, request: Request{Login: "user:pw", Foreign: true},
			want: `GET "" Host=["HOST"] Authorization=["Basic dXNlcjpwdw=="] X-A=["1"]`},
		{name: "login behind a header", options: secret, request: Request{Login: "user:pw"},
			want: `GET "" Host=["other.example"] Authorization=["Bearer x"] Cookie=["own=1"] X-A=["1"]`},
		{name: "login behind the URL's", login: "u:p@", request: Request{Login: "user:pw"},
			want: `GET "" Host=["HOST"] Authorization=["Basic dTpw"]`},
		{name: "cookies", request: Request{Cookie: "a=b; c=d"}, want: `GET "" Host=["HOST"] Cookie=["a=b; c=d"]`},
		{name: "cookies behind the user's", options: http.Header{"Cookie": {"x=y"}}, request: Request{Cookie: "a=b"},
			want: `GET "" Host=["HOST"] Cookie=["x=y; a=b"]`},
		{name: "validators", request: Request{Validators: Validators{`W/"1"`, "Mon, 02 Jan 2006 15:04:05 GMT"}},
			want: `GET "" Host=["HOST"] If-None-Match=["W/\"1\""] If-Modified-Since=["Mon, 02 Jan 2006 15:04:05 GMT"]`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := testFetcher(t, Options{Header: tt.options}, systemNetwork())
			tt.request.URL = parse(t, "http://"+tt.login+host+"/")
			r, err := f.Fetch(t.Context(), &tt.request)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(r.Body)
			if want := strings.ReplaceAll(tt.want, "HOST", host); string(got) != want || err != nil || r.Finish() != nil {
				t.Errorf("got %s, %v\nwant %s", got, err, want)
			}
		})
	}
}
