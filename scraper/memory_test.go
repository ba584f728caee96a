package scraper_test

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/list"
)

// plainSlack is how many KiB heaps and tables may be apart that grow in steps.
const plainSlack = 14 << 10

// TestMemoryDoesNotGrowWithTheList runs the coordinator in a process of its
// own, over a short list and a long one. SCRAPE_TEST_MEMORY_URLS sets the length
// of the long one; the full test is 1000000.
func TestMemoryDoesNotGrowWithTheList(t *testing.T) {
	if n, err := strconv.Atoi(os.Getenv("SCRAPE_TEST_MEMORY_COORDINATOR")); err == nil {
		coordinate(t, n)
		return
	}
	if _, err := os.Stat("/proc/self/status"); err != nil {
		t.Skip("no /proc/self/status here, so memory cannot be read: ", err)
	}
	const short = 10_000
	long := 50_000
	if n, err := strconv.Atoi(os.Getenv("SCRAPE_TEST_MEMORY_URLS")); err == nil {
		long = n
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, "<title>x</title>")
	}))
	defer s.Close()
	a, b := peakMemory(t, s.URL, short), peakMemory(t, s.URL, long)
	t.Logf("peak resident memory of the coordinator: %d KiB with %d URLs, %d KiB with %d", a, short, b, long)
	// What is kept of a URL is 24 bytes, so that it is known again; the rest is
	// slack.
	most := slack + (long-short)*24>>10 // KiB
	if b > a+most {
		t.Errorf("%d KiB more for a list of %d URLs than for one of %d, want at most %d", b-a, long, short, most)
	}
}

// peakMemory has a coordinator of its own scrape n URLs of a server, and
// returns the most memory that it had, in KiB.
func peakMemory(t *testing.T, server string, n int) (kib int) {
	t.Helper()
	cmd := exec.Command(os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), "SCRAPE_TEST_MEMORY_SERVER="+server, fmt.Sprint("SCRAPE_TEST_MEMORY_COORDINATOR=", n))
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for line := range strings.Lines(string(out)) {
		if words := strings.Fields(line); len(words) > 1 && words[0] == "VmHWM:" {
			if kib, err = strconv.Atoi(words[1]); err != nil {
				t.Fatal(err)
			}
		}
	}
	if kib == 0 {
		t.Fatalf("the coordinator told no figure: %s", out)
	}
	return kib
}

func coordinate(t *testing.T, n int) {
	server := os.Getenv("SCRAPE_TEST_MEMORY_SERVER")
	lines := []list.Source{{Name: "generated", Open: func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() {
			out := bufio.NewWriter(w)
			for i := range n {
				fmt.Fprintf(out, "%s/page/%d.html\n", server, i)
			}
			out.Flush()
			w.Close()
		}()
		return r, nil
	}}}
	sum, err := scraper.Run(context.Background(), scraper.Options{Procs: 2, Hosts: scraper.Hosts{Concurrency: 64}, Lists: lines, Sinks: []results.Sink{nothing{}}})
	if err != nil || sum.Tally.Scraped() != int64(n) {
		t.Fatalf("%v, %d scraped", err, sum.Tally.Scraped())
	}
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stdout.Write(status); err != nil {
		t.Fatal(err)
	}
}

// nothing is a sink that keeps nothing.
type nothing struct{}

func (nothing) Write(*results.Record) error { return nil }
func (nothing) Sync() error                 { return nil }
func (nothing) Close() error                { return nil }
