package scraper

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"

	"scrape/scraper/header"
)

// CheckHeader tells why a header cannot be sent with every request; nil where
// it can. The error's text begins with the name, where that is one, and holds
// no value, which may be a secret.
func CheckHeader(name, value string) error { return header.Check(name, value) }

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
