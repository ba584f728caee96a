package results

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// writes remembers each Write by itself.
type writes struct {
	mu   sync.Mutex
	made []string
}

func (w *writes) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.made = append(w.made, string(p))
	return len(p), nil
}

func (w *writes) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.made)
}

// full takes room bytes and fails from there on.
type full struct {
	got  bytes.Buffer
	room int
	err  error // nil: a short write without a word
}

func (w *full) Write(p []byte) (int, error) {
	if len(p) <= w.room {
		w.room -= len(p)
		return w.got.Write(p)
	}
	n, _ := w.got.Write(p[:w.room])
	w.room = 0
	return n, w.err
}

func record(size int) []byte {
	return append(bytes.Repeat([]byte("x"), size-1), '\n')
}

func mustAppend(t *testing.T, b *Batch, rec []byte) {
	t.Helper()
	if err := b.Append(rec); err != nil {
		t.Fatal(err)
	}
}

func TestBatchWritesWholeRecords(t *testing.T) {
	sizes := func(w *writes) (n []int) {
		for _, s := range w.all() {
			n = append(n, len(s))
		}
		return n
	}
	const k = 1 << 10
	for _, test := range []struct {
		name      string
		immediate bool
		records   []int
		want      []int
	}{
		{"nothing", false, nil, nil},
		{"few", false, []int{10, 20, 30}, []int{60}},
		{"full to the byte", false, []int{40 * k, 24 * k, 1}, []int{64 * k, 1}},
		{"over by a byte", false, []int{40*k + 1, 24 * k, 1}, []int{40*k + 1, 24*k + 1}},
		{"one as large as the buffer", false, []int{64 * k, 1}, []int{64 * k, 1}},
		{"one too large", false, []int{10, 10, 10 << 20, 10}, []int{20, 10 << 20, 10}},
		{"immediate", true, []int{10, 20, 100 * k}, []int{10, 20, 100 * k}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var w writes
			b := NewBatch(&w, BatchOptions{Immediate: test.immediate})
			for _, size := range test.records {
				mustAppend(t, b, record(size))
			}
			if err := b.Close(); err != nil {
				t.Fatal(err)
			}
			if got := sizes(&w); !slices.Equal(got, test.want) {
				t.Errorf("writes of %d bytes, want %d", got, test.want)
			}
		})
	}
}

func TestBatchDoesNotKeepWhatItIsGiven(t *testing.T) {
	var w writes
	b := NewBatch(&w, BatchOptions{})
	rec := []byte("first\n")
	mustAppend(t, b, rec)
	copy(rec, "later\n")
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if got := w.all(); !slices.Equal(got, []string{"first\n"}) {
		t.Errorf("wrote %q", got)
	}
}

func TestBatchWritesInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w writes
		b := NewBatch(&w, BatchOptions{})
		check := func(want ...string) {
			t.Helper()
			synctest.Wait()
			if got := w.all(); !slices.Equal(got, want) {
				t.Fatalf("wrote %q, want %q", got, want)
			}
		}
		mustAppend(t, b, []byte("1\n"))
		time.Sleep(60 * time.Millisecond)
		mustAppend(t, b, []byte("2\n"))
		time.Sleep(39 * time.Millisecond)
		check()
		time.Sleep(time.Millisecond) // 100 ms after the first, not the last
		check("1\n2\n")

		time.Sleep(time.Hour) // nothing waits
		mustAppend(t, b, []byte("3\n"))
		time.Sleep(99 * time.Millisecond)
		check("1\n2\n")
		if err := b.Flush(); err != nil {
			t.Fatal(err)
		}
		check("1\n2\n", "3\n")

		mustAppend(t, b, []byte("4\n")) // a flush starts the time anew
		time.Sleep(99 * time.Millisecond)
		check("1\n2\n", "3\n")
		time.Sleep(time.Millisecond)
		check("1\n2\n", "3\n", "4\n")

		mustAppend(t, b, []byte("5\n"))
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		check("1\n2\n", "3\n", "4\n", "5\n")
	})
}

func TestBatchTellsOfAFailureNobodyWaitsFor(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []error
		b := NewBatch(&full{err: syscall.ENOSPC}, BatchOptions{Failed: func(err error) { told = append(told, err) }})
		mustAppend(t, b, []byte("1\n"))
		time.Sleep(100 * time.Millisecond)
		synctest.Wait()
		if len(told) != 1 || !errors.Is(told[0], syscall.ENOSPC) {
			t.Fatalf("told of %v", told)
		}
		for name, err := range map[string]error{"Append": b.Append([]byte("2\n")), "Flush": b.Flush(), "Close": b.Close()} {
			if err != told[0] {
				t.Errorf("%s: %v", name, err)
			}
		}
		if len(told) != 1 {
			t.Errorf("told again: %v", told)
		}
	})
}

// Failed may stop the run from where it is, which calls back.
func TestBatchFailedMayCallBack(t *testing.T) {
	var b *Batch
	var again error
	b = NewBatch(&full{err: syscall.EPIPE}, BatchOptions{Immediate: true, Failed: func(error) { again = b.Flush() }})
	if err := b.Append([]byte("1\n")); err != syscall.EPIPE {
		t.Errorf("Append: %v", err)
	}
	if again != syscall.EPIPE {
		t.Errorf("Flush from within Failed: %v", again)
	}
}

func TestBatchShortWrite(t *testing.T) {
	w := &full{room: 3}
	b := NewBatch(w, BatchOptions{})
	mustAppend(t, b, []byte("12345\n"))
	if err := b.Flush(); err != io.ErrShortWrite {
		t.Errorf("Flush: %v", err)
	}
	w.room = 100
	if err := b.Close(); err != io.ErrShortWrite || w.got.String() != "123" {
		t.Errorf("Close: %v; wrote %q", err, w.got.String())
	}
}

func TestBatchClosed(t *testing.T) {
	var w writes
	b := NewBatch(&w, BatchOptions{Failed: func(err error) { t.Errorf("told of %v", err) }})
	for range 2 {
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
	}
	for name, err := range map[string]error{"Append": b.Append([]byte("1\n")), "Flush": b.Flush()} {
		if !errors.Is(err, fs.ErrClosed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestBatchConcurrently(t *testing.T) {
	var w writes
	b := NewBatch(&w, BatchOptions{})
	const writers, records = 8, 2000
	var wg sync.WaitGroup
	for i := range writers {
		wg.Go(func() {
			for n := range records {
				if err := b.Append(fmt.Appendf(nil, "%d %d %s\n", i, n, strings.Repeat("x", n%100))); err != nil {
					t.Error(err)
				}
				if n%500 == 0 {
					if err := b.Flush(); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	wg.Wait()
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	var next [writers]int
	for _, s := range w.all() {
		for line := range strings.Lines(s) {
			var i, n int
			if _, err := fmt.Sscan(line, &i, &n); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			if want := fmt.Sprintf("%d %d %s\n", i, next[i], strings.Repeat("x", next[i]%100)); line != want {
				t.Fatalf("got %q, want %q", line, want)
			}
			next[i]++
		}
	}
	for i, n := range next {
		if n != records {
			t.Errorf("%d records of writer %d", n, i)
		}
	}
}

// What the operating system says reaches the caller without the file's name.
func TestBatchErrorsOfTheSystem(t *testing.T) {
	disk, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	if err != nil {
		t.Skipf("no full disk here: %v", err)
	}
	defer disk.Close()
	r, pipe, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer pipe.Close()
	for _, test := range []struct {
		file *os.File
		want syscall.Errno
	}{{disk, syscall.ENOSPC}, {pipe, syscall.EPIPE}} {
		b := NewBatch(test.file, BatchOptions{})
		mustAppend(t, b, []byte("1\n"))
		err := b.Close()
		if !errors.Is(err, test.want) || err.Error() != test.want.Error() {
			t.Errorf("%s: error %v, want %v", test.file.Name(), err, test.want)
		}
	}
}
