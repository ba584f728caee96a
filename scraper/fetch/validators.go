package fetch

import "net/http"

// Validators are what an earlier answer told of its version (RFC 9110, section
// 8.8). The zero Validators make no condition.
type Validators struct {
	ETag         string // as it was sent, quotes included
	LastModified string // likewise
}

// maxValidator bounds the length of one that is sent back, in bytes.
const maxValidator = 1 << 10

// Validators are those of the answer, as far as they can be sent back: an entity tag
// of printable ASCII, also where it lacks its quotes as some do, and a time that is
// one.
func (r *Response) Validators() (v Validators) {
	if tag := r.Header.Get("ETag"); len(tag) <= maxValidator && isPrintable(tag) {
		v.ETag = tag
	}
	modified := r.Header.Get("Last-Modified")
	if _, err := http.ParseTime(modified); err == nil && len(modified) <= maxValidator && isPrintable(modified) {
		v.LastModified = modified
	}
	return v
}

func isPrintable(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}
