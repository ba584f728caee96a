package weburl

import "errors"

// AppendBinary implements encoding.BinaryAppender: a URL crosses between
// processes as its string, which the parts follow from.
func (u URL) AppendBinary(b []byte) ([]byte, error) { return append(b, u.href...), nil }

var errBinary = errors.New("weburl: not a serialised URL")

// UnmarshalBinary implements encoding.BinaryUnmarshaler. It reads what
// AppendBinary wrote without parsing it, so that every URL comes back, also
// where the limits on what is parsed would be in its way. Of other bytes it
// makes a URL all of whose methods are safe, or an error, never more work than
// their number.
func (u *URL) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		*u = URL{}
		return nil
	}
	if len(b) > MaxLength {
		return errBinary
	}
	for _, c := range b {
		if c <= ' ' || c > '~' {
			return errBinary
		}
	}
	read, ok := split(string(b))
	if !ok {
		return errBinary
	}
	*u = read
	return nil
}
