//go:build unix

package pool

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"syscall"
	"time"

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

// oobSpace holds the descriptors that one read may bring.
var oobSpace = syscall.CmsgSpace(16 * 4)

// receive reads once from a socket's descriptor.
func (s *socket) receive(fd int, b []byte) (int, error) {
	n, oobn, _, _, err := unix.Recvmsg(fd, b, s.oob, receiveFlags)
	if oobn > 0 {
		s.arrive(filesIn(s.oob[:oobn]))
	}
	return max(0, n), err
}

// filesIn makes files of the descriptors in a control message.
func filesIn(oob []byte) (files []*os.File) {
	messages, err := syscall.ParseSocketControlMessage(oob)
	if err != nil {
		return nil
	}
	for i := range messages {
		fds, err := syscall.ParseUnixRights(&messages[i])
		if err != nil {
			continue
		}
		for _, fd := range fds {
			syscall.CloseOnExec(fd) // Linux has done so at once, see net.UnixConn.ReadMsgUnix
			files = append(files, os.NewFile(uintptr(fd), "passed"))
		}
	}
	return files
}

// sendRights writes bytes and descriptors, and says how many bytes have gone. The
// files stay in non-blocking mode, if they were: hence no File.Fd.
func (s *socket) sendRights(b []byte, files []*os.File, fds ...int) (n int, err error) {
	if len(files) == 0 {
		for {
			n, _, err = s.WriteMsgUnix(b, syscall.UnixRights(fds...), nil)
			if !errors.Is(err, syscall.ETOOMANYREFS) {
				return n, err
			}
			// Others of this user have too many files on their way (unix(7)),
			// which their readers take.
			time.Sleep(rightsPause)
		}
	}
	raw, err := files[0].SyscallConn()
	if err != nil {
		return 0, err
	}
	controlErr := raw.Control(func(fd uintptr) {
		n, err = s.sendRights(b, files[1:], append(fds, int(fd))...)
	})
	if controlErr != nil {
		return 0, controlErr
	}
	return n, err
}

// rightsPause is the wait between tries to send files while too many are on their
// way.
const rightsPause = 10 * time.Millisecond

// isHangup tells whether a write failed because the other side is gone.
func isHangup(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// mapFile maps a file's beginning for reading and writing, to be shared with
// whoever else has the file.
func mapFile(f *os.File, n int) ([]byte, error) {
	raw, err := f.SyscallConn()
	if err != nil {
		return nil, err
	}
	var b []byte
	controlErr := raw.Control(func(fd uintptr) {
		b, err = unix.Mmap(int(fd), 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	})
	return b, errors.Join(controlErr, os.NewSyscallError("mmap", err))
}

// unmap ends a mapping of mapFile.
func unmap(b []byte) { _ = unix.Munmap(b) } // fails only for what is no mapping

// ready tells whether a read would return at once, with the end of file too.
func (s *socket) ready() bool {
	raw, err := s.SyscallConn()
	if err != nil {
		return true // it is closed, and a read says so
	}
	_ = raw.Control(func(fd uintptr) {
		_, _, err = unix.Recvfrom(int(fd), make([]byte, 1), unix.MSG_PEEK|unix.MSG_DONTWAIT)
	})
	return err != unix.EAGAIN
}

// isSocket tells whether a descriptor is open, and a socket.
func isSocket(fd int) bool {
	var stat unix.Stat_t
	return unix.Fstat(fd, &stat) == nil && stat.Mode&unix.S_IFMT == unix.S_IFSOCK
}

// tryWrite writes what goes at once, and says how much that is.
func (s *socket) tryWrite(b []byte) (n int, err error) {
	raw, err := s.SyscallConn()
	if err != nil {
		return 0, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	controlErr := raw.Control(func(fd uintptr) {
		for {
			if n, err = unix.Write(int(fd), b); err != unix.EINTR {
				return
			}
		}
	})
	if err == unix.EAGAIN {
		err = nil
	}
	return max(0, n), errors.Join(controlErr, err)
}
