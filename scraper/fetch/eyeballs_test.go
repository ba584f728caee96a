package fetch

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

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
