// Package tempfile makes the files in which what waits is kept.
package tempfile

import "os"

// Create makes a file in a directory that nobody else can find, and that is gone
// when it is closed, or the process ends. Errors name the directory. It is safe for
// concurrent use.
func Create(dir string) (*os.File, error) {
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
