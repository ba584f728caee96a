package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"scrape/results"
)

// proxyServer is a proxy for the tests: it notes the heads of the requests it gets,
// and all hosts are 127.0.0.1 to it.
type proxyServer struct {
	addr    string
	connect string // what it answers to CONNECT; "": it connects

	mu    sync.Mutex
	heads []string
	open  sync.WaitGroup
}

// newProxyServer starts one, over TLS where there is a configuration of it.
func newProxyServer(t testing.TB, secure *tls.Config, connect string) *proxyServer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	p := &proxyServer{addr: l.Addr().String(), connect: connect}
	if secure != nil {
		l = tls.NewListener(l, secure)
	}
	ctx, cancel := context.WithCancel(context.Background())
	p.open.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			stop := context.AfterFunc(ctx, func() { c.Close() })
			p.open.Go(func() {
				defer stop()
				defer c.Close()
				p.serve(c)
			})
		}
	})
	t.Cleanup(func() { l.Close(); cancel(); p.open.Wait() })
	return p
}

func (p *proxyServer) serve(c net.Conn) {
	for in := bufio.NewReader(c); ; {
		head, err := readHeadFrom(in)
		if err != nil {
			return
		}
		p.mu.Lock()
		p.heads = append(p.heads, head)
		p.mu.Unlock()
		if !strings.HasPrefix(head, "CONNECT ") {
			io.WriteString(c, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nforwarded")
			continue
		}
		if p.connect != "" {
			io.WriteString(c, p.connect)
			io.Copy(io.Discard, in)
			return
		}
		_, port, _ := net.SplitHostPort(strings.Fields(head)[1])
		target, err := net.Dial("tcp", "127.0.0.1:"+port)
		if err != nil {
			io.WriteString(c, "HTTP/1.1 502 Bad Gateway\r\n\r\n")
			return
		}
		io.WriteString(c, "HTTP/1.1 200 Connection established\r\nContent-Length: 5\r\n\r\n")
		relay(c, in, target)
		return
	}
}

// relay passes bytes on, both ways.
func relay(c io.WriteCloser, in io.Reader, target net.Conn) {
	var both sync.WaitGroup
	both.Go(func() { io.Copy(target, in); target.Close() })
	both.Go(func() { io.Copy(c, target); c.Close() })
	both.Wait()
}

func (p *proxyServer) told() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.heads)
}

func readHeadFrom(in *bufio.Reader) (string, error) {
	var head strings.Builder
	for {
		line, err := in.ReadString('\n')
		head.WriteString(line)
		if err != nil || line == "\r\n" {
			return head.String(), err
		}
	}
}

// How requests look to a proxy, and what targets see of it.
func TestProxies(t *testing.T) {
	root := (*identity)(nil).issue(t, "Test Root", authority)
	leaf := []tls.Certificate{root.issue(t, "leaf", nil).pair()}
	var mu sync.Mutex
	var headers []http.Header
	serve := func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		headers = append(headers, r.Header)
		mu.Unlock()
		io.WriteString(w, r.Proto)
	}
	two := secureServer(t, "127.0.0.1:0", &tls.Config{Certificates: leaf}, serve)
	one := secureServer(t, "127.0.0.1:0", &tls.Config{Certificates: leaf, NextProtos: []string{"http/1.1"}}, serve)
	for _, scheme := range []string{"http", "https"} {
		var secure *tls.Config
		if scheme == "https" {
			secure = &tls.Config{Certificates: leaf}
		}
		p := newProxyServer(t, secure, "")
		via := scheme + "://user:se%20cret@" + p.addr
		o := Options{Network: Network{CACerts: root.certificatePEM(), Proxies: Proxies{HTTP: via, HTTPS: via}}}
		n := with(t, o)
		n.resolver = answers(nil) // which the proxy does
		f := testFetcher(t, o, n)
		const auth = "Proxy-Authorization: Basic dXNlcjpzZSBjcmV0\r\n"
		for _, tt := range []struct {
			url, body, head string
			version         string
		}{
			{"http://a.example/x?y", "forwarded", "GET http://a.example/x?y HTTP/1.1\r\nHost: a.example\r\n", "1.1"},
			{"http://a.example:81//x", "forwarded", "GET http://a.example:81//x HTTP/1.1\r\nHost: a.example:81\r\n", "1.1"},
			{"http://[::1]:81/%zz", "forwarded", "GET http://[::1]:81/%zz HTTP/1.1\r\nHost: [::1]:81\r\n", "1.1"},
			{"http://127.0.0.1/", "forwarded", "GET http://127.0.0.1/ HTTP/1.1\r\nHost: 127.0.0.1\r\n", "1.1"},
			{"https://example.com:" + two + "/", "HTTP/2.0", "CONNECT example.com:" + two + " HTTP/1.1\r\nHost: example.com:" + two + "\r\n", "2"},
			{"https://example.com:" + one + "/", "HTTP/1.1", "CONNECT example.com:" + one + " HTTP/1.1\r\nHost: example.com:" + one + "\r\n", "1.1"},
		} {
			for range 2 {
				got := fetchAll(t, f, tt.url)
				if got.err != nil || got.body != tt.body || got.response.Proto != tt.version || got.response.RemoteAddr != p.addr {
					t.Fatalf("%s proxy, %s: got %q, version %s from %s, %v", scheme, tt.url, got.body, got.response.Proto, got.response.RemoteAddr, got.err)
				}
			}
			heads := p.told()
			head := heads[len(heads)-1]
			if !strings.HasPrefix(head, tt.head) || strings.Count(head, auth) != 1 {
				t.Errorf("%s proxy, %s: got %q", scheme, tt.url, head)
			}
		}
		if n := len(p.told()); n != 4*2+2 { // tunnels are kept
			t.Errorf("%s proxy: %d requests", scheme, n)
		}
		wrong := fetchAll(t, f, "https://b.example:"+one+"/")
		verdict{results.TLS, "certificate is valid for example.com, 127.0.0.1, not b.example", false}.check(t, wrong.err)
	}
	for _, h := range headers {
		if h.Get("Proxy-Authorization") != "" || h.Get("Authorization") != "" {
			t.Errorf("the target got %v", h)
		}
	}
}

// What a proxy does wrong is said of the proxy.
func TestProxyFaults(t *testing.T) {
	refused, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	refused.Close()
	self := &tls.Config{Certificates: []tls.Certificate{(*identity)(nil).issue(t, "proxy", nil).pair()}}
	answering := func(connect string) string { return "http://user:secret@" + newProxyServer(t, nil, connect).addr }
	raw := func(serve func(c *net.TCPConn)) string { return "http://user:secret@" + tcpServer(t, serve) }
	const denied = "HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"x\"\r\nProxy-Authenticate: NTLM\r\nContent-Length: 0\r\n\r\n"
	for _, tt := range []struct {
		name, proxy string
		want        verdict
	}{
		{"refused", "http://user:secret@" + refused.Addr().String(), verdict{results.Connect, "proxy: connection refused", true}},
		{"unknown", "http://user:secret@proxy.example", verdict{results.Connect, "proxy: no such host", false}},
		{"no TLS", strings.Replace(raw(func(c *net.TCPConn) {
			io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n")
			c.CloseWrite()
			io.Copy(io.Discard, c)
		}), "http:", "https:", 1), verdict{results.Connect, "proxy: the server does not speak TLS", false}},
		{"not trusted", "https://user:secret@" + newProxyServer(t, self, "").addr, verdict{results.Connect, "proxy: self-signed certificate", false}},
		{"403", answering("HTTP/1.1 403 Forbidden\r\n\r\n"), verdict{results.Connect, "proxy: it answered CONNECT with 403 Forbidden", false}},
		{"502", answering("HTTP/1.0 502 Nope\r\nContent-Length: 3\r\n\r\nxyz"), verdict{results.Connect, "proxy: it answered CONNECT with 502 Bad Gateway", true}},
		{"302", answering("HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"), verdict{results.Connect, "proxy: it answered CONNECT with 302 Found", false}},
		{"407", answering(denied), verdict{results.Connect, "proxy: it does not accept the user name and the password (407, authentication: Basic, NTLM)", false}},
		{"407, nothing given", strings.Replace(answering(denied), "user:secret@", "", 1), verdict{results.Connect, "proxy: it wants a user name and a password (407, authentication: Basic, NTLM)", false}},
		{"another protocol", answering("SSH-2.0-OpenSSH\r\n\r\n"), verdict{results.Connect, "proxy: its answer to CONNECT makes no sense", false}},
		{"endless headers", answering("HTTP/1.1 200 OK\r\n" + strings.Repeat("X: "+strings.Repeat("x", 1000)+"\r\n", 100)), verdict{results.Connect, "proxy: *", true}},
		{"more than an answer", answering("HTTP/1.1 200 OK\r\n\r\nhello"), verdict{results.Connect, "proxy: it sent bytes of its own into the connection", false}},
		{"closed", raw(func(c *net.TCPConn) { readHead(c) }), verdict{results.Connect, "proxy: connection closed", true}},
		{"reset", raw(func(c *net.TCPConn) { readHead(c); reset(c) }), verdict{results.Connect, "proxy: connection reset", true}},
		{"silent", raw(func(c *net.TCPConn) { io.Copy(io.Discard, c) }), verdict{results.Timeout, "timed out after 200ms connecting through the proxy", true}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := Options{Network: Network{Proxies: Proxies{HTTPS: tt.proxy}, ConnectTimeout: 10 * time.Second}}
			if tt.name == "silent" {
				o.ConnectTimeout = 200 * time.Millisecond
			}
			n := with(t, o)
			n.resolver = answers(nil)
			got := fetchAll(t, testFetcher(t, o, n), "https://example.com/")
			tt.want.check(t, got.err)
			for e := error(got.err); e != nil; e = errors.Unwrap(e) {
				if strings.Contains(e.Error(), "secret") {
					t.Errorf("the password shows: %v", e)
				}
			}
		})
	}
	// Of what it is asked to forward.
	for _, answer := range []string{denied, strings.Replace(denied, "Content-Length: 0", "Content-Length: 9", 1)} {
		o := Options{Network: Network{Proxies: Proxies{HTTP: raw(func(c *net.TCPConn) { readHead(c); io.WriteString(c, answer) })}}}
		verdict{results.Connect, "proxy: it does not accept the user name and the password (407, authentication: Basic, NTLM)", false}.check(t,
			fetchAll(t, testFetcher(t, o, with(t, o)), "http://example.com/").err)
	}
	o := Options{Network: Network{Proxies: Proxies{HTTP: "http://user:secret@" + refused.Addr().String()}}}
	verdict{results.Connect, "proxy: connection refused", true}.check(t, fetchAll(t, testFetcher(t, o, with(t, o)), "http://example.com/").err)
}

// The guard judges what the user cannot have meant for the proxy, and not the proxy.
func TestGuardBehindProxy(t *testing.T) {
	p := newProxyServer(t, nil, "")
	o := Options{Network: Network{Proxies: Proxies{HTTP: "http://" + p.addr, HTTPS: "http://" + p.addr}, DenyPrivate: true}}
	f := testFetcher(t, o, with(t, o))
	for _, url := range []string{"http://127.0.0.1/", "https://[::1]/", "http://localhost/", "https://a.localhost/", "http://169.254.169.254/"} {
		verdict{results.BlockedAddress, "*", false}.check(t, fetchAll(t, f, url).err)
	}
	if n := len(p.told()); n != 0 {
		t.Errorf("the proxy got %d requests", n)
	}
	if o := fetchAll(t, f, "http://a.example/"); o.err != nil {
		t.Error(o.err)
	}
	for host, want := range map[string]bool{"a.example": true, "8.8.8.8": true, "10.0.0.1": false, "localhost": false} {
		if got := f.Public(&Request{URL: parse(t, "http://"+host+"/")}, &Response{RemoteAddr: p.addr}); got != want {
			t.Errorf("%s behind a proxy: public is %v", host, got)
		}
	}
}

// socksServer is a SOCKS5 proxy that wants a password, notes which host it is asked
// for and answers with a code; for 0 it connects to 127.0.0.1.
func socksServer(t testing.TB, code byte) (addr string, asked chan string) {
	asked = make(chan string, 100)
	return tcpServer(t, func(c *net.TCPConn) {
		in := bufio.NewReader(c)
		take := func(n int) []byte {
			b := make([]byte, n)
			io.ReadFull(in, b)
			return b
		}
		methods := take(2)
		if methods := take(int(methods[1])); !slices.Contains(methods, 2) {
			c.Write([]byte{5, 255})
			return
		}
		c.Write([]byte{5, 2})
		user := take(int(take(2)[1]))
		password := take(int(take(1)[0]))
		if string(user) != "user" || string(password) != "secret" {
			c.Write([]byte{1, 1})
			return
		}
		c.Write([]byte{1, 0})
		host := ""
		switch take(4)[3] {
		case 1:
			host = netip.AddrFrom4([4]byte(take(4))).String()
		case 3:
			host = string(take(int(take(1)[0])))
		case 4:
			host = netip.AddrFrom16([16]byte(take(16))).String()
		}
		port := binary.BigEndian.Uint16(take(2))
		asked <- host
		c.Write([]byte{5, code, 0, 1, 0, 0, 0, 0, 0, 0})
		if code == 0 {
			if target, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
				relay(c, in, target)
			}
		}
	}), asked
}

func TestSOCKS(t *testing.T) {
	root := (*identity)(nil).issue(t, "Test Root", authority)
	plain, _ := countingServer(t, "127.0.0.1:0")
	secure := secureServer(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{root.issue(t, "leaf", nil).pair()}}, servePage)
	for _, scheme := range []string{"socks5", "socks5h"} {
		for _, url := range []string{"http://example.com:" + plain + "/", "https://example.com:" + secure + "/", "http://127.0.0.9:" + plain + "/", "http://[::9]:" + plain + "/"} {
			addr, asked := socksServer(t, 0)
			via := scheme + "://user:secret@" + addr
			o := Options{Network: Network{CACerts: root.certificatePEM(), Proxies: Proxies{HTTP: via, HTTPS: via}}}
			n := with(t, o)
			n.resolver = answers(nil) // which the proxy does
			f := testFetcher(t, o, n)
			u := parse(t, url)
			if got := fetchAll(t, f, url); got.err != nil || got.response.RemoteAddr != addr {
				t.Errorf("%s to %s: %v from %s", scheme, url, got.err, got.response.RemoteAddr)
			}
			if got := <-asked; got != bareHost(u) {
				t.Errorf("%s to %s: asked for %s", scheme, url, got)
			}
			f.transport.CloseIdleConnections()
		}
	}
	for code, want := range map[byte]verdict{
		1:  {results.Connect, "proxy: general SOCKS server failure", true},
		2:  {results.Connect, "proxy: connection not allowed by ruleset", false},
		3:  {results.Connect, "proxy: network unreachable", true},
		4:  {results.Connect, "proxy: host unreachable", true},
		5:  {results.Connect, "proxy: connection refused", true},
		99: {results.Connect, "proxy: unknown code: 99", false},
	} {
		addr, _ := socksServer(t, code)
		o := Options{Network: Network{Proxies: Proxies{HTTP: "socks5h://user:secret@" + addr}}}
		want.check(t, fetchAll(t, testFetcher(t, o, with(t, o)), "http://example.com/").err)
	}
	addr, _ := socksServer(t, 0)
	closing := tcpServer(t, func(c *net.TCPConn) { c.Read(make([]byte, 9)) })
	web := tcpServer(t, func(c *net.TCPConn) { c.Read(make([]byte, 9)); io.WriteString(c, "HTTP/1.1 400 Bad Request\r\n\r\n") })
	silent := tcpServer(t, func(c *net.TCPConn) { io.Copy(io.Discard, c) })
	for via, want := range map[string]verdict{
		"user:wrong@" + addr: {results.Connect, "proxy: username/password authentication failed", false},
		addr:                 {results.Connect, "proxy: no acceptable authentication methods", false},
		closing:              {results.Connect, "proxy: connection closed", true},
		web:                  {results.Connect, "proxy: unexpected protocol version 72", false},
		silent:               {results.Timeout, "timed out after 200ms connecting through the proxy", true},
	} {
		o := Options{Network: Network{Proxies: Proxies{HTTP: "socks5://" + via}, ConnectTimeout: 10 * time.Second}}
		if via == silent {
			o.ConnectTimeout = 200 * time.Millisecond
		}
		want.check(t, fetchAll(t, testFetcher(t, o, with(t, o)), "http://example.com/").err)
	}
}

func TestParseProxy(t *testing.T) {
	for s, want := range map[string]string{
		"proxy.example":                "http://proxy.example:80",
		"Proxy.Example:8080":           "http://proxy.example:8080",
		"http://proxy.example/":        "http://proxy.example:80",
		"HTTPS://proxy.example":        "https://proxy.example:443",
		"socks5h://u:p@[::1]":          "socks5h://u:p@[::1]:1080",
		"socks5://127.0.0.1:9":         "socks5://127.0.0.1:9",
		"u:secret@proxy.example:1":     "http://u:secret@proxy.example:1",
		"ftp://u:secret@proxy.example": `a proxy of scheme "ftp" is not supported (http, https, socks5 and socks5h are)`,
		"http://u:secret@":             "the proxy has no host (http://host:port is wanted)",
		"http://u:secret@a b":          "the proxy is no URL (http://host:port is wanted)",
		"http://u:sec%ret@a":           "the proxy is no URL (http://host:port is wanted)",
		"http://u:secret@a/secret":     "the proxy a has more to its URL than a host and a port",
		"http://u:secret@a?secret":     "the proxy a has more to its URL than a host and a port",
		"http://u:secret@a:port":       "the proxy is no URL (http://host:port is wanted)",
		"http://u:secret@a:70000":      "the proxy's port is none (http://host:port is wanted)",
	} {
		u, err := ParseProxy(s)
		got := fmt.Sprint(u)
		if err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%s: got  %s\nwant %s", s, got, want)
		}
	}
}

func TestNoProxy(t *testing.T) {
	for list, hosts := range map[string]string{ // with "-": not among them
		"":                           "-a.example:80 -127.0.0.1:80",
		"*":                          "a.example:80 127.0.0.1:443 [::1]:80",
		"a.example":                  "a.example:80 a.example.:80 b.a.example:443 -ba.example:80 -example:80",
		".a.example, *.B.example. c": "a.example:80 x.a.example:80 b.example:80 x.b.example:1 c:80 x.c:80 -d:80",
		"a.example:8080":             "a.example:8080 x.a.example:8080 -a.example:80",
		"127.0.0.1,[::1]:80,::2":     "127.0.0.1:80 [::1]:80 -[::1]:81 [::2]:9 -127.0.0.2:80",
		"127.0.0.0/24 2001:db8::/32": "127.0.0.9:80 -127.0.1.9:80 [2001:db8::1]:80 -[2001:db9::1]:80",
		"127.0.0.1:81":               "127.0.0.1:81 -127.0.0.1:80",
		"localhost":                  "localhost:80 a.localhost:80 -127.0.0.1:80",
		"0.0.1":                      "-127.0.0.1:80",
	} {
		n, err := parseNoProxy(list)
		if err != nil {
			t.Errorf("%s: %v", list, err)
		}
		for entry := range strings.FieldsSeq(hosts) {
			target, not := strings.CutPrefix(entry, "-")
			host, port, err := net.SplitHostPort(target)
			if err != nil {
				t.Fatal(err)
			}
			if n.match(host, port) == not {
				t.Errorf("%q, %s: %v", list, target, !not)
			}
		}
	}
	for list, want := range map[string]string{
		"10.0.0.0/99":    `"10.0.0.0/99" is no block of addresses`,
		"a, http://b/":   `"http://b/" is no block of addresses`,
		"a.example:http": `"a.example:http" has no port behind its colon`,
		".":              `"." is no host`,
	} {
		if _, err := parseNoProxy(list); err == nil || err.Error() != want {
			t.Errorf("%s: %v", list, err)
		}
	}
}

// A header for the proxy does not get further.
func TestProxyHeader(t *testing.T) {
	root := (*identity)(nil).issue(t, "Test Root", authority)
	var told http.Header
	port := secureServer(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{root.issue(t, "leaf", nil).pair()}},
		func(_ http.ResponseWriter, r *http.Request) { told = r.Header })
	p := newProxyServer(t, nil, "")
	const header = "Proxy-Authorization: Bearer secret\r\n"
	for i, via := range []string{"", "http://" + p.addr} {
		o := Options{Network: Network{CACerts: root.certificatePEM(), Proxies: Proxies{HTTP: via, HTTPS: via}}, Header: http.Header{"Proxy-Authorization": {"Bearer secret"}, "X": {"y"}}}
		f := testFetcher(t, o, with(t, o))
		if o := fetchAll(t, f, "https://example.com:"+port+"/"); o.err != nil {
			t.Fatal(o.err)
		}
		if told.Get("Proxy-Authorization") != "" || told.Get("X") != "y" {
			t.Errorf("the target was told %v", told)
		}
		if heads := p.told(); len(heads) != i || i > 0 && strings.Count(heads[0], header) != 1 {
			t.Errorf("the proxy was told %q", heads)
		}
		if via == "" {
			continue
		}
		fetchAll(t, f, "http://example.com/")
		if heads := p.told(); strings.Count(heads[1], header) != 1 {
			t.Errorf("the proxy was told %q", heads)
		}
	}
}

// What is exempt goes directly, the rest by scheme.
func TestProxyChoice(t *testing.T) {
	p := newProxyServer(t, nil, "")
	port, _ := countingServer(t, "127.0.0.1:0")
	o := Options{Network: Network{Proxies: Proxies{HTTP: p.addr, None: "direct.example"}}}
	f := testFetcher(t, o, with(t, o))
	for host, want := range map[string]string{"a.example": "forwarded", "direct.example": "127.0.0.1:" + port, "127.0.0.1": "forwarded", "localhost": "forwarded"} {
		if got := fetchAll(t, f, "http://"+host+":"+port+"/"); got.err != nil || got.body != want {
			t.Errorf("%s: %q, %v", host, got.body, got.err)
		}
	}
	for _, bad := range []Proxies{{HTTP: "ftp://a"}, {HTTPS: "http://"}, {None: "1/99"}} {
		if _, err := New(Options{Network: Network{Proxies: bad}}); err == nil {
			t.Errorf("%+v is accepted", bad)
		}
	}
}
