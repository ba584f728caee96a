package tempfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// createUnnamed makes a file that never has a name, so that none stays behind, whenever
// the process is killed.
func createUnnamed(dir string) (*os.File, error) {
	return os.OpenFile(dir, os.O_RDWR|unix.O_TMPFILE, 0o600)
}
