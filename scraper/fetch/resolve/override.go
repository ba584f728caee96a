package resolve

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"scrape/scraper/weburl"
)

// Override says where to connect to for a host and port, in place of asking for
// the host's addresses.
type Override struct {
	// Host is a name as it stands in a normalised URL, or an address; "*": any.
	Host string
	Port uint16
	// Addrs are tried as a look-up's answer would be.
	Addrs []netip.Addr
}

// ParseOverride reads "host:port:addr[,addr]…", as curl's --resolve has it.
// Addresses of IPv6 may stand in brackets. The host can be "*".
func ParseOverride(s string) (Override, error) {
	o, err := parseOverride(s)
	if err != nil {
		return o, fmt.Errorf("%w (host:port:address[,address] is wanted)", err)
	}
	return o, nil
}

func parseOverride(s string) (o Override, err error) {
	end := strings.IndexByte(s, ':')
	if strings.HasPrefix(s, "[") {
		end = strings.IndexByte(s, ']') + 1
	}
	if end <= 0 || end >= len(s) || s[end] != ':' {
		return o, errors.New("no port")
	}
	port, addrs, found := strings.Cut(s[end+1:], ":")
	if !found {
		return o, errors.New("no address")
	}
	if o.Host = s[:end]; o.Host != "*" {
		u, err := weburl.Parse("http://" + o.Host + "/")
		if err != nil || u.Port() != "" || u.RequestURI() != "/" || u.Username() != "" {
			return o, fmt.Errorf("%q is no host", o.Host)
		}
		o.Host = strings.Trim(u.Hostname(), "[]")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil || n == 0 {
		return o, fmt.Errorf("%q is no port", port)
	}
	o.Port = uint16(n)
	for a := range strings.SplitSeq(addrs, ",") {
		bare, bracketed := strings.CutPrefix(strings.TrimSpace(a), "[")
		if bracketed {
			bare = strings.TrimSuffix(bare, "]")
		}
		addr, err := netip.ParseAddr(bare)
		if err != nil || bracketed && !addr.Is6() {
			return o, fmt.Errorf("%q is no address", a)
		}
		o.Addrs = append(o.Addrs, addr.Unmap())
	}
	return o, nil
}

// overrides find the addresses for a host and port.
type overrides map[string]map[uint16][]netip.Addr

// newOverrides sorts the user's overrides; the last one for a host and port holds.
func newOverrides(all []Override) overrides {
	o := make(overrides)
	for _, one := range all {
		if o[one.Host] == nil {
			o[one.Host] = make(map[uint16][]netip.Addr)
		}
		o[one.Host][one.Port] = one.Addrs
	}
	return o
}

// find returns the addresses to use, nil when nothing is said of host and port.
func (o overrides) find(host string, port uint16) []netip.Addr {
	if addrs := o[host][port]; addrs != nil {
		return addrs
	}
	return o["*"][port]
}
