// Package tempfile makes the files in which what waits is kept.
package tempfile

import (
	"io"
	"os"
)

// File is what is needed of such a file.
type File interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
	Truncate(size int64) error
}

// In returns what makes a file in a directory, as Create does.
func In(dir string) func() (File, error) {
	return func() (File, error) {
		f, err := Create(dir)
		if err != nil {
			return nil, err
		}
		return f, nil
	}
}

// Create makes a file in a directory that nobody else can find, and that is gone when it
// is closed, or the process ends. "" is the directory for temporary files. Errors name the
// directory. It is safe for concurrent use.
func Create(dir string) (*os.File, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	if f, err := createUnnamed(dir); err == nil {
		return f, nil
	}
	// The file system knows none without a name.
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
