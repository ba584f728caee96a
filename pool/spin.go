package pool

import (
	"io"
	"os"
	"runtime"
	"syscall"
	"time"
)

const (
	// spinTime is how long a reader looks for an answer before it sleeps: more
	// than it takes to wake the one who is to answer, which is longer than
	// most answers take.
	spinTime = 150 * time.Microsecond
	// maxVain is for how many reads at most a reader sleeps at once, after
	// spinning was in vain again and again: on a machine that has other work,
	// it only takes time from the one who is to answer.
	maxVain = 1 << 12
)

// spinReader reads from a socket, whose files it keeps for take. While answers
// come quickly it keeps looking for a moment instead of going to sleep.
type spinReader struct {
	s     *socket
	raw   syscall.RawConn
	spins bool
	vain  int // grows as spinning is in vain, shrinks as it is not
	skip  int // reads still to come that do not spin

	b     []byte // of the read at hand
	n     int
	err   error
	look  func(fd uintptr) bool // once
	watch func(fd uintptr)      // repeatedly
}

func newSpinReader(s *socket) (*spinReader, error) {
	raw, err := s.SyscallConn()
	if err != nil {
		return nil, err
	}
	r := &spinReader{s: s, raw: raw, spins: runtime.GOMAXPROCS(0) > 1}
	r.look, r.watch = r.once, r.repeatedly
	return r, nil
}

// spinning is a socket's reader that spins if it can be had.
func spinning(s *socket) io.Reader {
	if r, err := newSpinReader(s); err == nil {
		return r
	}
	return s // it is closed: to be seen by who reads
}

// Read implements io.Reader. It is subject to the socket's read deadline.
func (r *spinReader) Read(b []byte) (int, error) {
	if n, ok, err := r.try(b); ok {
		return n, err
	}
	return r.wait(b)
}

// try reads if something is there, or comes soon; ok tells whether it has read.
// It knows of no deadline.
func (r *spinReader) try(b []byte) (n int, ok bool, err error) {
	r.b = b
	if err := r.raw.Control(r.watch); err != nil {
		return 0, true, err
	}
	if r.err == syscall.EAGAIN {
		return 0, false, nil
	}
	n, err = r.result()
	return n, true, err
}

// wait reads when something comes, or the socket's deadline has passed.
func (r *spinReader) wait(b []byte) (int, error) {
	r.b = b
	if err := r.raw.Read(r.look); err != nil {
		return 0, err
	}
	return r.result()
}

func (r *spinReader) result() (int, error) {
	r.b = nil
	switch {
	case r.err != nil:
		return 0, os.NewSyscallError("read", r.err)
	case r.n == 0:
		return 0, io.EOF
	}
	return r.n, nil
}

// once reads, and tells whether there was anything to read.
func (r *spinReader) once(fd uintptr) bool {
	for {
		r.n, r.err = r.s.receive(int(fd), r.b)
		if r.err != syscall.EINTR {
			return r.err != syscall.EAGAIN
		}
	}
}

// repeatedly reads until there is something, or it takes too long.
func (r *spinReader) repeatedly(fd uintptr) {
	if r.once(fd) || !r.spins {
		return
	}
	if r.skip > 0 {
		r.skip--
		return
	}
	for since := time.Now(); time.Since(since) < spinTime; {
		runtime.Gosched() // others may have work
		if r.once(fd) {
			r.vain /= 2
			return
		}
	}
	r.vain = min(2*r.vain+1, maxVain)
	r.skip = r.vain
}
