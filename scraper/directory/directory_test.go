package directory

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestSync(t *testing.T) {
	dir := t.TempDir()
	hidden := filepath.Join(dir, "hidden")
	if err := os.Mkdir(hidden, 0o300); err != nil {
		t.Fatal(err)
	}
	able := []string{dir, hidden}
	if runtime.GOOS == "linux" {
		able = append(able, "/proc") // a file system that does not know how
	}
	for _, name := range able {
		if err := Sync(name); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := Sync(filepath.Join(dir, "missing")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of no directory: %v", err)
	}
}
