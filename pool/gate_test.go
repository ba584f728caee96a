package pool

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"
)

// gate holds tasks up until the test opens it: a directory, in which each task
// that comes leaves its mark.
type gate string

func newGate(t *testing.T) gate { return gate(t.TempDir()) }

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
	g.pass()
	return nil
}

// pass returns when the gate is open.
func (g gate) pass() {
	for _, err := os.Stat(g.key()); err != nil; _, err = os.Stat(g.key()) {
		time.Sleep(20 * time.Millisecond) // polling: the opener is another process
	}
}

func (g gate) key() string { return filepath.Join(string(g), "open") }

func (g gate) open(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(g.key(), nil, 0o600); err != nil {
		t.Fatal(err)
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
