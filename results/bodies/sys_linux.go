package bodies

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// persist makes durable all that is in the folder's file system (syncfs(2)). One call
// for each file, and for the folders that each has nearly to itself, would take thirty
// times as long. A folder that may not be read is the system's to take care of.
func persist(dir string, files map[string]bool) error {
	d, err := os.Open(dir)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer d.Close()
	err = unix.Syncfs(int(d.Fd()))
	if errors.Is(err, unix.ENOSYS) { // in some sandboxes
		return persistFiles(dir, files)
	}
	if err != nil {
		return &fs.PathError{Op: "syncfs", Path: dir, Err: err}
	}
	return nil
}
