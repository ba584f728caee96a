package fetch

import "math"

// chunks reads a body that comes in chunks (RFC 9112, section 7.1), as browsers
// do: lines may end with LF alone, blanks may follow a size, extensions are
// skipped, up to a length, and so are trailers, whatever is in them. What it has
// read it writes as one chunk after the other, in the strict form.
type chunks struct {
	state   chunkState
	left    int64 // of the chunk, or its size so far
	line    int   // length of the line so far
	data    int64 // bytes of all chunks
	skipped int64 // bytes of extensions and trailers
}

type chunkState uint8

const (
	chunkSize      chunkState = iota // at a digit, or where one has to be
	chunkSizeEnd                     // behind blanks
	chunkExtension                   // behind a semicolon
	chunkLF                          // behind the CR of a size
	chunkData
	chunkDataEnd // behind the last byte of a chunk
	chunkDataLF  // and behind a CR there
	trailerStart // at the beginning of a line
	trailerLine
	chunksDone
)

const (
	// chunkHead is the length of the line before a chunk as merge writes it.
	chunkHead = len("00000000\r\n")
	// chunkTail is room for the end of a chunk and of a body.
	chunkTail = len("\r\n0\r\n\r\n")
	// maxChunkLine bounds a line with its extensions, as in Chrome.
	maxChunkLine = 16 << 10
	// maxSkipped bounds extensions and trailers that are not outweighed by data.
	maxSkipped = maxHeaderBytes
)

// merge replaces what has come, which leaves chunkHead bytes free at the
// beginning of b and chunkTail at its end, with one chunk, and the end of the body
// where it is there. It returns the length of that, and of what was read. At an
// error there may be a chunk as well.
func (c *chunks) merge(b []byte) (n, used int, err error) {
	data, used, err := c.read(b[chunkHead : len(b)-chunkTail])
	if data > 0 {
		writeSize(b, data)
		n = chunkHead + data
		n += copy(b[n:], "\r\n")
	}
	if c.state == chunksDone {
		n += copy(b[n:], "0\r\n\r\n")
	}
	return n, used, err
}

// writeSize writes the line before a chunk.
func writeSize(b []byte, size int) {
	copy(b, "00000000\r\n")
	for i := len("00000000") - 1; size > 0; i-- {
		b[i] = "0123456789abcdef"[size&0xf]
		size >>= 4
	}
}

// read moves the data in b to its beginning, and returns its length and that of
// what was read, which is all unless the last chunk ended before.
func (c *chunks) read(b []byte) (data, used int, err error) {
	for used < len(b) && c.state != chunksDone {
		if c.state == chunkData {
			n := int(min(c.left, int64(len(b)-used)))
			if data != used {
				copy(b[data:], b[used:used+n])
			}
			data, used = data+n, used+n
			c.data += int64(n)
			if c.left -= int64(n); c.left == 0 {
				c.state = chunkDataEnd
			}
			continue
		}
		if !c.step(b[used]) {
			return data, used, errChunks
		}
		used++
	}
	return data, used, nil
}

// step reads a byte that is no data, and tells whether it was in its place.
func (c *chunks) step(b byte) bool {
	switch c.state {
	case chunkSize, chunkSizeEnd, chunkExtension, chunkLF:
		return c.sizeLine(b)
	case chunkDataEnd, chunkDataLF:
		switch {
		case b == '\r' && c.state == chunkDataEnd:
			c.state = chunkDataLF
		case b == '\n':
			c.state = chunkSize
		default:
			return false
		}
	default:
		return c.trailer(b)
	}
	return true
}

// sizeLine reads the line before a chunk.
func (c *chunks) sizeLine(b byte) bool {
	c.line++
	switch digit := hexDigit(b); {
	case b == '\n' && c.line > 1: // behind at least a digit
		c.line = 0
		c.state = chunkData
		if c.left == 0 {
			c.state = trailerStart
		}
	case c.state == chunkExtension:
		return c.skip()
	case c.state == chunkLF, c.line > maxChunkLine:
		return false
	case digit >= 0 && c.state == chunkSize:
		if c.left > math.MaxInt64>>4 {
			return false
		}
		c.left = c.left<<4 | int64(digit)
	case c.line == 1:
		return false
	case b == '\r':
		c.state = chunkLF
	case b == ' ' || b == '\t':
		c.state = chunkSizeEnd
	case b == ';':
		c.state = chunkExtension
	default:
		return false
	}
	return true
}

// trailer reads a line behind the last chunk.
func (c *chunks) trailer(b byte) bool {
	switch {
	case b == '\n' && c.state == trailerStart:
		c.state = chunksDone
	case b == '\n':
		c.state, c.line = trailerStart, 0
	case b == '\r' && c.state == trailerStart:
	default:
		c.state = trailerLine
	}
	c.skipped++
	return c.skipped <= maxSkipped+c.data
}

// skip counts a byte of an extension.
func (c *chunks) skip() bool {
	c.skipped++
	return c.line <= maxChunkLine && c.skipped <= maxSkipped+c.data
}

// hexDigit is the value of a digit; -1 for what is none.
func hexDigit(b byte) int {
	switch {
	case '0' <= b && b <= '9':
		return int(b - '0')
	case 'a' <= b|0x20 && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10
	default:
		return -1
	}
}
