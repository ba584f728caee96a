package output

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/creack/pty"

	"scrape/results"
)

// Records reach a terminal at once, whichever way it was named, unless a bar has
// to be drawn below them.
func TestImmediate(t *testing.T) {
	screen, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	defer screen.Close()
	defer tty.Close()
	file, err := os.Create(filepath.Join(t.TempDir(), "out.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for name, test := range map[string]struct {
		out                *Output
		withBar, withoutIt bool
	}{
		"terminal":       {&Output{file: tty, stdout: true}, false, true},
		"named terminal": {&Output{file: tty}, false, true},
		"file":           {&Output{file: file}, false, false},
		"stdout, a file": {&Output{file: file, stdout: true}, false, false},
	} {
		if with, without := test.out.immediate(true), test.out.immediate(false); with != test.withBar || without != test.withoutIt {
			t.Errorf("%s: %v with a bar, %v without", name, with, without)
		}
	}
}

// A write that had no room for all of its records leaves whole ones only.
func TestPartOfARecordIsDropped(t *testing.T) {
	for written, want := range map[string]string{
		"one\ntwo\nthr": "before\none\ntwo\n",
		"one\n":         "before\none\n",
		"on":            "before\n",
		"":              "before\n",
	} {
		name := filepath.Join(t.TempDir(), "out.txt")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("before\n" + written); err != nil {
			t.Fatal(err)
		}
		o := Output{name: "stdout", file: f, stdout: true}
		o.dropPart([]byte(written))
		if _, err := f.WriteString("next"); err != nil {
			t.Fatal(err)
		}
		want += "next"
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("after %q: %q, %v; want %q", written, got, err, want)
		}
	}
}

// Whoever stops the making of a file that has its end last finds the reason again.
func TestFinishIsStopped(t *testing.T) {
	out, s := begin(t, Options{Name: filepath.Join(t.TempDir(), "out"), Format: results.Parquet})
	mustGive(t, s, few()...)
	mustClose(t, out)
	ctx, cancel := context.WithCancelCause(context.Background())
	reason := errors.New("interrupted")
	cancel(reason)
	if err := out.Finish(ctx); err != reason {
		t.Errorf("%v, want %v", err, reason)
	}
	if left := leftovers(t, out.Name()); left != nil {
		t.Errorf("%q are left", left)
	}
	if err := out.Finish(context.Background()); err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
