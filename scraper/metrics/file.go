package metrics

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// CheckFile tells whether a file of that name could be written.
func CheckFile(name string) error {
	f, err := beside(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Close(), os.Remove(f.Name()))
}

// WriteFile makes a file, or puts another in its place, as a whole: who reads it
// meanwhile, such as node_exporter's textfile collector, never sees a part. The
// error is that of the operating system.
func WriteFile(name string, text []byte) error {
	f, err := beside(name)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		_ = os.Remove(f.Name())
	}
	return err
}

// beside makes a new file in the same directory. Its name does not end in .prom, so
// no collector reads it, and it may be read by whoever may read other new files,
// since a collector is another user.
func beside(name string) (*os.File, error) {
	if info, err := os.Stat(name); err == nil && !info.Mode().IsRegular() {
		return nil, errors.New("is no regular file")
	}
	temporary := filepath.Join(filepath.Dir(name), fmt.Sprintf(".%s.%x", filepath.Base(name), rand.Uint64()))
	return os.OpenFile(temporary, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
}
