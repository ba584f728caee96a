package journal

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// streamHead is of one list, on stdin.
func streamHead() Head {
	return Head{Lists: []List{{Name: "-", Stream: true}}}
}

// stream is a source that tells whether it was closed.
type stream struct {
	io.Reader
	closed bool
}

func (s *stream) Close() error { s.closed = true; return nil }

func of(text string) *stream { return &stream{Reader: strings.NewReader(text)} }

// spooling opens or makes a journal and the copy of its stream.
func spooling(t *testing.T, path string, source io.ReadCloser) (*Journal, io.ReadCloser) {
	t.Helper()
	j, err := Open(path)
	if err != nil {
		j, err = Create(path, streamHead())
	}
	if err != nil {
		t.Fatal(err)
	}
	r, err := j.Spool(t.Context(), 0, source)
	if err != nil {
		t.Fatal(err)
	}
	return j, r
}

// commit remembers how far the streams are.
func commit(t *testing.T, j *Journal) {
	t.Helper()
	s := NewSink(j, nil, nil)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	j.Close()
}

func TestSpool(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.journal")
	const text = "a.example\nb.example\nc.example\n"

	// The first run reads some of it.
	source := of(text)
	j, r := spooling(t, path, source)
	if j.Spooled(0) {
		t.Error("whole before it was read")
	}
	if _, err := io.ReadFull(r, make([]byte, 12)); err != nil {
		t.Fatal(err)
	}
	r.Close()
	if !source.closed {
		t.Error("the source was not closed")
	}
	commit(t, j)
	if b, err := os.ReadFile(path + ".stdin"); err != nil || string(b) != text[:12] {
		t.Fatalf("the copy is %q, %v", b, err)
	}

	// The second reads further, in pieces, and what it has not remembered is cut off.
	j, r = spooling(t, path, &stream{Reader: iotest.OneByteReader(strings.NewReader(text))})
	got := make([]byte, 15)
	if _, err := io.ReadFull(r, got); err != nil || string(got) != text[:15] {
		t.Fatalf("%q, %v", got, err)
	}
	commit(t, j)
	write(t, path+".stdin", text[:15]+"\x00\x00\x00garbage")

	// The third comes to its end.
	j, r = spooling(t, path, of(text))
	if b, err := io.ReadAll(r); err != nil || string(b) != text {
		t.Fatalf("%q, %v", b, err)
	}
	commit(t, j)

	// The fourth needs none.
	j, err := Open(path)
	if err != nil || !j.Spooled(0) {
		t.Fatalf("not whole: %v", err)
	}
	r, err = j.Spool(t.Context(), 0, nil)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || string(b) != text {
		t.Fatalf("%q, %v", b, err)
	}
	r.Close()
	unread := of("x")
	if r, err = j.Spool(t.Context(), 0, unread); err != nil || !unread.closed {
		t.Errorf("a source that is not needed: %v, closed: %v", err, unread.closed)
	}
	r.Close()

	write(t, path+".stdin", strings.ToUpper(text))
	_, err = j.Spool(t.Context(), 0, nil)
	if changed, ok := errors.AsType[*ChangedError](err); !ok || changed.List != "-" {
		t.Errorf("the copy is another: %v", err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errDisk)
	if _, err = j.Spool(ctx, 0, nil); !errors.Is(err, errDisk) {
		t.Errorf("cancelled: %v", err)
	}
	os.Remove(path + ".stdin")
	if _, err = j.Spool(t.Context(), 0, nil); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("no copy: %v", err)
	}
	j.Close()
}

// What was remembered of a stream it must begin with: no other line is read.
func TestSpoolOfAnother(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.journal")
	const text = "a.example\nb.example\n"
	j, r := spooling(t, path, of(text))
	if _, err := io.ReadFull(r, make([]byte, len(text))); err != nil {
		t.Fatal(err)
	}
	commit(t, j)
	for other, want := range map[string]string{
		"":                               "stdin is not what it was: 0 bytes, where 20 were read of it before",
		text[:19]:                        "stdin is not what it was: 19 bytes, where 20 were read of it before",
		"a.example\nB.example\nc.d\n":    "stdin is not what it was: other content within its first 20 bytes",
		text + "and more, which is fine": "",
	} {
		j, r := spooling(t, path, of(other))
		b, err := io.ReadAll(r)
		if want == "" {
			if err != nil || string(b) != other {
				t.Errorf("%q: %q, %v", other, b, err)
			}
		} else if err == nil || err.Error() != want || !strings.HasPrefix(text, string(b)) {
			t.Errorf("%q: read %q, %v; want %s", other, b, err, want)
		}
		if _, again := r.Read(make([]byte, 1)); err != nil && again != err {
			t.Errorf("%q: the error does not stay: %v", other, again)
		}
		j.Close()
	}
	// A copy that has lost what was durable cannot be relied upon.
	write(t, path+".stdin", text[:5])
	j, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if _, err := j.Spool(t.Context(), 0, of(text)); err == nil || !strings.Contains(err.Error(), path+".stdin") {
		t.Errorf("a short copy: %v", err)
	}
}

// Also what was read and not yet remembered, when a run was killed, the stream must have:
// an empty one would pass for a list of which nothing is left to do.
func TestSpoolOfNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.journal")
	const text = "a.example\nb.example\n"
	j, r := spooling(t, path, of(text))
	if _, err := io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	j.Close()
	for _, other := range []string{"", "a.example\n"} {
		j, r := spooling(t, path, of(other))
		_, err := io.ReadAll(r)
		if changed, ok := errors.AsType[*ChangedError](err); !ok || !strings.HasSuffix(changed.How, "where 20 were read of it before") {
			t.Errorf("%q: %v", other, err)
		}
		j.Close()
	}
	j, r = spooling(t, path, of(text))
	defer j.Close()
	if b, err := io.ReadAll(r); err != nil || string(b) != text {
		t.Errorf("%q, %v", b, err)
	}
}

func TestSpoolFails(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_RDWR, 0)
	if err != nil {
		t.Skip("needs /dev/full")
	}
	path := filepath.Join(t.TempDir(), "x.journal")
	j, r := spooling(t, path, of("a.example\n"))
	defer j.Close()
	s := r.(*spool)
	s.file.Close()
	s.file = full
	b, err := io.ReadAll(r)
	if _, ok := errors.AsType[*SpoolError](err); !ok || !errors.Is(err, syscall.ENOSPC) || err.Error() != path+".stdin: no space left on device" || len(b) > 0 {
		t.Errorf("read %q, %v", b, err)
	}
	// A stream that fails is not whole.
	j2, r := spooling(t, filepath.Join(t.TempDir(), "x.journal"), &stream{Reader: iotest.ErrReader(errDisk)})
	defer j2.Close()
	if _, err := io.ReadAll(r); err != errDisk {
		t.Errorf("a stream that fails: %v", err)
	}
	if m := j2.spools[0].now(); m.complete {
		t.Error("it is whole")
	}
}

// Two streams have a copy each; a file between them has none.
func TestSpoolNames(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.journal")
	j, err := Create(path, Head{Lists: []List{{Name: "/dev/fd/63", Stream: true}, {Name: "a"}, {Name: "-", Stream: true}}})
	if err != nil {
		t.Fatal(err)
	}
	for list, text := range map[int]string{0: "of 63", 2: "of stdin"} {
		r, err := j.Spool(t.Context(), list, of(text))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	commit(t, j)
	j = reopen(t, path)
	for list, name := range map[int]string{0: path + ".list1", 2: path + ".stdin"} {
		if b, err := os.ReadFile(name); err != nil || !j.Spooled(list) {
			t.Errorf("%s: %q, %v, whole: %v", name, b, err, j.Spooled(list))
		}
	}
	if err := j.Complete(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path + ".list1"); !os.IsNotExist(err) {
		t.Errorf("a copy is left: %v", err)
	}
}

// Ctrl-C ends also who writes to our stdin: an end that comes with it proves nothing.
func TestInterruptedStream(t *testing.T) {
	dir := t.TempDir()
	for name, c := range map[string]struct {
		before, after time.Duration // between the stream's end and the signal
		want          bool
	}{
		"long before":   {before: time.Hour, want: true},
		"just before":   {before: settled / 2, want: false},
		"later":         {after: time.Hour, want: false},
		"without any":   {before: -1, want: true},
		"at a distance": {before: settled, want: true},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(dir, name)
			synctest.Test(t, func(t *testing.T) {
				j, r := spooling(t, path, of("a.example\n"))
				if c.after > 0 {
					j.Interrupted()
				}
				time.Sleep(c.after)
				if _, err := io.ReadAll(r); err != nil {
					t.Fatal(err)
				}
				if c.before >= 0 && c.after == 0 {
					time.Sleep(c.before)
					j.Interrupted()
				}
				commit(t, j)
			})
			if j := reopen(t, path); j.Spooled(0) != c.want || j.marks[0].length != 10 {
				t.Errorf("whole: %v, %d bytes", j.Spooled(0), j.marks[0].length)
			}
		})
	}
}

func TestIdentify(t *testing.T) {
	l, err := Identify(t.Context(), "a", strings.NewReader("abc"))
	if err != nil || l.Name != "a" || l.Size != 3 || l.Sum[0] != 0xba || l.Stream {
		t.Errorf("%+v, %v", l, err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errDisk)
	if _, err := Identify(ctx, "a", strings.NewReader("abc")); err != errDisk {
		t.Errorf("cancelled: %v", err)
	}
}
