package worker

import "os"

// newRemoved makes a file and removes its name.
func newRemoved(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "scrape-body-*")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
