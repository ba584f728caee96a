package results

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
	"unicode"
	"unicode/utf8"
)

// schema is the version of the record's keys. Keys may be added under the same
// version; it counts up when one is renamed or changes its meaning.
const schema = 1

// AppendJSON appends the record as one JSON object without a newline, its keys
// in a fixed order. It is valid UTF-8 whatever the strings hold: a byte that
// is not becomes U+FFFD. All control characters, C1 and DEL among them, are
// escaped, so that a record shown in a terminal is harmless; everything else
// stands as it is. A time that RFC 3339 cannot write is left out.
func (f *Fields) AppendJSON(dst []byte) []byte {
	dst = append(dst, `{"schema":`...)
	dst = strconv.AppendInt(dst, schema, 10)
	dst = appendInt(dst, `,"seq":`, f.Seq)
	dst = appendText(dst, `,"list":`, f.List)
	dst = appendInt(dst, `,"line":`, f.Line)
	if f.Input != f.URL {
		dst = appendText(dst, `,"input":`, f.Input)
	}
	if f.Method != "GET" {
		dst = appendText(dst, `,"method":`, f.Method)
	}
	dst = appendText(dst, `,"url":`, f.URL)
	if f.FinalURL != f.URL {
		dst = appendText(dst, `,"final_url":`, f.FinalURL)
	}
	dst = append(dst, `,"outcome":"`...)
	dst = append(dst, f.Outcome.String()...)
	dst = append(dst, '"')
	dst = appendInt(dst, `,"status":`, int64(f.Status))
	dst = appendText(dst, `,"content_type":`, f.ContentType)
	dst = appendText(dst, `,"media_type":`, f.MediaType)
	dst = appendText(dst, `,"charset":`, f.Charset)
	dst = appendText(dst, `,"http_version":`, f.HTTPVersion)
	dst = appendText(dst, `,"remote_addr":`, f.RemoteAddr)
	dst = appendInt(dst, `,"wire_bytes":`, f.WireBytes)
	dst = appendInt(dst, `,"body_bytes":`, f.BodyBytes)
	dst = appendText(dst, `,"body_sha256":`, f.BodySHA256)
	dst = appendText(dst, `,"body_file":`, f.BodyFile)
	dst = appendList(dst, `,"redirects":`, f.Redirects)
	dst = appendInt(dst, `,"attempts":`, int64(f.Attempts))
	dst = appendError(dst, f.Error)
	dst = appendText(dst, `,"title":`, f.Title)
	dst = appendValue(dst, `,"links":`, f.Links)
	dst = appendValue(dst, `,"data":`, f.Data)
	dst = appendList(dst, `,"truncated":`, f.Truncated)
	dst = appendTime(dst, `,"fetched_at":`, f.FetchedAt)
	dst = f.Timing.append(dst)
	dst = appendInt(dst, `,"worker":`, int64(f.Worker))
	dst = appendValue(dst, `,"meta":`, f.Meta)
	dst = appendText(dst, `,"change":`, f.Change.String())
	dst = appendText(dst, `,"diff":`, f.Diff)
	return append(dst, '}')
}

// The keys come with their punctuation: `,"seq":`.

func appendInt(dst []byte, key string, n int64) []byte {
	if n == 0 {
		return dst
	}
	return strconv.AppendInt(append(dst, key...), n, 10)
}

func appendText(dst []byte, key, s string) []byte {
	if s == "" {
		return dst
	}
	return appendString(append(dst, key...), s)
}

func appendList(dst []byte, key string, list []string) []byte {
	if len(list) == 0 {
		return dst
	}
	dst = append(dst, key...)
	for i, s := range list {
		if i == 0 {
			dst = append(dst, '[')
		} else {
			dst = append(dst, ',')
		}
		dst = appendString(dst, s)
	}
	return append(dst, ']')
}

func appendError(dst []byte, e *Error) []byte {
	if e == nil {
		return dst
	}
	dst = append(dst, `,"error":{"kind":"`...)
	dst = append(dst, e.Kind.String()...)
	dst = append(dst, '"')
	dst = appendText(dst, `,"message":`, e.Message)
	dst = append(dst, `,"retryable":`...)
	dst = strconv.AppendBool(dst, e.Retryable)
	return append(dst, '}')
}

func appendTime(dst []byte, key string, t time.Time) []byte {
	t = t.UTC()
	if year := t.Year(); t.IsZero() || year < 0 || year > 9999 {
		return dst
	}
	dst = append(append(dst, key...), '"')
	// Always three decimals, so that records sort by time as text. The layout
	// without them is the one that package time formats fast.
	dst = t.AppendFormat(dst, time.RFC3339)
	dst[len(dst)-1] = '.' // instead of Z
	dst = appendPadded(dst, t.Nanosecond()/1e6)
	return append(dst, `Z"`...)
}

func (t *Timing) append(dst []byte) []byte {
	const key = `,"timing_ms":{`
	start := len(dst)
	dst = append(dst, key...)
	dst = appendMillis(dst, `"queue":`, t.Queue)
	dst = appendMillis(dst, `"dns":`, t.DNS)
	dst = appendMillis(dst, `"connect":`, t.Connect)
	dst = appendMillis(dst, `"tls":`, t.TLS)
	dst = appendMillis(dst, `"first_byte":`, t.FirstByte)
	dst = appendMillis(dst, `"total":`, t.Total)
	if len(dst) == start+len(key) {
		return dst[:start]
	}
	dst[len(dst)-1] = '}' // instead of the last comma
	return dst
}

// appendMillis appends the member and a comma.
func appendMillis(dst []byte, key string, d time.Duration) []byte {
	micros := d.Microseconds()
	if micros <= 0 {
		return dst
	}
	dst = strconv.AppendInt(append(dst, key...), micros/1000, 10)
	if rest := int(micros % 1000); rest != 0 {
		dst = appendPadded(append(dst, '.'), rest)
		for dst[len(dst)-1] == '0' {
			dst = dst[:len(dst)-1]
		}
	}
	return append(dst, ',')
}

// appendPadded appends n, which is below 1000, in three digits.
func appendPadded(dst []byte, n int) []byte {
	return append(dst, '0'+byte(n/100), '0'+byte(n/10%10), '0'+byte(n%10))
}

// appendValue appends a JSON value on one line, its strings harmless. A tab
// between tokens stays.
func appendValue(dst []byte, key string, value json.RawMessage) []byte {
	if len(value) == 0 || string(value) == "null" || !utf8.Valid(value) || !json.Valid(value) {
		return dst
	}
	if bytes.ContainsAny(value, "\r\n") {
		var line bytes.Buffer
		if json.Compact(&line, value) != nil {
			return dst
		}
		value = line.Bytes()
	}
	dst = append(dst, key...)
	start := 0 // of what is not yet appended
	for i := 0; i < len(value); {
		c, size := utf8.DecodeRune(value[i:])
		i += size
		// Beyond ASCII, and for DEL, this is inside a string.
		if c >= '\x7f' && steering(c) {
			dst = append(dst, value[start:i-size]...)
			dst = appendEscape(dst, c)
			start = i
		}
	}
	return append(dst, value[start:]...)
}

// plain holds the bytes that stand in a JSON string as they are.
var plain = func() (set [256]bool) {
	for c := ' '; c <= '~'; c++ {
		set[c] = c != '"' && c != '\\'
	}
	return set
}()

func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0 // of what is not yet appended
	for i := 0; i < len(s); {
		if plain[s[i]] {
			i++
			continue
		}
		c, size := utf8.DecodeRuneInString(s[i:])
		if !steering(c) && c > '~' && (c != utf8.RuneError || size > 1) {
			i += size
			continue
		}
		dst = append(dst, s[start:i]...)
		i += size
		start = i
		dst = appendEscape(dst, c)
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

// appendEscape appends a character that cannot stand in a JSON string as it
// is: a quote, a backslash, a steering one, or utf8.RuneError for a byte
// that is not UTF-8.
func appendEscape(dst []byte, c rune) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', byte(c))
	case '\n':
		return append(dst, `\n`...)
	case '\r':
		return append(dst, `\r`...)
	case '\t':
		return append(dst, `\t`...)
	case utf8.RuneError:
		return utf8.AppendRune(dst, c)
	}
	const hex = "0123456789abcdef"
	return append(dst, '\\', 'u', hex[c>>12], hex[c>>8&15], hex[c>>4&15], hex[c&15])
}

// steering tells the characters that could steer a terminal or break a line:
// control characters, bidirectional controls, U+2028 and U+2029. All are below
// U+10000.
func steering(c rune) bool {
	switch {
	case c < '\u00a0':
		return unicode.IsControl(c)
	case c == '\u061c':
		return true // ARABIC LETTER MARK, a bidirectional control far from the others
	}
	return '\u200e' <= c && c <= '\u2069' && unicode.In(c, unicode.Bidi_Control, unicode.Zl, unicode.Zp)
}
