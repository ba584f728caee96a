package weburl

import (
	"strings"
	"unicode/utf8"

	"github.com/nlnwa/whatwg-url/errors"
)

// Error says why a string is no http or https URL.
type Error struct {
	Input  string // what was parsed, shortened to some 200 bytes, a password hidden, in valid UTF-8
	Reason string // lower case, such as "no host" or "port out of range"
}

// Error returns the reason alone: whoever shows it has the input beside it.
func (e *Error) Error() string { return e.Reason }

// newError keeps only what of the input is fit to be shown.
func newError(input, reason string) *Error {
	const limit = 200
	input = strings.ToValidUTF8(HidePassword(input), "\uFFFD")
	if len(input) > limit {
		cut := limit
		for !utf8.RuneStart(input[cut]) {
			cut--
		}
		input = input[:cut] + "…"
	}
	return &Error{Input: input, Reason: reason}
}

// reason words an error of whatwg-url for people who do not know the
// standard.
func reason(err error) string {
	switch errors.Type(err) {
	case errors.HostMissing, errors.InvalidCredentials:
		return "no host"
	case errors.PortOutOfRange:
		return "port out of range"
	case errors.PortInvalid:
		return "port is not a number"
	case errors.DomainInvalidCodePoint:
		return "host has a character that is not allowed"
	case errors.IPv4EmptyPart, errors.IPv4TooManyParts, errors.IPv4NonNumericPart, errors.IPv4OutOfRangePart:
		return "not a valid IPv4 address"
	case errors.IPv6Unclosed, errors.IPv6InvalidCompression, errors.IPv6TooManyPieces,
		errors.IPv6MultipleCompression, errors.IPv6InvalidCodePoint, errors.IPv6TooFewPieces,
		errors.IPv4InIPv6TooManyPieces, errors.IPv4InIPv6InvalidCodePoint,
		errors.IPv4InIPv6OutOfRangePart, errors.IPv4InIPv6TooFewParts:
		return "not a valid IPv6 address"
	case errors.DomainToASCII:
		return "not a valid host name"
	}
	return notValid
}

const notValid = "not a valid URL"
