package scraper_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper"
)

// stuck is a sink whose first write does not end before it is let go.
type stuck struct {
	collector
	once     sync.Once
	reached  chan struct{}
	released chan struct{}
}

func (s *stuck) Write(r *results.Record) error {
	s.once.Do(func() {
		close(s.reached)
		<-s.released
	})
	return s.collector.Write(r)
}

// A run can be looked at also while its output is stuck.
func TestMonitorOfAStuckRun(t *testing.T) {
	hung, release := make(chan struct{}), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/hang" {
			close(hung)
			<-release
		}
		fmt.Fprint(w, page(r.URL.Path))
	}))
	defer s.Close()
	out := &stuck{reached: make(chan struct{}), released: make(chan struct{})}
	var m scraper.Monitor
	if snap := m.Snapshot(10); !snap.Started.IsZero() {
		t.Errorf("before the run: %+v", snap)
	}
	ended := make(chan error, 1)
	urls := lines(strings.Replace(s.URL, "://", "://me:secret@", 1)+"/hang", s.URL+"/1", s.URL+"/1")
	go func() {
		_, err := scraper.Run(t.Context(), scraper.Options{
			Procs: 1, Hosts: noRobots, Lists: urls, Sinks: []results.Sink{out}, Monitor: &m,
		})
		ended <- err
	}()
	<-hung
	<-out.reached
	snap := m.Snapshot(10)
	if snap.Read == 0 || snap.Started.IsZero() || len(snap.Workers) != 1 {
		t.Errorf("%+v", snap)
	}
	if len(snap.Slowest) == 0 || !strings.HasSuffix(snap.Slowest[0].Task, "/hang") || strings.Contains(fmt.Sprint(snap.Slowest), "secret") {
		t.Errorf("slowest: %+v", snap.Slowest)
	}
	if len(snap.Busiest) != 1 || snap.Busiest[0].InFlight == 0 {
		t.Errorf("busiest: %+v", snap.Busiest)
	}
	close(out.released)
	close(release)
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	snap = m.Snapshot(10)
	if snap.Read != 3 || snap.Tally.Scraped() != 2 || snap.Tally.Duplicates() != 1 || snap.InFlight+snap.Waiting+len(snap.Workers) != 0 {
		t.Errorf("at the end: %+v", snap)
	}
	if snap.Received < 2*int64(len(page("/1"))) || snap.Retries != 0 || snap.Deaths != 0 {
		t.Errorf("at the end: %+v", snap)
	}
	sum := int64(0)
	for _, n := range snap.Durations.Counts {
		sum += n
	}
	if sum != 2 || snap.Durations.Sum <= 0 {
		t.Errorf("durations: %+v", snap.Durations)
	}
}

// What happens behind the scenes is told with its parts, and counted.
func TestEvents(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/500":
			w.WriteHeader(http.StatusInternalServerError)
		case "/429":
			w.Header().Set("Retry-After", "3600")
			w.WriteHeader(http.StatusTooManyRequests)
		default:
			fmt.Fprint(w, page("x"))
		}
	}))
	defer s.Close()
	var mu sync.Mutex
	heard := map[scraper.EventKind]scraper.Event{}
	var m scraper.Monitor
	_, sum := run(t, scraper.Options{
		Procs: 1, Hosts: noRobots, Retry: 1, Monitor: &m, MaxURLs: 2, Lists: lines(s.URL+"/500", s.URL+"/429"),
		Tell: func(e scraper.Event) {
			mu.Lock()
			defer mu.Unlock()
			heard[e.Kind] = e
		},
	})
	if sum.Limited {
		t.Errorf("the run had no more lines: %+v", sum)
	}
	host := strings.TrimPrefix(s.URL, "http://")
	snap := m.Snapshot(0)
	retry := heard[scraper.EventRetry]
	if retry.URL != s.URL+"/500" || retry.Attempt != 1 || retry.For <= 0 || retry.Text == "" || snap.Retries == 0 {
		t.Errorf("retry: %+v of %d", retry, snap.Retries)
	}
	if e := heard[scraper.EventLeftAlone]; e.Host != host || e.For != time.Hour || !strings.HasPrefix(e.String(), host+": asks to be left alone for 1h0m0s") {
		t.Errorf("left alone: %+v", e)
	}
	if e := heard[scraper.EventWorkerReady]; e.Worker == 0 || !strings.Contains(e.Text, "ready for ") {
		t.Errorf("worker: %+v", e)
	}
	if _, told := heard[scraper.EventLimit]; told {
		t.Error("a limit was reached, with nothing beyond it")
	}
}
