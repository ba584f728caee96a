package fetch

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"slices"
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
		message = certificateMessage(certificate.Err)
	case errors.As(err, &record):
		message = "the server does not speak TLS"
	case errors.As(err, &alert) && alert.Op == "remote error":
		message = "the server sent an alert: " + plain(alert.Err)
	case errors.As(err, &alert) && alert.Op == "local error":
		message = plain(alert.Err)
	case strings.HasPrefix(err.Error(), "tls: "):
		message = plain(err)
	default:
		return nil
	}
	return &Error{Kind: results.TLS, Message: Shorten(message), Err: err}
}

func certificateMessage(err error) string {
	var (
		unknown x509.UnknownAuthorityError
		host    x509.HostnameError
		invalid x509.CertificateInvalidError
	)
	const day = "2006-01-02"
	switch {
	case errors.As(err, &unknown):
		return "certificate signed by unknown authority"
	case errors.As(err, &host):
		return "certificate is valid for " + names(host.Certificate) + ", not " + host.Host
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired && invalid.Cert != nil:
		// One reason for both ends; the text of x509 tells which.
		if strings.Contains(invalid.Detail, "is before") {
			return "certificate is not valid before " + invalid.Cert.NotBefore.Format(day)
		}
		return "certificate expired on " + invalid.Cert.NotAfter.Format(day)
	default:
		return plain(err)
	}
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
