package journal

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"scrape/results"
)

// victimVariable names the directory in which the test's own program is to work.
const victimVariable = "SCRAPE_JOURNAL_VICTIM"

// victimLines is how many lines its list has.
const victimLines = 6_000

// diskOutput is JSON Lines in a file.
type diskOutput struct {
	results.Sink
	file *os.File
}

// openOutput opens an output at a position, behind which it is cut off.
func openOutput(path string, position int64) (*diskOutput, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if info, err := f.Stat(); err != nil || info.Size() < position {
		return nil, fmt.Errorf("%s is shorter than %d: %v", path, position, err)
	}
	if err := f.Truncate(position); err != nil {
		return nil, err
	}
	if _, err := f.Seek(position, io.SeekStart); err != nil {
		return nil, err
	}
	return &diskOutput{results.NewJSONL(results.NewBatch(f, results.BatchOptions{})), f}, nil
}

func (o *diskOutput) Position() int64 {
	n, _ := o.file.Seek(0, io.SeekCurrent)
	return n
}

func (o *diskOutput) Persist() error { return o.file.Sync() }

func (o *diskOutput) Close() error { return errors.Join(o.Sink.Close(), o.file.Close()) }

// victim writes the records of all lines that are not done yet, to two outputs, and
// says so on stdout, a byte for each.
func victim(dir string) error {
	path := filepath.Join(dir, "a.jsonl.journal")
	h := Head{Outputs: []OutputFile{{Name: "a.jsonl"}, {Name: "b.jsonl"}}}
	j, err := Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		j, err = Create(path, h)
	}
	if err != nil {
		return err
	}
	defer j.Close()
	if err := j.Check(h); err != nil {
		return err
	}
	if j.Completed() {
		return nil
	}
	var outputs []Output
	for i, name := range []string{"a.jsonl", "b.jsonl"} {
		o, err := openOutput(filepath.Join(dir, name), j.Positions()[i])
		if err != nil {
			return err
		}
		outputs = append(outputs, o)
	}
	s := newSink(j, outputs, nil, time.Millisecond)
	for _, i := range rand.Perm(victimLines) {
		seq := int64(i + 1)
		if j.Done(seq, keyFor(seq)) {
			continue
		}
		if err := s.Write(record(seq)); err != nil {
			return err
		}
		if _, err := os.Stdout.WriteString("."); err != nil {
			return err
		}
	}
	if err := s.Close(); err != nil {
		return err
	}
	return j.Complete()
}

// Killed at any moment, and however often: in the end every line has one record in
// each output.
func TestKilledAndResumed(t *testing.T) {
	dir := t.TempDir()
	kept := 0
	for range 30 {
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victimVariable+"="+dir)
		var said bytes.Buffer
		cmd.Stderr = &said
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		// As many records as this it writes before it is killed, and what it happens
		// to do meanwhile.
		_, _ = io.CopyN(io.Discard, out, rand.Int64N(victimLines/20))
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if said.Len() > 0 {
			t.Fatalf("it said %s", said.String())
		}
		kept = max(kept, checkKilled(t, dir))
	}
	if kept == 0 {
		t.Error("nothing was ever remembered")
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victimVariable+"="+dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %.1000s", err, out)
	}
	j := reopen(t, filepath.Join(dir, "a.jsonl.journal"))
	if tally := j.Tally(); !j.Completed() || tally.Scraped() != victimLines {
		t.Errorf("complete: %v, %d lines", j.Completed(), tally.Scraped())
	}
	for i, name := range []string{"a.jsonl", "b.jsonl"} {
		path := filepath.Join(dir, name)
		if seqs := recordsIn(t, path, j.Positions()[i]); len(seqs) != victimLines || j.Positions()[i] != size(t, path) {
			t.Errorf("%s has %d records in %d bytes, of which %d are remembered", name, len(seqs), size(t, path), j.Positions()[i])
		}
	}
}

// checkKilled fails unless the records up to the positions are those of the lines that
// are done. It returns how many there are.
func checkKilled(t *testing.T, dir string) int {
	t.Helper()
	j, err := Open(filepath.Join(dir, "a.jsonl.journal"))
	if errors.Is(err, fs.ErrNotExist) {
		return 0
	}
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	tally := j.Tally()
	for i, name := range []string{"a.jsonl", "b.jsonl"} {
		seqs := map[int64]bool{}
		if n := j.Positions()[i]; n > 0 {
			seqs = recordsIn(t, filepath.Join(dir, name), n)
		}
		if int64(len(seqs)) != tally.Total() {
			t.Fatalf("%s has %d records, and %d are remembered", name, len(seqs), tally.Total())
		}
		for seq := range seqs {
			if !j.done.Has(seq) && !j.complete {
				t.Fatalf("%s has line %d, which is not done", name, seq)
			}
		}
	}
	return int(tally.Total())
}

// recordsIn are the numbers of the records in the first n bytes of a file. None may be
// there twice.
func recordsIn(t *testing.T, path string, n int64) map[int64]bool {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	seqs := map[int64]bool{}
	read := int64(0)
	for lines := bufio.NewScanner(io.LimitReader(f, n)); lines.Scan(); {
		var r struct{ Seq int64 }
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		if seqs[r.Seq] {
			t.Fatalf("%s has line %d twice", path, r.Seq)
		}
		seqs[r.Seq] = true
		read += int64(len(lines.Bytes())) + 1
	}
	if read != n {
		t.Fatalf("%s has no whole records up to byte %d", path, n)
	}
	return seqs
}
