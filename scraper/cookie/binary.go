package cookie

import (
	"encoding/binary"
	"errors"
	"time"
)

const (
	isHostOnly = 1 << iota
	isSecure
	isHTTPOnly
	isPlain
	hasExpiry
	flagsEnd
)

// AppendCookies appends the form in which cookies cross between processes.
func AppendCookies(b []byte, cookies []Cookie) []byte {
	for _, c := range cookies {
		flags := byte(0)
		for _, f := range []struct {
			set bool
			bit byte
		}{{c.HostOnly, isHostOnly}, {c.Secure, isSecure}, {c.HTTPOnly, isHTTPOnly}, {c.Plain, isPlain}, {!c.Expires.IsZero(), hasExpiry}} {
			if f.set {
				flags |= f.bit
			}
		}
		b = append(b, flags)
		for _, s := range []string{c.Name, c.Value, c.Domain, c.Path, c.Port} {
			b = binary.AppendUvarint(b, uint64(len(s)))
			b = append(b, s...)
		}
		if flags&hasExpiry != 0 {
			b = binary.AppendVarint(b, c.Expires.Unix())
		}
	}
	return b
}

var errBinary = errors.New("cookie: malformed cookies")

// ReadCookies reads what AppendCookies wrote, to its end. It refuses what is no
// valid cookie, so that nothing in a header can come of it that is none.
func ReadCookies(b []byte) ([]Cookie, error) {
	var cookies []Cookie
	for len(b) > 0 {
		flags := b[0]
		b = b[1:]
		if flags >= flagsEnd {
			return nil, errBinary
		}
		c := Cookie{
			HostOnly: flags&isHostOnly != 0,
			Secure:   flags&isSecure != 0,
			HTTPOnly: flags&isHTTPOnly != 0,
			Plain:    flags&isPlain != 0,
		}
		for _, s := range []*string{&c.Name, &c.Value, &c.Domain, &c.Path, &c.Port} {
			length, n := binary.Uvarint(b)
			if n <= 0 || length > uint64(len(b)-n) {
				return nil, errBinary
			}
			b = b[n:]
			*s, b = string(b[:length]), b[length:]
		}
		if flags&hasExpiry != 0 {
			seconds, n := binary.Varint(b)
			if n <= 0 {
				return nil, errBinary
			}
			b = b[n:]
			c.Expires = time.Unix(seconds, 0).UTC()
		}
		if !c.valid() {
			return nil, errBinary
		}
		cookies = append(cookies, c)
	}
	return cookies, nil
}
