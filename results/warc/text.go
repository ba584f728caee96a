package warc

import (
	"bytes"
	"encoding/base32"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"time"
)

// newID is a record's name: a random UUID (RFC 9562, section 5.4).
func newID() string {
	hi, lo := rand.Uint64(), rand.Uint64()
	hi = hi&^0xf000 | 0x4000
	lo = lo&^(3<<62) | 2<<62
	return fmt.Sprintf("<urn:uuid:%08x-%04x-%04x-%04x-%012x>", hi>>32, hi>>16&0xffff, hi&0xffff, lo>>48, lo&(1<<48-1))
}

// date is a time to the microsecond (WARC 1.1, section 5.4).
func date(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

func digest(sum []byte) string { return "sha1:" + base32.StdEncoding.EncodeToString(sum) }

// address is an address without its port, "" for what is none.
func address(remote string) string {
	a, err := netip.ParseAddrPort(remote)
	if err != nil {
		return ""
	}
	return a.Addr().Unmap().WithZone("").String()
}

// clean keeps a value from breaking out of its line.
func clean(value string) string {
	if strings.IndexFunc(value, isControl) < 0 {
		return value
	}
	return strings.Map(func(c rune) rune {
		if isControl(c) {
			return '_'
		}
		return c
	}, value)
}

func isControl(c rune) bool { return c < ' ' || c == 0x7f }

// untransferred renames the header that names transfer codings, which are undone.
func untransferred(head []byte) []byte {
	const name = "Transfer-Encoding"
	if !bytes.Contains(bytes.ToLower(head), []byte(strings.ToLower(name))) {
		return head
	}
	out := make([]byte, 0, len(head)+16)
	first := true
	for line := range bytes.Lines(head) {
		if before, _, found := bytes.Cut(line, []byte(":")); found && !first && strings.EqualFold(string(bytes.TrimRight(before, " \t")), name) {
			out = append(out, "X-Orig-"...)
		}
		first = false
		out = append(out, line...)
	}
	return out
}
