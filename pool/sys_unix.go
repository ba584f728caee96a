//go:build unix

package pool

import (
	"os"
	"strconv"
	"sync"
	"syscall"
)

// killGroup kills a worker and what it has started. The worker must not have
// been waited for yet: until then its pid, and with it its group, is ours.
func killGroup(pid int) {
	_ = syscall.Kill(-pid, syscall.SIGKILL) // fails when all of it is gone already
}

// terminate asks a worker to end, under the same condition.
func terminate(pid int) {
	_ = syscall.Kill(pid, syscall.SIGTERM)
}

// signalOf tells which signal ended a process, if one did.
func signalOf(s *os.ProcessState) (syscall.Signal, bool) {
	w, ok := s.Sys().(syscall.WaitStatus)
	if !ok || !w.Signaled() {
		return 0, false
	}
	return w.Signal(), true
}

// keepDescriptors keeps from workers what this process has inherited itself:
// a shell's or a scheduler's open files. All that Go opens is kept anyway.
var keepDescriptors = sync.OnceFunc(func() {
	dir, err := os.Open("/dev/fd")
	if err != nil {
		return
	}
	defer dir.Close()
	names, _ := dir.Readdirnames(-1)
	for _, name := range names {
		if fd, err := strconv.Atoi(name); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
})
