package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"

	"scrape/results"
	"scrape/scraper/output"
)

// A signal ends what converts by its number, and what was written is whole.
func TestConvertEndsBySignal(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		dir := t.TempDir()
		from, to := filepath.Join(dir, "from.jsonl"), filepath.Join(dir, "to.jsonl")
		if err := unix.Mkfifo(from, 0o600); err != nil {
			t.Fatal(err)
		}
		p := start(t, exec.Command("scrape", "convert", from, to))
		pipe, err := os.OpenFile(from, os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		// It gets records until it is gone.
		line := append(results.New(&results.Fields{Seq: 1, URL: "http://a.example/", Outcome: results.Scraped}).Raw(), '\n')
		for told := false; err == nil; {
			if info, missing := os.Stat(to); missing == nil && info.Size() > 0 && !told {
				p.Process.Signal(signal)
				told = true
			}
			_, err = pipe.Write(line)
		}
		pipe.Close()
		p.says(t, from+": "+signalName(signal))
		p.says(t, "what was whole is in "+to)
		if code := p.end(t); code != exitSignal+int(signal) {
			t.Errorf("%v: exit %d", signal, code)
		}
		if len(seqs(t, to)) == 0 {
			t.Errorf("%v: nothing was written", signal)
		}
	}
}

// Whatever stands in a file, reading it ends, with records that have content, or with
// an error.
func FuzzReadRecords(f *testing.F) {
	for _, compressed := range []string{".jsonl", ".jsonl.gz", ".jsonl.zst"} {
		name := filepath.Join(f.TempDir(), "out"+compressed)
		format, compression, err := output.Choose(name, "")
		if err != nil {
			f.Fatal(err)
		}
		out, err := output.Open(output.Options{Name: name, Format: format, Compression: compression})
		if err != nil {
			f.Fatal(err)
		}
		sink, err := out.Sink(output.Use{})
		if err != nil {
			f.Fatal(err)
		}
		for seq := range int64(2) {
			if err := sink.Write(results.New(&results.Fields{Seq: seq, URL: "http://a.example/", Outcome: results.Scraped})); err != nil {
				f.Fatal(err)
			}
		}
		if err := out.Close(); err != nil {
			f.Fatal(err)
		}
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
		f.Add(append(b, b[:len(b)/2]...))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, extension := range []string{".jsonl", ".jsonl.gz", ".jsonl.zst"} {
			name := filepath.Join(dir, "out"+extension)
			if err := os.WriteFile(name, b, 0o600); err != nil {
				t.Fatal(err)
			}
			records, closeFile, err := readRecords(name, int64(len(b)))
			if err != nil {
				continue
			}
			for r, err := range records {
				if err == nil && len(r.Raw()) == 0 {
					t.Error("a record without content")
				}
			}
			closeFile()
		}
	})
}
