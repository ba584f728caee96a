//go:build unix && !linux

package pool

import (
	"errors"
	"os"
	"syscall"
)

// workerAttr puts a worker in a process group of its own, so that Ctrl-C in a
// terminal reaches the coordinator alone and a kill reaches the worker's own
// children. That the coordinator is gone a worker learns from its socket.
func workerAttr() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}

// socketPair makes two connected stream sockets that no child inherits. Only
// ForkLock keeps a concurrent fork from inheriting them before they are marked.
func socketPair() (ours, theirs *os.File, err error) {
	syscall.ForkLock.RLock()
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err == nil {
		syscall.CloseOnExec(fds[0])
		syscall.CloseOnExec(fds[1])
	}
	syscall.ForkLock.RUnlock()
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	return os.NewFile(uintptr(fds[0]), "worker"), os.NewFile(uintptr(fds[1]), "coordinator"), nil
}

// waitExit does nothing here: what a worker has started is killed before the
// worker is waited for, not after.
func waitExit(int) {}

// stopped is not known here: a worker that stands still is found by its
// silence.
func stopped(int) bool { return false }

// anonymousFile makes a file that has lost its name already.
func anonymousFile(size int64) (*os.File, error) {
	f, err := os.CreateTemp("", "pool")
	if err != nil {
		return nil, err
	}
	if err := errors.Join(os.Remove(f.Name()), f.Truncate(size)); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
