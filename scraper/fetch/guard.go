package fetch

import (
	"net/netip"

	"scrape/results"
	"scrape/scraper/fetch/resolve"
)

// guard says which addresses a connection may not be made to, and why.
type guard uint8

const (
	open    guard = iota // to any
	private              // to public ones alone: Options.DenyPrivate
	steered              // likewise: Request.Steered
)

// blocked is the error of a guarded address.
type blocked struct {
	host  string // as it stands in the URL, without brackets
	addr  string // what it leads to; "" where host is an address
	guard guard
}

func (b *blocked) Error() string {
	if b.guard == private {
		at := ""
		if b.addr != "" {
			at = " at " + b.addr + ","
		}
		return b.host + " is" + at + " a private address (refused: --deny-private)"
	}
	at := ""
	if b.addr != "" {
		at = " at " + b.addr
	}
	return "redirected from a public host to " + b.host + at + ", a private address"
}

func (b *blocked) fault() *Error {
	return &Error{Kind: results.BlockedAddress, Message: Shorten(b.Error()), Err: b}
}

// pass returns those of a host's addresses that may be connected to; an error
// when there were some and none of them may.
func (g guard) pass(host string, addrs []netip.Addr, public func(netip.Addr) bool) ([]netip.Addr, error) {
	if g == open {
		return addrs, nil
	}
	var passed []netip.Addr // the given ones are shared
	for _, a := range addrs {
		if public(a) {
			passed = append(passed, a)
		}
	}
	if len(passed) > 0 || len(addrs) == 0 {
		return passed, nil
	}
	b := &blocked{host: host, guard: g}
	if _, err := netip.ParseAddr(host); err != nil {
		b.addr = addrs[0].String()
	}
	return nil, b
}

// check judges what is known of a host whose name a proxy looks up: an address,
// and the names of this machine.
func (g guard) check(host string, public func(netip.Addr) bool) error {
	_, err := g.pass(host, resolve.Fixed(host), public)
	return err
}

// The blocks of addresses that are not globally reachable, after the registries
//
//	https://www.iana.org/assignments/iana-ipv4-special-registry
//	https://www.iana.org/assignments/iana-ipv6-special-registry
//
// but for those of documentation, which lead nowhere.
var (
	notPublic4 = prefixes(
		"0.0.0.0/8",        // this network; Linux connects to itself (RFC 791)
		"10.0.0.0/8",       // private use (RFC 1918)
		"100.64.0.0/10",    // carrier-grade NAT (RFC 6598), Alibaba's metadata 100.100.100.200
		"127.0.0.0/8",      // loopback (RFC 1122)
		"169.254.0.0/16",   // link-local (RFC 3927), the clouds' metadata 169.254.169.254
		"172.16.0.0/12",    // private use (RFC 1918)
		"192.0.0.0/24",     // protocol assignments (RFC 6890), Oracle's metadata 192.0.0.192
		"192.88.99.0/24",   // relays of 6to4, which are no more (RFC 7526)
		"192.168.0.0/16",   // private use (RFC 1918)
		"198.18.0.0/15",    // benchmarking (RFC 2544)
		"224.0.0.0/4",      // multicast (RFC 5771)
		"240.0.0.0/4",      // reserved, broadcast (RFC 1112, RFC 919)
		"168.63.129.16/32", // Azure's host, from within
	)
	unicast6  = netip.MustParsePrefix("2000::/3")  // all that is handed out (RFC 4291)
	assigned6 = netip.MustParsePrefix("2001::/23") // protocol assignments (RFC 2928)
	public6   = prefixes(                          // within those
		"2001:1::1/128",   // port control (RFC 7723)
		"2001:1::2/128",   // TURN (RFC 8155)
		"2001:1::3/128",   // service registration (RFC 9665)
		"2001:3::/32",     // AMT (RFC 7450)
		"2001:4:112::/48", // AS112 (RFC 7535)
		"2001:20::/28",    // ORCHIDv2 (RFC 7343)
		"2001:30::/28",    // drones (RFC 9374)
	)

	// Blocks that hold an address of version 4.
	nat64  = netip.MustParsePrefix("64:ff9b::/96") // in the last 32 bits (RFC 6052)
	sixTo4 = netip.MustParsePrefix("2002::/16")    // behind the prefix (RFC 3056)
	teredo = netip.MustParsePrefix("2001::/32")    // the server's, and the client's with its bits turned (RFC 4380)
)

func prefixes(all ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(all))
	for i, s := range all {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// IsPublic tells whether an address is one of the Internet at large, by the
// column "globally reachable" of the IANA registries of special-purpose
// addresses: so not loopback, private, link-local, shared (RFC 6598), unique
// local, site-local, benchmarking, multicast, reserved or broadcast, nor where
// clouds keep their metadata. An address that holds another one (mapped, NAT64,
// 6to4, Teredo) is judged by that. The blocks of documentation (RFC 5737,
// RFC 3849, RFC 9637) pass: nothing is there. The zero Addr is not public, nor is
// one with a zone.
func IsPublic(a netip.Addr) bool {
	if a.Zone() != "" || !a.IsValid() {
		return false
	}
	if a = a.Unmap(); a.Is4() {
		return !within(a, notPublic4)
	}
	b := a.As16()
	inside := func(at int) netip.Addr { return netip.AddrFrom4([4]byte(b[at : at+4])) }
	switch {
	case nat64.Contains(a):
		return IsPublic(inside(12))
	case sixTo4.Contains(a):
		return IsPublic(inside(2))
	case teredo.Contains(a):
		server := inside(4)
		for i := 12; i < 16; i++ {
			b[i] = ^b[i]
		}
		return IsPublic(server) && IsPublic(inside(12))
	}
	return unicast6.Contains(a) && (!assigned6.Contains(a) || within(a, public6))
}

func within(a netip.Addr, blocks []netip.Prefix) bool {
	for _, p := range blocks {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
