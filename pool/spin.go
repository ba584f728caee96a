package pool

import (
	"io"
	"os"
	"runtime"
	"syscall"
	"time"
)

// spinTime is how long a reader looks for an answer before it sleeps. To wake a
// sleeper in another process takes longer than most answers do.
const spinTime = 30 * time.Microsecond

// maxVain is for how many reads at most a reader sleeps at once, after spinning
// was in vain again and again: on a machine that has other work, it only takes
// time from the one who is to answer.
const maxVain = 1 << 12

// spinReader reads from a socket, whose files it keeps for take. While answers
// come quickly it keeps looking for a moment instead of going to sleep.
type spinReader struct {
	s     *socket
	raw   syscall.RawConn
	spins bool
	vain  int // grows as spinning is in vain, shrinks as it is not
	skip  int // reads still to come that do not spin
	look  func(fd uintptr) bool
	b     []byte
	n     int
	err   error
	slept bool
}

func newSpinReader(s *socket) (*spinReader, error) {
	raw, err := s.SyscallConn()
	if err != nil {
		return nil, err
	}
	r := &spinReader{s: s, raw: raw, spins: runtime.GOMAXPROCS(0) > 1}
	r.look = r.read
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
	r.b, r.slept = b, false
	err := r.raw.Read(r.look)
	r.b = nil
	switch {
	case err != nil:
		return 0, err
	case r.err != nil:
		return 0, os.NewSyscallError("read", r.err)
	case r.n == 0:
		return 0, io.EOF
	}
	return r.n, nil
}

// read tells whether it has read, or need not be called again.
func (r *spinReader) read(fd uintptr) bool {
	var since time.Time
	for {
		r.n, r.err = r.s.receive(int(fd), r.b)
		switch {
		case r.err == syscall.EINTR:
			continue
		case r.err != syscall.EAGAIN:
			if !since.IsZero() {
				r.vain /= 2
			}
			return true
		case !r.maySpin():
			r.slept = true
			return false
		case since.IsZero():
			since = time.Now()
		case time.Since(since) > spinTime:
			r.vain = min(2*r.vain+1, maxVain)
			r.skip = r.vain
			r.slept = true
			return false
		}
		runtime.Gosched() // others may have work
	}
}

// maySpin is false for a while after spinning was in vain, and for what is
// left of a read that has slept.
func (r *spinReader) maySpin() bool {
	if r.slept || !r.spins {
		return false
	}
	if r.skip > 0 {
		r.skip--
		return false
	}
	return true
}
