package pool

import (
	"os"

	"golang.org/x/sys/unix"
)

// The signal at a parent's death belongs to a process's first thread, where
// package variables are initialised.
var _ = func() bool {
	if os.Getenv(noBelt) != "" {
		_ = unix.Prctl(unix.PR_SET_PDEATHSIG, 0, 0, 0, 0)
	}
	return true
}()
