package fetch

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// fields reads the header lines of an answer of HTTP/1, the empty one at their
// end included.
type fields struct {
	modern   bool     // HTTP/1.1 and above
	length   int64    // Content-Length; -1: none, or none that makes sense
	clean    bool     // net/http understands them all, and as browsers do
	chunked  bool     // the body is
	transfer []string // transfer codings below that
}

// scan looks at lines without touching them, and tells where they end, -1 when
// they do not.
func (f *fields) scan(b []byte) int {
	f.clean = true
	for at := 0; ; {
		n := bytes.IndexByte(b[at:], '\n')
		if n < 0 {
			return -1
		}
		line := cutCR(b[at : at+n])
		at += n + 1
		if len(line) == 0 {
			return at
		}
		colon := nameLen(line)
		if colon == 0 || colon == len(line) || line[colon] != ':' || !isText(line[colon:]) {
			f.clean = false
			continue
		}
		switch name, value := line[:colon], line[colon+1:]; len(name) {
		case len("Content-Length"):
			if isName(name, "Content-Length") {
				number, err := strconv.ParseInt(string(trim(value)), 10, 64)
				f.clean = f.clean && f.length < 0 && err == nil && isNumber(trim(value))
				f.length = number
			}
		case len("Transfer-Encoding"):
			if isName(name, "Transfer-Encoding") {
				f.clean = f.clean && f.modern && !f.chunked && isName(trim(value), "chunked")
				f.chunked = true
			}
		case len("Trailer"):
			f.clean = f.clean && !isName(name, "Trailer")
		}
	}
}

// tidy returns the lines as net/http takes them. What is done to them:
//   - A line without colon, or whose name is none, is dropped; so is one that
//     begins with a blank and follows no other (RFC 9112, section 2.2).
//   - Blanks before the colon go (section 5.1), folded lines become one (5.2).
//   - Control characters in a value become blanks; NUL is an error, as RFC 9110,
//     section 5.5, allows and browsers have it. A Set-Cookie with one is dropped (RFC
//     6265bis, section 5.7).
//   - A Content-Length that is repeated counts once (RFC 9110, section 8.6), and
//     one larger than all numbers is the largest. Other nonsense is left for
//     net/http to refuse.
//   - Of Transfer-Encoding, what can be undone elsewhere is taken out (transfer),
//     and identity, which was one once, is dropped; "chunked" twice is once.
//   - Trailer is dropped, since the trailers are.
func (f *fields) tidy(b []byte) ([]byte, error) {
	if bytes.IndexByte(b, 0) >= 0 {
		return nil, errNUL
	}
	var lengths, codings []string
	out := make([]byte, 0, len(b))
	for name, value := range unfolded(b) {
		switch {
		case isName(name, "Content-Length"):
			for v := range strings.SplitSeq(string(value), ",") {
				// A third one matters no more than the second: they contradict.
				if v = strings.Trim(v, " \t"); len(lengths) < 2 && !slices.Contains(lengths, v) {
					lengths = append(lengths, v)
				}
			}
		case isName(name, "Transfer-Encoding"):
			for v := range strings.SplitSeq(string(value), ",") {
				codings = append(codings, strings.ToLower(strings.Trim(v, " \t")))
			}
		case isName(name, "Trailer"):
		default:
			out = appendField(out, string(name), string(value))
		}
	}
	if !f.transferCodings(codings) {
		out = appendField(out, "Transfer-Encoding", strings.Join(codings, ", "))
	} else if f.chunked {
		out = appendField(out, "Transfer-Encoding", "chunked")
	}
	f.length = -1
	if len(f.transfer) > 0 || f.chunked {
		lengths = nil // RFC 9112, section 6.3
	}
	for _, v := range lengths {
		if isNumber([]byte(v)) {
			var err error
			if f.length, err = strconv.ParseInt(v, 10, 64); err != nil { // it is the largest then
				v = strconv.FormatInt(f.length, 10)
			}
		}
		out = appendField(out, "Content-Length", v)
	}
	return append(out, "\r\n"...), nil
}

// transferCodings sets what is to be done to the body, and tells whether that is
// known: chunked last or not at all, and below it what can be undone.
func (f *fields) transferCodings(names []string) bool {
	if !f.modern {
		return true // as if there were none
	}
	for _, name := range names {
		switch {
		case len(f.transfer) > maxCodings: // each takes memory, and time
			f.chunked, f.transfer = false, nil
			return false
		case name == "" || name == "identity":
		case name == "chunked":
			f.chunked = true
		case f.chunked:
			f.chunked, f.transfer = false, nil
			return false
		case name == "gzip" || name == "x-gzip" || name == "deflate":
			f.transfer = append(f.transfer, strings.TrimPrefix(name, "x-"))
		default:
			f.chunked, f.transfer = false, nil
			return false
		}
	}
	return true
}

func appendField(out []byte, name, value string) []byte {
	out = append(out, name...)
	out = append(out, ": "...)
	out = append(out, value...)
	return append(out, "\r\n"...)
}

// unfolded gives the names and values of lines that have both. They may be
// changed, and are good until the next.
func unfolded(b []byte) func(yield func(name, value []byte) bool) {
	return func(yield func(name, value []byte) bool) {
		var name, value []byte // nil: the lines that continue it are dropped too
		for line := range bytes.Lines(b) {
			line = cutCR(bytes.TrimSuffix(line, []byte("\n")))
			odd := false
			for i, c := range line {
				if !isTextByte(c) {
					line[i], odd = ' ', true
				}
			}
			if len(line) > 0 && (line[0] == ' ' || line[0] == '\t') {
				if name != nil {
					value = append(append(value, ' '), trim(line)...)
				}
				continue
			}
			if name != nil && !yield(name, trim(value)) {
				return
			}
			name, value = nil, value[:0]
			before, after, found := bytes.Cut(line, []byte(":"))
			before = bytes.TrimRight(before, " \t")
			if found && len(before) > 0 && nameLen(before) == len(before) && !(odd && isName(before, "Set-Cookie")) {
				name, value = before, append(value, trim(after)...)
			}
		}
		if name != nil {
			yield(name, trim(value))
		}
	}
}

func cutCR(line []byte) []byte { return bytes.TrimSuffix(line, []byte("\r")) }
func trim(value []byte) []byte { return bytes.Trim(value, " \t") }

// isName compares without regard to case. want is ASCII.
func isName(name []byte, want string) bool {
	return len(name) == len(want) && strings.EqualFold(string(name), want)
}

func isNumber(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}

// isToken marks the bytes of a token (RFC 9110, section 5.6.2).
var isToken = func() (set [256]bool) {
	for c := range set {
		set[c] = '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z' || c < 0x80 && c > ' ' && strings.IndexByte("!#$%&'*+-.^_`|~", byte(c)) >= 0
	}
	return set
}()

// nameLen is how many bytes at the beginning of a line can be a field's name.
func nameLen(line []byte) int {
	for i, c := range line {
		if !isToken[c] {
			return i
		}
	}
	return len(line)
}

// isTextByte tells whether a byte may stand in a field's value (RFC 9110,
// section 5.5).
func isTextByte(c byte) bool { return c >= ' ' && c != 0x7f || c == '\t' }

func isText(b []byte) bool {
	for _, c := range b {
		if !isTextByte(c) {
			return false
		}
	}
	return true
}
