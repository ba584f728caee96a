package command

import (
	"testing"

	"scrape/scraper"
)

func TestConcurrencyFitsTheLimitOnFiles(t *testing.T) {
	for _, test := range []struct {
		files, procs, concurrency, want int
	}{
		{1024, 2, 64, 64},
		{1024, 1, 1000, 334},
		{64, 2, 64, 28},
		{64, 2, 10, 10},
		{23, 3, 64, 3},
		{22, 3, 64, 0},
		{16, 1, 1, -1},
	} {
		o := scraper.Options{Procs: test.procs, Concurrency: test.concurrency}
		if got := concurrencyFor(test.files, o); got != test.want {
			t.Errorf("%d files, %d workers, concurrency %d: %d, want %d", test.files, test.procs, test.concurrency, got, test.want)
		}
	}
}
