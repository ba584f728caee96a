package fetch

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper/fetch/resolve"
)

func TestIsPublic(t *testing.T) {
	for list, want := range map[string]bool{
		`1.1.1.1 8.8.8.8 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0
		 169.253.255.255 169.255.0.0 172.15.255.255 172.32.0.0 192.0.1.0 192.167.255.255 192.169.0.0
		 198.17.255.255 198.20.0.0 223.255.255.255 168.63.129.15
		 192.0.2.1 198.51.100.1 203.0.113.1
		 2606:4700::1 2a00::1 2001:4860:4860::8888 2001:200::1 2001:3::1 2001:4:112::1 2001:20::1 3fff::1 2001:db8::1
		 ::ffff:8.8.8.8 64:ff9b::8.8.8.8 2002:808:808::1 2001:0:808:808::f7f7:f7f7`: true,
		`0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.0 100.100.100.200 100.127.255.255 127.0.0.1 127.255.255.255
		 169.254.0.1 169.254.169.254 172.16.0.0 172.31.255.255 192.0.0.1 192.0.0.192 192.88.99.1 192.168.0.1
		 198.18.0.0 198.19.255.255 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16
		 :: ::1 ::2 ::127.0.0.1 ::8.8.8.8 100::1 5f00::1 fc00::1 fd00:ec2::254 fdff::1 fe80::1 fec0::1 ff02::1 4000::1
		 2001:2::1 2001:10::1 2001:1::4 2001:1ff::1
		 ::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:0:10.0.0.1 64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b:1::8.8.8.8
		 2002:7f00:1::1 2002:a00:1::1 2001:0:808:808::80ff:fffe 2001:0:7f00:1::f7f7:f7f7
		 fe80::1%eth0 2a00::1%eth0`: false,
	} {
		for text := range strings.FieldsSeq(list) {
			if got := IsPublic(netip.MustParseAddr(text)); got != want {
				t.Errorf("%s: %v", text, got)
			}
		}
	}
	if IsPublic(netip.Addr{}) {
		t.Error("the zero address is public")
	}
}

// answers looks hosts up in a table, whose answers are not remembered.
func answers(table map[string][]string, said ...resolve.Override) *resolve.Resolver {
	return resolve.New(func(_ context.Context, host string) (addrs []netip.Addr, _ time.Duration, _ error) {
		for _, a := range table[host] {
			addrs = append(addrs, netip.MustParseAddr(a))
		}
		if addrs == nil {
			return nil, 0, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
		}
		return addrs, 0, nil
	}, said)
}

// guarded is a network in which 127.0.0.2 alone is public.
func guarded(table map[string][]string, said ...resolve.Override) network {
	n := systemNetwork()
	n.resolver = answers(table, said...)
	n.public = func(a netip.Addr) bool { return a == netip.MustParseAddr("127.0.0.2") }
	return n
}

// countingServer answers on the address, and counts its connections.
func countingServer(t testing.TB, addr string) (port string, connections *atomic.Int64) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	connections = new(atomic.Int64)
	s := &http.Server{
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, l.Addr().String()) }),
		ConnState: func(_ net.Conn, state http.ConnState) {
			if state == http.StateNew {
				connections.Add(1)
			}
		},
	}
	done := make(chan struct{})
	go func() { defer close(done); s.Serve(l) }()
	t.Cleanup(func() { s.Close(); <-done })
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, connections
}

func TestGuard(t *testing.T) {
	port, connections := countingServer(t, "127.0.0.1:0")
	countingServer(t, "127.0.0.2:"+port)
	n := guarded(map[string][]string{
		"private.example": {"127.0.0.1"},
		"public.example":  {"127.0.0.2"},
		"both.example":    {"127.0.0.1", "127.0.0.2", "127.0.0.3"},
	}, resolve.Override{Host: "moved.example", Port: 80, Addrs: []netip.Addr{netip.MustParseAddr("127.0.0.1")}})
	tests := []struct {
		url            string
		private, steer string // what is said of it; "": nothing is
	}{
		{"http://127.0.0.2:PORT/", "", ""},
		{"http://public.example:PORT/", "", ""},
		{"http://both.example:PORT/", "", ""},
		{"http://127.0.0.1:PORT/", "127.0.0.1 is a private address (refused: --deny-private)", "redirected from a public host to 127.0.0.1, a private address"},
		{"http://0x7f.1:PORT/", "127.0.0.1 is a private address (refused: --deny-private)", "redirected from a public host to 127.0.0.1, a private address"},
		{"http://[::ffff:127.0.0.1]:PORT/", "::ffff:7f00:1 is a private address (refused: --deny-private)", "redirected from a public host to ::ffff:7f00:1, a private address"},
		{"http://localhost:PORT/", "localhost is at ::1, a private address (refused: --deny-private)", "redirected from a public host to localhost at ::1, a private address"},
		{"http://a.LocalHost.:PORT/", "a.localhost. is at ::1, a private address (refused: --deny-private)", "*"},
		{"http://private.example:PORT/", "private.example is at 127.0.0.1, a private address (refused: --deny-private)", "redirected from a public host to private.example at 127.0.0.1, a private address"},
		{"http://moved.example/", "moved.example is at 127.0.0.1, a private address (refused: --deny-private)", "*"},
		{"https://127.0.0.1:PORT/", "127.0.0.1 is a private address (refused: --deny-private)", "redirected from a public host to 127.0.0.1, a private address"},
	}
	open := testFetcher(t, Options{}, n)
	if o := fetchAll(t, open, "http://127.0.0.1:"+port+"/"); o.err != nil {
		t.Fatal(o.err)
	}
	before := connections.Load()
	for _, tt := range tests {
		u := parse(t, strings.Replace(tt.url, "PORT", port, 1))
		for _, how := range []struct {
			f       *Fetcher
			steered bool
			want    string
		}{
			{testFetcher(t, Options{Network: Network{DenyPrivate: true}}, n), false, tt.private},
			{testFetcher(t, Options{Network: Network{DenyPrivate: true}}, n), true, tt.private},
			{open, true, tt.steer},
		} {
			t.Run(fmt.Sprintf("%s steered %v", tt.url, how.steered), func(t *testing.T) {
				o := fetchRequest(t, t.Context(), how.f, &Request{URL: u, Steered: how.steered})
				if how.want == "" {
					if o.err != nil || o.body != "127.0.0.2:"+port {
						t.Errorf("got %q, %v", o.body, o.err)
					}
					return
				}
				verdict{results.BlockedAddress, how.want, false}.check(t, o.err)
			})
		}
	}
	if after := connections.Load(); after != before {
		t.Errorf("%d connections to the private address", after-before)
	}
}

// A name that was public when its first request was made can lead elsewhere at the
// next look-up. A connection that was made without the guard serves none that needs
// it.
func TestRebinding(t *testing.T) {
	port, inner := countingServer(t, "127.0.0.1:0")
	countingServer(t, "127.0.0.2:"+port) // where few others listen
	table := map[string][]string{"rebind.example": {"127.0.0.2"}}
	n := guarded(table)
	f := testFetcher(t, Options{}, n)
	request := &Request{URL: parse(t, "http://rebind.example:"+port+"/"), Steered: true}
	if o := fetchRequest(t, t.Context(), f, request); o.err != nil {
		t.Fatal(o.err)
	}
	table["rebind.example"] = []string{"127.0.0.1"}
	if o := fetchRequest(t, t.Context(), f, &Request{URL: request.URL}); o.err != nil || inner.Load() != 1 {
		t.Fatalf("%v after %d connections", o.err, inner.Load()) // the user's own choice, over a connection that is kept
	}
	f.steered.CloseIdleConnections()
	for range 2 { // also when it is tried again
		o := fetchRequest(t, t.Context(), f, request)
		verdict{results.BlockedAddress, "*", false}.check(t, o.err)
	}
	if inner.Load() != 1 {
		t.Errorf("%d connections to the private address", inner.Load())
	}
}

func TestPublic(t *testing.T) {
	port, _ := countingServer(t, "127.0.0.1:0")
	countingServer(t, "127.0.0.2:"+port)
	f := testFetcher(t, Options{}, guarded(map[string][]string{"public.example": {"127.0.0.2"}}))
	for host, want := range map[string]bool{"127.0.0.1": false, "127.0.0.2": true, "public.example": true, "localhost": false} {
		r := &Request{URL: parse(t, "http://"+host+":"+port+"/")}
		o := fetchRequest(t, t.Context(), f, r)
		if o.err != nil || f.Public(r, o.response) != want {
			t.Errorf("%s: %v, %v", host, !want, o.err)
		}
	}
	if f.Public(&Request{URL: parse(t, "http://public.example/")}, &Response{}) {
		t.Error("what gave no answer is public")
	}
}
