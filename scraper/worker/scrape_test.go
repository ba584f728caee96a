package worker

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"os"
	"runtime/debug"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/fetch"
)

// prepare makes this process a worker until the test ends.
func prepare(t *testing.T, s Settings) {
	t.Helper()
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(-1)
	if err := setup(t.Context(), s); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
		log.SetOutput(os.Stderr)
		process.Settings = Settings{}
		process.fetcher = nil
	})
}

// first is the task of a line.
func first(t *testing.T, url string) *Task {
	t.Helper()
	u := parse(t, url)
	return &Task{Seq: 1, Input: url, Asked: u, URL: u, Attempt: 1}
}

// do does a task as it would be done in another process.
func do(t *testing.T, task *Task) Answer {
	t.Helper()
	b, err := task.AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	there := new(Task)
	if err := there.UnmarshalBinary(b); err != nil {
		t.Fatal(err)
	}
	a, err := scrape(t.Context(), pool.Job[*Task]{Task: there, Attempt: 1})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Turns that came while their worker was starting are missed: several may have, and
// would all be taken at once.
func TestMissedTurns(t *testing.T) {
	requests := 0
	s := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { requests++ }))
	defer s.Close()
	for name, test := range map[string]struct {
		began, turn time.Duration // ago
		missed      bool
	}{
		"before":             {100 * time.Millisecond, 200 * time.Millisecond, true},
		"after":              {200 * time.Millisecond, 100 * time.Millisecond, false},
		"clock set back":     {time.Hour, 2 * time.Hour, false},
		"at its own leisure": {0, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			prepare(t, Settings{})
			requests = 0
			task, now := first(t, s.URL), time.Now()
			process.began = now.Add(-test.began)
			if test.turn > 0 {
				task.Turn = now.Add(-test.turn)
			}
			if a := do(t, task); a.Missed != test.missed || test.missed != (requests == 0) {
				t.Errorf("missed %v, with %d requests", a.Missed, requests)
			}
		})
	}
}

// follow does a task, and goes on where redirects lead.
func follow(t *testing.T, task *Task) Answer {
	t.Helper()
	a := do(t, task)
	for a.Continue != nil {
		a = do(t, a.Continue)
	}
	return a
}

// fields are those of an answer that must be a record.
func fields(t *testing.T, a Answer) *results.Fields {
	t.Helper()
	if a.Final == nil {
		t.Fatalf("no record but %+v", a)
	}
	f, err := a.Final.Fields()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// What the status says outweighs a body that cannot be decoded or is too large,
// and nothing outweighs one that broke off.
func TestStatusAndBrokenBody(t *testing.T) {
	const limit = 10_000
	bodies := map[string]struct {
		coding, body string
		missing      int
		kind         results.Kind // with status 200
		always       bool         // with every status
	}{
		"whole":     {"", "page", 0, results.None, false},
		"no gzip":   {"gzip", "page", 0, results.Decode, false},
		"unknown":   {"rot13", "page", 0, results.None, false}, // as browsers have it
		"too large": {"", strings.Repeat("x", limit+1), 0, results.TooLarge, false},
		"cut":       {"", "page", 1, results.Protocol, true},
	}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/there" {
			io.WriteString(w, "<title>There</title>")
			return
		}
		status := 0
		fmt.Sscanf(r.URL.Path, "/%d", &status)
		body := bodies[r.URL.Query().Get("body")]
		w.Header().Set("Location", "/there")
		w.Header().Set("Content-Encoding", body.coding)
		w.Header().Set("Content-Length", fmt.Sprint(len(body.body)+body.missing))
		w.WriteHeader(status)
		io.WriteString(w, body.body)
	}))
	defer s.Close()
	prepare(t, Settings{Fetch: fetch.Options{MaxBody: limit}, MaxRedirects: 10})
	for name, body := range bodies {
		for status, kind := range map[int]results.Kind{200: body.kind, 302: results.None, 404: results.HTTPStatus, 503: results.HTTPStatus} {
			if body.always {
				kind = body.kind
			}
			f := fields(t, follow(t, first(t, fmt.Sprintf("%s/%d?body=%s", s.URL, status, strings.ReplaceAll(name, " ", "%20")))))
			got := results.None
			if f.Error != nil {
				got = f.Error.Kind
			}
			if got != kind || kind == results.HTTPStatus && (f.Status != status || f.Error.Retryable != (status == 503)) {
				t.Errorf("status %d, body %s: %v, want %v (%+v)", status, name, got, kind, f.Error)
			}
			if status == 302 && kind == results.None && f.Title != "There" {
				t.Errorf("status %d, body %s: title %q", status, name, f.Title)
			}
		}
	}
}

// Every redirect goes back, for its host's turn. What the user gave for his own origin stays behind from
// then on, also on the way back.
func TestRedirects(t *testing.T) {
	var other *httptest.Server
	told := map[string]string{}
	serve := func(w http.ResponseWriter, r *http.Request) {
		told[r.Host+r.URL.Path] = strings.TrimSpace(r.Header.Get("Authorization") + " " + r.Header.Get("X-Kept"))
		to := map[string]string{"/near": "/far", "/far": other.URL + "/back", "/back": "http://" + r.Header.Get("X-Home") + "/home"}[r.URL.Path]
		if to != "" {
			http.Redirect(w, r, to, http.StatusFound)
			return
		}
		io.WriteString(w, "<title>Home</title>")
	}
	own, other := httptest.NewServer(http.HandlerFunc(serve)), httptest.NewServer(http.HandlerFunc(serve))
	defer own.Close()
	defer other.Close()
	ownHost, otherHost := strings.TrimPrefix(own.URL, "http://"), strings.TrimPrefix(other.URL, "http://")
	prepare(t, Settings{MaxRedirects: 10, Fetch: fetch.Options{Header: http.Header{"Authorization": {"secret"}, "X-Kept": {"kept"}, "X-Home": {ownHost}}}})

	near := do(t, first(t, own.URL+"/near")).Continue
	if near == nil || near.URL.String() != own.URL+"/far" || near.Foreign {
		t.Fatalf("a redirect within an origin is answered with %+v", near)
	}
	far := do(t, near).Continue
	if far == nil || far.URL.String() != other.URL+"/back" || len(far.Redirects) != 2 || far.Redirects[0] != own.URL+"/near" {
		t.Fatalf("a redirect to another origin is answered with %+v", far)
	}
	back := do(t, far).Continue
	if back == nil || back.URL.String() != own.URL+"/home" || len(back.Redirects) != 3 {
		t.Fatalf("a redirect back is answered with %+v", back)
	}
	if f := fields(t, do(t, back)); f.Title != "Home" || f.FinalURL != own.URL+"/home" || f.URL != own.URL+"/near" {
		t.Errorf("%+v", f)
	}
	for path, want := range map[string]string{
		ownHost + "/near":   "secret kept",
		ownHost + "/far":    "secret kept",
		otherHost + "/back": "kept",
		ownHost + "/home":   "kept",
	} {
		if got, asked := told[path]; got != want || !asked {
			t.Errorf("%s was told %q, want %q", path, got, want)
		}
	}
}

// A redirect to several places at once leads to none.
func TestSeveralLocations(t *testing.T) {
	var locations []string
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Location"] = locations
		w.WriteHeader(http.StatusFound)
	}))
	defer s.Close()
	prepare(t, Settings{MaxRedirects: 10})
	for _, test := range []struct {
		locations []string
		path      string // where it leads; "": nowhere
		kind      results.Kind
	}{
		{[]string{"/a"}, "/a", results.None},
		{[]string{"/a", "/a"}, "/a", results.None},
		{[]string{"", "/a"}, "/a", results.None},
		{[]string{"/a", ""}, "/a", results.None},
		{[]string{"/a", "/b"}, "", results.Redirect},
		{[]string{"/a", "/a", "/b"}, "", results.Redirect},
		{[]string{""}, "", results.None},
		{nil, "", results.None},
	} {
		locations = test.locations
		a := do(t, first(t, s.URL+"/"))
		if test.path != "" {
			if a.Continue == nil || a.Continue.URL.String() != s.URL+test.path {
				t.Errorf("%q: %+v", locations, a)
			}
			continue
		}
		f, kind := fields(t, a), results.None
		if f.Error != nil {
			kind = f.Error.Kind
		}
		if kind != test.kind || f.Status != http.StatusFound {
			t.Errorf("%q: status %d, %+v", locations, f.Status, f.Error)
		}
	}
}

// What a server calls its next page can be long; what is said of it is not.
func TestMessagesAreShort(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "/"+strings.Repeat("ä", 5_000), http.StatusFound)
	}))
	defer s.Close()
	prepare(t, Settings{MaxRedirects: 10})
	f := fields(t, follow(t, first(t, s.URL+"/")))
	if f.Error == nil || f.Error.Kind != results.Redirect || !strings.HasSuffix(f.Error.Message, " again after 10 redirects") ||
		len(f.Error.Message) > 300 || !utf8.ValidString(f.Error.Message) {
		t.Errorf("%+v", f.Error)
	}
}

// Nobody waits for the body of a redirect, but for one that breaks off.
func TestBodyOfARedirect(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/hangs":
			w.Header().Set("Location", "/there")
			w.WriteHeader(http.StatusFound)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		case "/breaks":
			w.Header().Set("Location", "/there")
			w.Header().Set("Content-Length", "10")
			w.WriteHeader(http.StatusFound)
			io.WriteString(w, "five")
		}
	}))
	defer s.Close()
	prepare(t, Settings{MaxRedirects: 10})
	if a := do(t, first(t, s.URL+"/hangs")); a.Continue == nil {
		t.Errorf("a redirect whose body hangs is answered with %+v", a)
	}
	if f := fields(t, do(t, first(t, s.URL+"/breaks"))); f.Error == nil || f.Error.Kind != results.Protocol {
		t.Errorf("a redirect whose body breaks off: %+v", f.Error)
	}
}
