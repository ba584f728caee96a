package schema

import (
	"strings"

	"go.yaml.in/yaml/v3"

	"scrape/scraper/weburl"
)

// pattern is one of a shape's match: a URL in which * stands for any run of
// characters, also for none.
//
// It is compared with the whole URL as the WHATWG standard serialises it, but for
// user, password and fragment, which do not count. In scheme, host and port a *
// does not reach over the / that ends them; in path and query it stands for / and ?
// too. No other character is special. The pattern is serialised in the same way:
// capitals of the host, its international letters, dots in the path and letters
// beyond ASCII mean what they mean in a URL.
type pattern struct {
	origin, rest string // "https://*.example.com", "/products/*"
}

// String is the pattern as one text.
func (p pattern) String() string { return p.origin + p.rest }

// fits compares the pattern with a URL's origin, and with its path and query.
func (p pattern) fits(origin, rest string) bool {
	return glob(p.origin, origin) && glob(p.rest, rest)
}

// glob tells whether a text is what a pattern says. Each piece between stars is
// taken where it comes first, which is right since a star takes anything.
func glob(pattern, text string) bool {
	first, rest, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == text
	}
	text, ok := strings.CutPrefix(text, first)
	if !ok {
		return false
	}
	for {
		piece, after, more := strings.Cut(rest, "*")
		if !more {
			return strings.HasSuffix(text, piece)
		}
		at := strings.Index(text, piece)
		if at < 0 {
			return false
		}
		text, rest = text[at+len(piece):], after
	}
}

// maxPattern is the limit on a pattern, in bytes.
const maxPattern = 4 << 10

// patterns reads a match: a text, or a list of them.
func (s *source) patterns(n *yaml.Node) (all []pattern) {
	list := []*yaml.Node{n}
	if n.Kind == yaml.SequenceNode {
		if !s.plain(n) {
			return nil
		}
		if list = n.Content; len(list) == 0 {
			s.on(n, "match is an empty list: no page would do", "leave match out for every page")
		}
	}
	for _, one := range list {
		text, ok := s.text(one, "match")
		if !ok {
			continue
		}
		p, at, message, hint := parsePattern(text)
		if message != "" {
			s.inside(one, at, message, hint)
			continue
		}
		all = append(all, p)
	}
	return all
}

const patternHint = "such as  https://*.example.com/products/*"

// parsePattern reads a pattern. message is what is wrong with it, at an offset in
// bytes; "" if nothing is.
func parsePattern(text string) (p pattern, at int, message, hint string) {
	scheme, after, found := strings.Cut(text, "://")
	switch {
	case len(text) > maxPattern:
		return p, 0, "match is too long", patternHint
	case strings.Trim(text, "*") == "":
		return p, 0, "match fits every URL", "leave match out for every page"
	case strings.ContainsAny(text, " \t\r\n"):
		return p, strings.IndexAny(text, " \t\r\n"), "white space in match", "a list has several patterns: [one, another]"
	case !found:
		return p, 0, "match has no scheme", "https://" + short(strings.TrimLeft(text, "/")) + ", or *:// for http and https"
	case !glob(strings.ToLower(scheme), "http") && !glob(strings.ToLower(scheme), "https"):
		return p, 0, "match is for http and https only", patternHint
	}
	host := len(scheme) + len("://")
	end := host + len(weburl.BeforePath(after))
	switch {
	case strings.Contains(text, "#"):
		return p, strings.IndexByte(text, '#'), "a fragment in match: it does not count", "leave out # and what follows"
	case strings.Contains(text[host:end], "@"):
		return p, host, "a user in match: it does not count", "leave out what stands before @"
	case end == host:
		return p, host, "match has no host", patternHint
	case end == len(text):
		return p, end, "match has no path", "for all pages of the host: " + short(text) + "/*"
	}
	// A star is no letter of a scheme; and what port need not be said hangs on it.
	base := "https"
	if strings.EqualFold(scheme, "http") {
		base = "http"
	}
	named := strings.ReplaceAll(text[host:end], "*", starName)
	u, err := weburl.Parse(base + "://" + named + text[end:])
	if err != nil {
		return p, host, "match is no URL: " + err.Error(), patternHint
	}
	name := strings.ReplaceAll(u.Host(), starName, "*")
	if strings.Count(name, "*") != strings.Count(named, starName) {
		return p, host, "a star in a part of the host with letters beyond ASCII", "a star for the whole part, or its form with xn--"
	}
	return pattern{strings.ToLower(scheme) + "://" + name, u.RequestURI()}, 0, "", ""
}

// starName stands for a star while a host is normalised, which knows no stars.
const starName = "star-of-a-pattern"
