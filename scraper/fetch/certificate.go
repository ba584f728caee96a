package fetch

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"

	"scrape/results"
)

// tlsFault puts an error of TLS in words: an alert, a certificate, a version;
// nil for an error of anything else.
func tlsFault(err error) *Error {
	var (
		certificate *tls.CertificateVerificationError
		record      tls.RecordHeaderError
		alert       *net.OpError
		message     string
	)
	switch {
	case errors.As(err, &certificate):
		message = certificateMessage(certificate)
	case errors.As(err, &record):
		message = "the server does not speak TLS"
	case errors.As(err, &alert) && alert.Op == "remote error":
		message = alertMessage(err, plain(alert.Err))
	case errors.As(err, &alert) && alert.Op == "local error":
		message = plain(alert.Err)
	case strings.HasPrefix(err.Error(), "tls: server selected unsupported protocol version 30"):
		message = oldVersion
	case strings.HasPrefix(err.Error(), "tls: "):
		message = withoutLink(plain(err))
	default:
		return nil
	}
	return &Error{Kind: results.TLS, Message: Shorten(message), Err: err}
}

const oldVersion = "the server offers only TLS 1.1 or older; scrape wants 1.2 or newer"

// alertMessage says what an alert of the server's means (RFC 8446, section 6.2);
// err is the error it came in.
func alertMessage(err error, alert string) string {
	var unanswered *certificateWanted
	switch alert {
	case "protocol version not supported":
		return oldVersion
	case "certificate required":
		return "the server wants a client certificate"
	}
	if errors.As(err, &unanswered) {
		return "the server wants a client certificate (alert: " + alert + ")"
	}
	switch alert {
	case "handshake failure", "insufficient security level":
		return "the server sent an alert: " + alert + " (no TLS version or cipher suite that both sides accept?)"
	case "bad certificate", "unsupported certificate", "revoked certificate", "expired certificate",
		"unknown certificate", "unknown certificate authority":
		return "the server does not accept the client certificate (alert: " + alert + ")"
	}
	return "the server sent an alert: " + alert
}

// certificateMessage says what is wrong with a server's certificate.
func certificateMessage(err *tls.CertificateVerificationError) string {
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	const day = "2006-01-02"
	switch {
	case errors.As(err.Err, &unknown):
		return unknownMessage(err.UnverifiedCertificates)
	case errors.As(err.Err, &host):
		return "certificate is valid for " + names(host.Certificate) + ", not " + host.Host
	case errors.As(err.Err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		whose := ""
		if sent := err.UnverifiedCertificates; len(sent) > 0 && !invalid.Cert.Equal(sent[0]) {
			whose = " of the authority " + called(invalid.Cert.Subject)
		}
		// One reason for both ends; the text of x509 tells which.
		if strings.Contains(invalid.Detail, "is before") {
			return "certificate" + whose + " is not valid before " + invalid.Cert.NotBefore.Format(day)
		}
		return "certificate" + whose + " expired on " + invalid.Cert.NotAfter.Format(day)
	default:
		return withoutLink(plain(err.Err))
	}
}

// unknownMessage says why no trusted authority vouches for the certificates that
// a server sent, its own in front.
func unknownMessage(sent []*x509.Certificate) string {
	if len(sent) == 0 {
		return "certificate signed by unknown authority"
	}
	for _, c := range sent {
		switch c.SignatureAlgorithm {
		case x509.MD2WithRSA, x509.MD5WithRSA, x509.SHA1WithRSA, x509.DSAWithSHA1, x509.ECDSAWithSHA1:
			if !selfIssued(c) { // nobody needs to believe the signature of a root
				return "certificate signed with " + c.SignatureAlgorithm.String() + ", which is not safe"
			}
		}
	}
	leaf, last := sent[0], sent[len(sent)-1]
	switch {
	case selfIssued(leaf):
		return "self-signed certificate"
	case len(sent) == 1:
		return "certificate signed by unknown authority " + called(leaf.Issuer) +
			", whose certificate the server does not send: a missing intermediate certificate, or a private authority (--cacert)"
	default:
		return "certificate signed by unknown authority " + called(last.Issuer)
	}
}

func selfIssued(c *x509.Certificate) bool { return bytes.Equal(c.RawSubject, c.RawIssuer) }

// called is the name of an authority, as its certificates have it.
func called(n pkix.Name) string {
	name := n.CommonName
	if name == "" {
		name = n.String()
	}
	const most = 40
	if len(name) > most {
		name = strings.ToValidUTF8(name[:most], "") + "…"
	}
	return strconv.Quote(name)
}

// withoutLink drops the reading that crypto/rsa recommends.
func withoutLink(message string) string {
	message, _, _ = strings.Cut(message, " (see https://")
	return message
}

// names lists what a certificate is valid for: the first three names, and how
// many more there are.
func names(c *x509.Certificate) string {
	all := slices.Clone(c.DNSNames)
	for _, ip := range c.IPAddresses {
		all = append(all, ip.String())
	}
	const most = 3
	switch {
	case len(all) == 0:
		return "no name"
	case len(all) > most:
		return strings.Join(all[:most], ", ") + fmt.Sprintf(" and %d more", len(all)-most)
	default:
		return strings.Join(all, ", ")
	}
}
