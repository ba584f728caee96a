package sqlite

import (
	"os"
	"testing"

	"scrape/results"
	"scrape/results/resultstest"
)

// The two benchmarks do the same: records made and written to a file, which is
// on the disk after every 2,000, about a second of a run.
const benchGroup = 2000

func BenchmarkSQLite(b *testing.B) {
	s := open(b, path(b), Options{})
	bench(b, s, s.Persist)
}

func BenchmarkJSONL(b *testing.B) {
	f, err := os.Create(path(b))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	bench(b, results.NewJSONL(results.NewBatch(f, results.BatchOptions{})), f.Sync)
}

func bench(b *testing.B, s results.Sink, persist func() error) {
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		n++
		if err := s.Write(results.New(resultstest.Page(int64(n)))); err != nil {
			b.Fatal(err)
		}
		if n%benchGroup == 0 {
			if err := s.Sync(); err != nil {
				b.Fatal(err)
			}
			if err := persist(); err != nil {
				b.Fatal(err)
			}
		}
	}
	closeSink(b, s)
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "rows/s")
}
