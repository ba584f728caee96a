package fetch

import (
	"time"

	"scrape/scraper/fetch/resolve"
)

// Network says how connections are made. The zero value of a field means that
// nobody asked for it.
type Network struct {
	// ConnectTimeout bounds each connection being made, from the look-up of the
	// host over all its addresses, and the proxy, to the end of the TLS
	// handshake. 0: only the deadline of the attempt does.
	ConnectTimeout time.Duration
	// DNSServer is the name server to ask, "addr" or "addr:port": for all names
	// but those of localhost, and without /etc/hosts and search domains. "": as
	// the system is configured.
	DNSServer string
	// Resolve says where to connect to for some hosts and ports, also of proxies.
	// The guard of DenyPrivate and Request.Steered holds for these addresses too.
	Resolve []resolve.Override
	// Proxies are what requests go through. Their addresses are not guarded.
	// HTTP is forwarded as it is, unless over SOCKS; HTTPS goes through a tunnel,
	// so that certificates are verified as without a proxy.
	Proxies Proxies
	// CACerts are the authorities to trust, as certificates in PEM, in place of
	// the system's; also for proxies of HTTPS. Empty: the system's.
	CACerts []byte
	// ClientCert is the certificate to show a server that asks for one, in PEM,
	// with its chain behind it; ClientKey its key, in PEM, not encrypted. Without
	// ClientKey the key stands in ClientCert too. Proxies are not shown it.
	ClientCert, ClientKey []byte
	// Insecure accepts every certificate, also of proxies.
	Insecure bool
	// HTTP1 never speaks HTTP/2.
	HTTP1 bool
	// DenyPrivate refuses every address that is not public (see [IsPublic]),
	// when it is connected to. What a proxy connects to is up to it, but for URLs
	// that name an address or localhost.
	DenyPrivate bool
}
