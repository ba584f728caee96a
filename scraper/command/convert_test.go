package command

import (
	"os"
	"path/filepath"
	"testing"

	"scrape/results"
	"scrape/scraper/output"
)

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
