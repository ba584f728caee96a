package documenttest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

func TestReadPages(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) {
		name = filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	refused := func(name, want string) {
		t.Helper()
		if pages, err := readPages(filepath.Join(dir, name)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %d pages, %v, want %q", name, len(pages), err, want)
		}
	}
	refused("none", "no such file")
	refused("", "has no HTML page")
	write("a.txt", "a list of pages")
	refused("a.txt", "is no directory")
	write("deep/deep.html", strings.Repeat("<div>", 1000))
	refused("deep", "has no HTML page")

	write("b/one.HTML", "<p>1")
	write("a.htm", "<p>2")
	pages, err := readPages(dir)
	if err != nil || len(pages) != 2 || string(pages[0]) != "<p>2" || string(pages[1]) != "<p>1" {
		t.Errorf("%q, %v", pages, err)
	}
	for i := range 3 * mostBenchPages {
		write("many/"+strconv.Itoa(i)+".html", "<p>x")
	}
	if pages, err := readPages(dir + "/many"); err != nil || len(pages) != mostBenchPages {
		t.Errorf("%d pages, %v", len(pages), err)
	}
}
