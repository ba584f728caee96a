package pool

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"sync/atomic"
)

// socket is a connected stream socket over which open files can travel beside
// bytes (SCM_RIGHTS, unix(7)). A file that was sent with some bytes has arrived
// when the first of them is read. One goroutine reads; writes may come from
// several.
type socket struct {
	*net.UnixConn
	oob   []byte
	files []*os.File // arrived and not taken, in order, maxFiles at most; the reader's
	mu    sync.Mutex // of writing: one message stays in one piece
	moved atomic.Uint64
}

// maxFiles is how many files may wait to be taken: more than come with one frame,
// and a peer that sends them beside any frame shall not use up our descriptors.
const maxFiles = 64

// writeStep is how much is written at once, in bytes: more than a socket takes that
// nobody reads.
const writeStep = 1 << 20

var errNoSocket = errors.New("descriptor is no Unix socket")

// newSocket takes f over.
func newSocket(f *os.File) (*socket, error) {
	defer f.Close()
	c, err := net.FileConn(f) // a duplicate that the poller knows
	if err != nil {
		return nil, err
	}
	u, ok := c.(*net.UnixConn)
	if !ok {
		c.Close()
		return nil, errNoSocket
	}
	return &socket{UnixConn: u, oob: make([]byte, oobSpace)}, nil
}

// Read reads bytes, and keeps the files that come with them for take.
func (s *socket) Read(b []byte) (int, error) {
	n, oobn, _, _, err := s.ReadMsgUnix(b, s.oob)
	if n > 0 {
		s.moved.Add(1)
	}
	if oobn > 0 {
		s.arrive(filesIn(s.oob[:oobn]))
	}
	if errors.Is(err, io.EOF) {
		err = io.EOF
	}
	return max(0, n), err // it is negative with an error
}

// arrive keeps files that have come.
func (s *socket) arrive(files []*os.File) {
	for _, f := range files {
		if len(s.files) < maxFiles {
			s.files = append(s.files, f)
		} else {
			f.Close()
		}
	}
}

// takeAll returns all files that have arrived.
func (s *socket) takeAll() []*os.File {
	files := s.files
	s.files = nil
	return files
}

// take returns the next file that has arrived: nil when there is none, and the
// sender has broken the protocol.
func (s *socket) take() *os.File {
	if len(s.files) == 0 {
		return nil
	}
	f := s.files[0]
	s.files = s.files[1:]
	return f
}

// Write writes all of b, in one piece.
func (s *socket) Write(b []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for done := 0; ; s.moved.Add(1) {
		n, err := s.UnixConn.Write(b[done:min(len(b), done+writeStep)])
		if done += n; err != nil || done == len(b) {
			return done, err
		}
	}
}

// progress implements channel.
func (s *socket) progress() uint64 { return s.moved.Load() }

// sendFile writes a frame together with an open file, which stays the
// caller's.
func (s *socket) sendFile(frame []byte, f *os.File) error {
	return s.sendFiles(frame, f)
}

// sendFiles is sendFile for several files, 16 at most.
func (s *socket) sendFiles(frame []byte, files ...*os.File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.sendRights(frame, files)
	if err == nil && n < len(frame) {
		_, err = s.UnixConn.Write(frame[n:])
	}
	return err
}

// discard closes what has arrived and nobody took.
func (s *socket) discard() {
	for f := s.take(); f != nil; f = s.take() {
		f.Close()
	}
}
