package fetch

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"syscall"
	"time"
)

const (
	// attemptDelay is the head start of an address before the next one is tried
	// as well (RFC 8305, section 5).
	attemptDelay = 250 * time.Millisecond
	// maxAddresses is how many of a host's addresses are tried.
	maxAddresses = 16
)

// reach connects to one address.
type reach func(ctx context.Context, a netip.AddrPort) (net.Conn, error)

func reachTCP(ctx context.Context, a netip.AddrPort) (net.Conn, error) {
	c, err := new(net.Dialer).DialTCP(ctx, "tcp", netip.AddrPort{}, a)
	if err != nil {
		return nil, err // c would not be nil as a net.Conn
	}
	return c, nil
}

// race connects to whichever of the addresses answers first (Happy Eyeballs,
// RFC 8305): the next one gets its turn when the one before has failed or has not
// answered for attemptDelay. It returns once there is a connection, all have
// failed or ctx is done; those that come too late are closed. The error is the
// one that says most.
func race(ctx context.Context, addrs []netip.Addr, port uint16, to reach) (net.Conn, error) {
	addrs = interleave(addrs)
	if len(addrs) == 1 {
		return to(ctx, netip.AddrPortFrom(addrs[0], port))
	}
	type result struct {
		conn net.Conn
		err  error
	}
	ctx, cancel := context.WithCancel(ctx)
	results := make(chan result)
	running := 0
	defer func() {
		cancel()
		if running > 0 {
			go func() {
				for range running {
					if late := <-results; late.conn != nil {
						late.conn.Close()
					}
				}
			}()
		}
	}()
	var failure error
	turn := time.NewTimer(0)
	defer turn.Stop()
	for len(addrs) > 0 || running > 0 {
		var next <-chan time.Time
		if len(addrs) > 0 {
			next = turn.C
		}
		select {
		case <-next:
			a := netip.AddrPortFrom(addrs[0], port)
			addrs = addrs[1:]
			running++
			go func() {
				c, err := to(ctx, a)
				results <- result{c, err}
			}()
			turn.Reset(attemptDelay)
		case r := <-results:
			running--
			if r.err == nil {
				return r.conn, nil
			}
			if failure == nil || telling(r.err) > telling(failure) {
				failure = r.err
			}
			turn.Reset(0)
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return nil, failure
}

// interleave orders addresses by turns of their families, beginning with that of
// the first, and drops the last of too many.
func interleave(addrs []netip.Addr) []netip.Addr {
	var families [2][]netip.Addr
	for _, a := range addrs {
		of := 0
		if a.Is4() != addrs[0].Is4() {
			of = 1
		}
		families[of] = append(families[of], a)
	}
	out := make([]netip.Addr, 0, min(len(addrs), maxAddresses))
	for of := 0; len(out) < cap(out); of = 1 - of {
		if len(families[of]) > 0 {
			out = append(out, families[of][0])
			families[of] = families[of][1:]
		}
	}
	return out
}

// telling ranks what a failure to connect says of the host: that it answered,
// that something was wrong, or only that this machine has no way to the address.
func telling(err error) int {
	switch {
	case errors.Is(err, syscall.ECONNREFUSED), errors.Is(err, syscall.ECONNRESET):
		return 2
	case errors.Is(err, syscall.ENETUNREACH), errors.Is(err, syscall.EADDRNOTAVAIL),
		errors.Is(err, syscall.EAFNOSUPPORT), errors.Is(err, context.Canceled):
		return 0
	default:
		return 1
	}
}
