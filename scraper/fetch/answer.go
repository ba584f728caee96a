package fetch

import (
	"bytes"
	"errors"
	"io"
)

var (
	errHeaders = errors.New("headers larger than " + size(maxHeaderBytes))
	errNUL     = errors.New("a NUL byte in the headers")
	errChunks  = errors.New("malformed chunked encoding")
	// errUnasked ends a connection that has brought more than was asked for, like
	// one that the server has closed: a request that it was given to meanwhile goes
	// out on another.
	errUnasked = io.EOF
)

// answer follows what a server sends for one request of HTTP/1, and turns what
// net/http would refuse, though the standards let a client take it and browsers
// do, into what it takes: see tidyFields and chunks. What is in order already,
// which is nearly everything, is looked at and passed on where it lies.
type answer struct {
	part part
	head bool    // the request was HEAD
	raw  *[]byte // where the head is kept as it comes; nil: nowhere

	line   [len("HTTP/1.1 200")]byte // how the status line begins
	length int                       // of what has come of the status line
	blank  int                       // bytes of empty lines before it
	held   []byte                    // header lines that have come before their end has
	seen   int                       // held up to here has no end
	size   int                       // of the head so far
	chunks chunks
	left   int64 // of a body of known size

	out []byte // to be passed on, for want of room
	err error  // what to fail with behind that

	// transfer are the codings of the whole answer below chunked, which are to be
	// undone by whoever reads the body (RFC 9112, section 7).
	transfer []string
}

// part is what the next byte of an answer belongs to.
type part uint8

const (
	untilEnd part = iota // all that comes until the connection ends
	statusLine
	fieldLines
	sizedBody
	chunkedBody
	over // nothing that was asked for
)

// maxBlank is how many bytes of line ends may come before the status line, as in
// Chrome. Some servers count a body two bytes too short.
const maxBlank = 4

// begin is called with the first bytes of an answer.
func (a *answer) begin(head bool, raw *[]byte) { *a = answer{part: statusLine, head: head, raw: raw} }

// keep is given each part of the head, as it came.
func (a *answer) keep(b []byte) {
	if a.raw != nil {
		*a.raw = append(*a.raw, b...)
	}
}

// pop moves to p what waits to be passed on.
func (a *answer) pop(p []byte) int {
	n := copy(p, a.out)
	if a.out = a.out[n:]; len(a.out) == 0 {
		a.out = nil
	}
	return n
}

// take is given n bytes that were read, at b[from:], and returns how many are to
// be passed on: they are at the beginning of b. More may be in a.out, behind them.
func (a *answer) take(b []byte, from, n int) int {
	if a.part == chunkedBody && from == chunkHead { // which is how the bulk comes
		return a.dechunk(b[:chunkHead+n+chunkTail])
	}
	done := 0
	pass := func(data []byte) { // data lies in b behind done
		if len(a.out) == 0 {
			done += copy(b[done:], data)
		} else {
			a.out = append(a.out, data...)
		}
	}
	for in := b[from : from+n]; len(in) > 0 && a.err == nil; {
		switch a.part {
		case untilEnd:
			pass(in)
			in = nil
		case statusLine:
			skip, end := a.readStatus(in)
			pass(in[skip:end])
			in = in[end:]
		case fieldLines:
			end := a.readFields(in)
			switch {
			case end < 0:
				in = nil
			case a.held == nil:
				pass(in[:end])
				in = in[end:]
			default:
				a.out = append(a.out, a.held...)
				a.held, a.seen, in = nil, 0, in[end:]
			}
		case chunkedBody:
			room := chunkHead + len(in) + chunkTail
			if len(a.out) == 0 && done+room <= len(b) {
				copy(b[done+chunkHead:], in)
				done += a.dechunk(b[done : done+room])
			} else {
				c := make([]byte, room)
				copy(c[chunkHead:], in)
				a.out = append(a.out, c[:a.dechunk(c)]...)
			}
			in = nil
		case sizedBody:
			n := int(min(a.left, int64(len(in))))
			pass(in[:n])
			in = in[n:]
			if a.left -= int64(n); a.left == 0 {
				a.part = over
			}
		case over:
			a.err = errUnasked
		}
	}
	return done
}

// dechunk makes one chunk of all that have come.
func (a *answer) dechunk(b []byte) int {
	n, used, err := a.chunks.merge(b)
	switch a.err = err; {
	case a.chunks.state != chunksDone:
	case chunkHead+used+chunkTail < len(b):
		a.err = errUnasked
		fallthrough
	default:
		a.part = over
	}
	return n
}

// readStatus returns the part of in that is the status line, or some of it.
func (a *answer) readStatus(in []byte) (from, to int) {
	if a.length == 0 {
		for from < len(in) && (in[from] == '\r' || in[from] == '\n') && a.blank < maxBlank {
			from++
			a.blank++
		}
	}
	line := in[from:]
	if end := bytes.IndexByte(line, '\n'); end >= 0 {
		line = line[:end+1]
		a.part = fieldLines
	}
	if a.length < len(a.line) {
		copy(a.line[a.length:], line)
	}
	a.length += len(line)
	a.keep(line)
	a.grow(len(line))
	if bytes.IndexByte(line, 0) >= 0 {
		a.err = errNUL
	}
	return from, from + len(line)
}

// grow counts bytes of the head.
func (a *answer) grow(n int) {
	if a.size += n; a.size > maxHeaderBytes {
		a.err = errHeaders
	}
}

// readFields reads on in the header lines and returns where they end in in, -1
// when they do not: then they are held. Where a.held is set in the end, it goes
// out in place of what came.
func (a *answer) readFields(in []byte) int {
	if a.held == nil {
		f := fields{modern: a.modern(), length: -1}
		if end := f.scan(in); f.clean && end >= 0 {
			if a.grow(end); a.err != nil {
				return -1
			}
			a.keep(in[:end])
			a.bodyOf(f)
			return end
		}
	}
	before := len(a.held)
	a.held = append(a.held, in...)
	end := a.fieldsEnd()
	if end < 0 {
		a.grow(len(in))
		return -1
	}
	used := end - before
	if a.grow(used); a.err != nil {
		return -1
	}
	a.keep(a.held[:end])
	f := fields{modern: a.modern(), length: -1}
	var err error
	if a.held, err = f.tidy(a.held[:end]); err != nil {
		a.err = err
		return -1
	}
	a.transfer = f.transfer
	a.bodyOf(f)
	return used
}

// fieldsEnd is where the header lines in held end: behind an empty one.
func (a *answer) fieldsEnd() int {
	for {
		// seen is the beginning of a line, or some way into one.
		i := bytes.IndexByte(a.held[a.seen:], '\n')
		if i < 0 {
			a.seen = len(a.held)
			return -1
		}
		lf := a.seen + i
		a.seen = lf + 1
		if lf == 0 || a.held[lf-1] == '\n' || a.held[lf-1] == '\r' && (lf == 1 || a.held[lf-2] == '\n') {
			return a.seen
		}
	}
}

// modern tells whether the answer may be chunked: HTTP/1.0 has no such thing.
func (a *answer) modern() bool {
	const name = "HTTP/"
	v := a.line[len(name):]
	return bytes.HasPrefix(a.line[:], []byte(name)) && v[1] == '.' && (v[0] == '1' && v[2] > '0' || v[0] > '1')
}

// bodyOf sets what comes behind the header lines (RFC 9112, section 6.3).
func (a *answer) bodyOf(f fields) {
	switch status := string(a.line[len("HTTP/1.1 "):]); {
	case status == "101":
		a.part = untilEnd
	case status[0] == '1': // another head follows
		if a.raw != nil {
			*a.raw = (*a.raw)[:0]
		}
		a.part, a.length, a.blank, a.size, a.transfer = statusLine, 0, 0, 0, nil
	case a.head || status == "204" || status == "304" || !f.chunked && f.length == 0:
		a.part = over
	case f.chunked:
		a.part = chunkedBody
	case f.length > 0:
		a.part, a.left = sizedBody, f.length
	default:
		a.part = untilEnd
	}
}
