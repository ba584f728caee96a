package command

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// smallDisk mounts a file system of 1 MiB, where that is allowed.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m")
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		t.Skip("a file system can be mounted by root alone: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := unix.Unmount(dir, unix.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// Where there is no room for the state, the run ends and says so; what it has written
// is whole, and the same command finishes it once there is.
func TestStateOnFullDisk(t *testing.T) {
	const pages = 700
	site := newChanging(t)
	list := site.list(t, pages)
	disk := smallDisk(t)
	state, out := filepath.Join(disk, "state.db"), filepath.Join(t.TempDir(), "out.jsonl")
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, 900<<10), 0o600); err != nil {
		t.Fatal(err)
	}
	args := []string{list, "-o", out, "--resume", "--state", state, "-p1", "--no-robots"}
	stdout, stderr, code := call(t, nil, args...)
	if want := "scrape: " + state + ": no space left on device\nscrape: make room"; code != exitLocal || stdout != "" || !strings.HasPrefix(stderr, want) {
		t.Fatalf("exit %d, %q, %q", code, stdout, stderr)
	}
	changesIn(t, out) // its records are whole
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if _, stderr, code := call(t, nil, args...); code != exitOK {
		t.Fatalf("exit %d, %q", code, stderr)
	}
	if got, want := changesIn(t, out), map[string]int{"new": pages}; !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}

	// Nor does it matter where nothing can be written at all.
	again := filepath.Join(t.TempDir(), "again.jsonl")
	if err := unix.Mount("", disk, "", unix.MS_REMOUNT|unix.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	_, stderr, code = call(t, nil, list, "-o", again, "--state", state)
	if code != exitLocal || !strings.HasPrefix(stderr, "scrape: "+state) || !strings.Contains(stderr, "read-only file system") {
		t.Errorf("read-only: exit %d, %q", code, stderr)
	}
	if _, err := os.Stat(again); err == nil {
		t.Error("an output was made, though the state cannot be written")
	}
}
