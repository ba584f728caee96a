package command

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"scrape/results"
	"scrape/results/resultstest"
	"scrape/scraper/lock"
)

// seqs are the line numbers of the records in a file; of text, what its lines begin with.
func seqs(t *testing.T, name string) (all []int64) {
	t.Helper()
	format, _, _ := results.FormatOf(name)
	if format == results.CSV {
		file, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		rows, err := csv.NewReader(file).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, row := range rows[1:] {
			n, err := strconv.ParseInt(row[0], 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, n)
		}
		return all
	}
	if format == results.Text {
		text, err := os.ReadFile(name)
		if err != nil || len(text) > 0 && text[len(text)-1] != '\n' {
			t.Fatalf("%v: %.100q", err, text[max(0, len(text)-100):])
		}
		for line := range strings.Lines(string(text)) {
			number, _, _ := strings.Cut(line, " ")
			n, err := strconv.ParseInt(number, 10, 64)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, n)
		}
		return all
	}
	if format == results.WARC {
		file, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		archived, err := resultstest.ReadWARC(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range archived {
			if a.Kind() != "metadata" {
				continue
			}
			var r struct{ Seq int64 }
			if err := json.Unmarshal(a.Block, &r); err != nil {
				t.Fatal(err)
			}
			all = append(all, r.Seq)
		}
		return all
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	records, closeFile, err := readRecords(name, info.Size())
	if err != nil {
		t.Fatal(err)
	}
	defer closeFile()
	for r, err := range records {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r.Seq)
	}
	return all
}

// Whenever a run is killed, with all that it has started, the same command finishes
// it: over all runs every line has one record.
func TestKilledAndResumed(t *testing.T) {
	const lines = 1500
	kills := 3
	if n, err := strconv.Atoi(os.Getenv("SCRAPE_TEST_RESUME_KILLS")); err == nil {
		kills = n
	}
	s := newSite(t)
	list := s.list(t, lines)
	for _, test := range []struct{ extension, order string }{
		{".jsonl", "completion"}, {".jsonl.gz", "completion"}, {".csv", "completion"}, {".sqlite", "completion"}, {".parquet", "completion"}, {".warc.gz", "completion"},
		{".jsonl", "input"}, {".sqlite", "input"},
	} {
		t.Run(test.extension+" "+test.order, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "out"+test.extension)
			run := func() *exec.Cmd {
				cmd := exec.Command("scrape", list, "-o", out, "--resume", "-q", "-p1", "-c8", "--order", test.order)
				cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
				return cmd
			}
			begun := time.Now()
			if said, err := run().CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, said)
			}
			whole := time.Since(begun)
			for _, beside := range []string{"", ".journal", ".lock"} {
				if err := os.Remove(out + beside); err != nil {
					t.Error(err)
				}
			}
			killed := 0
			for range kills {
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
			if said, err := run().CombinedOutput(); err != nil {
				t.Fatalf("after %d kills: %v\n%s", killed, err, said)
			}
			seen := make(map[int64]bool)
			all := seqs(t, out)
			for _, n := range all {
				seen[n] = true
			}
			if len(all) != lines || len(seen) != lines {
				t.Errorf("after %d kills: %d records of %d lines", killed, len(all), len(seen))
			}
			if test.order == "input" && !slices.IsSorted(all) {
				t.Errorf("after %d kills: not in the order of the list", killed)
			}
		})
	}
}

// What was in flight when the time was up is done by the run that resumes.
func TestMaxTimeAndResumed(t *testing.T) {
	s := newSite(t)
	list, out := hanging(t, s), filepath.Join(t.TempDir(), "out.jsonl")
	limited := start(t, exec.Command("scrape", list, "-o", out, "-p1", "--max-time", "300ms"))
	limited.says(t, "scrape: stopped by --max-time")
	limited.says(t, "not finished")
	if code := limited.end(t); code != exitLimit {
		t.Errorf("exit %d; stderr:\n%s", code, limited.said.String())
	}
	before := seqs(t, out)
	if slices.Contains(before, 4) {
		t.Errorf("the page that hangs has a record: %d", before)
	}
	s.release()
	resumed := start(t, exec.Command("scrape", list, "-o", out, "-p1", "--resume"))
	if code := resumed.end(t); code != exitOK {
		t.Errorf("exit %d; stderr:\n%s", code, resumed.said.String())
	}
	all := seqs(t, out)
	if len(all) < len(before) || !slices.Equal(all[:len(before)], before) {
		t.Errorf("records %d have become %d", before, all)
	}
	slices.Sort(all)
	if !slices.Equal(all, []int64{1, 2, 3, 4}) {
		t.Errorf("over both runs records %d", all)
	}
}

// A second run of the same file ends at once, or waits for the first.
func TestSecondRunWaits(t *testing.T) {
	s := newSite(t)
	out := filepath.Join(t.TempDir(), "out.jsonl")
	first := start(t, exec.Command("scrape", s.URL+"/hang/1", "-o", out))
	<-s.hung
	second := start(t, exec.Command("scrape", s.URL+"/page/1", "-o", out, "--overwrite"))
	second.says(t, "--wait 10m")
	if code := second.end(t); code != exitLocked {
		t.Errorf("exit %d, want %d", code, exitLocked)
	}
	from := filepath.Join(filepath.Dir(out), "from.jsonl")
	if err := os.WriteFile(from, []byte(`{"schema":1,"seq":1,"url":"http://a.example/","outcome":"scraped"}`+"\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	converting := start(t, exec.Command("scrape", "convert", from, out, "--overwrite"))
	converting.says(t, "--wait 10m")
	if code := converting.end(t); code != exitLocked {
		t.Errorf("exit %d of what converts, want %d", code, exitLocked)
	}
	short := start(t, exec.Command("scrape", s.URL+"/page/2", "-o", out, "--overwrite", "--wait", "1ms", "-q"))
	short.says(t, "holds its lock, still after 1ms")
	if code := short.end(t); code != exitLocked {
		t.Errorf("exit %d, want %d", code, exitLocked)
	}
	// Who waits can be told to go, and does so by the signal.
	impatient := start(t, exec.Command("scrape", s.URL+"/page/2", "-o", out, "--overwrite", "--wait", "10m"))
	impatient.says(t, "waiting for up to 10m")
	impatient.Process.Signal(syscall.SIGTERM)
	impatient.says(t, "terminated while waiting for it")
	if code := impatient.end(t); code != exitSignal+int(syscall.SIGTERM) {
		t.Errorf("exit %d of the one that was told to go", code)
	}
	third := start(t, exec.Command("scrape", s.URL+"/page/3", "-o", out, "--overwrite", "--wait", "10m"))
	third.says(t, "waiting for up to 10m")
	s.release()
	if code := first.end(t); code != exitOK {
		t.Errorf("exit %d of the first", code)
	}
	if code := third.end(t); code != exitOK {
		t.Errorf("exit %d of the one that waits", code)
	}
	text, err := os.ReadFile(out)
	if err != nil || len(seqs(t, out)) != 1 {
		t.Errorf("%v\n%s", err, text)
	}
}

// Another holder may have the same number, as in containers that share files; a run's own
// lock is that of the same file.
func TestLockOfTheSameNumber(t *testing.T) {
	dir := t.TempDir()
	out, link := filepath.Join(dir, "out.jsonl"), filepath.Join(dir, "link.jsonl")
	if err := os.WriteFile(out, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(out, link); err != nil {
		t.Fatal(err)
	}
	p := new(program)
	held, err := lock.Try(out) // by this process
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.lock(t.Context(), []string{out})
	if f, ok := errors.AsType[*failure](err); !ok || f.code != exitLocked {
		t.Errorf("held by a process of the same number: %v", err)
	}
	held.Release()
	locks, err := p.lock(t.Context(), []string{out, link})
	if err != nil || len(locks) != 1 {
		t.Errorf("one file by two names: %d locks, %v", len(locks), err)
	}
	for _, l := range locks {
		l.Release()
	}
}

// A list on stdin is known again by what was read of it, however early its run was
// killed: what is shorter or another is no list of which nothing is left to do.
func TestStdinOfAKilledRun(t *testing.T) {
	s := newSite(t)
	out := filepath.Join(t.TempDir(), "out.jsonl")
	killed := exec.Command("scrape", "-o", out, "--resume")
	killed.Stdin = strings.NewReader(s.URL + "/hang/1\n" + s.URL + "/page/2\n")
	p := start(t, killed)
	<-s.hung
	p.Process.Kill()
	p.end(t)
	s.release()
	for _, test := range []struct {
		list, flag, want string
		code             int
	}{
		{"", "--resume", "where [0-9]+ were read of it before\nscrape: give the same list again", exitUsage},
		{s.URL + "/page/3\n", "--resume=merge", "1 scraped$", exitOK},
	} {
		run := exec.Command("scrape", "-o", out, test.flag)
		run.Stdin = strings.NewReader(test.list)
		said, _ := run.CombinedOutput()
		if code := run.ProcessState.ExitCode(); code != test.code || !regexp.MustCompile(test.want).Match(bytes.TrimSpace(said)) {
			t.Errorf("%q %s: exit %d\n%s", test.list, test.flag, code, said)
		}
	}
}

// What a crontab feeds by a pipe may be another list at each time.
func TestStdinOfACrontab(t *testing.T) {
	s := newSite(t)
	out := filepath.Join(t.TempDir(), "out.jsonl")
	r, w := io.Pipe()
	first := exec.Command("scrape", "-o", out, "--resume", "--overwrite", "-q")
	first.Stdin = r
	p := start(t, first)
	if _, err := io.WriteString(w, s.URL+"/hang/1\n"); err != nil {
		t.Fatal(err)
	}
	<-s.hung
	p.Process.Kill()
	w.Close()
	p.end(t)
	second := exec.Command("scrape", "-o", out, "--resume", "--overwrite")
	second.Stdin = strings.NewReader(s.URL + "/page/2\n")
	said, err := second.CombinedOutput()
	if err != nil || !strings.Contains(string(said), "stdin was not read to its end then, and may be another: the run starts afresh") {
		t.Errorf("%v\n%s", err, said)
	}
	if n := seqs(t, out); len(n) != 1 {
		t.Errorf("%d records", len(n))
	}
}
