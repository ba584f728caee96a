package frontier

import (
	"io"

	"scrape/scraper/tempfile"
)

// spillFile is what a spill needs of a file.
type spillFile interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
}

// temporary makes a file in a directory.
func temporary(dir string) func() (spillFile, error) {
	return func() (spillFile, error) {
		f, err := tempfile.Create(dir)
		if err != nil {
			return nil, err
		}
		return f, nil
	}
}
