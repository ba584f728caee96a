//go:build !linux

package tempfile

import (
	"errors"
	"os"
)

// createUnnamed: a file without a name is a matter of Linux.
func createUnnamed(string) (*os.File, error) { return nil, errors.ErrUnsupported }
