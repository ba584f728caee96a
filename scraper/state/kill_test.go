package state

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"scrape/results"
	"scrape/scraper/fetch"
)

// victimVariable names the directory in which the test's own program is to work.
const victimVariable = "SCRAPE_STATE_VICTIM"

// victimPages is how many pages it has. Every third changes with each run.
const victimPages = 200

// victim does what is missing of the run that is in the file run, and says so on stdout
// when it has made part of it durable.
func victim(dir string) error {
	text, err := os.ReadFile(filepath.Join(dir, "run"))
	if err != nil {
		return err
	}
	run, err := strconv.Atoi(string(text))
	if err != nil {
		return err
	}
	done := map[uint64]bool{}
	journal, err := os.OpenFile(filepath.Join(dir, "journal"), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	for lines := bufio.NewScanner(journal); lines.Scan(); {
		for _, word := range strings.Fields(strings.TrimSuffix(lines.Text(), ".")) {
			key, _, _ := strings.Cut(word, "=")
			n, err := strconv.ParseUint(key, 10, 64)
			if err != nil {
				return err
			}
			done[n] = true
		}
	}
	s, err := Open(filepath.Join(dir, "state.db"), Options{Run: uint64(run)})
	if err != nil {
		return err
	}
	var group strings.Builder
	for n := range victimPages {
		key := uint64(n)
		if done[key] {
			continue
		}
		version := 1
		if n%3 == 0 {
			version = run
		}
		f := page(version)
		r := results.New(&f)
		r.Key = key
		if r, err = s.Judge(r, fetch.Validators{}); err != nil {
			return err
		}
		fmt.Fprintf(&group, " %d=%v", key, r.Change)
		if rand.IntN(10) > 0 && n < victimPages-1 {
			continue
		}
		// The state first, and then that the lines are done.
		if err := s.Persist(); err != nil {
			return err
		}
		if _, err := fmt.Fprintln(journal, group.String()); err != nil {
			return err
		}
		group.Reset()
		fmt.Print(".")
	}
	return errors.Join(s.Close(), journal.Close())
}

// Killed at any moment, and however often: each change is reported once.
func TestKilled(t *testing.T) {
	dir := t.TempDir()
	const runs, kills = 3, 4
	for run := 1; run <= runs; run++ {
		_ = os.Remove(filepath.Join(dir, "journal"))
		if err := os.WriteFile(filepath.Join(dir, "run"), []byte(strconv.Itoa(run)), 0o600); err != nil {
			t.Fatal(err)
		}
		for range kills {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), victimVariable+"="+dir)
			out, err := cmd.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			_, _ = io.CopyN(io.Discard, out, 1+rand.Int64N(5))
			if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
				t.Fatal(err)
			}
			_ = cmd.Wait()
		}
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victimVariable+"="+dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		told, err := os.ReadFile(filepath.Join(dir, "journal"))
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for word := range strings.FieldsSeq(string(told)) {
			key, change, _ := strings.Cut(word, "=")
			want := results.Unchanged
			if n, _ := strconv.Atoi(key); run == 1 {
				want = results.Fresh
			} else if n%3 == 0 {
				want = results.Changed
			}
			if change != want.String() {
				t.Fatalf("run %d: %s is %s, want %s", run, key, change, want)
			}
			counts[key]++
		}
		if len(counts) != victimPages {
			t.Fatalf("run %d: %d pages", run, len(counts))
		}
	}
}
