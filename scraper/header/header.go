// Package header knows what a header of a request may hold, wherever it comes
// from: the command line, options, or a line of a list; and reads the Link headers
// of answers.
package header

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"
)

// Check tells why a header cannot be sent; nil where it can. Headers of the
// connection itself (RFC 9110, section 7.6.1) and of the message's framing are
// refused. The error's text begins with the name, where that is one, and holds
// no value, which may be a secret.
func Check(name, value string) error {
	if !httpguts.ValidHeaderFieldName(name) {
		return errors.New("the name of a header has letters, digits and hyphens")
	}
	if !httpguts.ValidHeaderFieldValue(value) {
		return fmt.Errorf("%s must not hold control characters", name)
	}
	if !utf8.ValidString(value) {
		return fmt.Errorf("%s must be valid UTF-8", name)
	}
	switch strings.ToLower(name) {
	case "connection", "content-length", "transfer-encoding", "trailer", "upgrade":
		return fmt.Errorf("%s is a header that the connection itself decides", name)
	}
	return nil
}

// CheckMethod tells why a text cannot be the method of a request; nil where it
// can (RFC 9110, section 9.1). The error's text completes a sentence that begins
// with the method.
func CheckMethod(text string) error {
	switch {
	case !IsToken(text):
		return errors.New("is not a token, as GET is")
	case text == http.MethodConnect:
		return errors.New("is for proxies")
	}
	return nil
}

// IsToken tells whether a text is a token (RFC 9110, section 5.6.2), as the names
// of headers and methods are.
func IsToken(text string) bool { return httpguts.ValidHeaderFieldName(text) }
