package command

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// diskSize is that of a smallDisk, in bytes.
const diskSize = 1 << 20

// smallDisk mounts a file system of diskSize, where that is allowed.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=1m")
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		t.Skip("no file system can be mounted here: ", err)
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

// leaveRoom fills a smallDisk that is empty but for so many bytes, until makeRoom is
// called.
func leaveRoom(t *testing.T, disk string, room int) (makeRoom func()) {
	t.Helper()
	ballast := filepath.Join(disk, "ballast")
	if err := os.WriteFile(ballast, make([]byte, diskSize-room), 0o600); err != nil {
		t.Fatal(err)
	}
	return func() {
		t.Helper()
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}
}

// rootVariable tells a test that it runs as root of name spaces of its own.
const rootVariable = "SCRAPE_TEST_ROOT"

// mayMount tells whether the test may go on, and mount file systems. Where that is for
// root alone, it has a process run the test that is root in name spaces of its own
// (user_namespaces(7)), and tells that this one is to end.
func mayMount(t *testing.T) bool {
	t.Helper()
	if os.Geteuid() == 0 || os.Getenv(rootVariable) != "" {
		return true
	}
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	child := exec.Command(program, "-test.v", "-test.run=^"+t.Name()+"$")
	child.Env = append(os.Environ(), rootVariable+"=1")
	child.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getegid(), Size: 1}},
	}
	said, err := child.CombinedOutput()
	if _, ran := errors.AsType[*exec.ExitError](err); err != nil && !ran {
		t.Skip("no file system can be mounted here: ", err)
	}
	switch {
	case err != nil || bytes.Contains(said, []byte("no tests to run")):
		t.Errorf("%v\n%s", err, said)
	case bytes.Contains(said, []byte("--- SKIP")):
		t.Skipf("%s", said)
	}
	return false
}
