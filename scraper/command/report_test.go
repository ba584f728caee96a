package command

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"scrape/results"
	"scrape/results/report"
)

// What a report advises can be done: the flags in it exist.
func TestReportNamesFlags(t *testing.T) {
	c := report.New()
	for k := results.None + 1; k.Valid(); k++ {
		c.Observe(results.New(&results.Fields{Seq: int64(k), URL: "https://example.com/", Error: &results.Error{Kind: k}}))
	}
	var page strings.Builder
	if err := c.Write(&page, report.Run{Wall: time.Second}); err != nil {
		t.Fatal(err)
	}
	named := regexp.MustCompile(`<code>--([a-z0-9.-]+)`).FindAllStringSubmatch(page.String(), -1)
	if len(named) < 10 {
		t.Fatalf("only %d flags are named", len(named))
	}
	for _, name := range named {
		if !slices.ContainsFunc(flagTable(), func(f flagSpec) bool { return f.name == name[1] }) {
			t.Errorf("there is no flag --%s", name[1])
		}
	}
}

// A run that is left by a signal has its report, which says so.
func TestReportOfAnInterruptedRun(t *testing.T) {
	e := ending{signal: 2, err: errLeave}
	if got := problem(e); got != "stopped by a signal (interrupt)" {
		t.Errorf("of an interrupt: %q", got)
	}
	if got := problem(ending{failed: true}); got != "" {
		t.Errorf("of a run to its end: %q", got)
	}
	if got := problem(ending{err: local("out.txt", os.ErrPermission, ""), signal: 2}); got != "out.txt: permission denied" {
		t.Errorf("of a failure: %q", got)
	}
}

// A file is replaced as a whole, through a link too, or not at all.
func TestReplacement(t *testing.T) {
	dir := t.TempDir()
	name, link := filepath.Join(dir, "file"), filepath.Join(dir, "link")
	if err := os.WriteFile(name, []byte("before"), 0o640); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("file", link); err != nil {
		t.Fatal(err)
	}
	for _, end := range []struct {
		end  func(*replacement) error
		want string
	}{{(*replacement).discard, "before"}, {(*replacement).keep, "after"}} {
		r, err := reportFile.create(link)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.file.WriteString("after"); err != nil {
			t.Fatal(err)
		}
		if err := end.end(r); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(name)
		if err != nil || string(text) != end.want {
			t.Errorf("%q, %v, want %q", text, err, end.want)
		}
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode().IsRegular() {
		t.Errorf("the link is gone: %v, %v", info, err)
	}
	if info, err := os.Stat(name); err != nil || info.Mode().Perm()&0o027 != 0 {
		t.Errorf("the file is open to others: %v, %v", info, err)
	}
	if all, _ := os.ReadDir(dir); len(all) != 2 {
		t.Errorf("left behind: %v", all)
	}
}
