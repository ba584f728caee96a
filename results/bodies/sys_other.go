//go:build !linux

package bodies

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// persist makes durable each file, and the folders above it up to dir (fsync(2)). What
// may not be read is the system's to take care of, and so are folders where it does not
// know how.
func persist(dir string, files []string) error {
	folders := make(map[string]bool)
	for _, file := range files {
		if err := syncFile(file); err != nil {
			return err
		}
		folder := filepath.Dir(file)
		folders[folder], folders[filepath.Dir(folder)], folders[filepath.Clean(dir)] = true, true, true
	}
	for folder := range folders {
		if err := syncFile(folder); err != nil && !errors.Is(err, errors.ErrUnsupported) && !errors.Is(err, syscall.EINVAL) {
			return err
		}
	}
	return nil
}

func syncFile(name string) error {
	f, err := os.Open(name)
	if errors.Is(err, fs.ErrPermission) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	return f.Sync()
}
