package command

import (
	"encoding/csv"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"testing"
	"time"

	"scrape/results"
)

// seqs are the line numbers of the records in a file.
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
		{".jsonl", "completion"}, {".jsonl.gz", "completion"}, {".csv", "completion"}, {".sqlite", "completion"}, {".parquet", "completion"},
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
	third := start(t, exec.Command("scrape", s.URL+"/page/3", "-o", out, "--overwrite", "--wait", "10m"))
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
