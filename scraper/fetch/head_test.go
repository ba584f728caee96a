package fetch

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// What is kept of a request is what was sent, less the secrets.
func TestRequestHeadIsAsSent(t *testing.T) {
	for name, r := range map[string]Request{
		"plain":      {},
		"headers":    {Header: http.Header{"Zeta": {"1", "2"}, "Alpha": {"x"}, "User-Agent": {"me"}}},
		"host":       {Header: http.Header{"Host": {"elsewhere.test"}}},
		"secrets":    {Header: http.Header{"Authorization": {"Bearer secret"}, "Cookie": {"a=secret"}, "Kept": {"y"}}, Cookie: "b=secret"},
		"login":      {Login: "me:secret"},
		"post":       {Method: "POST", Body: []byte("a=b&c=d")},
		"empty post": {Method: "POST"},
		"condition":  {Validators: Validators{ETag: `"x"`}},
		"head":       {Method: "HEAD"},
	} {
		t.Run(name, func(t *testing.T) {
			sent := make(chan string, 1)
			server := rawServer(t, func(c *net.TCPConn, head string) {
				sent <- head
				io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
			})
			r := r
			r.URL, r.Keep = parse(t, server+"//odd/p%2fath?q=%zz"), true
			f := testFetcher(t, Options{UserAgent: "test", Header: http.Header{"Proxy-Authorization": {"Basic secret"}}}, systemNetwork())
			resp, err := f.Fetch(t.Context(), &r)
			if err != nil {
				t.Fatal(err)
			}
			if err := resp.Finish(); err != nil {
				t.Fatal(err)
			}
			var want strings.Builder
			for line := range strings.Lines(<-sent) {
				if !strings.Contains(line, "secret") && !strings.Contains(line, "Authorization: Basic") {
					want.WriteString(line)
				}
			}
			if got := string(resp.RequestHead); got != want.String() {
				t.Errorf("kept\n%q, sent\n%q", got, want.String())
			}
		})
	}
}

// The head of an answer is kept as it came, however it came and whatever is made of
// it; and the body as it came, and as it is read.
func TestAnswerIsKeptAsItCame(t *testing.T) {
	coded := string(encode(t, "gzip", "hello, hello, hello"))
	for name, test := range map[string]struct{ head, body, wire, content string }{
		"plain":      {"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nX-b: 1\r\nX-a:2\r\n\r\n", "hello", "hello", "hello"},
		"odd":        {"HTTP/1.1 200  So what\nnonsense\nX : y\nFolded: a\n b\nContent-Length: 5\n\n", "hello", "hello", "hello"},
		"chunked":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", "hello", "hello"},
		"compressed": {fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n", len(coded)), coded, coded, "hello, hello, hello"},
		"empty":      {"HTTP/1.1 204 Nothing\r\nX: y\r\n\r\n", "", "", ""},
		"error page": {"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\n", "gone", "gone", "gone"},
	} {
		t.Run(name, func(t *testing.T) {
			server := tcpServer(t, func(c *net.TCPConn) {
				for { // several requests over one connection
					if _, err := readHead(c); err != nil {
						return
					}
					io.WriteString(c, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n")
					for _, b := range []byte(test.head) { // in pieces
						c.Write([]byte{b})
					}
					io.WriteString(c, test.body)
				}
			})
			f := testFetcher(t, Options{}, systemNetwork())
			for range 3 {
				resp, err := f.Fetch(t.Context(), &Request{URL: parse(t, "http://"+server+"/"), Keep: true})
				if err != nil {
					t.Fatal(err)
				}
				var wire, content bytes.Buffer
				resp.Copy(&wire, &content)
				resp.Body.Read(make([]byte, 1))
				if err := resp.Finish(); err != nil {
					t.Fatal(err)
				}
				if string(resp.Head) != test.head {
					t.Errorf("head %q, want %q", resp.Head, test.head)
				}
				if wire.String() != test.wire || content.String() != test.content {
					t.Errorf("wire %q, content %q", wire.String(), content.String())
				}
			}
		})
	}
}

func TestHeadsOverHTTP2(t *testing.T) {
	n := tlsServer(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = nil
		w.Header().Set("X-A", "b")
		io.WriteString(w, "hello")
	}, func(s *httptest.Server) { s.EnableHTTP2 = true })
	f := testFetcher(t, Options{}, n)
	resp, err := f.Fetch(t.Context(), &Request{URL: parse(t, "https://example.com/"), Keep: true, Cookie: "a=secret"})
	if err != nil {
		t.Fatal(err)
	}
	if err := resp.Finish(); err != nil {
		t.Fatal(err)
	}
	want := "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain; charset=utf-8\r\nX-A: b\r\n\r\n"
	if resp.Proto != "2" || string(resp.Head) != want {
		t.Errorf("HTTP/%s: %q", resp.Proto, resp.Head)
	}
	if !bytes.HasPrefix(resp.RequestHead, []byte("GET / HTTP/1.1\r\nHost: ")) || bytes.Contains(resp.RequestHead, []byte("secret")) {
		t.Errorf("request %q", resp.RequestHead)
	}
}
