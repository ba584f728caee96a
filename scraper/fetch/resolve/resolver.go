// Package resolve finds the addresses of hosts: what the user says of them, what a
// name server or the system's resolver answers, and for how long that holds. It
// connects to no host.
package resolve

import (
	"context"
	"net/netip"
	"strings"
	"time"
)

// Ask looks up the addresses of a host, at least one, and says for how long the
// answer holds, also that there is none. Its errors are *net.DNSError. It is to
// return when ctx is done; nobody waits for it then.
type Ask func(ctx context.Context, host string) (addrs []netip.Addr, ttl time.Duration, err error)

// Resolver finds the addresses of hosts. It is safe for concurrent use.
type Resolver struct {
	overrides overrides
	lookups   *lookups
}

// New returns a Resolver that asks for what the overrides do not say.
func New(ask Ask, said []Override) *Resolver {
	return &Resolver{overrides: newOverrides(said), lookups: newLookups(ask)}
}

// Known returns the addresses that need no look-up: those of an override, and what
// Fixed says; nil when there are none. They are not to be changed.
func (r *Resolver) Known(host string, port uint16) []netip.Addr {
	if addrs := r.overrides.find(host, port); len(addrs) > 0 {
		return addrs
	}
	return Fixed(host)
}

// LookUp returns the addresses that a look-up finds, now or a while ago, at least
// one. They are not to be changed. An error is a *net.DNSError, or the cause of ctx
// being done: then it returns at once, and a look-up that nobody else waits for is
// cancelled.
func (r *Resolver) LookUp(ctx context.Context, host string) ([]netip.Addr, error) {
	return r.lookups.find(ctx, host)
}

// Fixed returns the addresses of a host whoever is asked: of an address, without
// brackets, itself, and of localhost this machine's. nil: it has no such.
func Fixed(host string) []netip.Addr {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a.Unmap()}
	}
	if isLocalhost(host) {
		return loopback()
	}
	return nil
}

// loopback are the addresses of this machine, in the order of RFC 6724.
func loopback() []netip.Addr {
	return []netip.Addr{netip.IPv6Loopback(), netip.AddrFrom4([4]byte{127, 0, 0, 1})}
}

// isLocalhost tells names that lead to this machine whatever a name server says
// (RFC 6761, section 6.3).
func isLocalhost(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "localhost" || strings.HasSuffix(host, ".localhost")
}
