package parquet

import (
	"github.com/klauspost/compress/zstd"
	pq "github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress"
)

// window is how far back a compressor looks, in bytes. A page is compressed by itself,
// and is hardly ever larger. At the library's default each compressor has 16 MiB that are
// never used, for which the collector leaves as much again.
const window = 512 << 10

// zstandard compresses pages (RFC 8878) as pq.Zstd does, which reads them, too, but
// with a window of their own size.
type zstandard struct {
	compress.Codec
	encoder *zstd.Encoder
}

func newZstandard() (compress.Codec, error) {
	encoder, err := zstd.NewWriter(nil,
		zstd.WithEncoderConcurrency(1),
		zstd.WithEncoderLevel(zstd.SpeedDefault),
		zstd.WithWindowSize(window),
		zstd.WithZeroFrames(true),
		zstd.WithEncoderCRC(false))
	return zstandard{&pq.Zstd, encoder}, err
}

// Encode appends a compressed page to dst, emptied.
func (z zstandard) Encode(dst, src []byte) ([]byte, error) {
	return z.encoder.EncodeAll(src, dst[:0]), nil
}
