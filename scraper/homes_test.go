package scraper

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"scrape/scraper/weburl"
	"scrape/scraper/worker"
)

// TestHomesKeepNoURLs has long URLs of which only the hosts are to be known again.
func TestHomesKeepNoURLs(t *testing.T) {
	const hosts, length = 1000, 50_000
	heap := func() int {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}
	h := new(homes)
	path := strings.Repeat("x", length)
	before := heap()
	for i := range hosts {
		u, err := weburl.Parse(fmt.Sprintf("http://host%d.example/%s", i, path))
		if err != nil {
			t.Fatal(err)
		}
		h.of(&worker.Task{URL: u})
	}
	if took := heap() - before; took > hosts*length/10 {
		t.Errorf("%d bytes are kept of %d hosts", took, hosts)
	}
	runtime.KeepAlive(h)
}
