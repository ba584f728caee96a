package journal

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strconv"
	"strings"
)

// A journal is a line of text that says what it is, and then frames: the length
// of the content and a CRC-32C, four bytes each, little endian, and the content,
// whose first byte says what it is. The sum goes on from that of the frame before,
// so that each frame is bound to all that stands before it.
const (
	magic       = "scrape journal "
	version     = 2
	frameHeader = 8
)

// What a frame can be.
const (
	headFrame     = 'H' // the first one, and only that
	doneFrame     = 'D' // what was done since the one before
	carriedFrame  = 'K' // what was done of another list: see Journal.Merge
	pausedFrame   = 'P' // the run was ended in order: see Journal.Pause
	completeFrame = 'C' // the run came to its end: the last one
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// firstLine is what a journal begins with.
var firstLine = fmt.Sprintf("%s%d\n", magic, version)

// appendFrame appends a frame to b and returns the sum for the next one.
func appendFrame(b, content []byte, sum uint32) ([]byte, uint32) {
	length := binary.LittleEndian.AppendUint32(nil, uint32(len(content)))
	sum = crc32.Update(crc32.Update(sum, castagnoli, length), castagnoli, content)
	b = append(b, length...)
	b = binary.LittleEndian.AppendUint32(b, sum)
	return append(b, content...), sum
}

// frames reads a journal from its beginning.
type frames struct {
	r    *bufio.Reader
	size int64
	left int64  // of it, not read yet
	end  int64  // where the last good frame ends
	sum  uint32 // of that
	buf  []byte
}

// readFrames reads the first line of a journal of so many bytes. Its errors are
// *CorruptError and *VersionError, which name path, and the reader's own.
func readFrames(from io.Reader, size int64, path string) (*frames, error) {
	r := &frames{r: bufio.NewReaderSize(from, 64<<10), size: size, left: size}
	line, err := r.r.Peek(min(int(r.left), len(firstLine)+20))
	if err != nil && err != io.EOF {
		return nil, err
	}
	text, _, found := strings.Cut(string(line), "\n")
	number, isOurs := strings.CutPrefix(text, magic)
	v, err := strconv.ParseUint(number, 10, 32)
	if !found || !isOurs || err != nil {
		return nil, &CorruptError{Path: path}
	}
	if v != version {
		return nil, &VersionError{Path: path, Version: int(v)}
	}
	n, _ := r.r.Discard(len(text) + 1)
	r.left -= int64(n)
	r.end = int64(n)
	return r, nil
}

// next returns the content of the next frame, valid until the one after. The
// error is io.EOF where no good frame follows; any other is the file's own.
func (r *frames) next() ([]byte, error) {
	var header [frameHeader]byte
	if err := r.read(header[:]); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(header[:4]))
	if length == 0 || length > r.left {
		return nil, io.EOF
	}
	if int64(cap(r.buf)) < length {
		r.buf = make([]byte, length)
	}
	content := r.buf[:length]
	if err := r.read(content); err != nil {
		return nil, err
	}
	sum := crc32.Update(crc32.Update(r.sum, castagnoli, header[:4]), castagnoli, content)
	if sum != binary.LittleEndian.Uint32(header[4:]) {
		return nil, io.EOF
	}
	r.sum = sum
	r.end += frameHeader + length
	return content, nil
}

func (r *frames) read(b []byte) error {
	n, err := io.ReadFull(r.r, b)
	r.left -= int64(n)
	if errors.Is(err, io.ErrUnexpectedEOF) {
		err = io.EOF
	}
	return err
}
