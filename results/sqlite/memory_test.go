//go:build !race

package sqlite

import (
	"os"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"

	"scrape/results"
	"scrape/results/resultstest"
)

// However much is written, little of it stays in memory. SQLite's is not in the Go heap,
// so that the system is asked.
func TestMemoryIsBounded(t *testing.T) {
	if resident(t) == 0 {
		t.Skip("no RssAnon in /proc/self/status here, so memory cannot be read")
	}
	const (
		rows, group = 3000, 1000
		most        = 32 << 20 // twice what it is
	)
	page := resultstest.Page(1)
	page.Title = strings.Repeat("so long a title ", 1000) // 48 MB of them
	s := open(t, path(t), Options{})
	before := resident(t)
	for i := range int64(rows) {
		page.Seq = i + 1
		write(t, s, results.New(page))
		if page.Seq%group == 0 {
			if err := s.Sync(); err != nil {
				t.Fatal(err)
			}
		}
	}
	taken := resident(t) - before
	t.Logf("%d KiB after %d rows", taken>>10, rows)
	if taken > most {
		t.Errorf("%d rows take %d KiB of memory, want at most %d", rows, taken>>10, most>>10)
	}
}

// resident is the memory of this process, in bytes, that is of no file; 0 where the
// system does not tell.
func resident(t *testing.T) int {
	t.Helper()
	debug.FreeOSMemory()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "RssAnon:" {
			kib, err := strconv.Atoi(words[1])
			if err != nil {
				t.Fatal(err)
			}
			return kib << 10
		}
	}
	return 0
}
