package journal

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"scrape/results"
)

// diary is what happened, in its order.
type diary struct {
	mu     sync.Mutex
	events []string
}

func (d *diary) add(format string, args ...any) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.events = append(d.events, fmt.Sprintf(format, args...))
}

// take returns what happened since it was called last.
func (d *diary) take() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	text := strings.Join(d.events, " ")
	d.events = nil
	return text
}

// fakeOutput has ten bytes for each record.
type fakeOutput struct {
	name    string
	diary   *diary
	written int64
	synced  atomic.Int64
	durable atomic.Int64
	closed  bool
	hold    chan struct{} // if set, Persist waits until it is closed
	fails   string        // the method that does
}

var errDisk = fmt.Errorf("disk: %w", syscall.ENOSPC)

func (o *fakeOutput) did(method string) error {
	o.diary.add("%s.%s", o.name, method)
	if o.fails == method {
		return errDisk
	}
	return nil
}

func (o *fakeOutput) Write(r *results.Record) error {
	if err := o.did("write"); err != nil {
		return err
	}
	o.written += 10
	return nil
}

func (o *fakeOutput) Sync() error {
	if err := o.did("sync"); err != nil {
		return err
	}
	o.synced.Store(o.written)
	return nil
}

func (o *fakeOutput) Position() int64 { return o.synced.Load() }

func (o *fakeOutput) Persist() error {
	n := o.synced.Load()
	if o.hold != nil {
		<-o.hold
	}
	if err := o.did("persist"); err != nil {
		return err
	}
	o.durable.Store(n)
	return nil
}

func (o *fakeOutput) Close() error {
	o.closed = true
	return o.did("close")
}

// fakeFile is a journal that fails when it should, and checks at each entry that it
// speaks of nothing that is not durable.
type fakeFile struct {
	t       *testing.T
	diary   *diary
	outputs []*fakeOutput
	fails   string
	lines   int64 // in all entries
}

func (f *fakeFile) Write(b []byte) (int, error) {
	f.diary.add("journal.write")
	if f.fails == "write" {
		return len(b) / 2, errDisk
	}
	e, _, ok := parseEntry(b[frameHeader:])
	if !ok {
		f.t.Errorf("%q is no entry", b)
		return len(b), nil
	}
	f.lines += int64(len(e.lines))
	for i, o := range f.outputs {
		if n := e.positions[i]; n != 10*f.lines || n > o.durable.Load() {
			f.t.Errorf("%s is remembered up to %d with %d lines, and durable up to %d", o.name, n, f.lines, o.durable.Load())
		}
	}
	for _, l := range e.lines {
		f.diary.add("line%d", l.seq)
		if l.key != keyFor(l.seq) {
			f.t.Errorf("line %d has the key %d", l.seq, l.key)
		}
	}
	return len(b), nil
}

func (f *fakeFile) Sync() error {
	f.diary.add("journal.sync")
	if f.fails == "sync" {
		return errDisk
	}
	return nil
}

func (f *fakeFile) Close() error { return nil }

// fakes are a Sink over two fake outputs and a fake journal.
func fakes(t *testing.T, failed func(error)) (*Sink, *fakeFile) {
	d := &diary{}
	a, b := &fakeOutput{name: "a", diary: d}, &fakeOutput{name: "b", diary: d}
	f := &fakeFile{t: t, diary: d, outputs: []*fakeOutput{a, b}}
	j := &Journal{file: f, head: Head{Outputs: make([]OutputFile, 2)}}
	j.begin()
	return NewSink(j, []Output{a, b}, failed), f
}

func mustWrite(t *testing.T, s *Sink, seqs ...int64) {
	t.Helper()
	for _, seq := range seqs {
		if err := s.Write(record(seq)); err != nil {
			t.Fatal(err)
		}
	}
}

func want(t *testing.T, d *diary, events string) {
	t.Helper()
	if got := d.take(); got != events {
		t.Errorf("got  %s\nwant %s", got, events)
	}
}

// A second after the first record all that was written meanwhile is made durable,
// then remembered, in the order of the lines; and nothing happens while there is
// nothing new.
func TestCommits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := fakes(t, nil)
		time.Sleep(time.Hour)
		mustWrite(t, s, 7)
		time.Sleep(commitDelay / 2)
		mustWrite(t, s, 3)
		synctest.Wait()
		want(t, f.diary, "a.write b.write a.write b.write")
		time.Sleep(commitDelay / 2)
		synctest.Wait()
		want(t, f.diary, "a.sync b.sync a.persist b.persist journal.write line3 line7 journal.sync")
		time.Sleep(time.Hour)
		want(t, f.diary, "")
		mustWrite(t, s, 8)
		want(t, f.diary, "a.write b.write")
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		want(t, f.diary, "a.sync b.sync a.persist b.persist journal.write line8 journal.sync a.close b.close")
		for range 2 {
			if err := s.Close(); err != nil {
				t.Error(err)
			}
		}
		if err := s.Write(record(9)); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Write after Close: %v", err)
		}
		want(t, f.diary, "")
	})
}

func TestNothingToRemember(t *testing.T) {
	s, f := fakes(t, nil)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	want(t, f.diary, "a.sync b.sync a.close b.close")
}

func TestSinkSync(t *testing.T) {
	s, f := fakes(t, nil)
	if err := s.Sync(); err != nil {
		t.Error(err)
	}
	want(t, f.diary, "a.sync b.sync")
	s.Close()
}

// Records go on being written while a disk takes its time, and are remembered only
// with what is durable.
func TestPersistHoldsUpNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, f := fakes(t, nil)
		hold := make(chan struct{})
		f.outputs[1].hold = hold
		mustWrite(t, s, 1)
		time.Sleep(commitDelay)
		synctest.Wait()
		want(t, f.diary, "a.write b.write a.sync b.sync a.persist")
		mustWrite(t, s, 2, 3)
		if err := s.Sync(); err != nil {
			t.Error(err)
		}
		time.Sleep(time.Hour)
		want(t, f.diary, "a.write b.write a.write b.write a.sync b.sync")
		close(hold)
		synctest.Wait()
		want(t, f.diary, "b.persist journal.write line1 journal.sync")
		time.Sleep(commitDelay)
		synctest.Wait()
		want(t, f.diary, "a.sync b.sync a.persist b.persist journal.write line2 line3 journal.sync")
		s.Close()
	})
}

// Whatever fails, everything afterwards does, nothing is remembered that may not be
// there, it is told of once, and the outputs are closed.
func TestSinkFails(t *testing.T) {
	for what, fail := range map[string]func(*fakeFile){
		"write":         func(f *fakeFile) { f.outputs[1].fails = "write" },
		"sync":          func(f *fakeFile) { f.outputs[1].fails = "sync" },
		"persist":       func(f *fakeFile) { f.outputs[1].fails = "persist" },
		"journal write": func(f *fakeFile) { f.fails = "write" },
		"journal sync":  func(f *fakeFile) { f.fails = "sync" },
	} {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				told := 0
				s, f := fakes(t, func(err error) {
					if told++; !errors.Is(err, errDisk) {
						t.Errorf("told of %v", err)
					}
				})
				fail(f)
				err := s.Write(record(1))
				time.Sleep(commitDelay)
				synctest.Wait()
				if what == "write" && !errors.Is(err, errDisk) {
					t.Errorf("Write: %v", err)
				}
				f.diary.take()
				for range 2 {
					if err := s.Write(record(2)); !errors.Is(err, errDisk) {
						t.Errorf("a later Write: %v", err)
					}
				}
				if err := s.Sync(); !errors.Is(err, errDisk) {
					t.Errorf("Sync: %v", err)
				}
				for range 2 {
					if err := s.Close(); !errors.Is(err, errDisk) {
						t.Errorf("Close: %v", err)
					}
				}
				want(t, f.diary, "a.close b.close")
				if told != 1 {
					t.Errorf("told %d times", told)
				}
			})
		})
	}
}

func TestCloseFails(t *testing.T) {
	s, f := fakes(t, nil)
	f.outputs[0].fails = "close"
	mustWrite(t, s, 1)
	if err := s.Close(); !errors.Is(err, errDisk) {
		t.Errorf("Close: %v", err)
	}
	if !f.outputs[1].closed {
		t.Error("the other output was not closed")
	}
}

// A disk without room, for the journal and for an output.
func TestFullDisk(t *testing.T) {
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skip("needs /dev/full")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "a.jsonl.journal")
	j, err := Create(path, Head{Outputs: make([]OutputFile, 1)})
	if err != nil {
		t.Fatal(err)
	}
	o, err := openOutput(filepath.Join(dir, "a.jsonl"), 0)
	if err != nil {
		t.Fatal(err)
	}
	real := j.file
	s := newSink(j, []Output{o}, nil, time.Hour)
	mustWrite(t, s, 1, 2, 3)
	s.commit()
	j.file = full
	mustWrite(t, s, 4)
	err = s.Close()
	if named, ok := errors.AsType[*fs.PathError](err); !ok || named.Path != "/dev/full" || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Close: %v", err)
	}
	j.Close()
	real.Close()

	j = reopen(t, path)
	if tally := j.Tally(); tally.Scraped() != 3 || len(recordsIn(t, filepath.Join(dir, "a.jsonl"), j.Positions()[0])) != 3 {
		t.Errorf("%d records are remembered, in %d bytes", tally.Scraped(), j.Positions()[0])
	}
	full, err = os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	s = NewSink(j, []Output{&diskOutput{results.NewJSONL(results.NewBatch(full, results.BatchOptions{})), full}}, nil)
	mustWrite(t, s, 4)
	if err := s.Close(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("Close with a full output: %v", err)
	}
	if j.total != j.before {
		t.Error("what is not there is remembered")
	}
}

// One writes and another closes, syncs or hears of a failure: for the race detector.
func TestSinkAtOnce(t *testing.T) {
	s, f := fakes(t, nil)
	s.Close()
	s = newSink(s.journal, s.outputs, nil, time.Microsecond)
	var group sync.WaitGroup
	for g := range int64(4) {
		group.Go(func() {
			for i := range int64(500) {
				if err := s.Write(record(1 + g + 4*i)); err != nil {
					t.Error(err)
				}
				if i%50 == 0 {
					_ = s.Sync()
				}
			}
		})
	}
	group.Wait()
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	total := s.journal.total
	lines := slices.DeleteFunc(strings.Fields(f.diary.take()), func(e string) bool { return !strings.HasPrefix(e, "line") })
	slices.Sort(lines)
	if lines = slices.Compact(lines); len(lines) != 2000 || total.Total() != 2000 {
		t.Errorf("%d lines are remembered, %d counted", len(lines), total.Total())
	}
}
