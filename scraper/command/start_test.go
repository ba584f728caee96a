package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestStartIsCheap adds up what the initialisation of packages costs: every
// worker pays it too. Of several starts the quickest counts, since the machine
// may be busy with something else.
func TestStartIsCheap(t *testing.T) {
	const most = 5 * time.Millisecond
	binary := filepath.Join(t.TempDir(), "scrape")
	if out, err := exec.Command("go", "build", "-o", binary, "scrape").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	least := time.Hour
	for range 5 {
		cmd := exec.Command(binary, "-V")
		cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		least = min(least, initTime(t, string(out)))
	}
	if least > most {
		t.Errorf("packages take %v to initialise, want at most %v", least, most)
	}
}

// initTime sums lines such as "init net/http @1.2 ms, 0.034 ms clock, …".
func initTime(t *testing.T, trace string) (sum time.Duration) {
	t.Helper()
	for line := range strings.Lines(trace) {
		if !strings.HasPrefix(line, "init ") {
			continue
		}
		before, _, found := strings.Cut(line, " ms clock")
		ms, err := strconv.ParseFloat(before[strings.LastIndexByte(before, ' ')+1:], 64)
		if !found || err != nil {
			t.Fatalf("no time in %q", line)
		}
		sum += time.Duration(ms * float64(time.Millisecond))
	}
	if sum == 0 {
		t.Fatalf("no trace in %q", trace)
	}
	return sum
}
