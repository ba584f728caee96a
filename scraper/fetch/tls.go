package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"sync/atomic"
)

// configureTLS adds to c what the user says of TLS.
func configureTLS(c *tls.Config, o Network) error {
	c.InsecureSkipVerify = o.Insecure
	if o.HTTP1 {
		c.NextProtos = []string{"http/1.1"}
	}
	if len(o.CACerts) > 0 {
		c.RootCAs = x509.NewCertPool()
		if !c.RootCAs.AppendCertsFromPEM(o.CACerts) {
			return errors.New("no certificate in PEM among the authorities")
		}
	}
	if len(o.ClientCert) == 0 {
		if len(o.ClientKey) > 0 {
			return errors.New("a client's key without its certificate")
		}
		return nil
	}
	key := o.ClientKey
	if len(key) == 0 {
		key = o.ClientCert // both in one file
	}
	certificate, err := tls.X509KeyPair(o.ClientCert, key)
	if err != nil {
		return fmt.Errorf("the client's certificate and key: %s", strings.TrimPrefix(err.Error(), "tls: "))
	}
	c.Certificates = []tls.Certificate{certificate}
	return nil
}

// proxyTLS is the configuration for the way to a proxy, which is shown no client
// certificate and speaks HTTP/1.1.
func proxyTLS(c *tls.Config) *tls.Config {
	c = c.Clone()
	c.NextProtos = []string{"http/1.1"}
	c.Certificates = nil
	return c
}

// forHost returns the configuration for the host of addr, and what will tell
// whether the server has asked for a certificate.
func forHost(c *tls.Config, addr string) (*tls.Config, *atomic.Bool) {
	c = c.Clone()
	host, _, err := net.SplitHostPort(addr)
	if err != nil {
		host = addr
	}
	c.ServerName = strings.TrimSuffix(host, ".")
	asked, own := new(atomic.Bool), c.Certificates
	c.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
		asked.Store(true)
		if len(own) > 0 {
			return &own[0], nil
		}
		return new(tls.Certificate), nil
	}
	return c, asked
}

// certificateWanted is a handshake that failed after the server had asked in vain
// for a certificate of the client's.
type certificateWanted struct {
	error
}

func (w *certificateWanted) Unwrap() error { return w.error }
