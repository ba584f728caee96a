package pool

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// flooding writes so many lines to each of its outputs, at the same time.
var flooding = Register("process flooding", func(_ context.Context, j Job[int]) (struct{}, error) {
	written := make(chan error)
	for _, f := range []*os.File{os.Stdout, os.Stderr} {
		go func() {
			var err error
			for i := range j.Task {
				_, failed := fmt.Fprintln(f, "line", i)
				err = errors.Join(err, failed)
			}
			written <- err
		}()
	}
	return struct{}{}, errors.Join(<-written, <-written)
})

// unguarded is a Writer for one at a time, who has something to say.
type unguarded struct {
	text    bytes.Buffer
	busy    atomic.Bool
	crowded atomic.Bool
	nothing atomic.Bool
}

func (u *unguarded) Write(b []byte) (int, error) {
	if !u.busy.CompareAndSwap(false, true) {
		u.crowded.Store(true)
		return 0, nil
	}
	defer u.busy.Store(false)
	if len(b) == 0 {
		u.nothing.Store(true)
	}
	runtime.Gosched() // there is another that could come in
	return u.text.Write(b)
}

func TestOneWriterForBothOutputs(t *testing.T) {
	const lines = 5000
	p := flooding.Process(lines)
	var u unguarded
	p.Stdout, p.Stderr = &u, &u
	if _, _, err := ran(t, p); err != nil {
		t.Fatal(err)
	}
	if u.crowded.Load() {
		t.Error("two at a time in its Write")
	}
	if u.nothing.Load() {
		t.Error("it was given nothing to write")
	}
	if got := strings.Count(u.text.String(), "\n"); got != 2*lines {
		t.Errorf("%d lines instead of %d", got, 2*lines)
	}
}

// slicer is a Writer that cannot be compared.
type slicer []*buffer

func (s slicer) Write(b []byte) (int, error) { return s[0].Write(b) }

func TestWritersThatCannotBeCompared(t *testing.T) {
	p := flooding.Process(10)
	s := slicer{&buffer{}}
	p.Stdout, p.Stderr = s, s
	if _, _, err := ran(t, p); err != nil {
		t.Fatal(err)
	}
	if got := strings.Count(s[0].String(), "\n"); got != 20 {
		t.Errorf("%d lines instead of 20", got)
	}
}
