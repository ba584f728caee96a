package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"scrape/results"
)

var somewhere = []netip.Addr{netip.MustParseAddr("127.0.0.2")}

func TestLookupsAreRemembered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		l := newLookups(func(_ context.Context, host string) ([]netip.Addr, time.Duration, error) {
			asked++
			switch host {
			case "none.example":
				err := notFound(host)
				return nil, systemTTL(err), err
			case "broken.example":
				err := failed(host, errors.New("broken"))
				return nil, systemTTL(err), err
			}
			return somewhere, systemTTL(nil), nil
		})
		for _, tt := range []struct {
			host string
			wait time.Duration
			want int
		}{
			{"a.example", 0, 1},
			{"a.example", 59 * time.Second, 1},
			{"b.example", 0, 2},
			{"a.example", time.Second, 3},
			{"none.example", 0, 4},
			{"none.example", 4 * time.Second, 4},
			{"none.example", time.Second, 5},
			{"broken.example", 0, 6},
			{"broken.example", passingFor, 7},
		} {
			time.Sleep(tt.wait)
			l.find(t.Context(), tt.host)
			if asked != tt.want {
				t.Errorf("%s after %v: asked %d times, want %d", tt.host, tt.wait, asked, tt.want)
			}
		}
	})
}

// All who wait for a host share one look-up; each leaves when its own time is up,
// and the look-up goes on.
func TestLookupIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		l := newLookups(func(context.Context, string) ([]netip.Addr, time.Duration, error) {
			asked++
			time.Sleep(5 * time.Second)
			return somewhere, time.Minute, nil
		})
		begin := time.Now()
		done := make(chan error)
		for i := range 10 {
			go func() {
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i+1)*time.Second)
				defer cancel()
				_, err := l.find(ctx, "a.example")
				if waited := time.Since(begin); i < 4 && waited != time.Duration(i+1)*time.Second || i > 4 && waited != 5*time.Second {
					t.Errorf("number %d waited for %v", i, waited)
				}
				done <- err
			}()
		}
		left := 0
		for range 10 {
			if errors.Is(<-done, context.DeadlineExceeded) {
				left++
			}
		}
		if asked != 1 || left < 4 || left > 5 {
			t.Errorf("asked %d times, %d left", asked, left)
		}
	})
}

// Hanging look-ups hold up nobody. One that nobody waits for any more is over,
// whether it heeds that or not, and whoever comes next asks again.
func TestHangingLookups(t *testing.T) {
	for name, heeding := range map[string]bool{"cancelled": true, "deaf": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var asked, under atomic.Int64
				awake := make(chan struct{})
				l := newLookups(func(ctx context.Context, host string) ([]netip.Addr, time.Duration, error) {
					asked.Add(1)
					under.Add(1)
					defer under.Add(-1)
					if strings.HasPrefix(host, "good") {
						return somewhere, time.Minute, nil
					}
					over := ctx.Done()
					if !heeding {
						over = nil
					}
					select {
					case <-awake:
						return somewhere, time.Minute, nil
					case <-over:
						return nil, time.Minute, failed(host, ctx.Err())
					}
				})
				begin := time.Now()
				find := func(host string, wait time.Duration) error {
					ctx, cancel := context.WithTimeout(t.Context(), wait)
					defer cancel()
					_, err := l.find(ctx, host)
					return err
				}
				const hanging = 1500
				var all sync.WaitGroup
				for i := range hanging {
					all.Go(func() {
						if err := find(fmt.Sprintf("bad%d.example", i), 10*time.Second); !errors.Is(err, context.DeadlineExceeded) {
							t.Error(err)
						}
					})
				}
				for i := range 20 {
					if err := find(fmt.Sprintf("good%d.example", i), 10*time.Second); err != nil || time.Since(begin) > 0 {
						t.Errorf("%v after %v", err, time.Since(begin))
					}
				}
				synctest.Wait()
				if got := asked.Load(); got != hanging+20 {
					t.Errorf("%d look-ups were made", got)
				}
				all.Wait()
				synctest.Wait()
				if time.Since(begin) != 10*time.Second {
					t.Errorf("they waited for %v", time.Since(begin))
				}
				if got := under.Load(); heeding && got > 0 {
					t.Errorf("%d look-ups go on", got)
				}
				if len(l.recent)+len(l.former) != 20 {
					t.Errorf("%d hosts are remembered", len(l.recent)+len(l.former))
				}
				close(awake)
				if err := find("bad0.example", time.Second); err != nil {
					t.Error(err)
				}
				if got := asked.Load(); got != hanging+21 {
					t.Errorf("%d look-ups were made in the end", got)
				}
			})
		})
	}
}

// The system's resolver, too, reads no longer than somebody waits.
func TestSystemResolverIsCancelled(t *testing.T) {
	asked := make(chan struct{}, 2) // once for each family
	addr := dnsServerOf(t, func(dnsmessage.Message, bool) [][]byte {
		asked <- struct{}{}
		return nil
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	dialled := make(chan net.Conn, 2)
	r := net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		c, err := dialUntilDone(ctx, "udp", addr)
		if err == nil {
			dialled <- c
		}
		return c, err
	}}
	done := make(chan error, 1)
	go func() {
		_, _, err := askResolver(ctx, &r, "a.example.")
		done <- err
	}()
	<-asked
	<-asked
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	for range 2 {
		if _, err := (<-dialled).Read(make([]byte, 1)); !errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	}
}

// A look-up ends with the request that it is made for, even where the connection
// would not.
func TestLookupEndsWithItsRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		n := systemNetwork()
		ended := false
		n.lookups = newLookups(func(ctx context.Context, host string) ([]netip.Addr, time.Duration, error) {
			<-ctx.Done()
			ended = true
			return nil, 0, failed(host, ctx.Err())
		})
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

func TestFewHostsAreRemembered(t *testing.T) {
	var asked atomic.Int64
	l := newLookups(func(context.Context, string) ([]netip.Addr, time.Duration, error) {
		asked.Add(1)
		return somewhere, time.Minute, nil
	})
	for i := range 3 * rememberedHosts {
		l.find(t.Context(), "often.example")
		l.find(t.Context(), fmt.Sprintf("%d.example", i))
	}
	if got := len(l.recent) + len(l.former); got > 2*rememberedHosts {
		t.Errorf("%d hosts are remembered", got)
	}
	if got := asked.Load(); got != 3*rememberedHosts+1 {
		t.Errorf("%d look-ups: what is often wanted was forgotten", got-3*rememberedHosts)
	}
}

// step is what becomes of the way to an address.
type step struct {
	after time.Duration
	err   error // nil: a connection; with after < 0 nothing ever comes
}

func TestRace(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	unreachable := &net.OpError{Op: "dial", Err: syscall.ENETUNREACH}
	const never = -1
	for _, tt := range []struct {
		name  string
		addrs string
		steps map[string]step
		order string // in which they were tried
		took  time.Duration
		won   string
		err   error
	}{
		{
			name: "one", addrs: "::1", steps: map[string]step{"::1": {time.Second, nil}},
			order: "::1", took: time.Second, won: "::1",
		},
		{
			name: "the first is quick enough", addrs: "::1 127.0.0.1",
			steps: map[string]step{"::1": {249 * time.Millisecond, nil}, "127.0.0.1": {}},
			order: "::1", took: 249 * time.Millisecond, won: "::1",
		},
		{
			name: "the first hangs", addrs: "::1 127.0.0.1",
			steps: map[string]step{"::1": {never, nil}, "127.0.0.1": {time.Millisecond, nil}},
			order: "::1 127.0.0.1", took: 251 * time.Millisecond, won: "127.0.0.1",
		},
		{
			name: "the first is refused", addrs: "::1 127.0.0.1",
			steps: map[string]step{"::1": {time.Millisecond, refused}, "127.0.0.1": {time.Millisecond, nil}},
			order: "::1 127.0.0.1", took: 2 * time.Millisecond, won: "127.0.0.1",
		},
		{
			name: "both come, one too late", addrs: "::1 127.0.0.1",
			steps: map[string]step{"::1": {500 * time.Millisecond, nil}, "127.0.0.1": {300 * time.Millisecond, nil}},
			order: "::1 127.0.0.1", took: 500 * time.Millisecond, won: "::1",
		},
		{
			name: "families take turns", addrs: "::1 ::2 ::3 127.0.0.1 127.0.0.2",
			steps: map[string]step{"::1": {never, nil}, "::2": {never, nil}, "::3": {0, nil}, "127.0.0.1": {never, nil}, "127.0.0.2": {never, nil}},
			order: "::1 127.0.0.1 ::2 127.0.0.2 ::3", took: time.Second, won: "::3",
		},
		{
			name: "all fail", addrs: "::1 127.0.0.1 127.0.0.2",
			steps: map[string]step{"::1": {0, unreachable}, "127.0.0.1": {0, refused}, "127.0.0.2": {0, unreachable}},
			order: "::1 127.0.0.1 127.0.0.2", err: refused,
		},
		{
			name: "all hang", addrs: "::1 127.0.0.1",
			steps: map[string]step{"::1": {never, nil}, "127.0.0.1": {never, nil}},
			order: "::1 127.0.0.1", took: 10 * time.Second, err: context.DeadlineExceeded,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var addrs []netip.Addr
				for text := range strings.FieldsSeq(tt.addrs) {
					addrs = append(addrs, netip.MustParseAddr(text))
				}
				var mu sync.Mutex
				var order []string
				var opened, closed atomic.Int64
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
				defer cancel()
				begin := time.Now()
				c, err := race(ctx, addrs, 80, func(ctx context.Context, a netip.AddrPort) (net.Conn, error) {
					mu.Lock()
					order = append(order, a.Addr().String())
					mu.Unlock()
					s := tt.steps[a.Addr().String()]
					if s.after == never {
						<-ctx.Done()
						return nil, ctx.Err()
					}
					time.Sleep(s.after)
					if s.err != nil {
						return nil, s.err
					}
					opened.Add(1)
					return &addressed{addr: a, closed: &closed}, nil
				})
				if took := time.Since(begin); took != tt.took {
					t.Errorf("it took %v, want %v", took, tt.took)
				}
				if !errors.Is(err, tt.err) {
					t.Errorf("failed with %v, want %v", err, tt.err)
				}
				time.Sleep(time.Minute)
				mu.Lock()
				defer mu.Unlock()
				if !slices.Equal(order, strings.Fields(tt.order)) {
					t.Errorf("tried %v, want %v", order, tt.order)
				}
				if tt.won == "" {
					if c != nil || err == nil {
						t.Errorf("got %v and %v", c, err)
					}
					return
				}
				if won := c.(*addressed).addr.Addr().String(); won != tt.won {
					t.Errorf("%s won, want %s", won, tt.won)
				}
				if closed.Load() != opened.Load()-1 {
					t.Errorf("%d connections were opened, %d closed", opened.Load(), closed.Load())
				}
			})
		})
	}
}

// addressed is a connection of which nothing but the address matters.
type addressed struct {
	net.Conn
	addr   netip.AddrPort
	closed *atomic.Int64
}

func (a *addressed) Close() error { a.closed.Add(1); return nil }

func TestInterleave(t *testing.T) {
	var many []netip.Addr
	for range 20 {
		many = append(many, netip.MustParseAddr("127.0.0.1"))
	}
	many = append(many, netip.MustParseAddr("::1"))
	got := interleave(many)
	if len(got) != maxAddresses || got[1] != many[20] {
		t.Errorf("got %v", got)
	}
}

// Addresses of all kinds, over the real network.
func TestManyAddresses(t *testing.T) {
	port, _ := countingServer(t, "127.0.0.2:0")
	n := systemNetwork()
	n.lookups = answers(map[string][]string{
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
				n.lookups = newLookups(func(ctx context.Context, host string) ([]netip.Addr, time.Duration, error) {
					if tt.slow {
						<-ctx.Done()
						return nil, 0, failed(host, ctx.Err())
					}
					return []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}, time.Minute, nil
				})
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
	n.lookups = answers(map[string][]string{"a.example": {"127.0.0.3", "::1"}})
	n.overrides = newOverrides([]Override{{"b.example", 443, somewhere}})
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
