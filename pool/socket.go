package pool

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
)

// socket is a connected stream socket over which open files can travel beside
// bytes (SCM_RIGHTS, unix(7)). A file that was sent with some bytes has arrived
// when the first of them is read. One goroutine reads; writes may come from
// several.
type socket struct {
	*net.UnixConn
	oob   []byte
	files []*os.File // arrived and not taken, in order; the reader's
	mu    sync.Mutex // of writing: one message stays in one piece
}

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
	if oobn > 0 {
		s.files = append(s.files, filesIn(s.oob[:oobn])...)
	}
	if errors.Is(err, io.EOF) {
		err = io.EOF
	}
	return max(0, n), err // it is negative with an error
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
	return s.UnixConn.Write(b)
}

// sendFile writes a frame together with an open file, which stays the
// caller's.
func (s *socket) sendFile(frame []byte, f *os.File) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := s.sendRights(frame, f)
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
