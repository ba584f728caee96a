// Package bodies keeps the bodies of pages in a folder, each content once, under its
// SHA-256.
package bodies

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"

	"scrape/results"
)

// New returns a sink that keeps the body of every page that was scraped, in a folder
// that need not be there yet. What is in it under a body's name is taken for that body.
//
// A file appears there whole or not at all: it is written under another name,
// ".body-" and more, which an interrupted run may leave behind, and linked to its own.
// So several runs may share a folder. It outlasts a loss of power once its Persister has
// persisted it; of what was not a file may be left that is cut, which is replaced when that
// body comes again. Records name their files in body_file; give this sink
// before theirs, so that no record names a file that is not there.
//
// Errors name the file.
func New(dir string) *Sink { return &Sink{dir: filepath.Clean(dir)} }

// Sink is a results.ExchangeSink. It is for one goroutine.
type Sink struct {
	dir       string
	made      [256][256 / 8]byte // the folders that are known to be there, a bit each
	err       error
	persister *Persister // nil: nobody wants one
}

// Persister returns what makes the bodies durable that the sink is given from now on.
func (s *Sink) Persister() *Persister {
	if s.persister == nil {
		s.persister = newPersister(s.dir)
	}
	return s.persister
}

// Needs implements results.ExchangeSink.
func (s *Sink) Needs() results.Needs { return results.Needs{Body: true} }

// Write implements results.Sink: a record alone has no body.
func (s *Sink) Write(*results.Record) error { return s.err }

// Sync implements results.Sink.
func (s *Sink) Sync() error { return s.err }

var errClosed = fmt.Errorf("folder of bodies: %w", fs.ErrClosed)

// Close implements results.Sink.
func (s *Sink) Close() error {
	err := s.err
	if err == errClosed {
		return nil
	}
	s.err = errClosed
	return err
}

// WriteExchange implements results.ExchangeSink.
func (s *Sink) WriteExchange(_ *results.Record, e *results.Exchange) error {
	if s.err == nil && e.HasBody {
		s.err = s.keep(e)
	}
	return s.err
}

func (s *Sink) keep(e *results.Exchange) error {
	path := filepath.Join(s.dir, filepath.FromSlash(Name(e.BodySHA256, e.MediaType)))
	info, err := os.Lstat(path)
	cut := err == nil && info.Mode().IsRegular() && info.Size() != e.Body.Size // by a loss of power
	if err == nil && !cut {
		s.persister.note(path) // whoever has put it there may not have persisted it
		return nil
	}
	if err := s.makeFolder(filepath.Dir(path), e.BodySHA256); err != nil {
		return err
	}
	temporary := filepath.Join(filepath.Dir(path), fmt.Sprintf(".body-%016x", rand.Uint64()))
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	sum := sha256.New()
	err = e.Body.CopyTo(io.MultiWriter(f, sum))
	if err == nil && [32]byte(sum.Sum(nil)) != e.BodySHA256 {
		err = errors.New("what was kept of the body is not what was read")
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	if err == nil {
		err = place(f.Name(), path, cut)
	}
	if err = named(path, err); err != nil {
		return err
	}
	s.persister.note(path)
	return nil
}

// makeFolder makes a body's folder, unless that has been done.
func (s *Sink) makeFolder(dir string, sum [32]byte) error {
	known, bit := &s.made[sum[0]][sum[1]/8], byte(1)<<(sum[1]%8)
	if *known&bit != 0 {
		return nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return err
	}
	*known |= bit
	return nil
}

// place gives a whole file its name. Where another has it, that is the same body, unless
// it is known to be cut. File systems without links have it renamed, which comes to the
// same.
func place(from, to string, cut bool) error {
	if !cut {
		err := os.Link(from, to)
		if err == nil || errors.Is(err, fs.ErrExist) {
			return nil
		}
	}
	return os.Rename(from, to)
}

// named makes an error of the file system one of the body's file.
func named(path string, err error) error {
	if err == nil {
		return nil
	}
	if bare, ok := errors.AsType[*fs.PathError](err); ok {
		err = bare.Err
	}
	if bare, ok := errors.AsType[*os.LinkError](err); ok {
		err = bare.Err
	}
	return &fs.PathError{Op: "write", Path: path, Err: err}
}
