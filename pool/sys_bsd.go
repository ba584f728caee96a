//go:build darwin || dragonfly || freebsd || netbsd || openbsd

package pool

import (
	"errors"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// childAttr puts a child in a process group of its own, if it shall lead one,
// so that Ctrl-C in a terminal reaches the first process alone and a kill
// reaches what the child has started. That the coordinator is gone a child
// learns from its socket.
func childAttr(leads bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: leads}
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

// waitExit returns when the process has ended, and leaves it to be waited for,
// so that its pid cannot yet belong to another. Where the system has no queue to
// tell, the process has its time and is then to be killed. It is always true:
// whether somebody else has waited for it is not seen here.
func waitExit(pid int) bool {
	queue, err := unix.Kqueue()
	if err != nil {
		time.Sleep(exitGrace)
		return true
	}
	defer unix.Close(queue)
	var exit unix.Kevent_t
	unix.SetKevent(&exit, pid, unix.EVFILT_PROC, unix.EV_ADD|unix.EV_ONESHOT)
	exit.Fflags = unix.NOTE_EXIT
	changes, events := []unix.Kevent_t{exit}, make([]unix.Kevent_t, 1)
	for {
		_, err := unix.Kevent(queue, changes, events, nil)
		if err != unix.EINTR { // ESRCH, too: it has ended already
			return true
		}
	}
}

// stopped is not known here: a worker that stands still is found by its
// silence.
func stopped(int) bool { return false }

// threadID and killStillborn: these systems fork without making the parent
// wait, so that nothing is stuck when a child stands still.
func threadID() int { return 0 }

func killStillborn(int) {}

// receiveFlags: filesIn sees to it that no child inherits a descriptor.
const receiveFlags = 0

// keepsItsSize is not known here.
func keepsItsSize(*os.File) bool { return false }

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

// affinity is not known here beyond what the runtime knows.
func affinity() int { return 0 }
