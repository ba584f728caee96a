package sqlite

import (
	"os"
	"path/filepath"
	"testing"

	"scrape/results"
	"scrape/results/resultstest"
)

// A database that was damaged is an error, or has other records; it ends nothing, and
// is not written to.
func FuzzRead(f *testing.F) {
	whole := path(f)
	s := open(f, whole, Options{})
	write(f, s, results.New(resultstest.Example()))
	closeSink(f, s)
	file, err := os.ReadFile(whole)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file)
	f.Add(file[:len(file)/2])
	f.Add([]byte("SQLite format 3\x00"))
	name := filepath.Join(f.TempDir(), "out.sqlite")
	f.Fuzz(func(t *testing.T, file []byte) {
		if err := os.WriteFile(name, file, 0o600); err != nil {
			t.Fatal(err)
		}
		for r, err := range Read(name, All) {
			if err == nil && len(r.Raw()) == 0 {
				t.Error("a record without content")
			}
		}
		if after, err := os.ReadFile(name); err != nil || string(after) != string(file) {
			t.Errorf("the file has changed, or is gone: %v", err)
		}
	})
}
