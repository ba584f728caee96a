package warc

import (
	"io"

	"github.com/klauspost/compress/gzip"
)

// newGzip returns a compressor whose members are made as fast as can be.
func newGzip() *gzip.Writer {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // a level that there is
	return z
}

// members writes each record as a gzip member of its own (WARC 1.1, annex D.2).
type members struct {
	gzip *gzip.Writer
	to   io.Writer
}

func (m *members) record(write func(io.Writer) error) error {
	m.gzip.Reset(m.to)
	if err := write(m.gzip); err != nil {
		return err
	}
	return m.gzip.Close()
}
