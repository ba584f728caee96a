package scraper_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"scrape/results"
	"scrape/scraper"
)

// blocked is a site whose page /stuck comes when so many others were asked for.
func blocked(t *testing.T, others int64) *httptest.Server {
	var asked atomic.Int64
	enough := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stuck" {
			select {
			case <-enough:
			case <-r.Context().Done():
			}
		} else if asked.Add(1) == others {
			close(enough)
		}
		fmt.Fprint(w, page(r.URL.Path))
	}))
	t.Cleanup(s.Close)
	return s
}

// Whatever becomes of lines, and whenever, their records come in their order.
func TestInputOrder(t *testing.T) {
	s := blocked(t, 300)
	list := []string{"# a comment", s.URL + "/stuck"}
	for i := range 300 {
		list = append(list, fmt.Sprintf("%s/%d", s.URL, i))
		switch i % 5 {
		case 1:
			list = append(list, s.URL+"/0", "")
		case 2:
			list = append(list, "no URL")
		}
	}
	list = append(list, s.URL+"/stuck")
	c, sum := run(t, scraper.Options{Procs: 2, InputOrder: true, Hosts: scraper.Hosts{NoRobots: true, Concurrency: 32}, Lists: lines(list...)})
	if !slices.IsSortedFunc(c.records, func(a, b results.Fields) int { return cmp.Compare(a.Seq, b.Seq) }) {
		t.Error("records are not in the order of the lines")
	}
	if sum.Tally.Scraped() != 301 || sum.Tally.Duplicates() != 61 {
		t.Errorf("%+v", sum.Tally)
	}
}

// What was said waits with its record: for memory, and in the file.
func TestInputOrderOfExchanges(t *testing.T) {
	const n = 40
	s := blocked(t, n)
	large := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, page(r.URL.Path), strings.Repeat(r.URL.Path, 100_000))
	}))
	defer large.Close()
	list := []string{s.URL + "/stuck"}
	for i := range n {
		list = append(list, fmt.Sprintf("%s/%d", s.URL, i), fmt.Sprintf("%s/%d", large.URL, i))
	}
	sink := &said{needs: results.Needs{Wire: true, Body: true}}
	before := unnamedFiles()
	run(t, scraper.Options{Procs: 1, InputOrder: true, Hosts: scraper.Hosts{NoRobots: true}, Lists: lines(list...), Sinks: []results.Sink{sink}})
	if len(sink.exchanges) != len(list) {
		t.Fatalf("%d exchanges of %d", len(sink.exchanges), len(list))
	}
	for i, e := range sink.exchanges {
		want := page(strings.TrimPrefix(strings.TrimPrefix(list[i], s.URL), large.URL))
		if e.URL != list[i] || sink.records[i].URL != list[i] || !strings.HasPrefix(sink.payloads[i], want) || sink.bodies[i] != sink.payloads[i] {
			t.Errorf("%d: %s, %.100s, %.100s; want that of %s", i, e.URL, sink.payloads[i], sink.bodies[i], list[i])
		}
	}
	if now := unnamedFiles(); now > before {
		t.Errorf("%d files without a name are open, %d before", now, before)
	}
}

// The lists are read no further than the window beyond a line that is stuck.
func TestOrderWindow(t *testing.T) {
	const window = 50
	s := blocked(t, window-1)
	var read atomic.Int64
	list := []string{s.URL + "/stuck"}
	for i := range 500 {
		list = append(list, fmt.Sprintf("%s/%d", s.URL, i))
	}
	most := int64(0)
	run(t, scraper.Options{
		Procs: 1, InputOrder: true, OrderWindow: window, Hosts: scraper.Hosts{NoRobots: true},
		Lists: lines(list...),
		// It is asked of the line behind the window, too, which then waits.
		Done: func(seq int64, _ uint64) bool {
			read.Store(seq)
			return false
		},
		Observe: func(r *results.Record) {
			if r.Seq == 1 {
				most = read.Load()
			}
		},
	})
	if most > window+1 {
		t.Errorf("read as far as line %d with line 1 not done, want at most %d", most, window+1)
	}
}

// A run that ends early has given the records of a part of the lines from the first on,
// and counts those as left that were waiting.
func TestInputOrderDrained(t *testing.T) {
	const n = 100
	s := blocked(t, n+1)
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("%s/%d", s.URL, i))
	}
	list[n/2] = s.URL + "/stuck"
	drain := make(chan struct{})
	c := &collector{}
	sum, err := scraper.Run(t.Context(), scraper.Options{
		Procs: 1, InputOrder: true, Hosts: scraper.Hosts{NoRobots: true, Concurrency: 4}, Lists: lines(list...), Sinks: []results.Sink{c},
		Drain: drain, Observe: func(r *results.Record) {
			if r.Seq == n/2 {
				close(drain)
			}
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range c.records {
		if f.Seq != int64(i+1) {
			t.Fatalf("record %d is of line %d", i+1, f.Seq)
		}
	}
	if len(c.records) < n/2 || !sum.Drained || int64(len(c.records))+sum.Unfinished != sum.Read {
		t.Errorf("%d records, %+v", len(c.records), sum)
	}
}

// Where there is no room for what waits, the run ends and says where.
func TestOrderHasNoRoom(t *testing.T) {
	nowhere := filepath.Join(t.TempDir(), "nowhere")
	t.Setenv("TMPDIR", nowhere)
	const n = 40
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/stuck" {
			<-r.Context().Done()
			return
		}
		fmt.Fprint(w, "<p>", strings.Repeat(r.URL.Path+" ", 100_000))
	}))
	defer s.Close()
	list := []string{s.URL + "/stuck"}
	for i := range n {
		list = append(list, fmt.Sprintf("%s/%d", s.URL, i))
	}
	c := &collector{}
	sum, err := scraper.Run(t.Context(), scraper.Options{
		Procs: 1, InputOrder: true, Hosts: scraper.Hosts{NoRobots: true}, Lists: lines(list...), Sinks: []results.Sink{c},
		Extract: scraper.Extract{Extract: []string{"text"}},
	})
	if e, ok := errors.AsType[*scraper.OrderError](err); !ok || e.Dir != nowhere || !errors.Is(err, syscall.ENOENT) {
		t.Errorf("%v", err)
	}
	if len(c.records) != 0 || sum.Unfinished != sum.Read || sum.Held == 0 || sum.Oldest != 1 {
		t.Errorf("%d records, %+v", len(c.records), sum)
	}
}

// Records of an earlier run that wait for their turn are kept when it comes, and whether
// a line is done is asked once.
func TestKeptInOrder(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	stop := errors.New("stop")
	for _, all := range []bool{false, true} {
		s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if all {
				fmt.Fprint(w, page(r.URL.Path))
				return
			}
			cancel(stop) // all else was taken in before
			<-r.Context().Done()
		}))
		t.Cleanup(s.Close)
		records := func(yield func(*results.Record, error) bool) {
			failed := &results.Error{Kind: results.Timeout, Message: "late", Retryable: true}
			more := yield(results.New(&results.Fields{Seq: 2, URL: s.URL + "/a", Outcome: results.NotScraped, Error: failed}), nil)
			lacking := &results.Error{Kind: results.Parse, Message: "required field x not found"}
			more = more && yield(results.New(&results.Fields{Seq: 4, URL: s.URL + "/b", Outcome: results.NotScraped, Error: lacking}), nil)
			for _, seq := range []int64{1, 3, 5} {
				more = more && yield(results.New(&results.Fields{Seq: seq, URL: s.URL, Outcome: results.Scraped}), nil)
			}
		}
		plan, err := scraper.PlanRetry(t.Context(), records, scraper.RetryOptions{Name: "earlier"})
		if err != nil {
			t.Fatal(err)
		}
		asked := make(map[int64]int)
		o := scraper.Options{Procs: 1, InputOrder: true, Hosts: scraper.Hosts{NoRobots: true}, Earlier: plan}
		o.Done = func(seq int64, _ uint64) bool {
			asked[seq]++
			return seq == 1
		}
		var c collector
		o.Sinks = []results.Sink{&c}
		of, want, kept, lacking := ctx, stop, int64(0), int64(0)
		if all {
			of, want, kept, lacking = t.Context(), nil, 3, 1
		}
		sum, err := scraper.Run(of, o)
		if err != want || sum.Kept != kept || sum.Lacking != lacking || sum.Skipped != 1 {
			t.Errorf("all %v: %v, %+v", all, err, sum)
		}
		for seq := range int64(5) {
			if asked[seq+1] != 1 {
				t.Errorf("all %v: line %d was asked for %d times", all, seq+1, asked[seq+1])
			}
		}
	}
}
