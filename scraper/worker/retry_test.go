package worker

import (
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper/fetch"
)

func TestWhatIsTriedAgain(t *testing.T) {
	process.Settings = Settings{Retry: 2, MaxRetryAfter: time.Minute}
	defer func() { process.Settings = Settings{} }()
	for name, test := range map[string]struct {
		attempt     int
		err         fetch.Error
		again       bool
		least, most time.Duration
	}{
		"first failure":       {1, fetch.Error{Retryable: true}, true, firstBackOff / 2, firstBackOff * 3 / 2},
		"second failure":      {2, fetch.Error{Retryable: true}, true, firstBackOff, firstBackOff * 3},
		"third failure":       {3, fetch.Error{Retryable: true}, false, 0, 0},
		"not worth it":        {1, fetch.Error{Kind: results.TLS}, false, 0, 0},
		"Retry-After":         {1, fetch.Error{Retryable: true, After: 20 * time.Second}, true, 20 * time.Second, 20 * time.Second},
		"Retry-After, short":  {2, fetch.Error{Retryable: true, After: time.Millisecond}, true, firstBackOff, firstBackOff * 3},
		"Retry-After, longer": {1, fetch.Error{Retryable: true, After: time.Minute + 1}, false, 0, 0},
	} {
		a := attempt{task: &Task{Attempt: test.attempt}}
		after, again := a.retry(&test.err)
		if again != test.again || after < test.least || after > test.most {
			t.Errorf("%s: %v after %v, want %v after %v to %v", name, again, after, test.again, test.least, test.most)
		}
	}
}

// An attempt that is not worth another says why, where that is not plain.
func TestWhyNotTriedAgain(t *testing.T) {
	defer func() { process.Settings = Settings{} }()
	sent, unsent := &fetch.Response{Sent: time.Now()}, &fetch.Response{}
	for name, test := range map[string]struct {
		settings Settings
		task     Task
		resp     *fetch.Response
		after    time.Duration
		again    bool
		want     string
	}{
		"GET":                      {Settings{}, Task{}, sent, 0, true, "m"},
		"PUT":                      {Settings{}, Task{Method: "PUT"}, sent, 0, true, "m"},
		"POST":                     {Settings{}, Task{Method: "POST"}, sent, 0, false, "m (not tried again: POST may not be asked twice)"},
		"X-OWN":                    {Settings{}, Task{Method: "X-OWN"}, sent, 0, false, "m (not tried again: X-OWN may not be asked twice)"},
		"POST, with RetryAll":      {Settings{RetryAll: true}, Task{Method: "POST"}, sent, 0, true, "m"},
		"POST, not sent":           {Settings{}, Task{Method: "POST"}, unsent, 0, true, "m"},
		"POST, no response":        {Settings{}, Task{Method: "POST"}, nil, 0, true, "m"},
		"the last one":             {Settings{}, Task{Attempt: 2}, sent, time.Hour, false, "m"},
		"too long a rest":          {Settings{}, Task{}, sent, time.Hour, false, "m (not tried again: the server asks to wait 1h0m0s)"},
		"URL timeout":              {Settings{URLTimeout: time.Minute}, Task{Started: time.Now().Add(-time.Minute)}, sent, 0, false, "m (not tried again: the 1m0s for one URL would be over)"},
		"URL timeout, later":       {Settings{URLTimeout: time.Minute}, Task{Started: time.Now()}, sent, 0, true, "m"},
		"URL timeout, with a rest": {Settings{URLTimeout: 10 * time.Second}, Task{Started: time.Now()}, sent, 20 * time.Second, false, "m (not tried again: the 10s for one URL would be over)"},
	} {
		process.Settings = test.settings
		process.Retry, process.MaxRetryAfter = 1, 30*time.Second
		test.task.Attempt = max(test.task.Attempt, 1)
		err := &fetch.Error{Kind: results.HTTPStatus, Message: "m", Retryable: true, After: test.after}
		a := attempt{task: &test.task, resp: test.resp}
		if _, again := a.retry(err); again != test.again || err.Message != test.want {
			t.Errorf("%s: %v, %q; want %v, %q", name, again, err.Message, test.again, test.want)
		}
	}
}

// Whose time was over is told.
func TestLate(t *testing.T) {
	defer func() { process.Settings = Settings{} }()
	process.Settings = Settings{URLTimeout: time.Minute}
	for name, test := range map[string]struct {
		started time.Time
		kind    results.Kind
		want    string
	}{
		"the attempt's":  {time.Now(), results.Timeout, "timed out"},
		"the URL's":      {time.Now().Add(-time.Hour), results.Timeout, "not done after 1m0s with all its attempts: timed out"},
		"something else": {time.Now().Add(-time.Hour), results.Connect, "timed out"},
	} {
		err := &fetch.Error{Kind: test.kind, Message: "timed out"}
		a := attempt{task: &Task{Started: test.started}}
		if a.late(err); err.Message != test.want {
			t.Errorf("%s: %q, want %q", name, err.Message, test.want)
		}
	}
}

func TestWaitText(t *testing.T) {
	for d, want := range map[time.Duration]string{
		90 * time.Second:       "1m30s",
		36 * time.Hour:         "36h0m0s",
		49 * time.Hour:         "2 days",
		fetch.LongestAfter - 1: "364 days",
		fetch.LongestAfter:     "a year or more",
	} {
		if got := waitText(d); got != want {
			t.Errorf("%v: %q, want %q", d, got, want)
		}
	}
}

// A server that closes every connection without an answer gets no more requests
// than there may be attempts, whatever was kept for it; and each counts.
func TestClosedWithoutAnswer(t *testing.T) {
	prepare(t, Settings{Retry: 2})
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			return
		}
		requests.Add(1)
		panic(http.ErrAbortHandler)
	}))
	defer server.Close()
	if a := do(t, first(t, server.URL+"/kept")); a.Final == nil {
		t.Fatalf("got %+v", a)
	}
	task := first(t, server.URL)
	a := do(t, task)
	for ; a.Again != nil; a = do(t, task) {
		task.Attempt = a.Again.Attempt + 1
	}
	if f := fields(t, a); f.Error.Kind != results.Connect || f.Attempts != 3 || requests.Load() != 3 {
		t.Errorf("%d requests, and a record of %d attempts that ends as %v", requests.Load(), f.Attempts, f.Error)
	}
}

// One that closes a kept connection, and answers on another, was asked once.
func TestClosedOnce(t *testing.T) {
	prepare(t, Settings{Retry: 2})
	var requests atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		if requests.Add(1) == 2 {
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	for range 2 {
		a := do(t, first(t, server.URL))
		if a.Final == nil {
			t.Fatalf("got %+v", a)
		}
		if f := fields(t, a); f.Outcome != results.Scraped || f.Attempts != 1 {
			t.Errorf("got %v after %d attempts", f.Error, f.Attempts)
		}
	}
	if requests.Load() != 3 {
		t.Errorf("%d requests", requests.Load())
	}
}

// One that closes a kept connection, and takes no other, was asked once.
func TestClosedThenRefused(t *testing.T) {
	prepare(t, Settings{Retry: 1})
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/kept" {
			server.Listener.Close()
			panic(http.ErrAbortHandler)
		}
	}))
	defer server.Close()
	if a := do(t, first(t, server.URL+"/kept")); a.Final == nil {
		t.Fatalf("got %+v", a)
	}
	a := do(t, first(t, server.URL))
	if a.Again == nil || a.Again.Attempt != 1 {
		t.Fatalf("got %+v, want another attempt after the first", a)
	}
}
