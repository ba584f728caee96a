package frontier

import (
	"io"
	"os"
)

// spillFile is what a spill needs of a file.
type spillFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
}

// temporary makes a file in a directory that nobody else can find, and that is
// gone when it is closed, or the process ends.
func temporary(dir string) func() (spillFile, error) {
	return func() (spillFile, error) {
		f, err := os.CreateTemp(dir, "scrape-*")
		if err != nil {
			return nil, err
		}
		if err := os.Remove(f.Name()); err != nil {
			f.Close()
			return nil, err
		}
		return f, nil
	}
}
