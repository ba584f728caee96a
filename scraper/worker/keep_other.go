//go:build !linux

package worker

import (
	"os"

	"scrape/scraper/tempfile"
)

// newMemory: a file in memory without a name is a matter of Linux.
func newMemory() (f *os.File, disk bool, err error) {
	f, err = tempfile.Create(process.Keep.Dir)
	return f, true, err
}
