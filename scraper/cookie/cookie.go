// Package cookie keeps cookies as browsers do (RFC 6265bis,
// draft-ietf-httpbis-rfc6265bis): which a server may set, which a request
// carries, and how they are kept in files that curl and browsers know.
package cookie

import (
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"

	"scrape/scraper/weburl"
)

// Cookie is a cookie with the server's wishes made out. Name, Value and Path
// hold no control characters, save that a tab may be in Value.
type Cookie struct {
	Name, Value string // together at most 4096 bytes; one of them may be empty
	Domain      string // as a normalised URL has it: "example.com", "192.0.2.1", "[::1]"
	HostOnly    bool   // not for the hosts below Domain
	// Port is the one that a HostOnly cookie came over, and stays at, where that is
	// not its scheme's own; "": it goes to any port, as RFC 6265, section 8.5, has
	// it. Two servers on one machine should not get each other's.
	Port     string
	Path     string    // begins with "/"
	Expires  time.Time // in UTC, to the second; zero: when the run ends. What is past deletes
	Secure   bool      // for https alone
	HTTPOnly bool      // not for scripts
	// Plain tells that it came over http: it cannot take the place of one that
	// is Secure.
	Plain bool
}

// maxPair is the limit on name and value together, in bytes.
const maxPair = 4096

// expired tells whether a cookie is over.
func (c *Cookie) expired(now time.Time) bool { return !c.Expires.IsZero() && !c.Expires.After(now) }

// same tells whether one cookie takes the place of another (RFC 6265bis,
// section 5.7).
func (c *Cookie) same(other *Cookie) bool {
	return c.Name == other.Name && c.Domain == other.Domain && c.HostOnly == other.HostOnly && c.Port == other.Port && c.Path == other.Path
}

// isFor tells whether a cookie is for a host at all.
func (c *Cookie) isFor(host string) bool {
	return c.Domain == host || !c.HostOnly && domainMatches(host, c.Domain)
}

// valid tells whether a cookie is what Cookie says, whoever made it.
func (c *Cookie) valid() bool {
	pair := len(c.Name) + len(c.Value)
	return pair > 0 && pair <= maxPair && len(c.Port) <= len("65535") && strings.Trim(c.Port, "0123456789") == "" && isName(c.Domain) && strings.HasPrefix(c.Path, "/") &&
		!strings.ContainsAny(c.Name, "=;\t") && !strings.ContainsAny(c.Value+c.Path, ";") && !strings.Contains(c.Domain+c.Path, "\t") &&
		!hasControl(c.Name) && !hasControl(c.Value) && !hasControl(c.Domain) && !hasControl(c.Path)
}

// isName tells whether a domain can have an owner. A dot at its beginning would
// mean something else in a file.
func isName(domain string) bool {
	return domain != "" && !strings.HasPrefix(domain, ".") && !strings.HasSuffix(domain, ".") && !strings.Contains(domain, "..")
}

// hasControl finds the control characters that no cookie may hold: all but tab.
func hasControl(s string) bool {
	return strings.ContainsFunc(s, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f })
}

// hostOf is the host that cookies know a URL by.
func hostOf(u weburl.URL) string { return strings.TrimSuffix(u.Hostname(), ".") }

// pathOf is the path of a URL, without the query.
func pathOf(u weburl.URL) string {
	path, _, _ := strings.Cut(u.RequestURI(), "?")
	return path
}

// isAddress tells whether a host is an IP address, which has no hosts below it.
func isAddress(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || strings.HasPrefix(host, "[")
}

// domainMatches follows RFC 6265bis, section 5.1.3.
func domainMatches(host, domain string) bool {
	if host == domain {
		return true
	}
	above, below := strings.CutSuffix(host, domain)
	return below && strings.HasSuffix(above, ".") && !isAddress(host)
}

// pathMatches follows RFC 6265bis, section 5.1.4.
func pathMatches(path, of string) bool {
	rest, ok := strings.CutPrefix(path, of)
	return ok && (rest == "" || strings.HasSuffix(of, "/") || rest[0] == '/')
}

// isPublicSuffix tells whether hosts below a domain belong to various people:
// com, co.uk, github.io, and whatever has but one label.
func isPublicSuffix(domain string) bool {
	suffix, _ := publicsuffix.PublicSuffix(domain)
	return suffix == domain
}

// siteOf is the domain that one owner registered, with all below it; of an
// address, and of a public suffix, the host itself.
func siteOf(host string) string {
	if isAddress(host) {
		return host
	}
	site, err := publicsuffix.EffectiveTLDPlusOne(host)
	if err != nil {
		return host
	}
	return site
}
