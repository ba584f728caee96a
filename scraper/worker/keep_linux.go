package worker

import (
	"os"

	"golang.org/x/sys/unix"
)

// newMemory makes a file in memory without a name. Where there is no such thing, it is
// one on disk.
func newMemory() (f *os.File, disk bool, err error) {
	fd, err := unix.MemfdCreate("body", unix.MFD_CLOEXEC)
	if err != nil {
		f, err = newUnnamed(process.Keep.Dir)
		return f, true, err
	}
	return os.NewFile(uintptr(fd), "body"), false, nil
}

// newUnnamed makes a file on disk that never has a name, or none any more.
func newUnnamed(dir string) (*os.File, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	f, err := os.OpenFile(dir, os.O_RDWR|unix.O_TMPFILE, 0o600)
	if err == nil {
		return f, nil
	}
	return newRemoved(dir)
}
