package journal

import (
	"encoding/binary"
	"math"
)

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// decoder reads what is in a frame. After a failure all that it answers is zero.
type decoder struct {
	b      []byte
	failed bool
}

func (d *decoder) fail() { d.b, d.failed = nil, true }

// ok tells that all was read, and could be.
func (d *decoder) ok() bool { return !d.failed && len(d.b) == 0 }

// number is one that is not negative.
func (d *decoder) number() int64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 || v > math.MaxInt64 {
		d.fail()
		return 0
	}
	d.b = d.b[n:]
	return int64(v)
}

// count is a number of elements, each of at least size bytes.
func (d *decoder) count(size int) int {
	n := d.number()
	if n > int64(len(d.b)/size) {
		d.fail()
		return 0
	}
	return int(n)
}

// take are the next n bytes, which are the frame's own.
func (d *decoder) take(n int) []byte {
	if n > len(d.b) {
		d.fail()
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) string() string { return string(d.take(d.count(1))) }

func (d *decoder) bool() bool {
	b := d.take(1)
	if len(b) == 0 || b[0] > 1 {
		d.fail()
		return false
	}
	return b[0] == 1
}

func (d *decoder) key() uint64 {
	b := d.take(8)
	if len(b) == 0 {
		return 0
	}
	return binary.LittleEndian.Uint64(b)
}

func (d *decoder) digest() (sum Digest) {
	copy(sum[:], d.take(len(sum)))
	return sum
}
