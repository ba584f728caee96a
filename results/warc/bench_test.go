package warc

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"scrape/results"
	"scrape/results/resultstest"
)

// BenchmarkWARC is a page of an ordinary size, each another.
func BenchmarkWARC(b *testing.B) {
	var page strings.Builder
	for page.Len() < 30_000 {
		fmt.Fprintf(&page, "<p class=%d>The %d words of a page, <a href=\"/%x\">more or less</a>.\n", page.Len()%7, page.Len(), page.Len()*7919)
	}
	s := New(results.NewBatch(io.Discard, results.BatchOptions{}), "scrape/bench")
	b.ReportAllocs()
	for n := int64(0); b.Loop(); n++ {
		if err := s.WriteExchange(results.New(resultstest.Page(n)), said("http://x.test/", "A: b\r\n", fmt.Sprint(n)+page.String())); err != nil {
			b.Fatal(err)
		}
	}
}
