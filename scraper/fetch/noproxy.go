package fetch

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

// noProxy are the hosts that are asked directly.
//
// The package httpproxy of golang.org/x/net reads the same lists, but keeps
// every proxy from the addresses of loopback, which curl does not.
type noProxy []exemption

// exemption is one of them: a block of addresses, or a name.
type exemption struct {
	block netip.Prefix
	name  string // "": all names
	port  string // "": any
}

func parseNoProxy(list string) (noProxy, error) {
	var out noProxy
	for entry := range strings.FieldsFuncSeq(list, func(r rune) bool { return r == ',' || r == ' ' || r == '\t' }) {
		e, err := parseExemption(entry)
		if err != nil {
			return nil, err
		}
		out = append(out, e)
	}
	return out, nil
}

func parseExemption(entry string) (e exemption, err error) {
	if e.block, err = netip.ParsePrefix(entry); err == nil {
		return e, nil
	}
	if strings.Contains(entry, "/") {
		return e, fmt.Errorf("%q is no block of addresses", entry)
	}
	host := entry
	if _, err := netip.ParseAddr(entry); err != nil {
		if h, port, err := net.SplitHostPort(entry); err == nil {
			if _, err := strconv.ParseUint(port, 10, 16); err != nil {
				return e, fmt.Errorf("%q has no port behind its colon", entry)
			}
			host, e.port = h, port
		}
	}
	if a, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil {
		a = a.Unmap()
		e.block = netip.PrefixFrom(a, a.BitLen())
		return e, nil
	}
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	if host == "*" {
		return e, nil
	}
	host = strings.TrimPrefix(host, "*")
	e.name = strings.TrimPrefix(host, ".")
	if e.name == "" {
		return e, fmt.Errorf("%q is no host", entry)
	}
	return e, nil
}

// match tells whether a host of a URL, without brackets, is one of them.
func (n noProxy) match(host, port string) bool {
	addr, err := netip.ParseAddr(host)
	addr = addr.Unmap()
	host = strings.TrimSuffix(host, ".")
	for _, e := range n {
		switch {
		case e.port != "" && e.port != port:
		case e.block.IsValid():
			if err == nil && e.block.Contains(addr) {
				return true
			}
		case e.name == "" || host == e.name || err != nil && strings.HasSuffix(host, "."+e.name):
			return true
		}
	}
	return false
}
