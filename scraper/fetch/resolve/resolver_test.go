package resolve

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestResolver(t *testing.T) {
	r := New(func(context.Context, string) ([]netip.Addr, time.Duration, error) {
		return somewhere, time.Minute, nil
	}, []Override{
		{"a.example", 443, []netip.Addr{netip.MustParseAddr("192.0.2.1")}},
		{"a.example", 443, []netip.Addr{netip.MustParseAddr("192.0.2.2")}}, // the last one holds
		{"localhost", 443, []netip.Addr{netip.MustParseAddr("192.0.2.3")}},
		{"::1", 443, []netip.Addr{netip.MustParseAddr("192.0.2.4")}},
		{"*", 8080, []netip.Addr{netip.MustParseAddr("192.0.2.5")}},
	})
	for _, tt := range []struct {
		host string
		port uint16
		want string
	}{
		{"a.example", 443, "[192.0.2.2]"},
		{"a.example", 80, "[]"},
		{"a.example", 8080, "[192.0.2.5]"},
		{"localhost", 443, "[192.0.2.3]"},
		{"localhost", 80, "[::1 127.0.0.1]"},
		{"a.LocalHost.", 80, "[::1 127.0.0.1]"},
		{"notlocalhost", 80, "[]"},
		{"::1", 443, "[192.0.2.4]"},
		{"::1", 80, "[::1]"},
		{"::ffff:127.0.0.1", 80, "[127.0.0.1]"},
	} {
		if got := fmt.Sprint(r.Known(tt.host, tt.port)); got != tt.want {
			t.Errorf("%s:%d: got %s, want %s", tt.host, tt.port, got, tt.want)
		}
	}
	if addrs, err := r.LookUp(t.Context(), "a.example"); err != nil || fmt.Sprint(addrs) != "[127.0.0.2]" {
		t.Errorf("%v, %v", addrs, err)
	}
}
