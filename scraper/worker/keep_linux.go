package worker

import (
	"os"

	"golang.org/x/sys/unix"

	"scrape/scraper/tempfile"
)

// newMemory makes a file in memory without a name. Where there is no such thing, it is
// one on disk.
func newMemory() (f *os.File, disk bool, err error) {
	fd, err := unix.MemfdCreate("body", unix.MFD_CLOEXEC)
	if err != nil {
		f, err = tempfile.Create(process.Keep.Dir)
		return f, true, err
	}
	return os.NewFile(uintptr(fd), "body"), false, nil
}
