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

// maxVain is how often in a row spinning may be in vain before a
// reader sleeps at once.
const maxVain = 4

// spinReader reads from a socket and, while answers come quickly, keeps
// looking for a moment instead of going to sleep.
type spinReader struct {
	raw    syscall.RawConn
	spins  bool
	vain   int // how often in a row spinning has been in vain
	look   func(fd uintptr) bool
	b      []byte
	n      int
	err    error
	asleep time.Time // since when; zero: not
}

func newSpinReader(s *socket) (*spinReader, error) {
	raw, err := s.SyscallConn()
	if err != nil {
		return nil, err
	}
	r := &spinReader{raw: raw, spins: runtime.GOMAXPROCS(0) > 1}
	r.look = r.read
	return r, nil
}

// Read implements io.Reader. It is subject to the socket's read deadline.
func (r *spinReader) Read(b []byte) (int, error) {
	r.b, r.asleep = b, time.Time{}
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
		r.n, r.err = syscall.Read(int(fd), r.b)
		switch {
		case r.err == syscall.EINTR:
			continue
		case r.err != syscall.EAGAIN:
			r.learn(since)
			return true
		case !r.spins || r.vain >= maxVain || !r.asleep.IsZero():
			r.asleep = time.Now()
			return false
		case since.IsZero():
			since = time.Now()
		case time.Since(since) > spinTime:
			r.vain++
			r.asleep = time.Now()
			return false
		}
		runtime.Gosched() // others may have work
	}
}

// learn decides whether spinning is worth it: it was, or sleep was short.
func (r *spinReader) learn(since time.Time) {
	switch {
	case r.asleep.IsZero() && !since.IsZero():
		r.vain = 0
	case !r.asleep.IsZero() && time.Since(r.asleep) < 4*spinTime:
		r.vain = max(0, r.vain-1)
	}
}
