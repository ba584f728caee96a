package journal

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"scrape/scraper/directory"
)

// spool is a stream that is copied into a file while it is read. In a run that
// resumes, it has to begin with what is in the copy already.
type spool struct {
	path   string
	list   string
	source io.ReadCloser
	file   *os.File
	hash   hash.Hash // of what was read
	read   int64     // of the source
	kept   int64     // what was in the copy at the start, as far as that was durable
	seen   int64     // all that was in it: so much the stream had when it was read before
	buf    []byte
	err    error // what ended the reading

	mu     sync.Mutex // of what follows, which commits ask for
	mark   mark
	synced int64     // how much of it is durable
	ended  time.Time // when the stream did; zero before
	doubt  bool      // that this was its own end
}

// settled is for how long a stream must have ended before a signal, so that it was
// not the signal that ended whoever wrote it.
const settled = time.Second

// spoolPath is the copy of a list that is a stream.
func (j *Journal) spoolPath(list int) string {
	if j.head.Lists[list].Name == "-" {
		return stdinPath(j.path)
	}
	return listPath(j.path, list)
}

func stdinPath(path string) string { return path + ".stdin" }

func listPath(path string, list int) string { return fmt.Sprintf("%s.list%d", path, list+1) }

// streamNumber is where a list that is a stream stands among those.
func (j *Journal) streamNumber(list int) (n int) {
	for _, l := range j.head.Lists[:list] {
		if l.Stream {
			n++
		}
	}
	return n
}

// Spooled tells whether an earlier run has read a stream, given the number of its
// list from 0, to its end: then its copy stands for it.
func (j *Journal) Spooled(list int) bool { return j.marks[j.streamNumber(list)].complete }

// Spool returns what is to be read in the place of a list that is a stream, given its
// number from 0: either its copy, where that is whole; source is closed then, and may
// be nil. Or source, which is copied while it is read; in a run that resumes, it has to
// begin with what earlier runs have read of it, else reading fails with a
// *ChangedError before the first line that is another. Where the copy cannot be
// written, reading fails with a *SpoolError.
//
// Spool has to be called before the run begins, with a Journal that is not completed.
// The errors name the copy, but for those of ctx, which bounds how long it is checked.
func (j *Journal) Spool(ctx context.Context, list int, source io.ReadCloser) (io.ReadCloser, error) {
	path, m := j.spoolPath(list), j.marks[j.streamNumber(list)]
	if m.complete {
		if source != nil {
			source.Close()
		}
		return openCopy(ctx, path, j.head.Lists[list].Name, m)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // lines can hold passwords
	if err != nil {
		return nil, err
	}
	s := &spool{
		path: path, list: j.head.Lists[list].Name, source: source, file: f,
		hash: sha256.New(), kept: m.length, mark: m, synced: m.length,
	}
	if err := s.start(j.copied); err != nil {
		f.Close()
		return nil, err
	}
	j.spools[list] = s
	return s, nil
}

// openCopy opens a copy that is whole.
func openCopy(ctx context.Context, path, list string, m mark) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	is, err := Identify(ctx, list, f)
	if err == nil {
		if how := is.differs(List{Size: m.length, Sum: m.sum}); how != "" {
			err = &ChangedError{List: list, How: how + ", in its copy " + path}
		}
	}
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// start goes to the end of what the journal says is durable. resumed tells whether what
// is in the copy is of the run that is resumed; otherwise it is emptied.
func (s *spool) start(resumed bool) error {
	info, err := s.file.Stat()
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return &SpoolError{Path: s.path, Err: errors.New("is no regular file")}
	case info.Size() < s.kept:
		return &ChangedError{List: s.list, How: fmt.Sprintf("%d bytes in its copy %s, which were %d", info.Size(), s.path, s.kept)}
	}
	if resumed {
		s.seen = info.Size() // and it stays so long until all of it was read again
	} else if err := s.file.Truncate(0); err != nil {
		return err
	}
	if _, err := s.file.Seek(s.kept, io.SeekStart); err != nil {
		return err
	}
	return directory.Sync(filepath.Dir(s.path))
}

// Read implements io.Reader. It returns nothing that the copy does not hold.
func (s *spool) Read(p []byte) (int, error) {
	if s.err != nil {
		return 0, s.err
	}
	n, err := s.source.Read(p)
	if n > 0 {
		if n, s.err = s.keep(p[:n]); s.err != nil {
			return n, s.err
		}
	}
	if err == io.EOF && s.read < s.seen {
		before := s.seen
		if s.read < s.kept {
			before = s.kept // for sure
		}
		err = &ChangedError{List: s.list, How: fmt.Sprintf("%d bytes, where %d were read of it before", s.read, before)}
	}
	if err == io.EOF {
		s.end()
	}
	s.err = err
	return n, err
}

// keep compares with the copy what is in it, and adds to it what is not. It returns
// how much of b may be used.
func (s *spool) keep(b []byte) (int, error) {
	same := int(min(int64(len(b)), max(0, s.kept-s.read)))
	if same > 0 {
		s.buf = append(s.buf[:0], b[:same]...)
		if _, err := s.file.ReadAt(s.buf, s.read); err != nil {
			return 0, s.failed(err)
		}
		if !bytes.Equal(s.buf, b[:same]) {
			return 0, &ChangedError{List: s.list, How: fmt.Sprintf("other content within its first %d bytes", s.read+int64(same))}
		}
	}
	if added := b[same:]; len(added) > 0 {
		if _, err := s.file.Write(added); err != nil {
			return 0, s.failed(err)
		}
		s.mu.Lock()
		s.mark.length += int64(len(added))
		s.mu.Unlock()
	}
	s.hash.Write(b)
	s.read += int64(len(b))
	return len(b), nil
}

func (s *spool) failed(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return &SpoolError{Path: s.path, Err: err}
}

// end notes that the stream has ended.
func (s *spool) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ended = time.Now()
	s.hash.Sum(s.mark.sum[:0])
}

// Close closes the source. The copy stays open for commits.
func (s *spool) Close() error { return s.source.Close() }

func (s *spool) closeFile() { s.file.Close() }

// now returns how far the copy reaches.
func (s *spool) now() mark {
	s.mu.Lock()
	defer s.mu.Unlock()
	m := s.mark
	m.complete = !s.ended.IsZero() && !s.doubt
	if !m.complete {
		m.sum = Digest{}
	}
	return m
}

// persist makes the copy durable up to a mark.
func (s *spool) persist(m mark) error {
	if m.length == s.synced {
		return nil
	}
	if err := s.file.Sync(); err != nil {
		return err
	}
	s.synced = m.length
	return nil
}

// Interrupted says that the run was told to end by a signal. Ctrl-C ends those, too,
// who write to our stdin, and so does whoever stops a service: a stream that ended just
// now, or does so from now on, is not taken to be whole, and has to be given again to
// resume. It is safe for concurrent use.
func (j *Journal) Interrupted() {
	for _, s := range j.spools {
		if s == nil {
			continue
		}
		s.mu.Lock()
		if s.ended.IsZero() || time.Since(s.ended) < settled {
			s.doubt = true
		}
		s.mu.Unlock()
	}
}
