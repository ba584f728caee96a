package list

import (
	"errors"
	"fmt"
	"strings"

	"scrape/scraper/weburl"
)

// Why a line is no URL, where weburl does not know.
var (
	errLong  = fmt.Errorf("longer than %d KiB", weburl.MaxGiven>>10)
	errNUL   = errors.New("has a NUL byte")
	errWord  = errors.New("not a URL")
	errPath  = errors.New("a path, not a URL")
	errEmail = errors.New("an e-mail address, not a URL")
	errStars = errors.New("the password is ***, which records write for any: give the real one (%2A%2A%2A, should it be that)")
)

// ParseLine returns the URL that a line of a list means, normalised and
// without its fragment. A scheme may be missing:
//
//	example.com/x             https://example.com/x
//	example.com:8080          https://example.com:8080/
//	//example.com/x           https://example.com/x
//	user:pw@example.com/      https://user:pw@example.com/
//	intranet/x                https://intranet/x
//	localhost, app.localhost  http://…, as are all IP addresses:
//	192.0.2.1:8080/x, [::1]   http://…
//	example.com:80            http://example.com/, as the port says
//	192.0.2.1:443             https://192.0.2.1/, likewise
//
// No URLs are single words (hello), paths (/etc/passwd, ../x), e-mail
// addresses, URLs of other schemes, lines with a NUL, and lines longer than
// weburl.MaxGiven. Nor is a URL from a record, whose password is hidden: it
// would be asked for with a wrong one. The error's text is the reason alone, in
// lower case.
func ParseLine(line string) (weburl.URL, error) {
	line = strings.TrimFunc(line, isSpace)
	if len(line) > weburl.MaxGiven {
		return weburl.URL{}, errLong
	}
	if strings.IndexByte(line, 0) >= 0 {
		return weburl.URL{}, errNUL
	}
	u, err := parse(line)
	if err == nil && u.Password() == weburl.Hidden {
		return weburl.URL{}, errStars
	}
	return u.WithoutFragment(), err
}

func parse(line string) (weburl.URL, error) {
	if hasScheme(line) {
		return weburl.Parse(line)
	}
	rest := strings.TrimPrefix(line, "//")
	if err := wantHost(rest); err != nil {
		return weburl.URL{}, err
	}
	u, err := weburl.Parse("https://" + rest)
	if err != nil || u.Port() != "80" && !isLocal(u.Hostname()) {
		return u, err
	}
	plain, err := weburl.Parse("http://" + rest)
	if plain.Port() == "443" {
		return u, nil
	}
	return plain, err
}

// hasScheme tells a scheme from what else may stand before a colon: a host
// with its port, and a user name with a password.
func hasScheme(line string) bool {
	name, rest, found := strings.Cut(line, ":")
	if !found || strings.ContainsAny(name, "/\\?#@[ ") {
		return false
	}
	switch {
	case strings.HasPrefix(rest, "//"), weburl.IsOpaque(name),
		strings.EqualFold(name, "http"), strings.EqualFold(name, "https"):
		return true
	case strings.ContainsAny(name, dots), strings.EqualFold(name, "localhost"):
		return false
	}
	authority := weburl.BeforePath(rest)
	isPort := authority != "" && strings.Trim(authority, "0123456789") == ""
	return !isPort && !strings.Contains(authority, "@")
}

// dots are the full stops that divide a host's labels
// (https://www.unicode.org/reports/tr46/#Notation).
const dots = ".。．｡"

// wantHost refuses what does not begin as a host, or a user name, does.
func wantHost(s string) error {
	if strings.HasPrefix(s, "/") || strings.HasPrefix(s, ".") {
		return errPath
	}
	if c := s + " "; strings.IndexByte("[_%", c[0]) < 0 && c[0] < 0x80 && !isAlphanumeric(c[0]) {
		return errWord
	}
	host := weburl.BeforePath(s)
	isWord := !strings.ContainsAny(host, dots+":") && !strings.EqualFold(host, "localhost")
	if isWord && !strings.HasPrefix(s[len(host):], "/") {
		return errWord
	}
	if host == s && strings.Contains(host, "@") && !strings.Contains(host, ":") {
		return errEmail
	}
	return nil
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9'
}

// isLocal tells whether a host, normalised, is one that seldom has a
// certificate: an IP address or this machine.
func isLocal(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasPrefix(host, "[") {
		return true
	}
	// A host that ends in a digit after its last dot is an IPv4 address.
	last := host[strings.LastIndexByte(host, '.')+1:]
	return last != "" && strings.Trim(last, "0123456789") == ""
}
