package xhtml

import (
	"encoding/xml"
	"errors"
	"strings"
)

// Mistake is the first of a page that is not well-formed: nothing behind it is read.
type Mistake struct {
	Offset int    // where it is, in bytes of the page
	Cause  string // one short line
}

// maxCause is how long a Cause may be, in characters.
const maxCause = 100

// fail ends the page with a mistake, at an offset of the decoder.
func (r *reader) fail(at int64, cause string) {
	r.failed = true
	r.mistake = &Mistake{r.skipped + int(at), shortened(cause)}
}

// refuse ends the page with the decoder's error of a part that began at an offset. The
// end of the page is no mistake, nor that of the task.
func (r *reader) refuse(begin int64, err error) {
	r.failed = true
	if at, cause := Refused(r.decoder, begin, err); cause != "" {
		if i := strings.LastIndexByte(string(r.source.part), '&'); i >= 0 && strings.Contains(cause, "entity") {
			at = r.source.read - int64(len(r.source.part)-i)
		}
		r.fail(at, cause)
	}
}

// Refused tells the place and cause of a decoder's error, where that is a mistake of the
// page, in a part that began at an offset; else the cause is "".
func Refused(d *xml.Decoder, begin int64, err error) (at int64, cause string) {
	e, ok := errors.AsType[*xml.SyntaxError](err)
	switch {
	case !ok:
		return 0, ""
	case strings.HasPrefix(e.Msg, "unexpected EOF"):
		return begin, "the page ends before what begins here does"
	}
	return max(begin, d.InputOffset()-1), shortened(e.Msg)
}

func written(name xml.Name) string {
	if name.Space == "" {
		return name.Local
	}
	return name.Space + ":" + name.Local
}

func shortened(cause string) string {
	if runes := []rune(cause); len(runes) > maxCause {
		return string(runes[:maxCause]) + "…"
	}
	return cause
}
