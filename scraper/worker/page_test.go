package worker

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
)

// What was asked for goes into the record, and what became of it is told.
func TestPageIsExtracted(t *testing.T) {
	const page = `<html lang=en><title>T</title><p class=price>3 €`
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		switch r.URL.Path {
		case "/seen":
			w.WriteHeader(http.StatusNotModified)
			return
		case "/large":
			fmt.Fprint(w, page, strings.Repeat("<p>much text", 1<<17), strings.Repeat(" and more", 1<<17))
			return
		case "/cut":
			w.Header().Set("Content-Length", "1000")
		case "/moved":
			fmt.Fprint(w, `<meta http-equiv=refresh content="0; url=/there">`)
			return
		case "/bare":
			fmt.Fprint(w, "<title>T</title>")
			return
		}
		io.WriteString(w, page)
	}))
	defer s.Close()
	prepare(t, Settings{MaxRedirects: 1, Extract: extract.Spec{Extract: []string{"lang", "price=.price | number | required"}, Refresh: true}})

	found, missed := []extract.Fate{extract.Found}, []extract.Fate{extract.Missed}
	for path, want := range map[string]struct {
		method string
		kind   results.Kind
		data   string
		fates  []extract.Fate
	}{
		"/there": {"", results.None, `{"lang":"en","price":3}`, found},
		"/large": {"", results.None, `{"lang":"en","price":3}`, found},
		"/moved": {"", results.None, `{"lang":"en","price":3}`, found},
		"/bare":  {"", results.Parse, ``, missed},
		"/seen":  {"", results.None, ``, nil},
		"/head":  {"HEAD", results.None, ``, nil},
		"/cut":   {"", results.Protocol, ``, nil},
	} {
		task := first(t, s.URL+path)
		task.Method = want.method
		a := follow(t, task)
		f := fields(t, a)
		kind := results.None
		if f.Error != nil {
			kind = f.Error.Kind
		}
		if kind != want.kind || string(f.Data) != want.data || !reflect.DeepEqual(a.Told.Fields, want.fates) {
			t.Errorf("%s: %v, data %s, told %v; want %v, %s, %v", path, kind, f.Data, a.Told.Fields, want.kind, want.data, want.fates)
		}
		if kind == results.Parse && (f.Title != "T" || f.Error.Message != "required field price not found" || a.Told.Failure != results.None) {
			t.Errorf("%s: %+v, %+v, told %+v", path, f, f.Error, a.Told)
		}
	}
	if !isUntouched(&largePages) {
		t.Error("memory of a page was not given back")
	}
}

// isUntouched tells whether nobody has any of a memory, or waits for it.
func isUntouched(m *memory) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.free == sharedMemory && !m.lent && len(m.waiting) == 0
}

// takeAll takes all of a memory until the test ends.
func takeAll(t *testing.T, m *memory) {
	t.Helper()
	shared, reserve := share{of: m}, share{of: m}
	for _, err := range []error{shared.grow(t.Context(), sharedMemory), reserve.grow(t.Context(), 1)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(shared.release)
	t.Cleanup(reserve.release)
}

// A large page waits for memory, as long as its task has time. That there was none is nobody's fault but
// ours, and need not be so again.
func TestPageWaitsForMemory(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, strings.Repeat("<p>x", 1<<20))
	}))
	defer s.Close()
	prepare(t, Settings{Fetch: fetch.Options{MaxBody: 32 << 20}, Extract: extract.Spec{Extract: []string{"lang"}}})
	takeAll(t, &largePages)
	ctx, cancel := context.WithTimeout(t.Context(), time.Second) // enough to read the page
	defer cancel()
	a, err := scrape(ctx, pool.Job[*Task]{Task: first(t, s.URL), Attempt: 1})
	if err != nil {
		t.Fatal(err)
	}
	f := fields(t, a)
	if f.Error == nil || f.Error.Kind != results.Timeout || !f.Error.Retryable || !a.Told.Local ||
		!strings.HasPrefix(f.Error.Message, "timed out after ") || !strings.HasSuffix(f.Error.Message, " waiting for memory to keep the page") {
		t.Errorf("%+v, told %+v", f.Error, a.Told)
	}
}

// What is known of a page when the time runs out over it is in its record.
func TestPageOutOfTime(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Content-Type"] = nil
		io.WriteString(w, "<title>T</title><meta charset=koi8-r><p>x")
	}))
	defer s.Close()
	prepare(t, Settings{Extract: extract.Spec{Extract: []string{"lang,links,headings", "x=p"}}})
	a := attempt{task: first(t, s.URL), begun: time.Now()}
	var err error
	if a.resp, err = process.fetcher.Fetch(t.Context(), process.request(a.task)); err != nil {
		t.Fatal(err)
	}
	over, cancel := context.WithDeadline(t.Context(), a.begun)
	defer cancel()
	failure := a.readContent(over)
	if failure == nil {
		t.Fatal("there was time enough")
	}
	f, err := a.final(failure).Fields()
	if err != nil {
		t.Fatal(err)
	}
	if f.Error.Kind != results.Timeout || f.Error.Retryable || !strings.HasSuffix(f.Error.Message, " taking data out of the page") {
		t.Errorf("%+v", f.Error)
	}
	if f.Title != "T" || f.Charset != "koi8-r" || f.MediaType != "text/html" || f.Status != 200 || f.BodyBytes != 41 || f.Data != nil || f.Links != nil {
		t.Errorf("%+v", f)
	}
	if told := a.told(failure); told.Fields != nil || !told.Local {
		t.Errorf("told %+v", told)
	}
}

// Ten pages of 2 MiB are read at the same time, though no page says how large it will be.
func TestLargePagesDoNotWait(t *testing.T) {
	const pages = 10
	var arrived sync.WaitGroup
	arrived.Add(pages)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, "<title>T</title>"+strings.Repeat("<p>x", 1<<19))
		w.(http.Flusher).Flush()
		arrived.Done()
		arrived.Wait() // until all have their last bytes to come
		io.WriteString(w, strings.Repeat("<p>x", 1<<15))
	}))
	defer s.Close()
	prepare(t, Settings{Extract: extract.Spec{Extract: []string{"lang"}}})
	var answers sync.WaitGroup
	for range pages {
		task := first(t, s.URL)
		answers.Go(func() {
			a, err := scrape(t.Context(), pool.Job[*Task]{Task: task, Attempt: 1})
			if err != nil || a.Final == nil {
				t.Errorf("%+v, %v", a, err)
			}
		})
	}
	answers.Wait()
	if !isUntouched(&largePages) {
		t.Error("memory of a page was not given back")
	}
}
