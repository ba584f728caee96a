package cookie

import (
	"strings"
	"time"

	"scrape/scraper/weburl"
)

const (
	// maxAttribute is the length over which an attribute is ignored, in bytes.
	maxAttribute = 1024
	// maxAge is as far as a server can see into the future.
	maxAge = 400 * 24 * time.Hour
)

// Parse reads the value of a Set-Cookie header in the answer to a request for
// from (RFC 6265bis, sections 5.6 and 5.7). It is not ok where a browser would
// ignore the header: a domain that from does not belong to, or that is a public
// suffix; Secure over http; a prefix (__Host-, __Secure-) whose promises are not
// kept; control characters; more than 4096 bytes. SameSite is ignored, since
// all our requests are the user's. A cookie that is over at once is ok: it
// deletes another.
func Parse(setCookie string, from weburl.URL, now time.Time) (c Cookie, ok bool) {
	if hasControl(setCookie) {
		return Cookie{}, false
	}
	pair, rest, _ := strings.Cut(setCookie, ";")
	name, value, found := strings.Cut(pair, "=")
	if !found {
		name, value = "", pair
	}
	a := readAttributes(rest, now)
	secure := from.Scheme() == "https"
	c = Cookie{
		Name: trim(name), Value: trim(value),
		Domain: hostOf(from), HostOnly: true, Path: a.path,
		Expires: a.expires(now), Secure: a.secure, HTTPOnly: a.httpOnly, Plain: !secure,
	}
	if c.Path == "" {
		c.Path = defaultPath(pathOf(from))
	}
	c.Port = from.Port()
	ok = isName(c.Domain) && c.setDomain(a.domain) && (secure || !c.Secure) && c.keepsPromise(a) && c.valid()
	if !ok {
		return Cookie{}, false
	}
	return c, true
}

// setDomain follows the Domain attribute, "" if there was none.
func (c *Cookie) setDomain(domain string) bool {
	switch {
	case domain == "", domain == c.Domain && (isAddress(domain) || isPublicSuffix(domain)):
		return true // for this host alone
	case !domainMatches(c.Domain, domain), siteOf(c.Domain) != siteOf(domain):
		return false // another's, or a public suffix
	}
	c.Domain, c.HostOnly, c.Port = domain, false, ""
	return true
}

// keepsPromise tells whether a cookie is what the prefix of its name promises
// (RFC 6265bis, section 4.1.3).
func (c *Cookie) keepsPromise(a attributes) bool {
	switch {
	case c.Name == "":
		return !hasPrefixFold(c.Value, "__Secure-") && !hasPrefixFold(c.Value, "__Host-")
	case hasPrefixFold(c.Name, "__Secure-"):
		return c.Secure
	case hasPrefixFold(c.Name, "__Host-"):
		return c.Secure && a.domain == "" && a.path == "/"
	}
	return true
}

func hasPrefixFold(s, prefix string) bool {
	return len(s) >= len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// attributes are what follows name and value. Of several with one name the
// last holds.
type attributes struct {
	domain   string // without the dot that may begin it; "" if none
	path     string // "" where it is not absolute
	until    time.Time
	age      time.Time // what Max-Age says, which goes before Expires
	secure   bool
	httpOnly bool
}

func readAttributes(rest string, now time.Time) (a attributes) {
	for rest != "" {
		var attribute string
		attribute, rest, _ = strings.Cut(rest, ";")
		name, value, _ := strings.Cut(attribute, "=")
		name, value = trim(name), trim(value)
		if len(value) > maxAttribute {
			continue
		}
		switch strings.ToLower(name) {
		case "domain":
			a.domain = strings.ToLower(strings.TrimPrefix(value, "."))
		case "path":
			a.path = ""
			if strings.HasPrefix(value, "/") {
				a.path = value
			}
		case "expires":
			if t, ok := parseDate(value); ok {
				a.until = t
			}
		case "max-age":
			if t, ok := parseAge(value, now); ok {
				a.age = t
			}
		case "secure":
			a.secure = true
		case "httponly":
			a.httpOnly = true
		}
	}
	return a
}

// expires is when the cookie is over, zero if that is not said.
func (a attributes) expires(now time.Time) time.Time {
	t := a.until
	if !a.age.IsZero() {
		t = a.age
	}
	if last := toSecond(now.Add(maxAge)); t.After(last) {
		return last
	}
	return t
}

// parseAge reads Max-Age: seconds from now. What is not positive is over.
func parseAge(value string, now time.Time) (time.Time, bool) {
	digits := strings.TrimPrefix(value, "-")
	if digits == "" || strings.Trim(digits, "0123456789") != "" {
		return time.Time{}, false
	}
	number := strings.TrimLeft(digits, "0")
	switch {
	case digits != value, number == "":
		return time.Unix(0, 0).UTC(), true
	case len(number) > len("99999999"):
		return toSecond(now.Add(maxAge)), true
	}
	age := time.Duration(0)
	for _, d := range number {
		age = 10*age + time.Duration(d-'0')*time.Second
	}
	return toSecond(now.Add(age)), true
}

func toSecond(t time.Time) time.Time { return time.Unix(t.Unix(), 0).UTC() }

// defaultPath is that of a cookie without one (RFC 6265bis, section 5.1.4).
func defaultPath(path string) string {
	if slash := strings.LastIndexByte(path, '/'); slash > 0 {
		return path[:slash]
	}
	return "/"
}

func trim(s string) string { return strings.Trim(s, " \t") }
