package results

import (
	"cmp"
	"fmt"
	"unicode/utf8"
)

// NewText returns a Sink of lines for people:
//
//	URL https://example.com/ Scraped
//	URL http://example.org/ not Scraped: dns: no such host
//
// It shows the record's URL, or its input where there is none. All that could
// steer a terminal or break the line is shown escaped. If quiet, only
// failures get a line: not what was scraped, and not duplicates. Closing it
// closes w.
func NewText(w *Batch, quiet bool) Sink { return &text{w: w, quiet: quiet} }

type text struct {
	w     *Batch
	quiet bool
	line  []byte
}

func (s *text) Write(r *Record) error {
	if len(r.raw) == 0 {
		return errNoContent
	}
	if s.quiet && (r.Outcome == Scraped || r.Kind == Duplicate) {
		return nil
	}
	shown, message, ok := glance(r)
	if !ok {
		f, err := r.Fields()
		if err != nil {
			return err
		}
		shown = []byte(cmp.Or(f.URL, f.Input))
		if f.Error != nil {
			message = []byte(f.Error.Message)
		}
	}
	line := appendVisible(append(s.line[:0], "URL "...), shown)
	if r.Outcome == Scraped {
		line = append(line, " Scraped"...)
	} else {
		line = append(line, " not Scraped: "...)
		line = append(line, r.Kind.String()...)
		if len(message) > 0 {
			line = appendVisible(append(line, ": "...), message)
		}
	}
	s.line = append(line, '\n')
	return s.w.Append(s.line)
}

func (s *text) Sync() error  { return s.w.Flush() }
func (s *text) Close() error { return s.w.Close() }

// appendVisible appends s so that it is harmless to a terminal and stays on
// its line.
func appendVisible(dst, s []byte) []byte {
	start := 0 // of what is not yet appended
	for i := 0; i < len(s); {
		if ' ' <= s[i] && s[i] <= '~' {
			i++
			continue
		}
		c, size := utf8.DecodeRune(s[i:])
		if c == utf8.RuneError && size == 1 {
			dst = utf8.AppendRune(append(dst, s[start:i]...), c)
			start = i + size
		} else if steering(c) {
			dst = fmt.Appendf(append(dst, s[start:i]...), `\u%04x`, c)
			start = i + size
		}
		i += size
	}
	return append(dst, s[start:]...)
}
