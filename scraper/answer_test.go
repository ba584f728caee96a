package scraper

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/fetch"
	"scrape/scraper/list"
	"scrape/scraper/weburl"
	"scrape/scraper/worker"
)

func TestRecordsOfLostTasks(t *testing.T) {
	u, err := weburl.Parse("http://user:hush@example.com/")
	if err != nil {
		t.Fatal(err)
	}
	task := &worker.Task{Seq: 7, Asked: u, URL: u, Attempt: 2, Started: time.Unix(1, 0)}
	for _, test := range []struct {
		err       error
		want      results.Kind
		retryable bool
	}{
		{&pool.LostError{Worker: "Process-4", Pid: 99, Cause: "worker killed by SIGKILL", Deaths: 3}, results.WorkerLost, false},
		{&pool.DeadlineError{Worker: "Process-4", Pid: 99, Timeout: time.Second}, results.Timeout, true},
		{&pool.TaskError{Panic: true, Text: "index out of range"}, results.Parse, false},
		{pool.ErrTooLarge, results.Parse, false},
		{errors.New("something new"), results.Parse, false},
	} {
		err := test.err
		f := lost(pool.Answer[*worker.Task, worker.Answer]{Task: task, Err: err, Worker: 99})
		if f.Error.Kind != test.want || f.Error.Retryable != test.retryable || f.Outcome != results.NotScraped || f.Error.Message != err.Error() {
			t.Errorf("%T: %+v, %v", err, f.Error, f.Outcome)
		}
		if f.Seq != 7 || f.URL != "http://user:***@example.com/" || f.Attempts != 2 || f.Worker != 99 || f.FetchedAt.IsZero() {
			t.Errorf("%T: %+v", err, f)
		}
	}
}

// TestGraceEnds has a request in flight that never ends when the run is
// drained.
func TestGraceEnds(t *testing.T) {
	hang := make(chan struct{})
	drain := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		close(drain)
		<-hang
	}))
	defer s.Close()
	defer close(hang)
	one := []list.Source{{Name: "one", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(s.URL + "/")), nil
	}}}
	ctx, cancel := context.WithTimeoutCause(t.Context(), time.Minute, errors.New("the grace does not end"))
	defer cancel()
	sum, err := runWith(ctx, Options{Procs: 1, Lists: one, Hosts: Hosts{NoRobots: true}, Drain: drain}, 10*time.Millisecond)
	if err != nil || !sum.Drained || sum.Unfinished != 1 {
		t.Errorf("%v, %+v", err, sum)
	}
}

// What is not set is what the documentation says.
func TestDefaults(t *testing.T) {
	got, err := Options{}.withDefaults()
	want := Options{
		Procs: DefaultProcs(64), Concurrency: 64,
		Hosts:   Hosts{Concurrency: 8, MaxRetryAfter: time.Minute, GiveUp: 25, MaxCrawlDelay: 30 * time.Second},
		Timeout: 30 * time.Second, SpeedTime: 30 * time.Second, Retry: 2, MaxBody: 32 << 20, MaxRedirects: 10,
		Request: Request{UserAgent: "scrape/0.1"}, OrderWindow: 1_000_000,
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v; want %+v", got, err, want)
	}
	cpus := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(cpus)
	for _, test := range []struct{ cpus, concurrency, want int }{
		{1, 64, 1}, {4, 64, 4}, {8, 64, 8}, {9, 64, 8}, {4, 3, 3}, {16, 5, 5},
	} {
		runtime.GOMAXPROCS(test.cpus)
		if got := DefaultProcs(test.concurrency); got != test.want {
			t.Errorf("%d CPUs, concurrency %d: %d workers, want %d", test.cpus, test.concurrency, got, test.want)
		}
	}
}

// Workers are told all that is theirs to do.
func TestSettingsOfWorkers(t *testing.T) {
	header := http.Header{"A": {"b"}}
	for _, test := range []struct {
		options Options
		want    worker.Settings
	}{
		{
			Options{
				Procs: 3, Concurrency: 10, Retry: 5, RetryAll: true, MaxBody: 7, MaxRedirects: NoRedirects, MetaRefresh: true, URLTimeout: 9,
				Request: Request{UserAgent: "ours", Header: header, Body: []byte("b"), NoCompression: true},
				Hosts:   Hosts{MaxRetryAfter: 8},
				Network: Network{ConnectTimeout: 3, HTTP1: true, Insecure: true, DenyPrivate: true},
				Extract: Extract{Extract: []string{"none"}},
			},
			worker.Settings{
				Fetch: fetch.Options{
					Conns: 4, HostConns: 8, MaxBody: 7, SpeedTime: 30 * time.Second, UserAgent: "ours", Header: header, NoCompression: true,
					Network: Network{ConnectTimeout: 3, HTTP1: true, Insecure: true, DenyPrivate: true},
				},
				Body: []byte("b"), Product: "scrape", Retry: 5, RetryAll: true, MaxRetryAfter: 8, URLTimeout: 9, Extract: Extract{Extract: []string{"none"}, Refresh: true},
			},
		},
		{
			Options{Procs: 2, Retry: NoRetry},
			worker.Settings{
				Fetch:   fetch.Options{Conns: 32, HostConns: 8, MaxBody: DefaultMaxBody, SpeedTime: 30 * time.Second, UserAgent: DefaultUserAgent},
				Product: "scrape", MaxRedirects: 10, MaxRetryAfter: time.Minute,
			},
		},
	} {
		o, err := test.options.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		if got := o.settings(); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%+v: %+v, want %+v", test.options, got, test.want)
		}
	}
}

// A request that hangs ends with Options.Timeout, wherever it hangs.
func TestTimeoutOfAnAttempt(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/body" {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
		}
		<-r.Context().Done()
	}))
	defer s.Close()
	for path, during := range map[string]string{"/headers": "waiting for the first byte", "/body": "reading the body"} {
		var got *results.Fields
		list := []list.Source{{Name: "one", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(s.URL + path)), nil
		}}}
		_, err := Run(t.Context(), Options{Procs: 1, Lists: list, Hosts: Hosts{NoRobots: true}, Timeout: time.Second, Retry: NoRetry,
			Observe: func(r *results.Record) { got, _ = r.Fields() }})
		if err != nil || got == nil || got.Error == nil || got.Error.Kind != results.Timeout ||
			got.Error.Message != "timed out after 1s "+during || !got.Error.Retryable || got.Attempts != 1 {
			t.Errorf("%s: %v, %+v", path, err, got)
		}
	}
}
