package robots

import "strings"

// form is what is made of a pattern or a target before they are compared (RFC
// 9309 section 2.2.2). In each form, hex digits of an escape are upper case, a
// "%" that begins no escape is "%25", and what can stand in no URL is escaped:
// white space, control characters and the like. A "*" or "$" that means itself
// is escaped, so that the two have no other meaning than that of section 2.2.3.
type form int

const (
	// disallowing is the form of a pattern of a Disallow line: what is escaped
	// without need is not.
	disallowing form = iota
	// allowing is the form of a pattern of an Allow line: an escaped letter or
	// digit stays so, and is matched only by a target that has it escaped too.
	// The RFC would have it match both, Google's tests will not have it: here the
	// reading is taken that asks for less.
	allowing
	// equal is the form of a target in which nothing is escaped without need.
	equal
	// written is the form of a target in which each escape stays one.
	written
)

// inQuery are the characters that mean the same, escaped or not, in a query. In
// a path they need not.
const inQuery = ":/?@!'(),[]"

// decodes tells whether an escape of c is replaced by c itself.
func (f form) decodes(c byte, query bool) bool {
	switch {
	case f == written:
		return false
	case alphanumeric(c):
		return f != allowing
	case strings.IndexByte("-._~", c) >= 0:
		return true
	}
	return query && strings.IndexByte(inQuery, c) >= 0
}

// normal brings s into a form. It takes time in proportion to the length of s,
// and makes it at most three times as long.
func normal(s string, f form) string {
	i := 0
	for i < len(s) && stays[s[i]] {
		i++
	}
	if i == len(s) {
		return s
	}
	return string(appendNormal(make([]byte, 0, len(s)+len(s)/4+8), s, f))
}

func appendNormal(b []byte, s string, f form) []byte {
	pattern := f == allowing || f == disallowing
	query := false
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case stays[c]:
			query = query || c == '?'
			b = append(b, c)
		case c == '%':
			decoded, ok := unescape(s[i:])
			switch {
			case !ok:
				b = appendEscaped(b, '%')
				continue
			case f.decodes(decoded, query):
				b = append(b, decoded)
			default:
				b = appendEscaped(b, decoded)
			}
			i += 2
		case pattern && (c == '*' || c == '$' && i == len(s)-1):
			b = append(b, c)
		case !pattern && c >= 0x80:
			// No request has such a target, and a rule that means this octet has
			// it escaped.
			b = append(b, c)
		default:
			b = appendEscaped(b, c)
		}
	}
	return b
}

// octets is how long a pattern in normal form is when all is unescaped that may
// be (RFC 9309 section 2.2.2: the most specific match has the most octets).
func octets(pattern string) int {
	n := len(pattern)
	for i := 0; i < len(pattern); i++ {
		if c, ok := unescape(pattern[i:]); ok {
			if alphanumeric(c) {
				n -= 2
			}
			i += 2
		}
	}
	return n
}

// stays holds the characters that stand for themselves in every form: RFC 3986's
// unreserved and reserved ones without "*" and "$".
var stays = func() (t [256]bool) {
	for c := range t {
		t[c] = alphanumeric(byte(c)) || c < 0x80 && strings.IndexByte("-._~:/?#[]@!&'()+,;=", byte(c)) >= 0
	}
	return t
}()

func alphanumeric(c byte) bool { return letter(c) || '0' <= c && c <= '9' }

func letter(c byte) bool { return 'a' <= c|0x20 && c|0x20 <= 'z' }

// unescape reads the escape that s begins with.
func unescape(s string) (c byte, ok bool) {
	if len(s) < 3 || s[0] != '%' {
		return 0, false
	}
	high, ok1 := hexDigit(s[1])
	low, ok2 := hexDigit(s[2])
	return high<<4 | low, ok1 && ok2
}

func hexDigit(c byte) (value byte, ok bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}

func appendEscaped(b []byte, c byte) []byte {
	const digits = "0123456789ABCDEF"
	return append(b, '%', digits[c>>4], digits[c&15])
}
