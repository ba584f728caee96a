//go:build unix

package pool

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"

	"golang.org/x/sys/unix"
)

// killGroup kills a child and what it has started. The child must not have
// been waited for yet: until then its pid, and with it its group, is ours.
func killGroup(pid int) {
	_ = syscall.Kill(-pid, syscall.SIGKILL) // fails when all of it is gone already
}

// killOne kills a child, under the same condition.
func killOne(pid int) {
	_ = syscall.Kill(pid, syscall.SIGKILL)
}

// terminate asks a child to end, under the same condition.
func terminate(pid int) {
	_ = syscall.Kill(pid, syscall.SIGTERM)
}

// signalName is SIGTERM and the like.
func signalName(sig syscall.Signal) string {
	if name := unix.SignalName(sig); name != "" {
		return name
	}
	return fmt.Sprintf("signal %d", int(sig))
}

// fileID tells a file from every other, also from what it was before somebody
// wrote to it. A file that is being executed is not written to on Linux, where
// its time may still be set.
func fileID(info os.FileInfo) string {
	s, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return info.Name()
	}
	id := fmt.Sprintf("%d:%d:%d", s.Dev, s.Ino, s.Size)
	if runtime.GOOS != "linux" {
		id += fmt.Sprintf(":%d", info.ModTime().UnixNano())
	}
	return id
}

// signalOf tells which signal ended a process, if one did.
func signalOf(s *os.ProcessState) (syscall.Signal, bool) {
	w, ok := s.Sys().(syscall.WaitStatus)
	if !ok || !w.Signaled() {
		return 0, false
	}
	return w.Signal(), true
}

// keepDescriptors keeps from children what this process has inherited itself:
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
