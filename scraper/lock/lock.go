//go:build unix

// Package lock keeps two runs from writing to the same file.
//
// The lock of FILE is flock(2) on FILE.lock, which is made where it is missing and
// never deleted: who deletes it takes the lock away from whoever opened it before
// and waits for it. The system lets go of it when its holder ends, in whatever way,
// so that it is never stale. A record lock (fcntl(2)) would also be lost when any
// other descriptor of the file is closed, and those of an open file description
// (F_OFD_SETLK) are Linux's alone.
package lock

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// Lock is a lock that is held. It is not safe for concurrent use.
type Lock struct {
	file *os.File
	mine bool // nothing is in the file but what locks write
}

// HeldError tells that another holds a lock.
type HeldError struct {
	Path string      // of what is locked
	PID  int         // of the holder, as far as is known; 0 where it is not
	file fs.FileInfo // the lock's own
	err  error       // what ended the waiting, nil where nobody waited
}

// Error names the file and, where it is known, the holder.
func (e *HeldError) Error() string {
	if e.PID == 0 {
		return e.Path + ": another process holds its lock"
	}
	return fmt.Sprintf("%s: process %d holds its lock", e.Path, e.PID)
}

// Unwrap returns what ended the waiting, as context.DeadlineExceeded.
func (e *HeldError) Unwrap() error { return e.err }

// Path is the name of the lock of a file.
func Path(file string) string {
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	return file + ".lock"
}

// Try takes the lock of a file, which need not exist. Where another holds it, in this
// process or elsewhere, the error is a *HeldError; any other names FILE.lock.
//
// A symbolic link has the lock of what it leads to.
func Try(path string) (*Lock, error) {
	f, err := open(Path(path))
	if err != nil {
		return nil, err
	}
	l := &Lock{file: f}
	switch err := flock(f, unix.LOCK_EX|unix.LOCK_NB); {
	case errors.Is(err, unix.EWOULDBLOCK):
		pid, _ := l.holder()
		info, err := f.Stat()
		f.Close()
		if err != nil {
			return nil, err
		}
		return nil, &HeldError{Path: path, PID: pid, file: info}
	case err != nil:
		f.Close()
		return nil, &fs.PathError{Op: "lock", Path: f.Name(), Err: err}
	}
	if _, l.mine = l.holder(); l.mine {
		l.tell(strconv.Itoa(os.Getpid()) + "\n")
	}
	return l, nil
}

// The lock that another holds is asked for again after a time that doubles.
const (
	firstWait = 5 * time.Millisecond
	maxWait   = 250 * time.Millisecond
)

// Take is Try, but waits for another to let go of the lock until ctx ends; the
// *HeldError unwraps to the cause of that. It asks again and again: flock(2) would
// wait by itself, but nothing could call it back. Who has waited longest need not be
// the next.
func Take(ctx context.Context, path string) (*Lock, error) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for wait := firstWait; ; wait = min(2*wait, maxWait) {
		l, err := Try(path)
		held, isHeld := errors.AsType[*HeldError](err)
		if !isHeld {
			return l, err
		}
		timer.Reset(wait)
		select {
		case <-timer.C:
		case <-ctx.Done():
			held.err = context.Cause(ctx)
			return nil, held
		}
	}
}

// Is tells that this is the lock that could not be taken, as where a file has two names.
// The holder's PID does not say so: in containers, each may be process 1.
func (l *Lock) Is(h *HeldError) bool {
	if l.file == nil || h.file == nil {
		return false
	}
	info, err := l.file.Stat()
	return err == nil && os.SameFile(info, h.file)
}

// Release lets go of the lock, also where a process that was started meanwhile has
// got hold of the file. Releasing again does nothing.
func (l *Lock) Release() {
	if l.file == nil {
		return
	}
	if l.mine {
		l.tell("")
	}
	_ = flock(l.file, unix.LOCK_UN) // or it goes with the file
	l.file.Close()
	l.file = nil
}

// open opens a lock's file, which Go closes in every process that it starts. Somebody
// else's may be readable only, which is enough for flock. A link is not followed: it
// would have us write to whatever it leads to.
func open(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0o666)
	if errors.Is(err, fs.ErrPermission) {
		readable, without := os.OpenFile(path, os.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK, 0)
		if without != nil {
			return nil, err // not that there is no such file: it could not be made
		}
		f = readable
	} else if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "lock", Path: path, Err: errors.New("is no regular file")}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

func flock(f *os.File, how int) error {
	for {
		if err := unix.Flock(int(f.Fd()), how); err != unix.EINTR {
			return err
		}
	}
}

// maxPID is the length of what a lock's file can hold.
const maxPID = 20

// holder reads who has the lock, 0 where nobody says so. ours tells that nothing else
// is in the file.
func (l *Lock) holder() (pid int, ours bool) {
	b := make([]byte, maxPID+1)
	n, err := l.file.ReadAt(b, 0)
	if n == 0 {
		return 0, err == io.EOF
	}
	pid, err = strconv.Atoi(strings.TrimSuffix(string(b[:n]), "\n"))
	if err != nil || pid <= 0 || n > maxPID {
		return 0, false
	}
	return pid, true
}

// tell writes who has the lock, for people to read: it is no loss where it cannot.
func (l *Lock) tell(holder string) {
	if l.file.Truncate(0) == nil {
		_, _ = l.file.WriteAt([]byte(holder), 0)
	}
}
