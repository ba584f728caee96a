package command

import (
	"bufio"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// changing is a server of numbered pages, of which every third is another in each
// edition.
type changing struct {
	*httptest.Server
	edition atomic.Int64
	asked   atomic.Int64 // answers that were not 304
}

func newChanging(t *testing.T) *changing {
	c := new(changing)
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n, err := strconv.Atoi(strings.TrimPrefix(r.URL.Path, "/"))
		if err != nil {
			http.NotFound(w, r)
			return
		}
		edition := int64(1)
		if n%3 == 0 {
			edition = c.edition.Load()
		}
		tag := fmt.Sprintf(`"%d"`, edition)
		w.Header().Set("ETag", tag)
		if r.Header.Get("If-None-Match") == tag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		c.asked.Add(1)
		fmt.Fprintf(w, "<!doctype html><title>Page %d, edition %d</title>", n, edition)
	}))
	t.Cleanup(c.Close)
	return c
}

// list writes a list of so many of the pages.
func (c *changing) list(t *testing.T, pages int) string {
	t.Helper()
	var b strings.Builder
	for n := range pages {
		fmt.Fprintf(&b, "%s/%d\n", c.URL, n)
	}
	name := filepath.Join(t.TempDir(), "urls.txt")
	if err := os.WriteFile(name, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// changesIn counts the records of a file by what they say has become of their pages, and
// fails where a page has two.
func changesIn(t *testing.T, name string) map[string]int {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	counts, seen := map[string]int{}, map[string]bool{}
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var r struct{ URL, Change, Title string }
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%s: %v", lines.Text(), err)
		}
		if seen[r.URL] || r.Title == "" {
			t.Errorf("%s has two records, or no title: %q", r.URL, r.Title)
		}
		seen[r.URL] = true
		counts[r.Change]++
	}
	return counts
}

// Whenever a run is killed, and is finished by the same command, each change is
// reported once: by that run, and not by the next.
func TestChangesAreReportedOnce(t *testing.T) {
	const pages = 900
	kills := 2
	if n, err := strconv.Atoi(os.Getenv("SCRAPE_TEST_RESUME_KILLS")); err == nil {
		kills = n
	}
	site := newChanging(t)
	list := site.list(t, pages)
	dir := t.TempDir()
	var whole time.Duration // that a run takes
	for edition, want := range []map[string]int{
		{"new": pages},
		{"changed": pages / 3, "unchanged": pages / 3 * 2},
		{"changed": pages / 3, "unchanged": pages / 3 * 2},
	} {
		site.edition.Store(int64(edition))
		out := filepath.Join(dir, fmt.Sprint(edition, ".jsonl"))
		run := func() *exec.Cmd {
			cmd := exec.Command("scrape", list, "-o", out, "--resume", "--state", filepath.Join(dir, "state.db"), "-q", "-p1", "-c8", "--no-robots")
			cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
			return cmd
		}
		killed := 0
		for range kills {
			if whole == 0 {
				break // the first run tells how long one takes
			}
			cmd := run()
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			time.Sleep(rand.N(whole)) // that it is any moment is the point
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			if err := cmd.Wait(); err != nil {
				killed++
			}
		}
		begun := time.Now()
		if said, err := run().CombinedOutput(); err != nil {
			t.Fatalf("after %d kills: %v\n%s", killed, err, said)
		}
		if whole == 0 {
			whole = time.Since(begun)
		}
		if got := changesIn(t, out); !maps.Equal(got, want) {
			t.Errorf("run %d, after %d kills: %v, want %v", edition, killed, got, want)
		}
	}
	if asked := site.asked.Load(); asked < pages+2*pages/3 || asked > pages+2*pages/3*int64(kills+1) {
		t.Errorf("%d pages were sent", asked)
	}
}

// A second run with the same state ends at once, though it writes elsewhere.
func TestStateIsLocked(t *testing.T) {
	s := newSite(t)
	dir := t.TempDir()
	name := filepath.Join(dir, "state.db")
	first := start(t, exec.Command("scrape", s.URL+"/hang/1", "--state", name))
	<-s.hung
	second := start(t, exec.Command("scrape", s.URL+"/page/1", "-o", filepath.Join(dir, "x.jsonl"), "--state", name))
	second.says(t, "--wait 10m")
	if code := second.end(t); code != exitLocked {
		t.Errorf("exit %d, want %d", code, exitLocked)
	}
	third := start(t, exec.Command("scrape", s.URL+"/page/3", "--state", name, "--wait", "10m"))
	s.release()
	for i, run := range []*started{first, third} {
		if code := run.end(t); code != exitOK {
			t.Errorf("run %d: exit %d", i, code)
		}
	}
}

// Records on stdout are remembered, too, where nothing can be resumed.
func TestStateOfStdout(t *testing.T) {
	site := newChanging(t)
	list := site.list(t, 30)
	state := filepath.Join(t.TempDir(), "state.db")
	for edition, want := range []string{"new", "changed"} {
		site.edition.Store(int64(edition))
		stdout, stderr, code := call(t, nil, list, "--state", state, "--only-changed", "--template", "{{.Change}}", "--no-robots")
		n := 30
		if edition > 0 {
			n = 10
		}
		if code != exitOK || strings.Count(stdout, want+"\n") != n || strings.Count(stdout, "\n") != n {
			t.Errorf("edition %d: exit %d, %q, %q", edition, code, stdout, stderr)
		}
	}
}
