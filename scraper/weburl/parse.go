package weburl

import (
	"fmt"
	"net/url"
	"strings"
	"unicode/utf8"

	whatwg "github.com/nlnwa/whatwg-url/url"
	"golang.org/x/text/unicode/norm"
)

// whatwg-url takes time with the square of these, so that they are limited
// where it is asked, to much more than any server takes.
const (
	maxUserinfo = 4 << 10 // bytes of user name and password
	maxSlashes  = 1000    // of a URL and its base
	maxHost     = 253     // characters, which is all that DNS can hold
)

// Reasons that are given in two places.
var (
	tooLong         = fmt.Sprintf("longer than %d KiB", MaxLength>>10)
	userinfoTooLong = fmt.Sprintf("user name and password longer than %d KiB", maxUserinfo>>10)
	hostTooLong     = fmt.Sprintf("host longer than %d characters", maxHost)
	tooManySlashes  = fmt.Sprintf("more than %d slashes", maxSlashes)
)

// parser follows the standard of today, which percent-encodes "^" in paths;
// the library is a little older.
var parser = whatwg.NewParser(whatwg.WithPathPercentEncodeSet(whatwg.PathPercentEncodeSet.Set('^')))

// Parse parses an absolute http or https URL. As the standard demands it
// repairs a lot: spaces at the ends, back slashes, capitals, "http:host".
// Bytes that are not valid UTF-8 stand for themselves, percent-encoded. The
// URL shares memory with s where s is in normal form. The error is an *Error.
func Parse(s string) (URL, error) {
	if u, ok := parseNormal(s); ok {
		return u, nil
	}
	return parse("", s)
}

// Resolve parses a reference, such as a Location header or a link, as seen
// from u; it may be an absolute URL. The error is an *Error.
func (u URL) Resolve(ref string) (URL, error) {
	if resolved, ok := parseNormal(encodeNonASCII(u.joined(ref))); ok {
		return resolved, nil
	}
	return parse(u.href, ref)
}

// parse gives s to whatwg-url, after what it leaves to us: schemes that are
// not ours, lengths, and broken UTF-8. An empty base is none.
func parse(base, s string) (URL, error) {
	clean := stripped(s)
	scheme, ok := schemeOf(clean)
	switch {
	case ok && !isWeb(scheme):
		return URL{}, newError(s, "scheme "+strings.ToLower(scheme[:min(len(scheme), 32)])+" is not http or https")
	case !ok && base == "":
		return URL{}, newError(s, "no scheme")
	case len(clean) > MaxLength:
		return URL{}, newError(s, tooLong)
	case strings.LastIndexByte(authority(clean), '@') > maxUserinfo:
		return URL{}, newError(s, userinfoTooLong)
	case !fitsDNS(host(clean)):
		return URL{}, newError(s, hostTooLong)
	case strings.Count(base, "/")+strings.Count(clean, "/")+strings.Count(clean, `\`) > maxSlashes:
		return URL{}, newError(s, tooManySlashes)
	}
	parsed, err := parser.ParseRef(base, encodeInvalid(clean))
	if err != nil {
		return URL{}, newError(s, reason(err))
	}
	if parsed.IsIPv4() && isSigned(clean) {
		return URL{}, newError(s, "not a valid host name")
	}
	// What comes out is held to the limits as well, so that it can be parsed
	// again, from a record for instance.
	href := parsed.Href(false)
	u, ok := split(href)
	switch {
	case len(href) > MaxLength:
		return URL{}, newError(s, tooLong)
	case !ok:
		return URL{}, newError(s, notValid)
	case isOddASCIIForm(u.Hostname()):
		return URL{}, newError(s, "not a valid host name")
	case len(strings.TrimSuffix(u.Hostname(), ".")) > maxHost:
		return URL{}, newError(s, hostTooLong)
	case u.hostStart-u.schemeEnd() > maxUserinfo:
		return URL{}, newError(s, userinfoTooLong)
	case strings.Count(href, "/") > maxSlashes:
		return URL{}, newError(s, tooManySlashes)
	}
	return u, nil
}

// stripped removes what the standard removes before it parses: C0 controls
// and spaces at the ends, tabs and line breaks anywhere.
func stripped(s string) string {
	s = Trim(s)
	if strings.ContainsAny(s, "\t\n\r") {
		s = tabsAndNewlines.Replace(s)
	}
	return s
}

var tabsAndNewlines = strings.NewReplacer("\t", "", "\n", "", "\r", "")

// schemeOf returns what stands before the ":" where that can be a scheme.
func schemeOf(s string) (scheme string, ok bool) {
	for i, c := range []byte(s) {
		switch {
		case 'a' <= c|0x20 && c|0x20 <= 'z':
		case i > 0 && ('0' <= c && c <= '9' || c == '+' || c == '-' || c == '.'):
		default:
			return s[:i], i > 0 && c == ':'
		}
	}
	return "", false
}

func isWeb(scheme string) bool {
	return strings.EqualFold(scheme, "http") || strings.EqualFold(scheme, "https")
}

// isSigned tells whether the host in s holds a "+" or "-", in whatever
// disguise. whatwg-url takes a sign for part of a number, so that "-1" would
// be 255.255.255.255. The standard has it as a name, but none that could be
// found: no domain begins or ends so.
func isSigned(s string) bool {
	decoded, err := url.PathUnescape(host(s))
	return err != nil || strings.ContainsAny(norm.NFKC.String(decoded), "+-")
}

// isOddASCIIForm tells whether a host is the ASCII form of a name that has more than
// letters, digits and hyphens in it. whatwg-url refuses those, but overlooks some, as
// "_İ", and would not take them a second time.
func isOddASCIIForm(host string) bool {
	return strings.Contains(host, "xn--") && strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789-.") != ""
}

// fitsDNS tells whether a host as it is given can be short enough in its ASCII
// form, which whatwg-url makes in a time that grows with the square of what it
// is given. No character is dropped or joined to another there but by NFKC, save
// those that cannot be seen.
func fitsDNS(host string) bool {
	if len(host) <= maxHost {
		return true
	}
	if decoded, err := url.PathUnescape(host); err == nil {
		host = decoded
	}
	return utf8.RuneCountInString(norm.NFKC.String(host)) <= maxHost+len(".")
}

// host returns the host in s as it is given, without the port.
func host(s string) string {
	host := authority(s)
	host = host[strings.LastIndexByte(host, '@')+1:]
	if end := strings.LastIndexByte(host, ':'); end >= 0 && !strings.HasSuffix(host, "]") {
		return host[:end]
	}
	return host
}

// authority returns what stands between the scheme's slashes and the path:
// user name, password, host and port. A reference to a path has none.
func authority(s string) string {
	scheme, ok := schemeOf(s)
	if ok {
		s = s[len(scheme)+1:]
	}
	rest := strings.TrimLeft(s, `/\`)
	if !ok && len(s)-len(rest) < 2 {
		return ""
	}
	return BeforePath(rest)
}

// BeforePath cuts path, query and fragment off a text that begins with a host.
func BeforePath(s string) string {
	if i := strings.IndexAny(s, `/\?#`); i >= 0 {
		return s[:i]
	}
	return s
}

// encodeInvalid percent-encodes the bytes that are not part of valid UTF-8,
// so that a list or header in another encoding asks for what it says.
func encodeInvalid(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	const hex = "0123456789ABCDEF"
	var b strings.Builder
	for len(s) > 0 {
		r, size := utf8.DecodeRuneInString(s)
		if r == utf8.RuneError && size == 1 {
			b.Write([]byte{'%', hex[s[0]>>4], hex[s[0]&15]})
		} else {
			b.WriteString(s[:size])
		}
		s = s[size:]
	}
	return b.String()
}
