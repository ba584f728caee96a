// Package nearest finds what a mistyped name was meant to be.
package nearest

import (
	"strings"
	"unicode/utf8"

	"github.com/xrash/smetrics"
)

// least is the likeness (Jaro-Winkler, from 0 to 1) below which two names have little
// in common.
const least = 0.8

// longest is how long a name may be that anyone has mistyped, in bytes.
const longest = 64

// Name is the one of the known names that a mistyped one is most like, whatever its
// case, and the first of several; "" if it is like none. It is safe for concurrent use.
func Name(mistyped string, known []string) (best string) {
	// smetrics compares bytes, which are characters in all that we know.
	if len(mistyped) > longest || !utf8.ValidString(mistyped) {
		return ""
	}
	name, likeness := strings.ToLower(mistyped), least
	for _, k := range known {
		if l := smetrics.JaroWinkler(strings.ToLower(k), name, 0.7, 4); l > likeness {
			best, likeness = k, l
		}
	}
	return best
}
