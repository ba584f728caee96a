package pool

import (
	"bytes"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// childAttr puts a child in a process group of its own, if it shall lead one,
// so that Ctrl-C in a terminal reaches the first process alone and a kill
// reaches what the child has started, and has the kernel kill it when the thread
// that started it ends.
func childAttr(leads bool) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: leads, Pdeathsig: syscall.SIGKILL}
}

// socketPair makes two connected stream sockets that no child inherits.
func socketPair() (ours, theirs *os.File, err error) {
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC|syscall.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	return os.NewFile(uintptr(fds[0]), "worker"), os.NewFile(uintptr(fds[1]), "coordinator"), nil
}

// waitExit returns when the process has ended, and leaves it to be waited for,
// so that its pid cannot yet belong to another; false when it has been waited
// for by somebody else.
func waitExit(pid int) bool {
	for {
		err := unix.Waitid(unix.P_PID, pid, nil, unix.WEXITED|unix.WNOWAIT, nil)
		if err != unix.EINTR {
			return err == nil
		}
	}
}

// stopped tells whether a process stands still by a signal such as SIGSTOP,
// so that it cannot answer.
func stopped(pid int) bool {
	stat, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return false
	}
	// The state comes after the name, which may itself hold a parenthesis.
	i := bytes.LastIndex(stat, []byte(") "))
	return i >= 0 && i+2 < len(stat) && stat[i+2] == 'T'
}

// threadID tells the calling thread from others.
func threadID() int { return unix.Gettid() }

// killStillborn kills the children of a thread that stand still and have not
// executed their program yet: they carry this process's own arguments.
func killStillborn(thread int) {
	children, err := os.ReadFile("/proc/self/task/" + strconv.Itoa(thread) + "/children")
	if err != nil {
		return
	}
	own, err := os.ReadFile("/proc/self/cmdline")
	if err != nil {
		return
	}
	for word := range bytes.FieldsSeq(children) {
		pid, err := strconv.Atoi(string(word))
		if err != nil || !stopped(pid) {
			continue
		}
		if its, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/cmdline"); err == nil && bytes.Equal(its, own) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

// receiveFlags let no child inherit a descriptor that comes.
const receiveFlags = unix.MSG_CMSG_CLOEXEC

// anonymousFile makes a file in memory that has no name anywhere, and keeps its
// size: to touch what was cut off would kill whoever has it mapped.
func anonymousFile(size int64) (*os.File, error) {
	fd, err := unix.MemfdCreate("pool", unix.MFD_CLOEXEC|unix.MFD_ALLOW_SEALING)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	f := os.NewFile(uintptr(fd), "shared memory")
	err = f.Truncate(size)
	if err == nil {
		_, err = unix.FcntlInt(uintptr(fd), unix.F_ADD_SEALS, unix.F_SEAL_SHRINK|unix.F_SEAL_GROW|unix.F_SEAL_SEAL)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// keepsItsSize tells whether nobody can shorten a file of anonymousFile.
func keepsItsSize(f *os.File) (keeps bool) {
	raw, err := f.SyscallConn()
	if err != nil {
		return false
	}
	_ = raw.Control(func(fd uintptr) { // fails only when it is closed
		seals, err := unix.FcntlInt(fd, unix.F_GET_SEALS, 0)
		keeps = err == nil && seals&unix.F_SEAL_SHRINK != 0
	})
	return keeps
}

// affinity is how many CPUs this thread may run on; 0 when it cannot be told.
func affinity() int {
	var set unix.CPUSet
	if err := unix.SchedGetaffinity(0, &set); err != nil {
		return 0
	}
	return set.Count()
}
