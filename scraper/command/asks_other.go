//go:build !(darwin || dragonfly || freebsd || netbsd || openbsd)

package command

import (
	"os"
	"syscall"
)

// stateSignals ask how things stand.
var stateSignals = []os.Signal{syscall.SIGUSR1}
