//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package command

import (
	"os"
	"syscall"
)

// stateSignals ask how things stand: SIGINFO is Ctrl-T.
var stateSignals = []os.Signal{syscall.SIGUSR1, syscall.SIGINFO}
