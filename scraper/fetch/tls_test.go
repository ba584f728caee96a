package fetch

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper/fetch/resolve"
)

// identity is a certificate and its key.
type identity struct {
	*x509.Certificate
	key *ecdsa.PrivateKey
}

var serial atomic.Int64

// issue has an authority, or for nil the certificate itself, sign a certificate
// that is valid for an hour unless change says otherwise.
func (by *identity) issue(t testing.TB, name string, change func(*x509.Certificate)) *identity {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          big.NewInt(serial.Add(1)),
		Subject:               pkix.Name{CommonName: name},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(time.Hour),
		BasicConstraintsValid: true,
		DNSNames:              []string{"example.com"},
		IPAddresses:           []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	if change != nil {
		change(template)
	}
	parent, signer := template, key
	if by != nil {
		parent, signer = by.Certificate, by.key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, signer)
	if err != nil {
		t.Fatal(err)
	}
	c, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return &identity{c, key}
}

// authority makes a template that of an authority.
func authority(c *x509.Certificate) {
	c.IsCA, c.KeyUsage = true, x509.KeyUsageCertSign|x509.KeyUsageDigitalSignature
	c.DNSNames, c.IPAddresses = nil, nil
}

func (i *identity) certificatePEM() []byte {
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: i.Raw})
}

func (i *identity) keyPEM(t testing.TB) []byte {
	der, err := x509.MarshalPKCS8PrivateKey(i.key)
	if err != nil {
		t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})
}

// pair is what a server shows: the certificate and those behind it.
func (i *identity) pair(chain ...*identity) tls.Certificate {
	c := tls.Certificate{Certificate: [][]byte{i.Raw}, PrivateKey: i.key}
	for _, above := range chain {
		c.Certificate = append(c.Certificate, above.Raw)
	}
	return c
}

// secureServer serves with a configuration of TLS on an address of loopback.
func secureServer(t testing.TB, addr string, config *tls.Config, h http.HandlerFunc) (port string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Skip(err) // no IPv6 here
	}
	s := httptest.NewUnstartedServer(h)
	s.Listener.Close()
	s.Listener, s.TLS = l, config
	s.Config.ErrorLog = silent
	s.EnableHTTP2 = len(config.NextProtos) == 0
	s.StartTLS()
	t.Cleanup(s.Close)
	_, port, err = net.SplitHostPort(l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// with returns the network that o describes, in which every name is 127.0.0.1.
func with(t testing.TB, o Options) network {
	t.Helper()
	n, err := newNetwork(o.Network)
	if err != nil {
		t.Fatal(err)
	}
	n.resolver = resolve.New(func(context.Context, string) ([]netip.Addr, time.Duration, error) {
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}, time.Minute, nil
	}, nil)
	return n
}

func TestCertificates(t *testing.T) {
	var (
		root   = (*identity)(nil).issue(t, "Test Root", authority)
		middle = root.issue(t, "Test Middle", authority)
		other  = (*identity)(nil).issue(t, "Other Root", authority)
		old    = root.issue(t, "Old Middle", func(c *x509.Certificate) { authority(c); c.NotAfter = date(2001, 2, 3) })
		limits = root.issue(t, "Test Limits", func(c *x509.Certificate) {
			authority(c)
			c.PermittedDNSDomains, c.PermittedDNSDomainsCritical = []string{"b.example"}, true
		})
	)
	name := func(names ...string) func(*x509.Certificate) {
		return func(c *x509.Certificate) { c.DNSNames, c.IPAddresses = names, nil }
	}
	tests := []struct {
		name  string
		shown tls.Certificate
		host  string // example.com if empty
		want  string // "": it is accepted
	}{
		{"direct", root.issue(t, "leaf", nil).pair(), "", ""},
		{"through an intermediate", middle.issue(t, "leaf", nil).pair(middle), "", ""},
		{"with the root", middle.issue(t, "leaf", nil).pair(middle, root), "", ""},
		{"an address", root.issue(t, "leaf", nil).pair(), "127.0.0.1", ""},
		{"a dot behind the name", root.issue(t, "leaf", nil).pair(), "example.com.", ""},
		{"a name with a star", root.issue(t, "leaf", name("*.example.com")).pair(), "a.example.com", ""},
		{"a star for two labels", root.issue(t, "leaf", name("*.example.com")).pair(), "a.b.example.com", "certificate is valid for *.example.com, not a.b.example.com"},
		{"another name", root.issue(t, "leaf", nil).pair(), "b.example", "certificate is valid for example.com, 127.0.0.1, not b.example"},
		{"another address", root.issue(t, "leaf", func(c *x509.Certificate) { c.IPAddresses = c.IPAddresses[:0] }).pair(), "127.0.0.1", "certificate is valid for example.com, not 127.0.0.1"},
		{"a name, for an address", root.issue(t, "leaf", name("127.0.0.1.example")).pair(), "127.0.0.1", "*"},
		{"only a common name", root.issue(t, "example.com", name()).pair(), "", "certificate is valid for no name, not example.com"},
		{"expired", root.issue(t, "leaf", func(c *x509.Certificate) { c.NotAfter = date(2001, 2, 3) }).pair(), "", "certificate expired on 2001-02-03"},
		{"not yet valid", root.issue(t, "leaf", func(c *x509.Certificate) { c.NotBefore, c.NotAfter = date(2999, 2, 3), date(2999, 2, 4) }).pair(), "", "certificate is not valid before 2999-02-03"},
		{"an expired intermediate", old.issue(t, "leaf", nil).pair(old), "", `certificate of the authority "Old Middle" expired on 2001-02-03`},
		{"self-signed", (*identity)(nil).issue(t, "leaf", nil).pair(), "", "self-signed certificate"},
		{"unknown authority", other.issue(t, "leaf", nil).pair(other), "", `certificate signed by unknown authority "Other Root"`},
		{"unknown authority that is not sent", other.issue(t, "leaf", nil).pair(), "", `certificate signed by unknown authority "Other Root", whose certificate the server does not send: a missing intermediate certificate, or a private authority (--cacert)`},
		{"missing intermediate", middle.issue(t, "leaf", nil).pair(), "", `certificate signed by unknown authority "Test Middle", whose certificate the server does not send: a missing intermediate certificate, or a private authority (--cacert)`},
		{"a weak signature", root.issue(t, "leaf", func(c *x509.Certificate) { c.SignatureAlgorithm = x509.ECDSAWithSHA1 }).pair(), "", "certificate signed with ECDSA-SHA1, which is not safe"},
		{"an authority that is none", root.issue(t, "Liar", nil).issue(t, "leaf", nil).pair(root.issue(t, "Liar", nil)), "", `certificate signed by unknown authority "Test Root"`},
		{"an authority for other names", limits.issue(t, "leaf", nil).pair(limits), "", "a root or intermediate certificate is not authorized to sign for this name: *"},
		{"not for servers", root.issue(t, "leaf", func(c *x509.Certificate) { c.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth} }).pair(), "", "certificate specifies an incompatible key usage"},
	}
	trusting, blind := with(t, Options{Network: Network{CACerts: root.certificatePEM()}}), with(t, Options{Network: Network{Insecure: true}})
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			port := secureServer(t, "127.0.0.1:0", &tls.Config{Certificates: []tls.Certificate{tt.shown}}, servePage)
			if tt.host == "" {
				tt.host = "example.com"
			}
			url := "https://" + tt.host + ":" + port + "/"
			o := fetchAll(t, testFetcher(t, Options{}, trusting), url)
			if tt.want == "" {
				if o.err != nil || o.body != "page" {
					t.Errorf("got %q, %v", o.body, o.err)
				}
				return
			}
			verdict{results.TLS, tt.want, false}.check(t, o.err)
			if o := fetchAll(t, testFetcher(t, Options{}, blind), url); o.err != nil || o.body != "page" {
				t.Errorf("insecure: got %q, %v", o.body, o.err)
			}
		})
	}
}

func date(year int, month time.Month, day int) time.Time {
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}

func servePage(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, "page") }

// What both sides can speak.
func TestTLSVersions(t *testing.T) {
	root := (*identity)(nil).issue(t, "Test Root", authority)
	shown := []tls.Certificate{root.issue(t, "leaf", nil).pair()}
	ca := root.certificatePEM()
	const old = "the server offers only TLS 1.1 or older; scrape wants 1.2 or newer"
	for name, tt := range map[string]struct {
		server  *tls.Config
		options Options
		want    string // its message, or "": the version of HTTP
		version string
	}{
		"1.0":       {server: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS10}, want: old},
		"1.1":       {server: &tls.Config{MinVersion: tls.VersionTLS10, MaxVersion: tls.VersionTLS11}, want: old},
		"1.2":       {server: &tls.Config{MaxVersion: tls.VersionTLS12}, version: "2"},
		"1.3":       {server: &tls.Config{MinVersion: tls.VersionTLS13}, version: "2"},
		"no ALPN":   {server: &tls.Config{NextProtos: []string{"http/1.1"}}, version: "1.1"},
		"HTTP/1.1":  {server: new(tls.Config), options: Options{Network: Network{HTTP1: true}}, version: "1.1"},
		"no cipher": {server: &tls.Config{MaxVersion: tls.VersionTLS12, CipherSuites: []uint16{tls.TLS_RSA_WITH_RC4_128_SHA}}, want: "the server sent an alert: handshake failure (no TLS version or cipher suite that both sides accept?)"},
	} {
		t.Run(name, func(t *testing.T) {
			tt.server.Certificates = shown
			port := secureServer(t, "127.0.0.1:0", tt.server, servePage)
			tt.options.CACerts = ca
			o := fetchAll(t, testFetcher(t, tt.options, with(t, tt.options)), "https://example.com:"+port+"/")
			if tt.want != "" {
				verdict{results.TLS, tt.want, false}.check(t, o.err)
			} else if o.err != nil || o.response.Proto != tt.version {
				t.Errorf("got version %s, %v", o.response.Proto, o.err)
			}
		})
	}
}

func TestNoCommonProtocol(t *testing.T) {
	root := (*identity)(nil).issue(t, "Test Root", authority)
	config := &tls.Config{Certificates: []tls.Certificate{root.issue(t, "leaf", nil).pair()}, NextProtos: []string{"imap"}}
	o := Options{Network: Network{CACerts: root.certificatePEM(), HTTP1: true}}
	n := with(t, o)
	n.connect = always(tcpServer(t, func(c *net.TCPConn) { tls.Server(c, config).Handshake() }))
	verdict{results.TLS, "the server sent an alert: no application protocol", false}.check(t, fetchAll(t, testFetcher(t, o, n), "https://example.com/").err)
}

// A server that ignores what versions it was offered.
func TestOldServerHello(t *testing.T) {
	for version, want := range map[string]string{
		"\x03\x00": "the server offers only TLS 1.1 or older; scrape wants 1.2 or newer",
		"\x03\x01": "the server offers only TLS 1.1 or older; scrape wants 1.2 or newer",
		"\x03\x02": "the server offers only TLS 1.1 or older; scrape wants 1.2 or newer",
		"\x7f\x1c": "server selected unsupported protocol version 7f1c",
	} {
		n := systemNetwork()
		n.connect = always(tcpServer(t, func(c *net.TCPConn) {
			hello := version + strings.Repeat("r", 32) + "\x00" + "\x00\x2f" + "\x00"
			message := "\x02\x00\x00" + string(rune(len(hello))) + hello
			c.Read(make([]byte, 4096))
			io.WriteString(c, "\x16\x03\x01\x00"+string(rune(len(message)))+message)
			io.Copy(io.Discard, c)
		}))
		verdict{results.TLS, want, false}.check(t, fetchAll(t, testFetcher(t, Options{}, n), "https://example.com/").err)
	}
}

// A name is told to the server, an address and the dot behind a name are not
// (RFC 6066, section 3).
func TestServerName(t *testing.T) {
	root := (*identity)(nil).issue(t, "Test Root", authority)
	leaf := root.issue(t, "leaf", func(c *x509.Certificate) { c.IPAddresses = append(c.IPAddresses, net.IPv6loopback) }).pair()
	told := make(chan string, 1)
	config := &tls.Config{
		Certificates: []tls.Certificate{leaf},
		GetConfigForClient: func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
			told <- hello.ServerName
			return nil, nil
		},
	}
	o := Options{Network: Network{CACerts: root.certificatePEM()}}
	f := testFetcher(t, o, with(t, o))
	for _, tt := range []struct{ listen, host, want string }{
		{"127.0.0.1:0", "example.com", "example.com"},
		{"127.0.0.1:0", "example.com.", "example.com"},
		{"127.0.0.1:0", "127.0.0.1", ""},
		{"[::1]:0", "[::1]", ""},
	} {
		t.Run(tt.host, func(t *testing.T) {
			port := secureServer(t, tt.listen, config.Clone(), servePage)
			if o := fetchAll(t, f, "https://"+tt.host+":"+port+"/"); o.err != nil {
				t.Fatal(o.err)
			}
			if got := <-told; got != tt.want {
				t.Errorf("the server was told %q", got)
			}
		})
	}
}

func TestClientCertificates(t *testing.T) {
	root := (*identity)(nil).issue(t, "Test Root", authority)
	clients := (*identity)(nil).issue(t, "Clients' Root", authority)
	mine := clients.issue(t, "client", nil)
	strange := root.issue(t, "stranger", nil)
	ca := root.certificatePEM()
	pool := x509.NewCertPool()
	pool.AddCert(clients.Certificate)
	none := Options{Network: Network{CACerts: ca}}
	good := Options{Network: Network{CACerts: ca, ClientCert: mine.certificatePEM(), ClientKey: mine.keyPEM(t)}}
	both := Options{Network: Network{CACerts: ca, ClientCert: append(mine.keyPEM(t), mine.certificatePEM()...)}}
	bad := Options{Network: Network{CACerts: ca, ClientCert: strange.certificatePEM(), ClientKey: strange.keyPEM(t)}}
	for _, version := range []uint16{tls.VersionTLS12, tls.VersionTLS13} {
		port := secureServer(t, "127.0.0.1:0", &tls.Config{
			Certificates: []tls.Certificate{root.issue(t, "leaf", nil).pair()},
			ClientAuth:   tls.RequireAndVerifyClientCert, ClientCAs: pool,
			MaxVersion: version, NextProtos: []string{"http/1.1"},
		}, func(w http.ResponseWriter, r *http.Request) {
			io.WriteString(w, r.TLS.PeerCertificates[0].Subject.CommonName)
		})
		url := "https://example.com:" + port + "/"
		for _, o := range []Options{good, both} {
			if got := fetchAll(t, testFetcher(t, o, with(t, o)), url); got.err != nil || got.body != "client" {
				t.Errorf("%x: got %q, %v", version, got.body, got.err)
			}
		}
		verdict{results.TLS, "the server wants a client certificate*", false}.check(t, fetchAll(t, testFetcher(t, none, with(t, none)), url).err)
		verdict{results.TLS, "the server does not accept the client certificate (alert: *", false}.check(t, fetchAll(t, testFetcher(t, bad, with(t, bad)), url).err)
	}
}

func TestTLSOptions(t *testing.T) {
	one, two := (*identity)(nil).issue(t, "one", nil), (*identity)(nil).issue(t, "two", nil)
	for want, o := range map[string]Network{
		"no certificate in PEM among the authorities":                                                            {CACerts: []byte("nonsense")},
		"a client's key without its certificate":                                                                 {ClientKey: one.keyPEM(t)},
		"the client's certificate and key: failed to find any PEM data in certificate input":                     {ClientCert: []byte("nonsense")},
		"the client's certificate and key: private key does not match public key":                                {ClientCert: one.certificatePEM(), ClientKey: two.keyPEM(t)},
		"the client's certificate and key: found a certificate rather than a key in the PEM for the private key": {ClientCert: one.certificatePEM()},
	} {
		if f, err := New(Options{Network: o}); f != nil || err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	several := bytes.Join([][]byte{one.certificatePEM(), two.certificatePEM()}, []byte("and\n"))
	if _, err := New(Options{Network: Network{CACerts: several}}); err != nil {
		t.Error(err)
	}
}
