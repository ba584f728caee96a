// Package directory makes durable which files there are.
package directory

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// Sync returns when the files that were made in a directory, renamed or removed are so
// on the disk, too (fsync(2)). Where that cannot be asked for, it is up to the system
// when they are: in a directory that may be written to and not read, and on file
// systems that do not know how. Errors name the directory. It is safe for concurrent
// use.
func Sync(name string) error {
	d, err := os.Open(name)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, syscall.EINVAL) {
		return nil
	}
	return err
}
