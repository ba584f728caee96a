//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package command

import (
	"os"
	"syscall"
)

// askSignals ask how things stand: SIGINFO is Ctrl-T.
var askSignals = []os.Signal{syscall.SIGUSR1, syscall.SIGINFO}
