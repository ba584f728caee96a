package pool

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

func TestItem13_1_ThreadsEnd(t *testing.T) {
	p, q := lasting.Process(""), newPool(t, Options{Procs: 2})
	endThreads := func(n int, then func()) {
		var all sync.WaitGroup
		for range n {
			all.Go(func() {
				runtime.LockOSThread() // and never unlock it: the thread ends
				then()
			})
		}
		all.Wait()
	}
	// Each is started from a thread that ends at once.
	endThreads(1, func() {
		if err := launch(t.Context(), p); err != nil {
			t.Error(err)
		}
	})
	endThreads(1, func() {
		for range square.Run(t.Context(), q, upTo(10)) {
		}
	})
	before := q.pids()
	for range rounds(t, 20) {
		endThreads(20, runtime.Gosched)
	}
	for range square.Run(t.Context(), q, upTo(10)) {
	}
	if after := q.pids(); fmt.Sprint(before) != fmt.Sprint(after) || !p.IsAlive() {
		t.Errorf("workers %v are %v now, and the process is %v: %s", before, after, p, p.Cause())
	}
	if err := p.Kill(); err != nil {
		t.Error(err)
	}
	<-p.Done()
}

// piped has a shell, which does not handle it, send itself a SIGPIPE, and prints
// to a pipe that breaks.
var piped = Register("process piped", func(context.Context, Job[string]) (struct{}, error) {
	err := exec.Command("/bin/sh", "-c", "kill -PIPE $$").Run()
	exit, ok := errors.AsType[*exec.ExitError](err)
	if sig, _ := signalOf(exit.ProcessState); !ok || sig != syscall.SIGPIPE {
		return struct{}{}, fmt.Errorf("a shell inherits that SIGPIPE is ignored: %v", err)
	}
	for range 3 {
		if _, err := fmt.Println("a word"); !errors.Is(err, syscall.EPIPE) {
			return struct{}{}, fmt.Errorf("writing to a broken pipe: %v", err)
		}
	}
	fmt.Fprintln(os.Stderr, "last words")
	return struct{}{}, nil
})

func TestItem13_3_BrokenOutputKillsNobody(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	defer w.Close()
	if inCoordinator() { // whose standard error is broken
		p := printing.Process(10)
		p.Stdout = (*os.File)(nil)
		say("ended", errors.Join(p.Start(t.Context()), p.Join(t.Context())))
		return
	}
	p := piped.Process("")
	p.Stdout = w
	if _, stderr, err := ran(t, p); err != nil || !strings.Contains(stderr, "last words") {
		t.Errorf("its standard output is broken: %v %s", err, stderr)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "POOL_TEST_COORDINATOR=1")
	cmd.Stderr = w
	if out, err := cmd.Output(); err != nil || !strings.Contains(string(out), "ended <nil>") {
		t.Errorf("the standard error of its parent is broken: %v %s", err, out)
	}
}

// copyOfBinary is a copy of this test binary.
func copyOfBinary(t *testing.T) string {
	t.Helper()
	from, err := os.Open(os.Args[0])
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	path := filepath.Join(t.TempDir(), "copy")
	to, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o700)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestItem13_4_BinaryDeletedOrReplaced(t *testing.T) {
	if inCoordinator() {
		own := os.Args[0]
		err := os.Remove(own)
		if os.Getenv("POOL_TEST_HOW") == "replaced" {
			err = errors.Join(err, os.WriteFile(own, []byte("#!/bin/false\n"), 0o700))
		}
		p := nothing.Process("")
		err = errors.Join(err, p.Start(t.Context()), p.Join(t.Context()))
		q := newPool(t, Options{Procs: 1})
		for a := range square.Run(t.Context(), q, upTo(3)) {
			err = errors.Join(err, a.Err)
		}
		say("ended", err)
		return
	}
	if path, _ := executable(); path == os.Args[0] {
		t.Skip("here a process knows its binary by the path alone")
	}
	for _, how := range []string{"deleted", "replaced"} {
		t.Run(how, func(t *testing.T) {
			c := startElsewhere(t, copyOfBinary(t), "POOL_TEST_HOW="+how)
			if ended := c.heard(t, "ended"); ended != "<nil>" {
				t.Error(ended)
			}
		})
	}
}

// executing has children execute another binary.
func executing(t *testing.T, path string) {
	t.Helper()
	old := executable
	executable = func() (string, error) { return path, nil }
	t.Cleanup(func() { executable = old })
}

func TestOtherProgramIsRefused(t *testing.T) {
	executing(t, copyOfBinary(t)) // the same words, but not the same file
	p := nothing.Process("")
	_, _, err := ran(t, p)
	if exit, ok := errors.AsType[*ExitError](err); !errors.Is(err, ErrOtherProgram) || !ok || exit.Code != 1 {
		t.Errorf("a process: %v", err)
	}
	q := newPool(t, Options{Procs: 1})
	for a := range square.Run(t.Context(), q, upTo(3)) {
		if !errors.Is(a.Err, ErrOtherProgram) {
			t.Errorf("a worker: %v", a.Err)
		}
	}
}

func TestItem13_5_BusyBinary(t *testing.T) {
	path := copyOfBinary(t)
	executing(t, path)
	writing, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer writing.Close()
	if _, err := startChild(childOptions{name: t.Name()}); !errors.Is(err, syscall.ETXTBSY) {
		t.Skipf("a file that is written can be executed here: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(3*busyPause, cancel)
	p := nothing.Process("")
	if err := p.Start(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("busy until the context is done: %v", err)
	}
	if err := p.Join(t.Context()); !errors.Is(err, ErrNotStarted) {
		t.Errorf("not started, and joined: %v", err)
	}
	time.AfterFunc(3*busyPause, func() { writing.Close() })
	if _, _, err := ran(t, p); !errors.Is(err, ErrOtherProgram) { // it came to run, then
		t.Errorf("busy for a while: %v", err)
	}
}

func TestItem13_6_NoOrphanHoldsTheOutput(t *testing.T) {
	if inCoordinator() {
		p := deaf.Process("") // which has our standard output, and error
		d := lasting.Process("")
		d.Daemon = true
		if err := errors.Join(p.Start(t.Context()), d.Start(t.Context())); err != nil {
			t.Fatal(err)
		}
		select {}
	}
	c := startElsewhere(t, os.Args[0])
	c.heard(t, "running")
	c.heard(t, "running")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for c.lines.Scan() {
		}
	}()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-ended:
	case <-time.After(patience):
		t.Error("somebody holds the standard output of a program that was killed")
	}
}

// holdingFiles tells which descriptors it has, by what they are.
var holdingFiles = Register("process holding files", func(context.Context, Job[string]) (struct{}, error) {
	links, err := filepath.Glob("/proc/self/fd/*")
	for _, link := range links {
		if file, err := os.Readlink(link); err == nil {
			fmt.Println(filepath.Base(link), file)
		}
	}
	return struct{}{}, err
})

// TestItem13_9_SiblingsInheritNothing starts processes, and programs of other
// kinds, all at once: a descriptor that is open for a moment before it is marked
// would be found in one of them.
func TestItem13_9_SiblingsInheritNothing(t *testing.T) {
	if _, err := os.Stat("/proc/self/fd"); err != nil {
		t.Skip("no /proc here")
	}
	for range rounds(t, 3) {
		var all sync.WaitGroup
		for range 10 {
			all.Go(func() {
				p := holdingFiles.Process("")
				var out buffer
				p.Stdout = &out
				err := errors.Join(p.Start(t.Context()), p.Join(within(t)))
				if sockets := strings.Count(out.String(), "socket:"); err != nil || sockets != 1 {
					t.Errorf("%d sockets: %v\n%s", sockets, err, &out)
				}
				for line := range strings.Lines(out.String()) {
					fd, file, _ := strings.Cut(strings.TrimSpace(line), " ")
					if strings.HasPrefix(file, "pipe:") && fd != "1" && fd != "2" {
						t.Errorf("descriptor %s is %s", fd, file)
					}
				}
			})
			all.Go(func() {
				out, err := exec.CommandContext(t.Context(), "ls", "-l", "/proc/self/fd").Output()
				if err != nil || strings.Contains(string(out), "socket:") {
					t.Errorf("another program: %v\n%s", err, out)
				}
			})
		}
		all.Wait()
	}
}
