package command

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"scrape/scraper"
)

// requestFlags say what is asked for.
func requestFlags() []flagSpec {
	return []flagSpec{
		{
			name: "request", short: "X", value: "METHOD", group: groupRequests, check: true, also: "method",
			help: "the method (default GET, or POST with data)",
			set: func(s *settings, v string) error {
				s.options.Request.Method = strings.ToUpper(v)
				return scraper.CheckMethod(s.options.Request.Method)
			},
		},
		{
			name: "data", short: "d", value: "TEXT", secret: true, group: groupRequests, check: true, also: "body post-data data-raw",
			help: "the body of every request; several are joined by &",
			set: func(s *settings, v string) error {
				if strings.HasPrefix(v, "@") {
					return errors.New("begins with @: a file is given as --data-file FILE")
				}
				s.files.data = append(s.files.data, v)
				return nil
			},
		},
		{
			name: "data-file", value: "FILE", once: true, group: groupRequests, check: true, also: "data-binary body-file post-file",
			help: "the same from a file, as it stands",
			set:  file(func(f *files) *string { return &f.dataFile }),
		},
		{
			name: "user-agent", short: "A", value: "TEXT", group: groupRequests, check: true, also: "agent",
			help: fmt.Sprintf("who we say we are (default %s)", scraper.DefaultUserAgent),
			set: func(s *settings, v string) (err error) {
				s.options.Request.UserAgent, err = parseUserAgent(v)
				return err
			},
		},
		{
			name: "header", short: "H", secret: true, value: "'NAME: VALUE'", group: groupRequests, check: true, also: "headers",
			help: "sent with every request; may be repeated; @FILE\nreads them from a file, one a line; 'Accept:' leaves\none of our own out; not Host or what the connection\ndecides",
			set: func(s *settings, v string) error {
				if name, ok := strings.CutPrefix(v, "@"); ok {
					return file(func(f *files) *string { f.headers = append(f.headers, ""); return &f.headers[len(f.headers)-1] })(s, name)
				}
				return s.addHeader(v)
			},
		},
		{
			name: "referer", value: "URL", group: groupRequests, check: true, also: "referrer",
			help: "the header Referer",
			set:  func(s *settings, v string) error { return s.addHeader("Referer: " + v) },
		},
		{
			name: "compressed", group: groupRequests, check: true, also: "compression no-compression",
			help: "ask for compressed bodies, which is the default;\n--compressed=no does not",
			set: func(s *settings, v string) error {
				on, err := parseSwitch(v)
				s.options.Request.NoCompression = !on
				return err
			},
		},
		{
			name: "user", short: "u", value: "NAME[:PASS]", secret: true, group: groupRequests, check: true, also: "auth login http-user",
			help: "sent to the hosts of the list (Basic authorisation);\nwithout a password, SCRAPE_PASSWORD has it",
			set: func(s *settings, v string) error {
				if v == "" {
					return errEmpty
				}
				s.files.user = v
				return nil
			},
		},
		{
			name: "netrc", short: "n", group: groupRequests, check: true,
			help: "names and passwords from ~/.netrc, or $NETRC",
			set:  boolean(func(s *settings) *bool { return &s.files.netrc }),
		},
		{
			name: "load-cookies", value: "FILE", once: true, group: groupRequests, check: true, also: "cookie cookies",
			help: "cookies to begin with (Netscape format), and keep\nwhat servers set for the whole run",
			set:  file(func(f *files) *string { return &f.loadCookies }),
		},
		{
			name: "save-cookies", value: "FILE", once: true, group: groupRequests, also: "cookie-jar",
			help: "keep cookies for the whole run, and write them there",
			set:  file(func(f *files) *string { return &f.saveCookies }),
		},
		{
			name: "max-redirs", value: "N", group: groupRequests, check: true, also: "max-redirects max-redirect",
			help: fmt.Sprintf("redirects to follow for one URL (default %d)", scraper.DefaultMaxRedirects),
			set:  orNone(func(s *settings) *int { return &s.options.MaxRedirects }, mostRedirects, scraper.NoRedirects),
		},
		{
			name: "meta-refresh", group: groupRequests, also: "refresh follow-meta-refresh",
			help: "follow <meta http-equiv=refresh> and Refresh, too",
			set:  boolean(func(s *settings) *bool { return &s.options.MetaRefresh }),
		},
		{
			name: "retry", value: "N", group: groupRequests, also: "retries tries",
			help: fmt.Sprintf("further attempts at what may work later (default %d)", scraper.DefaultRetry),
			set:  orNone(func(s *settings) *int { return &s.options.Retry }, mostRetry, scraper.NoRetry),
		},
		{
			name: "retry-all", group: groupRequests, also: "retry-all-errors",
			help: "also what may do more when asked twice, as POST",
			set:  boolean(func(s *settings) *bool { return &s.options.RetryAll }),
		},
	}
}

// addHeader takes "Name: value". Without a value, the header is left out, as in
// curl.
func (s *settings) addHeader(text string) error {
	name, value, err := parseHeader(text)
	if err != nil {
		return err
	}
	own := &s.options.Request
	name = http.CanonicalHeaderKey(name)
	if name == "User-Agent" {
		if own.UserAgent, err = parseUserAgent(value); err != nil {
			return fmt.Errorf("%s %w", name, err)
		}
		return nil
	}
	if own.Header == nil {
		own.Header = make(http.Header)
	}
	if value == "" {
		own.Header[name] = nil
	} else {
		own.Header.Add(name, value)
	}
	return nil
}
