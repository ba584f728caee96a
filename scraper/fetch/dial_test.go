package fetch

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"scrape/results"
	"scrape/scraper/fetch/resolve"
)

// A look-up ends with the request that it is made for, even where the connection
// would not.
func TestLookupEndsWithItsRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := systemNetwork()
		ended := false
		n.resolver = resolve.New(func(ctx context.Context, host string) ([]netip.Addr, time.Duration, error) {
			<-ctx.Done()
			ended = true
			return nil, 0, &net.DNSError{Err: "cancelled", Name: host}
		}, nil)
		f := newFetcher(Options{}, n)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		time.AfterFunc(time.Second, cancel)
		verdict{results.Timeout, "stopped while looking up the host", false}.check(t, fetchAllContext(t, ctx, f, "http://a.example/").err)
		synctest.Wait()
		if !ended {
			t.Error("it goes on")
		}
	})
}

// Addresses of all kinds, over the real network.
func TestManyAddresses(t *testing.T) {
	port, _ := countingServer(t, "127.0.0.2:0")
	n := systemNetwork()
	n.resolver = answers(map[string][]string{
		"some.example":  {"127.0.0.3", "::1", "127.0.0.2"},
		"wrong.example": {"127.0.0.3", "127.0.0.4"},
	})
	f := testFetcher(t, Options{}, n)
	o := fetchAll(t, f, "http://some.example:"+port+"/")
	if o.err != nil || o.response.RemoteAddr != "127.0.0.2:"+port {
		t.Errorf("got %v from %s", o.err, o.response.RemoteAddr)
	}
	verdict{results.Connect, "connection refused", true}.check(t, fetchAll(t, f, "http://wrong.example:"+port+"/").err)
	verdict{results.DNS, "no such host", false}.check(t, fetchAll(t, f, "http://none.example:"+port+"/").err)
	for _, host := range []string{"localhost", "a.b.localhost.", "LOCALHOST"} {
		verdict{results.Connect, "connection refused", true}.check(t, fetchAll(t, f, "http://"+host+":"+port+"/").err)
	}
}

// The time for connecting holds for all of it, and the words say where it went.
func TestConnectTimeout(t *testing.T) {
	never := func(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}
	silently := func(ctx context.Context, _ netip.AddrPort) (net.Conn, error) {
		time.Sleep(2 * time.Second)
		return piped(func(c net.Conn) { io.Copy(io.Discard, c); c.Close() })(ctx, "", "")
	}
	for name, tt := range map[string]struct {
		url   string
		reach reach
		slow  bool // the look-up
		want  string
	}{
		"a blackholed address": {"http://192.0.2.1/", never, false, "timed out after 3s connecting"},
		"two blackholed ones":  {"http://two.example/", never, false, "timed out after 3s connecting"},
		"a hanging look-up":    {"http://two.example/", never, true, "timed out after 3s looking up the host"},
		"a silent server":      {"https://192.0.2.1/", silently, false, "timed out after 3s in the TLS handshake"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				n := systemNetwork()
				n.timeout, n.reach = 3*time.Second, tt.reach
				n.resolver = resolve.New(func(ctx context.Context, host string) ([]netip.Addr, time.Duration, error) {
					if tt.slow {
						<-ctx.Done()
						return nil, 0, &net.DNSError{Err: "cancelled", Name: host}
					}
					return []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}, time.Minute, nil
				}, nil)
				f := newFetcher(Options{}, n)
				defer f.transport.CloseIdleConnections()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				o := fetchAllContext(t, ctx, f, tt.url)
				verdict{results.Timeout, tt.want, true}.check(t, o.err)
				if o.response.Timing.Total != 3*time.Second {
					t.Errorf("it took %v", o.response.Timing.Total)
				}
				time.Sleep(time.Minute)
			})
		})
	}
}

func TestLookUp(t *testing.T) {
	n := systemNetwork()
	n.resolver = answers(map[string][]string{"a.example": {"127.0.0.3", "::1"}},
		resolve.Override{Host: "b.example", Port: 443, Addrs: []netip.Addr{netip.MustParseAddr("127.0.0.2")}})
	f := testFetcher(t, Options{}, n)
	for url, want := range map[string]string{
		"http://a.example/":      "[127.0.0.3 ::1]",
		"https://b.example/":     "[127.0.0.2]",
		"http://b.example/":      "dns: no such host",
		"http://[::1]:80/":       "[::1]",
		"http://127.0.0.1:8080/": "[127.0.0.1]",
		"http://localhost/":      "[::1 127.0.0.1]",
	} {
		addrs, err := f.LookUp(t.Context(), parse(t, url))
		got := fmt.Sprint(addrs)
		if err != nil {
			got = asError(t, err).Error()
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", url, got, want)
		}
	}
	n.proxies.http = &proxy{&url.URL{Scheme: "http"}}
	if addrs, err := testFetcher(t, Options{}, n).LookUp(t.Context(), parse(t, "http://b.example/")); addrs != nil || err != nil {
		t.Errorf("behind a proxy: %v, %v", addrs, err)
	}
}

// nameServer answers over UDP what the first letters of the name say: an address,
// no such name, a failure or nothing. It counts the questions.
func nameServer(t *testing.T) (addr string, asked *atomic.Int64) {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	asked = new(atomic.Int64)
	done := make(chan struct{})
	go func() {
		defer close(done)
		b := make([]byte, 512)
		for {
			n, from, err := c.ReadFrom(b)
			if err != nil {
				return
			}
			var m dnsmessage.Message
			if err := m.Unpack(b[:n]); err != nil {
				t.Error(err)
				continue
			}
			asked.Add(1)
			m.Response = true
			q := m.Questions[0]
			switch name := q.Name.String(); {
			case strings.HasPrefix(name, "silent"):
				continue
			case strings.HasPrefix(name, "none"):
				m.RCode = dnsmessage.RCodeNameError
			case strings.HasPrefix(name, "broken"):
				m.RCode = dnsmessage.RCodeServerFailure
			case q.Type == dnsmessage.TypeA:
				h := dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class, TTL: 90}
				m.Answers = []dnsmessage.Resource{{Header: h, Body: &dnsmessage.AResource{A: [4]byte{127, 0, 0, 2}}}}
			}
			answer, err := m.Pack()
			if err != nil {
				t.Error(err)
			}
			c.WriteTo(answer, from)
		}
	}()
	t.Cleanup(func() { c.Close(); <-done })
	return c.LocalAddr().String(), asked
}

func TestNameServer(t *testing.T) {
	port, _ := countingServer(t, "127.0.0.2:0")
	addr, asked := nameServer(t)
	f, err := New(Options{Network: Network{DNSServer: addr, ConnectTimeout: 300 * time.Millisecond}})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if o := fetchAll(t, f, "http://www.example:"+port+"/"); o.err != nil || o.response.RemoteAddr != "127.0.0.2:"+port {
			t.Fatalf("%v from %s", o.err, o.response.RemoteAddr)
		}
		f.transport.CloseIdleConnections()
	}
	if asked.Load() != 2 {
		t.Errorf("%d questions", asked.Load())
	}
	for host, want := range map[string]verdict{
		"none.example":   {results.DNS, "no such host", false},
		"broken.example": {results.DNS, "look-up failed: the name server failed (SERVFAIL)", true},
		"silent.example": {results.Timeout, "timed out after 300ms looking up the host", true},
	} {
		want.check(t, fetchAll(t, f, "http://"+host+"/").err)
	}
	if _, err := New(Options{Network: Network{DNSServer: "dns.example"}}); err == nil {
		t.Error("a name server with a name is accepted")
	}
}

func TestResolve(t *testing.T) {
	port, _ := countingServer(t, "127.0.0.2:0")
	var all []resolve.Override
	for _, s := range []string{"a.example:PORT:127.0.0.9", "a.example:PORT:127.0.0.3,127.0.0.2", "127.0.0.4:PORT:127.0.0.2", "localhost:PORT:127.0.0.2", "*:1:127.0.0.1"} {
		o, err := resolve.ParseOverride(strings.Replace(s, "PORT", port, 1))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, o)
	}
	f, err := New(Options{Network: Network{Resolve: all}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.transport.CloseIdleConnections()
	for _, host := range []string{"a.example", "127.0.0.4", "localhost"} {
		if o := fetchAll(t, f, "http://"+host+":"+port+"/"); o.err != nil || o.response.RemoteAddr != "127.0.0.2:"+port {
			t.Errorf("%s: %v from %s", host, o.err, o.response.RemoteAddr)
		}
	}
	verdict{results.Connect, "connection refused", true}.check(t, fetchAll(t, f, "http://any.example:1/").err)
}
