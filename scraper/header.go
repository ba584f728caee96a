package scraper

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"
)

// CheckHeader tells why a header cannot be sent with every request; nil where
// it can. The error's text begins with the name, where that is one, and holds
// no value, which may be a secret.
func CheckHeader(name, value string) error {
	if !httpguts.ValidHeaderFieldName(name) {
		return errors.New("the name of a header has letters, digits and hyphens")
	}
	if !httpguts.ValidHeaderFieldValue(value) {
		return fmt.Errorf("%s must not hold control characters", name)
	}
	if !utf8.ValidString(value) {
		return errors.New("must be valid UTF-8")
	}
	switch strings.ToLower(name) {
	case "connection", "content-length", "transfer-encoding", "trailer", "upgrade":
		return fmt.Errorf("%s is a header that the connection itself decides", name)
	}
	return nil
}

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
