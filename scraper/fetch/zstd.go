package fetch

import (
	"bufio"
	"encoding/binary"
	"io"

	"github.com/klauspost/compress/zstd"
)

// zstdDecoder reads Zstandard (RFC 8878), with the window that RFC 9659 allows
// as a content coding. What follows a frame and begins none is ignored.
type zstdDecoder struct {
	*zstd.Decoder
	frames zstdFrames
}

const (
	zstdWindow = 8 << 20
	// zstdMemory is the memory in MiB of a decoder: the window and what it
	// takes beside. What the body announces does not bound it, since every
	// frame of it may announce another window.
	zstdMemory = zstdWindow>>20 + 1
)

func (d *zstdDecoder) reset(src *bufio.Reader) (err error) {
	if d.Decoder == nil {
		// With a concurrency of 1 the decoder starts no goroutines, so that
		// the pool may drop it without closing it.
		d.Decoder, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(zstdWindow))
		if err != nil {
			return err
		}
	}
	d.frames = zstdFrames{src: src}
	return d.Reset(&d.frames)
}

// zstdFrames passes on a row of frames (RFC 8878, section 3.1), and ends where what
// follows begins none. The decoder cannot tell one to three bytes there from a frame
// that was cut. What is in the frames is left to it; where they make no sense, all
// is passed on.
type zstdFrames struct {
	src  *bufio.Reader
	next zstdPart // behind left
	left int64    // bytes to pass on
	sums bool     // the frame ends with a checksum
}

type zstdPart uint8

const (
	firstFrame zstdPart = iota
	furtherFrame
	zstdBlock
	anyBytes
	noFrame
)

// Read implements io.Reader.
func (f *zstdFrames) Read(p []byte) (int, error) {
	if f.left == 0 {
		f.look()
	}
	switch {
	case f.left > 0:
	case f.next == noFrame:
		return 0, io.EOF // if the connection failed, the wire says so
	default:
		return f.src.Read(p)
	}
	n, err := f.src.Read(p[:min(int64(len(p)), f.left)])
	f.left -= int64(n)
	return n, err
}

// look finds out what comes next.
func (f *zstdFrames) look() {
	switch f.next {
	case firstFrame:
		f.lookAtFrame(anyBytes)
	case furtherFrame:
		f.lookAtFrame(noFrame)
	case zstdBlock:
		f.lookAtBlock()
	}
}

// lookAtFrame reads how a frame begins. What is none is otherwise.
func (f *zstdFrames) lookAtFrame(otherwise zstdPart) {
	const (
		magic     = 0xFD2FB528
		skippable = 0x184D2A50 // and the 15 numbers after it
	)
	head, _ := f.src.Peek(8)
	if len(head) < 4 {
		f.next = otherwise
		return
	}
	number := binary.LittleEndian.Uint32(head)
	skip := number&^0xF == skippable
	switch {
	case number != magic && !skip:
		f.next = otherwise
	case len(head) < 8: // too short for any
		f.next = anyBytes
	case skip:
		f.left = 8 + int64(binary.LittleEndian.Uint32(head[4:]))
		f.next = furtherFrame
	default:
		f.left = 4 + frameHeader(head[4])
		f.sums = head[4]&4 != 0
		f.next = zstdBlock
	}
}

// frameHeader is how long the header of a frame is with such a descriptor (section
// 3.1.1.1).
func frameHeader(descriptor byte) int64 {
	single := descriptor&0x20 != 0
	n := int64(1) + int64([]int{0, 1, 2, 4}[descriptor&3])
	if !single {
		n++ // the window's descriptor
	}
	switch size := descriptor >> 6; {
	case size > 0:
		n += 1 << size
	case single:
		n++
	}
	return n
}

// lookAtBlock reads a block's header (section 3.1.1.2).
func (f *zstdFrames) lookAtBlock() {
	head, _ := f.src.Peek(3)
	if len(head) < 3 {
		f.next = anyBytes
		return
	}
	const repeated = 1 // a single byte stands for all
	header := int64(head[0]) | int64(head[1])<<8 | int64(head[2])<<16
	f.left = 3 + header>>3
	if header>>1&3 == repeated {
		f.left = 3 + 1
	}
	if last := header&1 != 0; last {
		f.next = furtherFrame
		if f.sums {
			f.left += 4
		}
	}
}
