package command

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Where there is no room for the state, the run ends and says so; what it has written
// is whole, and the same command finishes it once there is.
func TestStateOnFullDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	const pages = 700
	site := newChanging(t)
	list := site.list(t, pages)
	disk := smallDisk(t)
	state, out := filepath.Join(disk, "state.db"), filepath.Join(t.TempDir(), "out.jsonl")
	makeRoom := leaveRoom(t, disk, 124<<10)
	args := []string{list, "-o", out, "--resume", "--state", state, "-p1", "--no-robots"}
	stdout, stderr, code := call(t, nil, args...)
	if want := "scrape: " + state + ": no space left on device\nscrape: make room"; code != exitLocal || stdout != "" || !strings.HasPrefix(stderr, want) {
		t.Fatalf("exit %d, %q, %q", code, stdout, stderr)
	}
	changesIn(t, out) // its records are whole
	makeRoom()
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
