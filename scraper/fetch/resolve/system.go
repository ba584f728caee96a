package resolve

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"time"
)

// foundFor and failedFor are how long the system's answers are remembered, which
// come without a TTL. A failure that may pass is remembered for less, so that a
// URL's retries ask again.
const (
	foundFor   = time.Minute
	failedFor  = 5 * time.Second
	passingFor = 250 * time.Millisecond
)

var systemResolver = net.Resolver{Dial: dialUntilDone}

// System asks as the system's configuration says, /etc/hosts included.
func System(ctx context.Context, host string) ([]netip.Addr, time.Duration, error) {
	return askResolver(ctx, &systemResolver, host)
}

func askResolver(ctx context.Context, r *net.Resolver, host string) ([]netip.Addr, time.Duration, error) {
	addrs, err := r.LookupNetIP(ctx, "ip", host)
	for i, a := range addrs {
		addrs[i] = a.Unmap()
	}
	return addrs, systemTTL(err), err
}

// dialUntilDone connects to a name server and closes the connection when ctx is
// done. Package net itself would go on reading until its own time is up.
func dialUntilDone(ctx context.Context, network, addr string) (net.Conn, error) {
	c, err := new(net.Dialer).DialContext(ctx, network, addr)
	if err == nil {
		context.AfterFunc(ctx, func() { c.Close() })
	}
	return c, err
}

func systemTTL(err error) time.Duration {
	var failure *net.DNSError
	switch {
	case err == nil:
		return foundFor
	case errors.As(err, &failure) && failure.IsNotFound:
		return failedFor
	default:
		return passingFor
	}
}
