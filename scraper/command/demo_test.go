package command

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
)

func TestCalledAs(t *testing.T) {
	dir := t.TempDir()
	file := func(name string) string {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o777); err != nil {
			t.Fatal(err)
		}
		return path
	}
	installed, other := file("bin/scrape"), file("other/scrape")
	link := filepath.Join(dir, "link")
	if err := os.Symlink(installed, link); err != nil {
		t.Fatal(err)
	}
	built, spaced := file("go-build123/b001/exe/scrape"), file("a b/it's/scrape")
	for name, test := range map[string]struct{ executable, found, want string }{
		"installed":              {installed, installed, "scrape"},
		"installed by a link":    {installed, link, "scrape"},
		"built here":             {installed, "", installed},
		"another is installed":   {installed, other, installed},
		"go run":                 {built, "", "go run ."},
		"go run, with another":   {built, installed, "go run ."},
		"of a name to be quoted": {spaced, "", "'" + filepath.Join(dir, "a b", `it'\''s`, "scrape") + "'"},
		"nobody knows":           {"", installed, "scrape"},
	} {
		found := func(path string) (string, error) {
			if path == "" {
				return "", errors.New("none")
			}
			return path, nil
		}
		got := calledAs(func() (string, error) { return found(test.executable) }, func(string) (string, error) { return found(test.found) })
		if got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}
