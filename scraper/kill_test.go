package scraper_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper"
)

// TestWorkersKilledAtRandom kills, stops and crashes workers while they fetch.
// Every line must get exactly one record all the same, and nothing may be left
// behind. SCRAPE_TEST_KILL_RUNS sets the number of runs; the full test is 200.
func TestWorkersKilledAtRandom(t *testing.T) {
	runs := 10
	if testing.Short() {
		runs = 2
	}
	if n, err := strconv.Atoi(os.Getenv("SCRAPE_TEST_KILL_RUNS")); err == nil {
		runs = n
	}
	if _, err := os.Stat("/proc/self/task"); err != nil {
		t.Skip("no /proc/self/task here, so workers cannot be found: ", err)
	}
	var served atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		served.Add(1)
		time.Sleep(rand.N(20 * time.Millisecond)) // so that a run takes a while
		fmt.Fprint(w, page(r.URL.Path))
	}))
	defer s.Close()
	urls := make([]string, 1000)
	for i := range urls {
		urls[i] = fmt.Sprintf("%s/%d", s.URL, i)
	}
	files, total, failed := 0, map[syscall.Signal]int{}, 0
	pause := max(100*time.Millisecond, 3*startTime(t, s.URL))
	for i := range runs {
		struck := map[syscall.Signal]int{}
		stop := strikeWorkers(pause, &served, struck)
		defer stop() // a run that fails must not have the next tests' workers killed
		c, sum := run(t, scraper.Options{Procs: 3, Hosts: scraper.Hosts{Concurrency: 64}, Lists: lines(urls...), Tell: func(scraper.Event) {}})
		stop()
		for _, f := range c.records {
			// Three foreign kills while it ran alone: possible, and rare.
			if f.Outcome != results.Scraped && f.Error.Kind != results.WorkerLost {
				t.Errorf("run %d: %s: %+v", i, f.URL, f.Error)
			}
		}
		failed += int(sum.Tally.NotScraped())
		for sig, n := range struck {
			total[sig] += n
		}
		http.DefaultTransport.(*http.Transport).CloseIdleConnections()
		if left := workers(); len(left) > 0 {
			t.Fatalf("run %d: workers left: %v", i, left)
		}
		if i == 0 {
			files = openFiles(t)
			continue
		}
		// The server's own connections come and go, and it hears of dead clients
		// when it gets to it.
		for deadline := time.Now().Add(time.Minute); openFiles(t) > files+32; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("run %d: %d descriptors open, %d after the first run", i, openFiles(t), files)
			}
		}
	}
	t.Logf("%d runs, signals sent: %v, %d lines lost to foreign kills", runs, total, failed)
	if len(total) == 0 || failed > runs*len(urls)/1000 {
		t.Errorf("%d runs, signals sent: %v, %d lines lost to foreign kills", runs, total, failed)
	}
}

// startTime is how long a run of one URL takes here: its worker's start, which takes
// ten times as long under the race detector.
func startTime(t *testing.T, url string) time.Duration {
	t.Helper()
	began := time.Now()
	run(t, scraper.Options{Procs: 1, Lists: lines(url)})
	return time.Since(began)
}

// strikeWorkers sends signals to workers at random moments until it is stopped. A
// pool whose workers all die before they are of use is given up, as it is to be, so
// the pause is about as long as they take to start, and no more than some strikes
// come between two requests that are served.
func strikeWorkers(pause time.Duration, served *atomic.Int64, struck map[syscall.Signal]int) (stop func()) {
	signals := []syscall.Signal{syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGKILL, syscall.SIGSEGV, syscall.SIGSTOP}
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() {
		const most = 10
		before, since := int64(0), 0
		for {
			select {
			case <-ctx.Done():
				return
			case <-time.After(rand.N(pause)):
			}
			if n := served.Load(); n > before {
				before, since = n, 0
			}
			if pids := slices.DeleteFunc(workers(), unborn); len(pids) > 0 && since < most {
				since++
				sig := signals[rand.IntN(len(signals))]
				if syscall.Kill(pids[rand.IntN(len(pids))], sig) == nil {
					struck[sig]++
				}
			}
		}
	})
	return func() {
		cancel()
		wg.Wait()
	}
}

// unborn tells whether a child has not executed its program yet. Until then it
// shares its starter's memory, and the thread that started it waits: to stop the
// one is to stop the other, and with it all that is to be tested.
func unborn(pid int) bool {
	child, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	own, ownErr := os.ReadFile("/proc/self/cmdline")
	return err != nil || ownErr != nil || bytes.Equal(child, own)
}

// workers are the processes that this one has started, zombies too.
func workers() (pids []int) {
	tasks, _ := filepath.Glob("/proc/self/task/*/children") // none elsewhere than on Linux
	for _, path := range tasks {
		children, _ := os.ReadFile(path) // the thread may have ended
		for word := range strings.FieldsSeq(string(children)) {
			if pid, err := strconv.Atoi(word); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

func openFiles(t *testing.T) int {
	t.Helper()
	fds, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(fds) == 0 {
		t.Skip("no /proc/self/fd here")
	}
	return len(fds)
}

// TestTriesThatEndWithTheirWorkerCount has a server kill the worker that asks
// it. The record tells of every try that there was, and of the time since the
// first.
func TestTriesThatEndWithTheirWorkerCount(t *testing.T) {
	if _, err := os.Stat("/proc/self/task"); err != nil {
		t.Skip("no /proc/self/task here, so workers cannot be found: ", err)
	}
	const kill = -1
	for name, test := range map[string]struct {
		answers []int // to one request each, the last to all further ones
		want    results.Kind
	}{
		"once":               {[]int{kill, http.StatusOK}, results.None},
		"twice":              {[]int{kill, kill, http.StatusOK}, results.None},
		"once, then a retry": {[]int{kill, http.StatusServiceUnavailable, http.StatusOK}, results.None},
		"after a retry":      {[]int{http.StatusServiceUnavailable, kill, http.StatusOK}, results.None},
		"on the way":         {[]int{http.StatusFound, kill, http.StatusOK}, results.None},
		"always":             {[]int{kill}, results.WorkerLost},
	} {
		t.Run(name, func(t *testing.T) {
			var arrived []time.Time // by request; they come one after the other
			tries := 0
			var other *httptest.Server
			serve := func(w http.ResponseWriter, r *http.Request) {
				answer := test.answers[min(len(arrived), len(test.answers)-1)]
				arrived = append(arrived, time.Now())
				tries++
				switch answer {
				case kill:
					for _, pid := range workers() {
						syscall.Kill(pid, syscall.SIGKILL)
					}
					<-r.Context().Done()
				case http.StatusFound:
					tries-- // where it leads is the same try
					http.Redirect(w, r, other.URL, answer)
				default:
					w.WriteHeader(answer)
				}
			}
			s := httptest.NewServer(http.HandlerFunc(serve))
			defer s.Close()
			other = httptest.NewServer(http.HandlerFunc(serve))
			defer other.Close()
			c, _ := run(t, scraper.Options{Procs: 1, Retry: 1, Hosts: scraper.Hosts{NoRobots: true}, Lists: lines(s.URL + "/")})
			s.Close()
			other.Close() // arrived is ours now
			f := c.records[0]
			kind := results.None
			if f.Error != nil {
				kind = f.Error.Kind
			}
			if kind != test.want || f.Attempts != tries {
				t.Errorf("%v after %d attempts, want %v after %d (%+v)", kind, f.Attempts, test.want, tries, f.Error)
			}
			first, last := arrived[0], arrived[len(arrived)-1]
			if f.FetchedAt.IsZero() || f.FetchedAt.After(first) {
				t.Errorf("first asked for at %v, though the first request came at %v", f.FetchedAt, first)
			}
			if f.Timing.Total < last.Sub(first) || f.Timing.Queue <= 0 {
				t.Errorf("timing %+v, with %v from the first request to the last", f.Timing, last.Sub(first))
			}
		})
	}
}

// A page of a host that is asked at its own pace is not blamed for the deaths of
// workers that others caused.
func TestPacedPagesAreNotBlamed(t *testing.T) {
	var kills atomic.Int64
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/poison") && kills.Add(1) <= 8 {
			for _, pid := range workers() {
				syscall.Kill(pid, syscall.SIGKILL)
			}
			<-r.Context().Done()
		}
		io.WriteString(w, page("T"))
	}))
	defer s.Close()
	c, sum := run(t, scraper.Options{
		Procs: 1, Concurrency: 4, Hosts: scraper.Hosts{NoRobots: true, Rate: 1000},
		Lists: lines(s.URL+"/poison/1", s.URL+"/poison/2", s.URL+"/good"),
	})
	if sum.Tally.Scraped() != 3 {
		t.Errorf("%+v", c.records)
	}
}
