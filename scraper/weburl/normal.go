package weburl

import (
	"net/netip"
	"strings"
)

// Where a byte may stand in a serialised URL as it is.
const (
	inHost = 1 << iota
	inPath
	inQuery
	inFragment
)

// places holds, for each byte, where the serialiser leaves it alone
// (https://url.spec.whatwg.org/#percent-encoded-bytes). A host's bytes are
// fewer than the standard's, so that what is left needs no mapping.
var places = func() (t [256]uint8) {
	for c := byte('!'); c <= '~'; c++ {
		if !strings.ContainsRune("\"#<>?^`{}\\", rune(c)) {
			t[c] |= inPath
		}
		if !strings.ContainsRune("\"#<>'", rune(c)) {
			t[c] |= inQuery
		}
		if !strings.ContainsRune("\"<>`", rune(c)) {
			t[c] |= inFragment
		}
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' {
			t[c] |= inHost
		}
	}
	return t
}()

// parseNormal parses what is its own serialisation already, save for the "/"
// after a bare host, and says whether s is that. Most URLs are, and this is
// some fifty times faster than the parser of everything.
func parseNormal(s string) (u URL, ok bool) {
	var i int
	switch {
	case len(s) > MaxLength:
		return URL{}, false
	case strings.HasPrefix(s, "https://"):
		i = len("https://")
	case strings.HasPrefix(s, "http://"):
		i = len("http://")
	default:
		return URL{}, false
	}

	u.userEnd, u.hostStart = uint32(i), uint32(i)
	host := s[i:]
	for i < len(s) && places[s[i]]&inHost != 0 {
		i++
	}
	if !isNormalHost(host[:i-int(u.hostStart)]) {
		return URL{}, false
	}
	u.hostEnd = uint32(i)
	if i < len(s) && s[i] == ':' {
		end := strings.IndexByte(s[i:], '/')
		if end < 0 {
			end = len(s) - i
		}
		if !isNormalPort(s[i+1:i+end], u.hostStart == uint32(len("https://"))) {
			return URL{}, false
		}
		i += end
	}
	u.pathStart = uint32(i)
	if i == len(s) {
		if i == MaxLength {
			return URL{}, false
		}
		s += "/"
	}
	if s[i] != '/' {
		return URL{}, false
	}

	for i < len(s) && places[s[i]]&inPath != 0 {
		if s[i] == '/' && i+1 < len(s) && mayBeDots(s[i+1:]) {
			return URL{}, false
		}
		i++
	}
	u.queryStart = uint32(i)
	if i < len(s) && s[i] == '?' {
		for i < len(s) && places[s[i]]&inQuery != 0 {
			i++
		}
	}
	u.fragmentStart = uint32(i)
	if i < len(s) && s[i] == '#' {
		for i < len(s) && places[s[i]]&inFragment != 0 {
			i++
		}
	}
	u.href = s
	return u, i == len(s)
}

// isNormalHost accepts IPv4 addresses of four plain decimal parts, and names
// of letters, digits, "-" and "_" that neither end in a number (those are
// addresses in another notation) nor hold Punycode, which has to be checked, nor
// are too long for DNS.
func isNormalHost(host string) bool {
	label := 0
	for i := range len(host) {
		if host[i] == '.' {
			if i == label {
				return false
			}
			label = i + 1
		}
	}
	if label == len(host) || len(host) > maxHost || strings.Contains(host, "xn--") {
		return false
	}
	switch c := host[label]; {
	case '0' <= c && c <= '9':
		_, err := netip.ParseAddr(host)
		return err == nil
	case c == '-':
		return false // whatwg-url takes it for a number: see isSigned
	}
	return true
}

// isNormalPort accepts a port that stays as it is: no leading zero, and not
// the scheme's own.
func isNormalPort(port string, https bool) bool {
	if port == "" || len(port) > 5 || port[0] == '0' || https && port == "443" || !https && port == "80" {
		return false
	}
	n := 0
	for _, c := range []byte(port) {
		if c < '0' || c > '9' {
			return false
		}
		n = n*10 + int(c-'0')
	}
	return n <= 65535
}

// mayBeDots tells whether a path's segment could be "." or "..", also in
// percent-encoding, which the parser resolves.
func mayBeDots(segment string) bool {
	switch segment[0] {
	case '.':
		rest := strings.TrimPrefix(segment[1:], ".")
		return rest == "" || strings.IndexByte("/?#%", rest[0]) >= 0
	case '%':
		return len(segment) >= 3 && segment[1] == '2' && segment[2]|0x20 == 'e'
	}
	return false
}
