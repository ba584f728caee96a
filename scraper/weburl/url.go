// Package weburl parses http and https URLs as the WHATWG URL standard says
// (https://url.spec.whatwg.org/), which is what browsers do and what people
// who wrote a link have tested it with. URLs already in normal form take a
// fast path; all others are parsed by whatwg-url.
package weburl

import "strings"

const (
	// MaxLength is the limit on a URL in bytes, as parsed and as serialised.
	// What is longer is an error.
	MaxLength = 256 << 10
	// MaxGiven is the limit on what others give us to ask for: a line of a
	// list, and where a server redirects to. Serialised, it may be longer.
	MaxGiven = 64 << 10
)

// URL is an absolute http or https URL as the standard serialises it. The
// zero URL is no URL. URLs are immutable, may be compared with ==, which is
// equality of their strings, and are safe for concurrent use.
type URL struct {
	href string

	// Offsets into href. What stands before userEnd, and the fixed
	// punctuation, follows from the string itself:
	//
	//	https://user:password@host:port/path?query#fragment
	//	            ^         ^   ^    ^    ^     ^
	//	     userEnd  hostStart   |    |    |     fragmentStart
	//	                    hostEnd    |    queryStart
	//	                       pathStart
	userEnd, hostStart, hostEnd, pathStart, queryStart, fragmentStart uint32
}

// String returns the whole URL, a password included. What is shown or written
// takes Redacted.
func (u URL) String() string { return u.href }

// IsZero tells whether u is the zero URL.
func (u URL) IsZero() bool { return u.href == "" }

// Redacted is String with a password shown as ***.
func (u URL) Redacted() string {
	if u.Password() == "" {
		return u.href
	}
	return u.href[:u.userEnd+1] + Hidden + u.href[u.hostStart-1:]
}

// WithoutFragment returns u without "#" and what follows.
func (u URL) WithoutFragment() URL {
	u.href = u.href[:u.fragmentStart]
	return u
}

// Scheme is "http" or "https"; "" for the zero URL.
func (u URL) Scheme() string {
	scheme, _, _ := strings.Cut(u.href, ":")
	return scheme
}

// Username is the user name, percent-encoded; "" if there is none.
func (u URL) Username() string { return u.href[u.schemeEnd():u.userEnd] }

// Password is the password, percent-encoded; "" if there is none.
func (u URL) Password() string {
	if u.userEnd+1 >= u.hostStart {
		return ""
	}
	return u.href[u.userEnd+1 : u.hostStart-1]
}

// Host is the host as in the URL: with the port, if that is not the scheme's
// own. International names are in their ASCII form.
func (u URL) Host() string { return u.href[u.hostStart:u.pathStart] }

// Hostname is the host without port. An IPv6 address stands in brackets.
func (u URL) Hostname() string { return u.href[u.hostStart:u.hostEnd] }

// Port is the port in decimal, "" where it is the scheme's own.
func (u URL) Port() string {
	if u.hostEnd == u.pathStart {
		return ""
	}
	return u.href[u.hostEnd+1 : u.pathStart]
}

// RequestURI is path and query as a request line carries them. An empty query
// keeps its "?".
func (u URL) RequestURI() string { return u.href[u.pathStart:u.fragmentStart] }

// Origin is scheme, host and port: what two URLs share between which nothing
// has to be hidden (https://html.spec.whatwg.org/#origin).
func (u URL) Origin() string {
	if u.schemeEnd() == u.hostStart {
		return u.href[:u.pathStart]
	}
	return u.href[:u.schemeEnd()] + u.Host()
}

// HostKey names the host for counting how much is asked of it: host name and
// port, with 80 and 443 as one, as both are mostly one machine:
// "example.com", "example.com:8080". The dot that may end a name is left out,
// since it makes no other host.
func (u URL) HostKey() string {
	name, port := u.Hostname(), u.Port()
	key := strings.TrimSuffix(name, ".")
	switch {
	case port == "" || port == "80" || port == "443":
		return key
	case len(key) == len(name):
		return u.Host()
	}
	return key + ":" + port
}

// schemeEnd is where user name or host begin.
func (u URL) schemeEnd() uint32 {
	switch {
	case u.href == "":
		return 0
	case u.href[4] == 's':
		return uint32(len("https://"))
	}
	return uint32(len("http://"))
}

// split finds the parts of a serialised http or https URL, in which each
// delimiter stands for itself: inside the parts it is percent-encoded. What has
// no such parts is not ok.
func split(href string) (u URL, ok bool) {
	if !strings.HasPrefix(href, "http://") && !strings.HasPrefix(href, "https://") {
		return URL{}, false
	}
	u.href = href
	u.hostStart = u.schemeEnd()
	u.userEnd = u.hostStart
	u.pathStart = u.hostStart + uint32(len(BeforePath(href[u.hostStart:])))
	if !strings.HasPrefix(href[u.pathStart:], "/") {
		return URL{}, false
	}
	if at := strings.IndexByte(href[u.hostStart:u.pathStart], '@'); at >= 0 {
		userinfo := href[u.hostStart:][:at]
		user, _, _ := strings.Cut(userinfo, ":")
		u.userEnd += uint32(len(user))
		u.hostStart += uint32(at) + 1
	}
	u.hostEnd = u.pathStart
	port := strings.LastIndexByte(href[u.hostStart:u.pathStart], ':')
	if port >= 0 && href[u.pathStart-1] != ']' {
		u.hostEnd = u.hostStart + uint32(port)
	}
	u.fragmentStart = uint32(len(href))
	if i := strings.IndexByte(href[u.pathStart:], '#'); i >= 0 {
		u.fragmentStart = u.pathStart + uint32(i)
	}
	u.queryStart = u.fragmentStart
	if i := strings.IndexByte(href[u.pathStart:u.fragmentStart], '?'); i >= 0 {
		u.queryStart = u.pathStart + uint32(i)
	}
	return u, u.hostStart < u.hostEnd
}
