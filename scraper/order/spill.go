package order

import (
	"io"

	"scrape/scraper/tempfile"
)

// blockSize is how much of the file a stream gets at a time, in bytes.
const blockSize = 64 << 10

// spill is a file in blocks, of which each belongs to one stream or is free.
type spill struct {
	create func() (tempfile.File, error)
	file   tempfile.File // nil until something is written
	blocks uint32
	free   []uint32
}

// block takes one that is free, or makes the file longer.
func (s *spill) block() uint32 {
	if n := len(s.free); n > 0 {
		b := s.free[n-1]
		s.free = s.free[:n-1]
		return b
	}
	s.blocks++
	return s.blocks - 1
}

// release makes blocks free. A file of which nothing is used gives its room back.
func (s *spill) release(blocks []uint32) {
	s.free = append(s.free, blocks...)
	if s.blocks > 0 && len(s.free) == int(s.blocks) && s.file.Truncate(0) == nil {
		s.blocks, s.free = 0, s.free[:0]
	}
}

func (s *spill) close() error {
	if s.file == nil {
		return nil
	}
	return s.file.Close()
}

// stream is a sequence of bytes that grows at its end, and is given back as a whole.
// It lies in blocks all over the file.
type stream struct {
	blocks []uint32
	size   int64
}

// append writes at the end of a stream. After an error it is of no use any more.
func (s *spill) append(to *stream, p []byte) (err error) {
	if s.file == nil {
		if s.file, err = s.create(); err != nil {
			s.file = nil
			return err
		}
	}
	for len(p) > 0 {
		at := to.size % blockSize
		if at == 0 {
			to.blocks = append(to.blocks, s.block())
		}
		part := p[:min(len(p), int(blockSize-at))]
		if _, err := s.file.WriteAt(part, int64(to.blocks[len(to.blocks)-1])*blockSize+at); err != nil {
			return err
		}
		to.size += int64(len(part))
		p = p[len(part):]
	}
	return nil
}

// clear gives a stream's room back.
func (s *spill) clear(of *stream) {
	if len(of.blocks) > 0 {
		s.release(of.blocks)
	}
	*of = stream{}
}

// writer is the end of a stream as an io.Writer.
type writer struct {
	spill *spill
	to    *stream
}

func (w writer) Write(p []byte) (int, error) {
	if err := w.spill.append(w.to, p); err != nil {
		return 0, err
	}
	return len(p), nil
}

// reader is a stream as an io.ReaderAt.
type reader struct {
	file   tempfile.File
	blocks []uint32
	size   int64
}

func (s *spill) reader(of *stream) reader { return reader{s.file, of.blocks, of.size} }

func (r reader) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) && at < r.size {
		within := at % blockSize
		part := p[n:]
		part = part[:min(int64(len(part)), blockSize-within, r.size-at)]
		read, err := r.file.ReadAt(part, int64(r.blocks[at/blockSize])*blockSize+within)
		n += read
		at += int64(read)
		if read < len(part) {
			return n, unexpected(err)
		}
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// unexpected is the error of a file that ends before what was written to it.
func unexpected(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
