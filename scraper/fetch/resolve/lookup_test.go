package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/net/dns/dnsmessage"
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
