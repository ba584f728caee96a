package pool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// attaching answers with the task's number, and with its text in a file.
var attaching = Register("attaching", func(_ context.Context, j Job[int]) (int, error) {
	f, err := textFile(fmt.Sprint("file ", j.Task))
	if err != nil {
		return 0, err
	}
	if err := j.Attach(f); err != nil {
		return 0, err
	}
	if _, err := f.Stat(); j.Task%10 == 9 {
		return 0, fmt.Errorf("an error behind a file: %v", err)
	}
	return j.Task, nil
})

func textFile(text string) (*os.File, error) {
	f, err := anonymousFile(int64(len(text)))
	if err == nil {
		_, err = f.WriteAt([]byte(text), 0)
	}
	return f, err
}

func contentOf(t testing.TB, f *os.File) string {
	t.Helper()
	if f == nil {
		return "no file"
	}
	b, err := io.ReadAll(io.NewSectionReader(f, 0, 1<<20))
	if err := errors.Join(err, f.Close()); err != nil {
		t.Error(err)
	}
	return string(b)
}

// filesOpen are the descriptors of this process that are memory or files without a
// name.
func filesOpen() (n int) {
	links, _ := filepath.Glob("/proc/self/fd/*")
	for _, l := range links {
		if to, err := os.Readlink(l); err == nil && strings.HasSuffix(to, " (deleted)") {
			n++
		}
	}
	return n
}

var openInWorker = Register("open in worker", func(context.Context, Job[int]) (int, error) { return filesOpen(), nil })

func TestAttachedFilesArrive(t *testing.T) {
	before := filesOpen()
	for name, run := range map[string]func(p *Pool) iter.Seq[Answer[int, int]]{
		"as they come": func(p *Pool) iter.Seq[Answer[int, int]] { return attaching.Run(within(t), p, upTo(1000)) },
		"in order":     func(p *Pool) iter.Seq[Answer[int, int]] { return attaching.RunOrdered(within(t), p, upTo(1000)) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPool(t, Options{Procs: 2, Concurrency: 16, Files: 100})
			n := 0
			for a := range run(p) {
				n++
				if got := contentOf(t, a.File); got != fmt.Sprint("file ", a.Task) || (a.Err != nil) != (a.Task%10 == 9) {
					t.Errorf("task %d: %q, %v", a.Task, got, a.Err)
				}
			}
			if n != 1000 {
				t.Errorf("%d answers", n)
			}
			for _, n := range must(openInWorker.Map(within(t), p, make([]int, 20)))(t) {
				if n > before {
					t.Errorf("%d files are open in a worker that has sent them", n)
				}
			}
		})
	}
	if after := filesOpen(); after > before {
		t.Errorf("%d files open, %d before", after, before)
	}
}

// Whoever does not take what was attached keeps nothing of it.
func TestAttachedFilesAreDropped(t *testing.T) {
	before := filesOpen()
	p := newPool(t, Options{Procs: 2, Concurrency: 16, Files: 64})
	for range 5 {
		for a := range attaching.Run(within(t), p, upTo(1000)) {
			closeFile(a.File)
			if a.Task > 50 {
				break
			}
		}
		for a := range attaching.RunOrdered(within(t), p, upTo(1000)) {
			closeFile(a.File)
			if a.Task > 50 {
				break
			}
		}
		ctx, cancel := context.WithCancel(within(t))
		for a := range attaching.Run(ctx, p, upTo(1000)) {
			closeFile(a.File)
			cancel()
		}
		cancel()
	}
	for i := range 8 {
		if v, err := attaching.Call(within(t), p, i); v != i || err != nil {
			t.Errorf("Call: %d, %v", v, err)
		}
	}
	if _, err := attaching.Map(within(t), p, []int{1, 2, 3}); err != nil {
		t.Error(err)
	}
	closeAndWait(t, p)
	q := newPool(t, Options{Procs: 2, Concurrency: 16, Files: 64})
	for a := range attaching.Run(within(t), q, upTo(1000)) {
		closeFile(a.File)
		q.Terminate()
	}
	closeAndWait(t, q)
	if after := filesOpen(); after > before {
		t.Errorf("%d files open, %d before", after, before)
	}
}

// A reader that takes its time has no more files open than it may have, and keeps
// no task waiting.
func TestAttachedFilesAreBounded(t *testing.T) {
	const most = 8
	before := filesOpen()
	for name, run := range map[string]func(p *Pool) iter.Seq[Answer[int, int]]{
		"as they come": func(p *Pool) iter.Seq[Answer[int, int]] { return attaching.Run(within(t), p, upTo(200)) },
		"in order":     func(p *Pool) iter.Seq[Answer[int, int]] { return attaching.RunOrdered(within(t), p, upTo(200)) },
	} {
		t.Run(name, func(t *testing.T) {
			p := newPool(t, Options{Procs: 2, Concurrency: 4, Files: most})
			n := 0
			for a := range run(p) {
				if n++; n%20 == 0 { // the others have time to come meanwhile
					if _, err := square.Call(within(t), p, 1); err != nil {
						t.Error(err)
					}
				}
				if open := filesOpen() - before; open > most {
					t.Errorf("%d files open", open)
				}
				closeFile(a.File)
			}
			if n != 200 {
				t.Errorf("%d answers", n)
			}
		})
	}
}

func TestAttachIsRefused(t *testing.T) {
	before := filesOpen()
	p := newPool(t, Options{Procs: 1})
	for a := range attaching.Run(within(t), p, upTo(1)) {
		if a.File != nil || a.Err == nil || !strings.Contains(a.Err.Error(), "Options.Files") {
			t.Errorf("a pool that takes no files: %v", a.Err)
		}
	}
	q := newPool(t, Options{Procs: 1, Files: 1})
	for a := range attachingTwice.Run(within(t), q, upTo(3)) {
		if a.Err != nil || a.Value != errAttached.Error() || contentOf(t, a.File) != "first" {
			t.Errorf("a second file: %q, %v", a.Value, a.Err)
		}
	}
	if _, err := New(t.Context(), Options{Files: -1}); err == nil {
		t.Error("a negative number of files")
	}
	if after := filesOpen(); after > before {
		t.Errorf("%d files open, %d before", after, before)
	}
}

var attachingTwice = Register("attaching twice", func(_ context.Context, j Job[int]) (string, error) {
	first, err := textFile("first")
	if err != nil {
		return "", err
	}
	second, err := textFile("second")
	if err != nil {
		return "", err
	}
	if err := j.Attach(first); err != nil {
		return "", err
	}
	err = j.Attach(second)
	if _, closed := second.Stat(); !errors.Is(closed, os.ErrClosed) {
		return "", errors.New("the second one is open still")
	}
	return fmt.Sprint(err), nil
})

// Workers die with files in hand, on their way and behind them: each task has its
// answer and its file, and none is left.
func TestAttachedFilesAndDeaths(t *testing.T) {
	before := filesOpen()
	p := newPool(t, Options{Procs: 2, Concurrency: 8, Files: 64})
	dir := t.TempDir()
	n := 0
	for a := range attachingMortal.Run(within(t), p, func(yield func(mortal) bool) {
		for i := range 300 {
			if !yield(mortal{dir, i}) {
				return
			}
		}
	}) {
		n++
		if got := contentOf(t, a.File); a.Err != nil || got != fmt.Sprint("file ", a.Task.N) {
			t.Errorf("task %d: %q, %v", a.Task.N, got, a.Err)
		}
		if n%40 == 0 {
			p.strike(syscall.SIGKILL)
		}
	}
	if n != 300 {
		t.Errorf("%d answers", n)
	}
	closeAndWait(t, p)
	if after := filesOpen(); after > before {
		t.Errorf("%d files open, %d before", after, before)
	}
}

// mortal is a task that kills its worker once, if its number is one of some.
type mortal struct {
	Dir string
	N   int
}

var attachingMortal = Register("attaching mortal", func(_ context.Context, j Job[mortal]) (int, error) {
	f, err := textFile(fmt.Sprint("file ", j.Task.N))
	if err != nil {
		return 0, err
	}
	if err := j.Attach(f); err != nil {
		return 0, err
	}
	if j.Task.N%100 == 50 {
		mark, err := os.OpenFile(filepath.Join(j.Task.Dir, fmt.Sprint(j.Task.N)), os.O_CREATE|os.O_EXCL, 0o600)
		if err == nil {
			mark.Close()
			os.Exit(3)
		}
	}
	return j.Task.N, nil
})

// What a worker says of files that it has not sent, or that the system has dropped,
// costs that answer alone.
func TestAttachedFilesLost(t *testing.T) {
	before := filesOpen()
	p := &Pool{opts: Options{Files: 8, Procs: 1}, workers: make([]*worker, 1), now: 1}
	w := newWorker(p, 0, "1")
	asker := &noted{}
	for id := range uint64(3) {
		w.holding.add(&lease{id: id, asker: asker}, 1)
	}
	files := make([]*os.File, 3)
	for i := range files {
		f, err := textFile("x")
		if err != nil {
			t.Fatal(err)
		}
		files[i] = f
	}
	w.takeAttached([]uint64{1, 7, 1, 2}, files) // for one that it has not, for one twice, and one file too few
	for id, want := range []struct{ file, lost bool }{{false, false}, {true, false}, {false, true}} {
		l := w.holding.byID[uint64(id)]
		if (l.file != nil) != want.file || l.fileLost != want.lost {
			t.Errorf("task %d: file %v, lost %v", id, l.file != nil, l.fileLost)
		}
		l.dropFile()
	}
	if after := filesOpen(); after > before {
		t.Errorf("%d files open, %d before", after, before)
	}
}

// noted is an asker that takes nothing.
type noted struct{}

func (*noted) finish(*lease, int, []byte, error) {}
func (*noted) left() bool                        { return false }
func (*noted) forget(*lease)                     {}
