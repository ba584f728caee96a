package output

import (
	"bytes"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"scrape/results"
)

// memberSize is how much is compressed together at most. What fails, or is
// killed, between two members loses the one begun.
const memberSize = 1 << 20

// packer gathers records and compresses them into members of gzip (RFC 1952,
// section 2.2), or frames of Zstandard (RFC 8878, section 3.1), each written at
// once: cut behind any of them, a file is whole. Readers take members that
// follow each other for one stream.
type packer struct {
	gathered []byte
	compress func(dst, src []byte) []byte
	packed   []byte
}

// newPacker returns nil where nothing is to be compressed.
func newPacker(c results.Compression) *packer {
	switch c {
	case results.Gzip:
		var out bytes.Buffer
		w := gzip.NewWriter(&out)
		return &packer{compress: func(dst, src []byte) []byte {
			out.Reset()
			w.Reset(&out)
			_, _ = w.Write(src) // a Buffer takes everything
			_ = w.Close()
			return append(dst, out.Bytes()...)
		}}
	case results.Zstd:
		// The options are sound, so that there is no error; and without a writer
		// there is nothing to close. A window of more than a member has would be 16
		// MiB that are never used, for which the collector leaves as much again.
		w, _ := zstd.NewWriter(nil, zstd.WithEncoderConcurrency(1), zstd.WithEncoderCRC(true), zstd.WithZeroFrames(true), zstd.WithWindowSize(memberSize))
		return &packer{compress: func(dst, src []byte) []byte { return w.EncodeAll(src, dst) }}
	}
	return nil
}

// add takes whole records, and writes when there are enough of them.
func (k *packer) add(p []byte, write func([]byte) (int, error)) error {
	k.gathered = append(k.gathered, p...)
	if len(k.gathered) < memberSize {
		return nil
	}
	return k.end(write, false)
}

// end writes what was gathered as a member, or one of nothing, if that is wanted.
func (k *packer) end(write func([]byte) (int, error), empty bool) error {
	if len(k.gathered) == 0 && !empty {
		return nil
	}
	k.packed = k.compress(k.packed[:0], k.gathered)
	k.gathered = k.gathered[:0]
	_, err := write(k.packed)
	return err
}
