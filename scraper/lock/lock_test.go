//go:build unix

package lock_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"scrape/scraper/lock"
)

// lockVariable tells the test's own program which lock to take. It says so on stdout,
// and holds it until its stdin ends.
const lockVariable = "SCRAPE_LOCK_PATH"

func TestMain(m *testing.M) {
	if path := os.Getenv(lockVariable); path != "" {
		if path != "none" {
			if _, err := lock.Take(context.Background(), path); err != nil {
				fmt.Println(err)
				os.Exit(1)
			}
		}
		fmt.Println("ready")
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// start runs the program and returns it with its stdin and stdout.
func start(t *testing.T, path string) (*exec.Cmd, io.Closer, *bufio.Reader) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), lockVariable+"="+path)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	return cmd, in, bufio.NewReader(out)
}

func isReady(t *testing.T, out *bufio.Reader) {
	t.Helper()
	if line, err := out.ReadString('\n'); line != "ready\n" {
		t.Fatalf("it says %q, %v", line, err)
	}
}

func take(t *testing.T, path string) *lock.Lock {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	l, err := lock.Take(ctx, path)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func TestTwoLocks(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "out.jsonl")
	a, err := lock.Try(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file itself: %v", err)
	}
	_, err = lock.Try(path)
	held, ok := errors.AsType[*lock.HeldError](err)
	if !ok || held.PID != os.Getpid() || held.Path != path || err.Error() != fmt.Sprintf("%s: process %d holds its lock", path, os.Getpid()) {
		t.Errorf("a second lock: %v", err)
	}
	other, err := lock.Try(filepath.Join(dir, "other.jsonl"))
	if err != nil {
		t.Errorf("another file's: %v", err)
	}
	if !a.Is(held) || other.Is(held) {
		t.Errorf("held by the first: %v, by the other: %v", a.Is(held), other.Is(held))
	}
	other.Release()
	for range 2 {
		a.Release()
	}
	b, err := lock.Try(path)
	if err != nil {
		t.Fatal(err)
	}
	b.Release()
	if b, err := os.ReadFile(path + ".lock"); err != nil || len(b) > 0 {
		t.Errorf("nobody has the lock, and its file says %q, %v", b, err)
	}
}

// A link has the lock of what it leads to.
func TestLink(t *testing.T) {
	dir := t.TempDir()
	path, link := filepath.Join(dir, "out.jsonl"), filepath.Join(dir, "link.jsonl")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("out.jsonl", link); err != nil {
		t.Fatal(err)
	}
	l := take(t, link)
	defer l.Release()
	if _, err := lock.Try(path); err == nil {
		t.Error("both names are locked")
	}
}

func TestWait(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	synctest.Test(t, func(t *testing.T) {
		first := take(t, path)
		began := time.Now()
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
		defer cancel()
		_, err := lock.Take(ctx, path)
		if _, ok := errors.AsType[*lock.HeldError](err); !ok || !errors.Is(err, context.DeadlineExceeded) || time.Since(began) != 10*time.Minute {
			t.Errorf("after %v: %v", time.Since(began), err)
		}
		go func() {
			time.Sleep(time.Hour)
			first.Release()
		}()
		second, err := lock.Take(t.Context(), path)
		if waited := time.Since(began) - 10*time.Minute; err != nil || waited < time.Hour || waited > time.Hour+250*time.Millisecond {
			t.Errorf("after %v: %v", waited, err)
		}
		second.Release()
	})
}

// A lock goes with its holder, however that ends, and then to exactly one of those who
// wait.
func TestHolderIsKilled(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	holder, _, out := start(t, path)
	isReady(t, out)
	_, err := lock.Try(path)
	if held, ok := errors.AsType[*lock.HeldError](err); !ok || held.PID != holder.Process.Pid {
		t.Fatalf("it is held by %d: %v", holder.Process.Pid, err)
	}
	type waiting struct {
		end io.Closer
		out *bufio.Reader
	}
	ready := make(chan waiting, 2)
	for range 2 {
		_, in, out := start(t, path)
		go func() {
			_, _ = out.ReadString('\n')
			ready <- waiting{in, out}
		}()
	}
	if err := holder.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	winner := <-ready
	if _, err := lock.Try(path); err == nil {
		t.Error("the one who has waited does not hold it")
	}
	select {
	case <-ready:
		t.Error("both hold it")
	default:
	}
	winner.end.Close()
	loser := <-ready
	loser.end.Close()
	_, _ = loser.out.ReadString('\n') // until it ends
	take(t, path).Release()
}

// A process that was started while a lock was held does not hold it.
func TestChildrenDoNotHoldIt(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.jsonl")
	l := take(t, path)
	child, _, out := start(t, "none")
	isReady(t, out)
	fds := fmt.Sprintf("/proc/%d/fd", child.Process.Pid)
	entries, _ := os.ReadDir(fds) // elsewhere than on Linux there is no such directory
	for _, e := range entries {
		if name, err := os.Readlink(filepath.Join(fds, e.Name())); err == nil && strings.HasSuffix(name, ".lock") {
			t.Errorf("it has %s open", name)
		}
	}
	l.Release()
	again, err := lock.Try(path)
	if err != nil {
		t.Fatal(err)
	}
	again.Release()
}

// What is in a lock's file and not ours stays there, and nothing is written through a
// link.
func TestForeignFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "yarn")
	if err := os.WriteFile(path+".lock", []byte("somebody's own\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l := take(t, path)
	_, err := lock.Try(path)
	if held, ok := errors.AsType[*lock.HeldError](err); !ok || held.PID != 0 || err.Error() != path+": another process holds its lock" {
		t.Errorf("a second lock: %v", err)
	}
	l.Release()
	if b, err := os.ReadFile(path + ".lock"); err != nil || string(b) != "somebody's own\n" {
		t.Errorf("the file says %q, %v", b, err)
	}

	link := filepath.Join(dir, "link")
	if err := os.Symlink(path+".lock", link+".lock"); err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Try(link); !errors.Is(err, syscall.ELOOP) && !errors.Is(err, syscall.EMLINK) || !strings.Contains(err.Error(), link+".lock") {
		t.Errorf("a link: %v", err)
	}
	if err := os.Mkdir(filepath.Join(dir, "d.lock"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Try(filepath.Join(dir, "d")); err == nil || !strings.Contains(err.Error(), "d.lock") {
		t.Errorf("a directory: %v", err)
	}
	if err := syscall.Mkfifo(filepath.Join(dir, "p.lock"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Try(filepath.Join(dir, "p")); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("a pipe: %v", err)
	}
	if _, err := lock.Try(filepath.Join(dir, "none", "x")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("no directory: %v", err)
	}
}

// Whoever may only read a lock's file can take it all the same.
func TestReadOnlyFile(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path+".lock", nil, 0o400); err != nil {
		t.Fatal(err)
	}
	take(t, path).Release()
}

// Where a lock's file cannot be made, that is what the error says.
func TestForbiddenFolder(t *testing.T) {
	if os.Getuid() == 0 {
		t.Skip("root may write everywhere")
	}
	dir := filepath.Join(t.TempDir(), "dir")
	if err := os.Mkdir(dir, 0o500); err != nil {
		t.Fatal(err)
	}
	if _, err := lock.Try(filepath.Join(dir, "x")); !errors.Is(err, fs.ErrPermission) {
		t.Errorf("it is said to be %v", err)
	}
}
