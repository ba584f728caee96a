package scraper

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"scrape/pool"
	"scrape/results"
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
	sum, err := runWith(ctx, Options{Procs: 1, Lists: one, Drain: drain}, 10*time.Millisecond)
	if err != nil || !sum.Drained || sum.Unfinished != 1 {
		t.Errorf("%v, %+v", err, sum)
	}
}
