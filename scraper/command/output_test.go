package command

import (
	"os"
	"path/filepath"
	"testing"
)

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
		o := output{name: "stdout", file: f, stdout: true}
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
