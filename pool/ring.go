package pool

import (
	"os"
	"sync/atomic"
	"time"
	"unsafe"
)

// ring is memory that a process and a hub share, through which it tells the hub
// what needs no answer: a system call for each would cost more than all else.
// What was told is the hub's, also if the teller dies the next moment; what is
// told in part is not there. One side writes, the other reads whole frames.
//
// The reader believes nothing that it reads: the other side may be broken.
type ring struct {
	mapped []byte
	tail   *atomic.Uint64 // bytes written, in all
	head   *atomic.Uint64 // bytes read, in all
	asleep *atomic.Uint32 // the reader waits at the socket, and wants to be woken
	data   []byte
}

const (
	ringHeader = 192 // tail, head and asleep, on cache lines of their own
	ringData   = 1 << 18
	ringSize   = ringHeader + ringData
	// maxTold is the longest frame that goes through a ring.
	maxTold = ringData / 8
	// drowse is how long a reader looks into its ring before it sleeps.
	drowse = 50 * time.Microsecond
)

// newRing makes a ring and the file to be passed, which is the caller's.
func newRing() (*ring, *os.File, error) {
	f, err := anonymousFile(ringSize)
	if err != nil {
		return nil, nil, err
	}
	r, err := openRing(f)
	if err != nil {
		f.Close()
		return nil, nil, err
	}
	return r, f, nil
}

// openRing maps a ring that was passed. It refuses a file that its maker could
// still shorten: to read beyond its end would be the end of this process.
func openRing(f *os.File) (*ring, error) {
	if info, err := f.Stat(); err != nil || info.Size() < ringSize || !keepsItsSize(f) {
		return nil, errMalformed
	}
	b, err := mapFile(f, ringSize)
	if err != nil {
		return nil, err
	}
	return &ring{
		mapped: b,
		tail:   (*atomic.Uint64)(unsafe.Pointer(&b[0])),
		head:   (*atomic.Uint64)(unsafe.Pointer(&b[64])),
		asleep: (*atomic.Uint32)(unsafe.Pointer(&b[128])),
		data:   b[ringHeader:],
	}, nil
}

// put writes a frame if there is room, and tells whether the reader must be
// woken. One goroutine at a time may call it.
func (r *ring) put(frame []byte) (ok, wake bool) {
	tail := r.tail.Load()
	if len(frame) > maxTold || uint64(len(frame)) > ringData-(tail-r.head.Load()) {
		return false, false
	}
	at := tail % ringData
	n := copy(r.data[at:], frame)
	copy(r.data, frame[n:])
	r.tail.Store(tail + uint64(len(frame)))
	return true, r.asleep.Load() == 1 && r.asleep.CompareAndSwap(1, 0)
}

// take reads all that is there. The error is errMalformed when that cannot be.
func (r *ring) take() ([]byte, error) {
	head, tail := r.head.Load(), r.tail.Load()
	n := tail - head
	if n == 0 {
		return nil, nil
	}
	if n > ringData {
		return nil, errMalformed
	}
	b := make([]byte, n)
	m := copy(b, r.data[head%ringData:])
	copy(b[m:], r.data)
	r.head.Store(tail)
	return b, nil
}

// empty tells whether there is nothing to take.
func (r *ring) empty() bool { return r.head.Load() == r.tail.Load() }

// close ends the use of the ring here.
func (r *ring) close() { unmap(r.mapped) }
