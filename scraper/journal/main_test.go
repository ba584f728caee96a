package journal

import (
	"fmt"
	"os"
	"testing"

	"go.uber.org/goleak"

	"scrape/results"
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(victimVariable); dir != "" {
		if err := victim(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// record is the record of a line.
func record(seq int64) *results.Record {
	r := results.New(&results.Fields{Seq: seq, URL: fmt.Sprintf("https://example.com/%d", seq), Outcome: results.Scraped})
	r.Key = keyFor(seq)
	return r
}

// keyFor is some key for a line.
func keyFor(seq int64) uint64 { return uint64(seq)*0x9e3779b97f4a7c15 + 1 }
