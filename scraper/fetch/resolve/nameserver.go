package resolve

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

const (
	// shortestTTL and longestTTL bound what a name server can make us believe.
	shortestTTL = time.Second
	longestTTL  = time.Hour
	// longestNegativeTTL bounds how long a name is taken not to exist.
	longestNegativeTTL = time.Minute
	// familyDelay is how long an answer of one family waits for that of the other
	// (the Resolution Delay of RFC 8305, section 3). Half an answer holds for no
	// longer than shortestTTL.
	familyDelay = 50 * time.Millisecond
	// maxAliases is how many CNAMEs are followed.
	maxAliases = 16
)

// dnsServer asks one recursive name server (RFC 1035), over UDP and, for what
// does not fit, TCP.
type dnsServer struct {
	addr  string
	delay time.Duration // familyDelay, but in tests
}

// NameServer returns an Ask for the name server at "addr" or "addr:port", which has
// to answer for all names (a recursive one). An address of IPv6 with a port stands in
// brackets.
func NameServer(s string) (Ask, error) {
	server, err := parseDNSServer(s)
	if err != nil {
		return nil, err
	}
	return server.ask, nil
}

func parseDNSServer(s string) (dnsServer, error) {
	addr := s
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		addr = netip.AddrPortFrom(a, 53).String()
	} else if at, err := netip.ParseAddrPort(s); err != nil || at.Port() == 0 {
		return dnsServer{}, fmt.Errorf("name server %q is no address, nor an address and a port", s)
	}
	return dnsServer{addr, familyDelay}, nil
}

// familyReply is what a name server says of a host's addresses of one family.
type familyReply struct {
	addrs []netip.Addr
	ttl   time.Duration
	err   error
}

// ask implements Ask. Both families are asked for at once.
func (s dnsServer) ask(ctx context.Context, host string) ([]netip.Addr, time.Duration, error) {
	name, err := dnsmessage.NewName(strings.TrimSuffix(host, ".") + ".")
	if err != nil || !packable(name) {
		return nil, longestNegativeTTL, notFound(host)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	answers := make(chan familyReply, 2)
	for _, family := range []dnsmessage.Type{dnsmessage.TypeAAAA, dnsmessage.TypeA} {
		go func() { answers <- s.resolve(ctx, name, family) }()
	}
	first := <-answers
	if first.err != nil {
		return combine(first, <-answers)
	}
	patient := s.delay
	if first.addrs[0].Is6() { // of which not every machine can make something
		patient = max(s.delay, patience[0])
	}
	wait := time.NewTimer(patient)
	defer wait.Stop()
	select {
	case second := <-answers:
		return combine(first, second)
	case <-wait.C:
		return first.addrs, min(first.ttl, shortestTTL), nil
	}
}

// combine puts both families together, version 6 first. One that could not be
// had spoils only how long the answer holds.
func combine(a, b familyReply) ([]netip.Addr, time.Duration, error) {
	if a.err != nil && b.err == nil || a.err == nil && b.err == nil && a.addrs[0].Is4() {
		a, b = b, a
	}
	switch {
	case b.err == nil:
		return append(a.addrs, b.addrs...), min(a.ttl, b.ttl), nil
	case a.err == nil && isNotFound(b.err):
		return a.addrs, a.ttl, nil
	case a.err == nil:
		return a.addrs, min(a.ttl, shortestTTL), nil
	case isNotFound(a.err): // while the other failure may pass
		return nil, b.ttl, b.err
	default:
		return nil, a.ttl, a.err
	}
}

// resolve finds the addresses of one family, through as many questions as the
// server's aliases take: at least one address, or an error.
func (s dnsServer) resolve(ctx context.Context, name dnsmessage.Name, family dnsmessage.Type) familyReply {
	asked := name.String()
	ttl := longestTTL
	for left := maxAliases; left > 0; {
		m, err := s.query(ctx, dnsmessage.Question{Name: name, Type: family, Class: dnsmessage.ClassINET})
		if err != nil {
			return familyReply{ttl: passingFor, err: failed(asked, err)}
		}
		switch m.RCode {
		case dnsmessage.RCodeSuccess, dnsmessage.RCodeNameError:
		case dnsmessage.RCodeServerFailure:
			return familyReply{ttl: passingFor, err: failed(asked, errors.New("the name server failed (SERVFAIL)"))}
		case dnsmessage.RCodeRefused:
			return familyReply{ttl: passingFor, err: failed(asked, errors.New("the name server refused to answer (REFUSED)"))}
		default:
			return familyReply{ttl: passingFor, err: failed(asked, fmt.Errorf("the name server answered with code %d", m.RCode))}
		}
		found := read(m, &name, family, &left)
		ttl = min(ttl, found.ttl)
		switch {
		case len(found.addrs) > 0:
			return familyReply{addrs: found.addrs, ttl: max(ttl, shortestTTL)}
		case m.RCode == dnsmessage.RCodeNameError || !found.moved || startOfAuthority(m) != nil:
			return familyReply{ttl: max(min(ttl, negativeTTL(m)), shortestTTL), err: notFound(asked)}
		}
	}
	return familyReply{ttl: failedFor, err: failed(asked, errors.New("too many aliases"))}
}

// section is what one answer says of a name.
type section struct {
	addrs []netip.Addr
	ttl   time.Duration
	moved bool // the name is an alias of another, of which no address is there
}

// read follows the aliases of *name in an answer, making it the last of them and
// counting left down, and collects what addresses that has.
func read(m *dnsmessage.Message, name *dnsmessage.Name, family dnsmessage.Type, left *int) section {
	s := section{ttl: longestTTL}
	for again := true; again && *left > 0; {
		again = false
		for _, r := range m.Answers {
			if alias, ok := r.Body.(*dnsmessage.CNAMEResource); ok && sameName(r.Header.Name, *name) {
				*left--
				*name, s.moved, again = alias.CNAME, true, true
				s.ttl = min(s.ttl, seconds(r.Header.TTL))
				break
			}
		}
	}
	for _, r := range m.Answers {
		if r.Header.Type != family || !sameName(r.Header.Name, *name) {
			continue
		}
		switch body := r.Body.(type) {
		case *dnsmessage.AResource:
			s.addrs = append(s.addrs, netip.AddrFrom4(body.A))
		case *dnsmessage.AAAAResource:
			s.addrs = append(s.addrs, netip.AddrFrom16(body.AAAA).Unmap())
		}
		s.ttl = min(s.ttl, seconds(r.Header.TTL))
	}
	return s
}

// negativeTTL is how long a name is known not to exist, or to have no such
// address (RFC 2308, section 5).
func negativeTTL(m *dnsmessage.Message) time.Duration {
	r := startOfAuthority(m)
	if r == nil {
		return failedFor
	}
	return min(seconds(r.Header.TTL), seconds(r.Body.(*dnsmessage.SOAResource).MinTTL), longestNegativeTTL)
}

// startOfAuthority returns what comes with an answer that there is nothing.
func startOfAuthority(m *dnsmessage.Message) *dnsmessage.Resource {
	for i, r := range m.Authorities {
		if _, ok := r.Body.(*dnsmessage.SOAResource); ok {
			return &m.Authorities[i]
		}
	}
	return nil
}

// seconds reads a TTL; one with the highest bit set counts as 0 (RFC 2181,
// section 8).
func seconds(ttl uint32) time.Duration {
	if ttl > 1<<31-1 {
		return 0
	}
	return time.Duration(ttl) * time.Second
}

func sameName(a, b dnsmessage.Name) bool { return strings.EqualFold(a.String(), b.String()) }

// packable tells whether a name keeps the limits of RFC 1035, section 2.3.4.
func packable(name dnsmessage.Name) bool {
	m := dnsmessage.Message{Questions: []dnsmessage.Question{{Name: name}}}
	_, err := m.Pack()
	return err == nil && name.Length > 1
}

func notFound(host string) error {
	return &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
}

func isNotFound(err error) bool {
	var e *net.DNSError
	return errors.As(err, &e) && e.IsNotFound
}

// failed makes an error of a question that had no answer.
func failed(host string, err error) error {
	var timer net.Error
	if errors.As(err, &timer) && timer.Timeout() {
		return &net.DNSError{UnwrapErr: err, Err: "timed out", Name: host, IsTimeout: true}
	}
	words := err.Error()
	var errno syscall.Errno
	if errors.As(err, &errno) {
		words = "the name server cannot be asked: " + errno.Error()
	}
	return &net.DNSError{UnwrapErr: err, Err: words, Name: host, IsTemporary: true}
}
