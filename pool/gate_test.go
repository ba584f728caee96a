package pool

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"syscall"
	"testing"
	"time"
)

// gate holds tasks up until the test opens it: a directory, in which each task
// that comes leaves its mark, with a file that is locked until then. So those who
// wait cost nothing, however many they are and in whatever process.
type gate string

// locked are the files of gates that are shut.
var locked sync.Map // of gate to *os.File

func newGate(t *testing.T) gate {
	t.Helper()
	g := gate(t.TempDir())
	f, err := os.Create(g.lock())
	if err != nil {
		t.Fatal(err)
	}
	if err := flock(f, syscall.LOCK_EX); err != nil {
		t.Fatal(err)
	}
	locked.Store(g, f)
	t.Cleanup(func() { g.open(t) })
	return g
}

// atGate waits at the gate that the task names, if it names one. It answers
// with its worker's pid.
var atGate = Register("at gate", func(ctx context.Context, j Job[gate]) (int, error) {
	pid := os.Getpid()
	if j.Task == "" {
		return pid, nil
	}
	return pid, j.Task.arrive()
})

// arrive leaves a mark, and returns when the gate is open.
func (g gate) arrive() error {
	mark, err := os.CreateTemp(string(g), strconv.Itoa(os.Getpid())+".")
	if err != nil {
		return err
	}
	mark.Close()
	return g.pass()
}

// pass returns when the gate is open.
func (g gate) pass() error {
	f, err := os.Open(g.lock())
	if err != nil {
		return err
	}
	defer f.Close()
	return flock(f, syscall.LOCK_SH)
}

func (g gate) lock() string { return filepath.Join(string(g), "lock") }

// open lets all pass, now and later.
func (g gate) open(t *testing.T) {
	t.Helper()
	f, shut := locked.LoadAndDelete(g)
	if !shut {
		return
	}
	if err := f.(*os.File).Close(); err != nil {
		t.Error(err)
	}
}

// flock waits for a lock of a file.
func flock(f *os.File, how int) error {
	for {
		if err := syscall.Flock(int(f.Fd()), how); err != syscall.EINTR {
			return err
		}
	}
}

// await waits until so many tasks have come to the gate.
func (g gate) await(t *testing.T, tasks int) {
	t.Helper()
	eventually(t, patience, "tasks at the gate", func() bool {
		marks, err := filepath.Glob(filepath.Join(string(g), "*.*"))
		return err == nil && len(marks) >= tasks
	})
}

// promptly fails the test when do does not return, as a hang would.
func promptly(t *testing.T, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		do()
	}()
	select {
	case <-done:
	case <-time.After(patience):
		t.Fatal("it hangs")
	}
}

// passOneAtAGate has one task of many wait at a gate that opens when all others are
// done.
func passOneAtAGate(t *testing.T, p *Pool) {
	t.Helper()
	g := newGate(t)
	answers := 0
	for a := range atGate.Run(t.Context(), p, func(yield func(gate) bool) {
		for i := range 300 {
			task := gate("")
			if i == 20 {
				task = g
			}
			if !yield(task) {
				return
			}
		}
	}) {
		if a.Err != nil {
			t.Fatal(a.Err)
		}
		if answers++; answers == 299 {
			g.open(t)
		}
	}
	if answers != 300 {
		t.Errorf("%d answers", answers)
	}
}
