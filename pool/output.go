package pool

import (
	"bytes"
	"errors"
	"io"
	"os"
	"reflect"
	"sync"
	"syscall"
	"time"
)

// stream carries what a child prints from a pipe to its hearer, on a goroutine
// of its own.
type stream struct {
	r     *os.File
	ended chan struct{} // closed when the hearer has heard the last of it
}

const (
	// streamPart is how many bytes are read at once.
	streamPart = 8 << 10
	// pipeSize is how much a pipe holds at most: what a process without
	// privileges may have made of it.
	pipeSize = 1 << 20
	// hearTime is how long a hearer may take for the last of it before it is
	// left alone with that.
	hearTime = 5 * time.Second
)

// newStream returns the end for the child too; that is the caller's to close.
func newStream(hear func([]byte), end func()) (s *stream, w *os.File, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	s = &stream{r: r, ended: make(chan struct{})}
	go func() {
		defer close(s.ended)
		defer r.Close()
		s.carry(hear)
		end()
	}()
	return s, w, nil
}

// carry reads to the end of the pipe, or until stop.
func (s *stream) carry(hear func([]byte)) {
	buf := make([]byte, streamPart)
	for {
		n, err := s.r.Read(buf)
		if n > 0 { // else there is nothing to hear
			hear(buf[:n])
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			s.drain(hear, buf)
			return
		}
		if err != nil {
			return
		}
	}
}

// drain reads what is in the pipe, and waits for nothing.
func (s *stream) drain(hear func([]byte), buf []byte) {
	_ = s.r.SetReadDeadline(time.Time{})
	raw, err := s.r.SyscallConn()
	if err != nil {
		return
	}
	for left := pipeSize; left > 0; {
		n := 0
		err := raw.Read(func(fd uintptr) bool {
			n, err = syscall.Read(int(fd), buf)
			for err == syscall.EINTR {
				n, err = syscall.Read(int(fd), buf)
			}
			return true
		})
		if err != nil || n <= 0 {
			return
		}
		hear(buf[:n])
		left -= n
	}
}

// stop is called when the child is dead: what it has written is carried yet,
// what somebody else who holds the pipe may write is not.
func (s *stream) stop() {
	_ = s.r.SetReadDeadline(time.Unix(1, 0))
	late := time.NewTimer(hearTime)
	defer late.Stop()
	select {
	case <-s.ended:
	case <-late.C: // the goroutine ends with the hearer's Write
	}
}

// shared is a writer for both outputs of a child, which are carried by two
// goroutines.
type shared struct {
	mu sync.Mutex
	w  io.Writer
}

func (s *shared) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.w.Write(b)
}

// sameWriter tells whether two writers are one. Those that cannot be compared
// are not.
func sameWriter(a, b io.Writer) bool {
	return a != nil && b != nil && reflect.TypeOf(a) == reflect.TypeOf(b) && reflect.ValueOf(a).Comparable() && a == b
}

// maxLine is where a line that does not end is cut for its hearer, in bytes.
const maxLine = 64 << 10

// lineCutter cuts what it hears into lines, without their ends.
type lineCutter struct {
	line func([]byte)
	rest []byte
}

func (c *lineCutter) hear(b []byte) {
	c.rest = append(c.rest, b...)
	from := 0
	for {
		i := bytes.IndexByte(c.rest[from:], '\n')
		if i < 0 {
			break
		}
		c.line(c.rest[from : from+i])
		from += i + 1
	}
	c.rest = append(c.rest[:0], c.rest[from:]...)
	if len(c.rest) >= maxLine {
		c.end()
	}
}

// end passes on a last line without an end.
func (c *lineCutter) end() {
	if len(c.rest) > 0 {
		c.line(c.rest)
		c.rest = nil
	}
}

// namedLines writes each line with a name in front, unless that is there already,
// in one Write.
func namedLines(name string, w io.Writer) func(line []byte) {
	if f, ok := w.(*os.File); ok {
		w = quietFile{f}
	}
	prefix := []byte(name + ": ")
	return func(line []byte) {
		named := make([]byte, 0, len(prefix)+len(line)+1)
		if !bytes.HasPrefix(line, prefix) {
			named = append(named, prefix...)
		}
		named = append(append(named, line...), '\n')
		_, _ = w.Write(named) // the child must not suffer from it
	}
}

// quietFile writes to a file, and when that is broken it is an error: a plain
// Write to standard error would end this process, for what another has printed.
type quietFile struct{ f *os.File }

func (q quietFile) Write(b []byte) (written int, err error) {
	raw, err := q.f.SyscallConn()
	for err == nil && written < len(b) {
		var n int
		var failed error
		err = raw.Write(func(fd uintptr) bool {
			n, failed = syscall.Write(int(fd), b[written:])
			return failed != syscall.EAGAIN
		})
		written += max(n, 0)
		if err == nil && failed != syscall.EINTR {
			err = failed
		}
	}
	return written, err
}

// excerpt keeps the beginning and the end of a stream: a crash of the Go
// runtime names its cause first and prints goroutines without end after it. It
// is safe for concurrent use.
type excerpt struct {
	mu   sync.Mutex
	head []byte
	last []byte
}

const excerptPart = 2 << 10 // bytes kept of either end

func (e *excerpt) add(b []byte) {
	e.mu.Lock()
	defer e.mu.Unlock()
	free := min(excerptPart-len(e.head), len(b))
	e.head = append(e.head, b[:free]...)
	e.last = append(e.last, b[free:]...)
	if over := len(e.last) - excerptPart; over > 0 {
		e.last = append(e.last[:0], e.last[over:]...)
	}
}

func (e *excerpt) String() string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return string(e.head) + string(e.last)
}
