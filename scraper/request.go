package scraper

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"

	"scrape/scraper/cookie"
	"scrape/scraper/header"
	"scrape/scraper/netrc"
)

// Request is what is asked for beside the URL. A line of a list that has a method
// or a body of its own is not given Method and Body.
type Request struct {
	// Method is a token of RFC 9110, section 9.1. "": GET, or POST with a Body.
	Method string
	// Body is sent with every request.
	Body []byte
	// UserAgent is sent with every request; CheckUserAgent says what it can
	// be. "": DefaultUserAgent.
	UserAgent string
	// Header is added to every request, and goes before Accept,
	// Accept-Encoding and UserAgent. CheckHeader says what it can hold:
	// Connection, Content-Length, Transfer-Encoding, Trailer and Upgrade are
	// refused. Host replaces the URL's host in what is asked for, not in where
	// it is asked. Once a redirect has led to another origin, Authorization,
	// Cookie, Proxy-Authorization and Host are left out.
	Header http.Header
	// NoCompression asks for bodies as they are.
	NoCompression bool
	// Login is a user name and a password with a colon between them, for Basic
	// authorisation at the origins that the lists name. "": none.
	Login string
	// Netrc has logins for some hosts, where Login does not hold. nil: none.
	Netrc *netrc.File
	// Cookies are sent where they belong, and those that servers set in the run
	// are added. nil: what a server sets is kept for that URL's redirects and
	// further attempts alone.
	Cookies *cookie.Jar
}

func (r *Request) setDefaults() error {
	switch {
	case r.Method == "" && len(r.Body) > 0:
		r.Method = http.MethodPost
	case r.Method == http.MethodGet && len(r.Body) == 0:
		r.Method = "" // which is the same
	}
	if r.Method != "" {
		if err := CheckMethod(r.Method); err != nil {
			return fmt.Errorf("scraper: Options.Request.Method %q: %w", r.Method, err)
		}
	}
	if r.UserAgent == "" {
		r.UserAgent = DefaultUserAgent
	}
	if err := CheckUserAgent(r.UserAgent); err != nil {
		return fmt.Errorf("scraper: Options.Request.UserAgent %w", err)
	}
	for name, values := range r.Header {
		for _, value := range values {
			if err := CheckHeader(name, value); err != nil {
				return fmt.Errorf("scraper: Options.Request.Header %q: %w", name, err)
			}
		}
	}
	return nil
}

// common stands for what a line without a method and a body is asked for with.
func (r *Request) common() string {
	if len(r.Body) > 0 {
		return r.Method + " with the body of all"
	}
	return r.Method
}

// CheckHeader tells why a header cannot be sent with every request; nil where
// it can. The error's text begins with the name, where that is one, and holds
// no value, which may be a secret.
func CheckHeader(name, value string) error { return header.Check(name, value) }

// CheckMethod tells why a text cannot be the method of requests; nil where it
// can.
func CheckMethod(text string) error { return header.CheckMethod(text) }

// CheckUserAgent tells why a text cannot be the User-Agent; nil where it can.
func CheckUserAgent(text string) error {
	if strings.TrimSpace(text) == "" {
		return errors.New("must not be empty")
	}
	if !httpguts.ValidHeaderFieldValue(text) {
		return errors.New("must be a text without control characters")
	}
	if !utf8.ValidString(text) {
		return errors.New("must be valid UTF-8")
	}
	return nil
}
