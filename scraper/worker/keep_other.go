//go:build !linux

package worker

import "os"

// newMemory: a file in memory without a name is a matter of Linux.
func newMemory() (f *os.File, disk bool, err error) {
	f, err = newUnnamed(process.Keep.Dir)
	return f, true, err
}

// newUnnamed makes a file on disk that has lost its name already.
func newUnnamed(dir string) (*os.File, error) { return newRemoved(dir) }
