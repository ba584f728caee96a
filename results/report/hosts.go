package report

import (
	"cmp"
	"maps"
	"slices"
	"time"
)

// hosts counts by host. It follows a bounded number of them: when there are more,
// those that matter least are forgotten, and begin anew when they come again. What
// a host can have lost by that is at most what one of the forgotten had, each time.
type hosts struct {
	most      int
	known     map[string]*host
	forgotten bool // counts may be too low
}

type host struct {
	name         string
	urls, failed int64
	time         time.Duration
}

func (h *hosts) add(name []byte, failed bool, took time.Duration) {
	name = name[:min(len(name), mostHostName)]
	one := h.known[string(name)]
	if one == nil {
		if h.known == nil {
			h.known = make(map[string]*host)
		}
		if len(h.known) >= h.most {
			h.forget()
		}
		one = &host{name: string(name)}
		h.known[one.name] = one
	}
	one.urls++
	one.time += took
	if failed {
		one.failed++
	}
}

// mostHostName is longer than a name can be in the DNS (RFC 1035, section 2.3.4).
const mostHostName = 300

// forget leaves a quarter by failures and a quarter by time.
func (h *hosts) forget() {
	keep := make(map[string]*host, h.most/2)
	for _, order := range []func(a, b *host) int{byFailures, byTime} {
		for _, one := range h.sorted(order)[:h.most/4] {
			keep[one.name] = one
		}
	}
	h.known, h.forgotten = keep, true
}

// byFailures puts the host with most failures first, byTime that which took most
// time.
func byFailures(a, b *host) int {
	return cmp.Or(cmp.Compare(b.failed, a.failed), cmp.Compare(b.urls, a.urls), cmp.Compare(a.name, b.name))
}

func byTime(a, b *host) int {
	return cmp.Or(cmp.Compare(b.time, a.time), cmp.Compare(a.name, b.name))
}

func (h *hosts) sorted(order func(a, b *host) int) []*host {
	return slices.SortedFunc(maps.Values(h.known), order)
}
