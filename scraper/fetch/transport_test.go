package fetch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"runtime"
	"testing"
	"time"
)

// TestNothingIsKeptOfHosts asks many hosts of which none has a connection to keep.
func TestNothingIsKeptOfHosts(t *testing.T) {
	heap := func() int {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	refused := errors.New("connection refused")
	f := testFetcher(t, Options{}, network{connect: func(context.Context, string, string) (net.Conn, error) { return nil, refused }})
	const perHost = 700 // bytes; what is kept of one, until the transport is renewed
	most := 0
	before := heap()
	for i := range 3 * renewAfter {
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		_, err := f.Fetch(ctx, &Request{URL: parse(t, fmt.Sprintf("http://host%d.example/", i))})
		if cancel(); !errors.Is(err, refused) {
			t.Fatal(err)
		}
		if i%(renewAfter/2) == 0 {
			most = max(most, heap()-before)
		}
	}
	t.Logf("%d KiB at most, %d KiB at the end", most>>10, (heap()-before)>>10)
	if most > renewAfter*perHost {
		t.Errorf("%d bytes are kept of hosts", most)
	}
}
