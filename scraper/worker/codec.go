package worker

import (
	"encoding/binary"
	"maps"
	"net/http"
	"slices"
	"time"

	"scrape/results"
	"scrape/scraper/cookie"
	"scrape/scraper/extract"
	"scrape/scraper/weburl"
)

// What crosses the process boundary is written by these functions and read back
// by decoder.

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendURL(b []byte, u weburl.URL) []byte {
	b = binary.AppendUvarint(b, uint64(len(u.String())))
	b, _ = u.AppendBinary(b) // cannot fail
	return b
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// appendTime writes a time as nanoseconds since 1970, and the zero time as 0.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return binary.AppendVarint(b, 0)
	}
	return binary.AppendVarint(b, t.UnixNano())
}

// appendHeader writes the names in order, so that equal headers are equal bytes.
func appendHeader(b []byte, h http.Header) []byte {
	b = binary.AppendUvarint(b, uint64(len(h)))
	for _, name := range slices.Sorted(maps.Keys(h)) {
		b = appendString(b, name)
		b = binary.AppendUvarint(b, uint64(len(h[name])))
		for _, value := range h[name] {
			b = appendString(b, value)
		}
	}
	return b
}

func appendCookies(b []byte, cookies []cookie.Cookie) []byte {
	if len(cookies) == 0 {
		return append(b, 0)
	}
	return appendString(b, string(cookie.AppendCookies(nil, cookies)))
}

func appendFates(b []byte, fates []extract.Fate) []byte {
	b = binary.AppendUvarint(b, uint64(len(fates)))
	for _, f := range fates {
		b = append(b, byte(f))
	}
	return b
}

// decoder reads back what the functions above wrote. After a failure all that
// it answers is zero.
type decoder struct {
	b      []byte
	failed bool
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.b, d.failed = nil, true
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.b, d.failed = nil, true
		return 0
	}
	d.b = d.b[n:]
	return v
}

// fixed64 is a number in eight bytes.
func (d *decoder) fixed64() uint64 {
	if len(d.b) < 8 {
		d.b, d.failed = nil, true
		return 0
	}
	v := binary.LittleEndian.Uint64(d.b)
	d.b = d.b[8:]
	return v
}

// bytes are those of the decoder itself.
func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.b, d.failed = nil, true
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) string() string { return string(d.bytes()) }

func (d *decoder) url() (u weburl.URL) {
	if u.UnmarshalBinary(d.bytes()) != nil {
		d.b, d.failed = nil, true
	}
	return u
}

func (d *decoder) bool() bool {
	v := d.uvarint()
	if v > 1 {
		d.b, d.failed = nil, true
	}
	return v == 1
}

// count reads a number of elements, each of at least one byte.
func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.b, d.failed = nil, true
		return 0
	}
	return int(n)
}

func (d *decoder) time() time.Time {
	if ns := d.varint(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}

// ownBytes are a copy; nil where there are none.
func (d *decoder) ownBytes() []byte { return append([]byte(nil), d.bytes()...) }

// header returns nil for one without names.
func (d *decoder) header() http.Header {
	n := d.count()
	if n == 0 {
		return nil
	}
	h := make(http.Header, n)
	for range n {
		name := d.string()
		h[name] = nil
		for range d.count() {
			h[name] = append(h[name], d.string())
		}
	}
	return h
}

func (d *decoder) cookies() []cookie.Cookie {
	b := d.bytes()
	if len(b) == 0 {
		return nil
	}
	cookies, err := cookie.ReadCookies(b)
	if err != nil {
		d.b, d.failed = nil, true
	}
	return cookies
}

func (d *decoder) fates() (fates []extract.Fate) {
	for _, c := range d.bytes() {
		if extract.Fate(c) > extract.Found {
			d.b, d.failed = nil, true
			return nil
		}
		fates = append(fates, extract.Fate(c))
	}
	return fates
}

func (d *decoder) kind() results.Kind {
	k := results.Kind(d.uvarint())
	if !k.Valid() {
		d.b, d.failed = nil, true
	}
	return k
}
