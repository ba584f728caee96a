package fetch

import (
	"bufio"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zlib"
)

// gzipDecoder reads gzip (RFC 1952), one member after the other. What follows
// the last member and does not look like one is ignored, as browsers do.
type gzipDecoder struct {
	src    *bufio.Reader
	member gzip.Reader
}

func (d *gzipDecoder) reset(src *bufio.Reader) error {
	d.src = src
	return d.begin()
}

func (d *gzipDecoder) begin() error {
	err := d.member.Reset(d.src)
	d.member.Multistream(false)
	return err
}

func (d *gzipDecoder) Read(p []byte) (int, error) {
	for {
		n, err := d.member.Read(p)
		if err != io.EOF {
			return n, err
		}
		if n > 0 {
			return n, nil
		}
		if next, err := d.src.Peek(2); err != nil {
			return 0, io.EOF // if the connection failed, the wire says so
		} else if next[0] != 0x1f || next[1] != 0x8b {
			return 0, io.EOF
		}
		if err := d.begin(); err != nil {
			return 0, err
		}
	}
}

// deflateDecoder reads "deflate", which is meant to be zlib (RFC 1950) and in
// practice is bare deflate (RFC 1951) as well.
type deflateDecoder struct {
	zlib, bare io.ReadCloser
	active     io.Reader
}

func (d *deflateDecoder) reset(src *bufio.Reader) (err error) {
	if head, _ := src.Peek(2); len(head) == 2 && isZlib(head) {
		if d.zlib == nil {
			d.zlib, err = zlib.NewReader(src)
		} else {
			err = d.zlib.(zlib.Resetter).Reset(src, nil)
		}
		d.active = d.zlib
		return err
	}
	if d.bare == nil {
		d.bare = flate.NewReader(src)
	} else {
		err = d.bare.(flate.Resetter).Reset(src, nil)
	}
	d.active = d.bare
	return err
}

func (d *deflateDecoder) Read(p []byte) (int, error) { return d.active.Read(p) }

// isZlib says whether a body begins with a zlib header: method 8, a window of
// at most 32 KiB, and the check bits. Bare deflate would have to begin with a
// stored block whose padding is not zero.
func isZlib(head []byte) bool {
	return head[0]&0x0f == 8 && head[0]>>4 <= 7 && (int(head[0])<<8|int(head[1]))%31 == 0
}

// brotliDecoder reads brotli (RFC 7932).
type brotliDecoder struct{ brotli.Reader }

func (d *brotliDecoder) reset(src *bufio.Reader) error { return d.Reset(src) }

// Read implements io.Reader. What follows the stream is ignored.
func (d *brotliDecoder) Read(p []byte) (int, error) {
	n, err := d.Reader.Read(p)
	if err != nil && err.Error() == "brotli: excessive input" {
		err = io.EOF
	}
	return n, err
}

// brotliMost is what brotliMemory answers for the largest window.
const brotliMost = 17

// brotliMemory is the memory in MiB of the decoder for a body whose first byte
// announces its window (section 9.1): that, and one for all else. Windows of
// less than 1 MiB are not counted.
func brotliMemory(first byte) int64 {
	window := 0 // its binary logarithm
	switch n, m := first>>1&7, first>>4&7; {
	case first&1 == 0:
		window = 16
	case n != 0:
		window = 17 + int(n)
	case m == 0:
		window = 17
	default: // 1 is reserved: the decoder refuses it
		window = 8 + int(m)
	}
	if window < 20 {
		return 0
	}
	return 1<<(window-20) + 1
}
