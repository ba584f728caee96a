package warc

import (
	"io"

	"github.com/klauspost/compress/gzip"
)

// members writes gzip members one after the other.
type members struct {
	gzip *gzip.Writer
	to   io.Writer
}

func newMembers() *members {
	z, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // a level that there is
	return &members{gzip: z}
}

// begin has what follows written to w.
func (m *members) begin(w io.Writer) { m.to = w }

// write writes a member of what write gives its writer.
func (m *members) write(write func(io.Writer) error) error {
	m.gzip.Reset(m.to)
	if err := write(m.gzip); err != nil {
		return err
	}
	return m.gzip.Close()
}
