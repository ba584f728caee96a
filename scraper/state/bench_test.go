package state

import (
	"fmt"
	"path/filepath"
	"testing"

	"scrape/results"
)

// A run over so many pages that were seen before: what each of them costs.
func BenchmarkRun(b *testing.B) {
	const pages = 20_000
	path := filepath.Join(b.TempDir(), "state.db")
	run := uint64(0)
	all := func(changed int, modified bool) {
		run++
		s, err := Open(path, Options{Run: run})
		if err != nil {
			b.Fatal(err)
		}
		for key := range uint64(pages) {
			f := page(1)
			if changed > 0 && int(key)%changed == 0 {
				f = page(int(run % 100))
			} else if !modified {
				f = notModified()
			}
			f.URL = fmt.Sprintf("http://a.example/a/page/%d.html", key)
			r := results.New(&f)
			r.Key = key * 0x9e3779b97f4a7c15
			if _, err := s.Validators(r.Key); err != nil {
				b.Fatal(err)
			}
			if _, err := s.Judge(r, tag(1)); err != nil {
				b.Fatal(err)
			}
			if key%5000 == 0 {
				if err := s.Persist(); err != nil {
					b.Fatal(err)
				}
			}
		}
		if err := s.Persist(); err != nil {
			b.Fatal(err)
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
	all(1, true)
	for name, test := range map[string]struct {
		changed  int
		modified bool
	}{"changed": {1, true}, "unchanged": {0, true}, "not modified": {0, false}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				all(test.changed, test.modified)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*pages), "µs/page")
		})
	}
}
