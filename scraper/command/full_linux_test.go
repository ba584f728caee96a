package command

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"scrape/results"
)

// newVaried is a server of pages whose titles do not become smaller when they are packed.
func newVaried(t *testing.T) *httptest.Server {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var title strings.Builder
		for i := range 40 {
			fmt.Fprintf(&title, "%x", sha256.Sum256(fmt.Append(nil, r.URL.Path, i)))
		}
		fmt.Fprintf(w, "<!doctype html><title>%s</title>", title.String())
	}))
	t.Cleanup(s.Close)
	return s
}

// upTo are the numbers from 1 to n.
func upTo(n int) (all []int64) {
	for i := range n {
		all = append(all, int64(i+1))
	}
	return all
}

// checkRecords finds lines that have two records in a file, or, of a whole one, none.
func checkRecords(t *testing.T, name string, lines int, whole bool) (records int) {
	t.Helper()
	if info, err := os.Stat(name); err == nil && info.Size() == 0 && !whole {
		return 0 // of what is compressed not even the first member
	}
	all := seqs(t, name)
	slices.Sort(all)
	if len(slices.Compact(slices.Clone(all))) != len(all) || whole && !slices.Equal(all, upTo(lines)) {
		t.Errorf("%s has %d records of %d lines: %d", filepath.Base(name), len(all), lines, all)
	}
	return len(all)
}

const fullText = ": no space left on device\nscrape: make room, or write elsewhere with --output\n"

// Where the disk of an output becomes full, the run ends and says which; what is in that
// and in others is whole, and when there is room the same command finishes the run.
func TestOutputOnFullDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	const lines = 80
	site := newVaried(t)
	list := listOf(t, lines, func(n int) string { return fmt.Sprint(site.URL, "/", n) })
	for _, test := range []struct {
		extension string
		some      bool // is there already when the disk is full, as it is written piece by piece
	}{
		{".txt", true}, {".jsonl", true}, {".csv", true}, {".warc.gz", true}, {".parquet", true},
		{".jsonl.gz", false}, {".jsonl.zst", false}, {".sqlite", false},
	} {
		t.Run(test.extension, func(t *testing.T) {
			disk := smallDisk(t)
			makeRoom := leaveRoom(t, disk, 88<<10)
			out := filepath.Join(disk, "out"+test.extension)
			other := filepath.Join(t.TempDir(), "other.jsonl")
			args := []string{list, "-o", out, "-o", other, "--resume", "-q", "-p1", "--no-robots"}
			if test.extension == ".txt" {
				args = append(args, "--template", "{{.Seq}} {{.Title}}")
			}
			written := out
			if test.extension == ".parquet" {
				written = out + ".jsonl"
			}
			stdout, stderr, code := call(t, nil, args...)
			if code != exitLocal || stdout != "" || !strings.HasPrefix(stderr, "scrape: "+written+fullText) {
				t.Errorf("exit %d, %q, %q", code, stdout, stderr)
			}
			if n := checkRecords(t, written, lines, false); n == lines || test.some && n == 0 {
				t.Errorf("%d records were written", n)
			}
			checkRecords(t, other, lines, false)
			makeRoom()
			if _, stderr, code := call(t, nil, args...); code != exitOK || stderr != "" {
				t.Errorf("resumed: exit %d, %q", code, stderr)
			}
			checkRecords(t, out, lines, true)
			checkRecords(t, other, lines, true)
		})
	}
}

// What is kept beside an output may have a disk of its own where that is a link: the
// journal, the copy of a list on stdin, the Parquet file that is made at the end.
func TestBesideFullDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	const lines = 600
	site := newSite(t)
	// Nearly all are duplicates, which take room in what is kept, and no time.
	list := listOf(t, lines, func(n int) string { return fmt.Sprint(site.URL, "/page/", n/100) })
	for _, test := range []struct {
		name, extension string
		room            int
		onDisk          string // of the link and its target, which is on the small disk
		stdin           bool
		full            string // what is
		hint            string
	}{
		{"journal", ".jsonl", 4 << 10, "link", false, "out.jsonl.journal", ""},
		{"no journal at all", ".jsonl", 0, "link", false, "out.jsonl.journal", ""},
		{"stdin", ".jsonl", 16 << 10, "link", true, "out.jsonl.journal.stdin", ""},
		{"Parquet", ".parquet", 8 << 10, "target", false, "out.parquet", "its records are whole in "},
	} {
		t.Run(test.name, func(t *testing.T) {
			places := map[string]string{"link": t.TempDir(), "target": t.TempDir()}
			disk := smallDisk(t)
			places[test.onDisk] = disk
			target := filepath.Join(places["target"], "target"+test.extension)
			out := filepath.Join(places["link"], "out"+test.extension)
			if err := errors.Join(os.WriteFile(target, nil, 0o600), os.Symlink(target, out)); err != nil {
				t.Fatal(err)
			}
			makeRoom := leaveRoom(t, disk, test.room)
			run := func() (stderr string, code int) {
				cmd := exec.Command("scrape", "-o", out, "--resume", "-q", "-p1", "--no-robots")
				if test.stdin {
					file, err := os.ReadFile(list)
					if err != nil {
						t.Fatal(err)
					}
					cmd.Stdin = strings.NewReader(string(file))
				} else {
					cmd.Args = append(cmd.Args, list)
				}
				said, _ := cmd.CombinedOutput()
				return string(said), cmd.ProcessState.ExitCode()
			}
			stderr, code := run()
			want := "scrape: " + filepath.Join(places["link"], test.full) + fullText
			if test.hint != "" {
				want = "scrape: " + out + ": no space left on device\nscrape: " + test.hint + out + ".jsonl\n"
			}
			if code != exitLocal || !strings.HasPrefix(stderr, want) {
				t.Errorf("exit %d, %q, want %q", code, stderr, want)
			}
			if test.extension != ".parquet" {
				checkRecords(t, out, lines, false)
			}
			makeRoom()
			if stderr, code := run(); code != exitOK || stderr != "" {
				t.Errorf("resumed: exit %d, %q", code, stderr)
			}
			checkRecords(t, out, lines, true)
		})
	}
}

// Bodies that have no room end the run, too, and no record names one that is not there.
func TestBodiesOnFullDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	const lines = 60
	site := newVaried(t)
	list := listOf(t, lines, func(n int) string { return fmt.Sprint(site.URL, "/", n) })
	disk := smallDisk(t)
	makeRoom := leaveRoom(t, disk, 88<<10)
	out, bodies := filepath.Join(t.TempDir(), "out.jsonl"), filepath.Join(disk, "bodies")
	args := []string{list, "-o", out, "--save-body", bodies, "--resume", "-q", "-p1", "--no-robots"}
	kept := func() {
		t.Helper()
		file, err := os.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		for r, err := range results.ReadJSONL(file) {
			if err != nil {
				t.Fatal(err)
			}
			var has struct {
				BodyFile  string `json:"body_file"`
				BodyBytes int64  `json:"body_bytes"`
			}
			if err := json.Unmarshal(r.Raw(), &has); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(filepath.Join(bodies, has.BodyFile))
			if err != nil || !info.Mode().IsRegular() || info.Size() != has.BodyBytes {
				t.Errorf("%s: %v", r.Raw()[:100], err)
			}
		}
	}
	_, stderr, code := call(t, nil, args...)
	if code != exitLocal || !strings.HasPrefix(stderr, "scrape: "+bodies+"/") || !strings.Contains(stderr, ": no space left on device\nscrape: make room, or keep bodies elsewhere with --save-body\n") {
		t.Errorf("exit %d, %q", code, stderr)
	}
	checkRecords(t, out, lines, false)
	kept()
	makeRoom()
	if _, stderr, code := call(t, nil, args...); code != exitOK || stderr != "" {
		t.Errorf("resumed: exit %d, %q", code, stderr)
	}
	checkRecords(t, out, lines, true)
	kept()
}

// Of what is written once, at the end, the old file stays; a log lacks entries. The
// records are whole in any case.
func TestLastWordsOnFullDisk(t *testing.T) {
	if !mayMount(t) {
		return
	}
	site := newSite(t)
	list := site.list(t, 3)
	for _, test := range []struct {
		flag, old, want string
		code            int
	}{
		{"--report", "old", "no space left on device\nscrape: there is no report of this run\n", exitLocal},
		{"--save-cookies", "# old\n", "no space left on device\nscrape: the cookies of this run are lost\n", exitLocal},
		{"--metrics-file", "old", "no space left on device\n", exitLocal},
		{"--log", strings.Repeat("old\n", 1024), "no space left on device\n", exitLocal}, // before it begins
	} {
		t.Run(test.flag, func(t *testing.T) {
			disk := smallDisk(t)
			file, out := filepath.Join(disk, "file"), filepath.Join(t.TempDir(), "out.jsonl")
			if err := os.WriteFile(file, []byte(test.old), 0o600); err != nil {
				t.Fatal(err)
			}
			makeRoom := leaveRoom(t, disk, 4<<10) // which is the old file's
			args := []string{list, "-o", out, "--resume", "--overwrite", "-q", "-p1", test.flag, file}
			_, stderr, code := call(t, nil, args...)
			if code != test.code || !strings.HasPrefix(stderr, "scrape: "+file+": "+test.want) {
				t.Errorf("exit %d, %q", code, stderr)
			}
			if test.flag != "--log" {
				checkRecords(t, out, 3, true)
			}
			if now, err := os.ReadFile(file); err != nil || string(now) != test.old {
				t.Errorf("%v, %q", err, now)
			}
			if entries, err := os.ReadDir(disk); err != nil || len(entries) != 2 {
				t.Errorf("%v: %v", err, entries)
			}
			makeRoom()
			if _, stderr, code := call(t, nil, args...); code != exitOK || stderr != "" {
				t.Errorf("again: exit %d, %q", code, stderr)
			}
			checkRecords(t, out, 3, true)
			if now, err := os.ReadFile(file); err != nil || string(now) == test.old {
				t.Errorf("%v, %q", err, now)
			}
		})
	}
}
