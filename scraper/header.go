package scraper

import (
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/http/httpguts"
)

// CheckHeader tells why a header cannot be sent with every request; nil where
// it can. The error's text completes "the header …" or the name of a flag, and
// holds no value, which may be a secret.
func CheckHeader(name, value string) error {
	if !httpguts.ValidHeaderFieldName(name) {
		return errors.New("must have a name of letters, digits and hyphens")
	}
	if !httpguts.ValidHeaderFieldValue(value) {
		return errors.New("must not hold control characters")
	}
	if !utf8.ValidString(value) {
		return errors.New("must be valid UTF-8")
	}
	switch strings.ToLower(name) {
	case "connection", "content-length", "transfer-encoding", "trailer", "upgrade":
		return errors.New("is a header that the connection itself decides")
	}
	return nil
}

// CheckUserAgent tells why a text cannot be the User-Agent; nil where it can.
func CheckUserAgent(text string) error {
	if strings.TrimSpace(text) == "" || !httpguts.ValidHeaderFieldValue(text) {
		return errors.New("must be a text without control characters")
	}
	if !utf8.ValidString(text) {
		return errors.New("must be valid UTF-8")
	}
	return nil
}
