package command

import (
	"os"
	"path/filepath"
	"testing"
)

// What is said may hold texts of servers: each line of it is the program's own,
// and harmless to a terminal.
func TestSay(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                    "scrape: plain\n",
		"two\nlines\n":             "scrape: two\nscrape: lines\n",
		"\x1b[2Jcleared\x07\u009b": "scrape: \\x1b[2Jcleared\\a\\u009b\n",
		"back\rover":               "scrape: back\\rover\n",
		"Grüße, \"世界\"":            "scrape: Grüße, \"世界\"\n",
	} {
		name := filepath.Join(t.TempDir(), "stderr")
		f, err := os.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		(&console{stderr: f}).say("%s", text)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != want {
			t.Errorf("%q is said as %q, %v; want %q", text, got, err, want)
		}
	}
}
