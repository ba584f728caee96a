package command

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestStartIsCheap adds up what the initialisation of packages costs: every
// worker pays it too. The measure is that of x/net/html, which makes tables of two
// thousand names, and half a millisecond on most machines; go-readability takes
// two or three of it, some libraries three hundred.
func TestStartIsCheap(t *testing.T) {
	const (
		measure = "golang.org/x/net/html"
		most    = 16
	)
	binary := filepath.Join(t.TempDir(), "scrape")
	if out, err := exec.Command("go", "build", "-o", binary, "scrape").CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, out)
	}
	// The quickest of several starts counts for each package, since the machine
	// may be busy with something else.
	quickest := map[string]float64{}
	for range 300 {
		cmd := exec.Command(binary, "-V")
		cmd.Env = append(os.Environ(), "GODEBUG=inittrace=1")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for name, ms := range initTimes(t, string(out)) {
			if before, known := quickest[name]; !known || ms < before {
				quickest[name] = ms
			}
		}
	}
	sum := 0.0
	for _, ms := range quickest {
		sum += ms
	}
	if unit := quickest[measure]; unit == 0 || sum > most*unit {
		t.Errorf("packages take %.1f ms to initialise, want at most %d times what %s takes, %.2f ms", sum, most, measure, unit)
	}
}

// initTimes reads lines such as "init net/http @1.2 ms, 0.034 ms clock, …" into
// milliseconds.
func initTimes(t *testing.T, trace string) map[string]float64 {
	t.Helper()
	times := map[string]float64{}
	for line := range strings.Lines(trace) {
		name, rest, is := strings.Cut(strings.TrimPrefix(line, "init "), " @")
		if !is || name == line {
			continue
		}
		before, _, found := strings.Cut(rest, " ms clock")
		ms, err := strconv.ParseFloat(before[strings.LastIndexByte(before, ' ')+1:], 64)
		if !found || err != nil {
			t.Fatalf("no time in %q", line)
		}
		times[name] = ms
	}
	return times
}
