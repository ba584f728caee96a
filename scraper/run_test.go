package scraper_test

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"reflect"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/list"
)

func TestMain(m *testing.M) {
	pool.Main()
	// Under the race detector a worker would sleep for a second at its end.
	os.Setenv("GORACE", "atexit_sleep_ms=0")
	goleak.VerifyTestMain(m)
}

// collector is a sink that keeps the records.
type collector struct {
	records []results.Fields
	fail    error // of the next Write
}

func (c *collector) Write(r *results.Record) error {
	if c.fail != nil {
		return c.fail
	}
	f, err := r.Fields()
	if err != nil {
		return err
	}
	c.records = append(c.records, *f)
	return nil
}

func (c *collector) Sync() error  { return nil }
func (c *collector) Close() error { return nil }

// byInput are the records by line as given.
func (c *collector) byInput() map[string]results.Fields {
	m := map[string]results.Fields{}
	for _, f := range c.records {
		m[cmp.Or(f.Input, f.URL)] = f
	}
	return m
}

// lines is a list of the given lines.
func lines(ls ...string) []list.Source {
	return []list.Source{{Name: "test", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(strings.Join(ls, "\n"))), nil
	}}}
}

func page(title string) string {
	return "<!doctype html><meta charset=utf-8><title>" + title + "</title><p>" + strings.Repeat("text ", 200)
}

// run runs o over the collector, and checks that every line got one record.
func run(t *testing.T, o scraper.Options) (*collector, scraper.Summary) {
	t.Helper()
	c := &collector{}
	o.Sinks = append(o.Sinks, c)
	if o.Tell == nil {
		o.Tell = func(e scraper.Event) { t.Log(e) }
	}
	s, err := scraper.Run(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	if s.Unfinished != 0 || int(s.Read) != len(c.records) || s.Tally.Total() != s.Read {
		t.Errorf("%d lines read, %d records, %d counted, %d unfinished", s.Read, len(c.records), s.Tally.Total(), s.Unfinished)
	}
	seen := map[int64]bool{}
	for _, f := range c.records {
		if seen[f.Seq] {
			t.Errorf("line %d has two records", f.Seq)
		}
		seen[f.Seq] = true
	}
	return c, s
}

func TestEveryLineGetsItsRecord(t *testing.T) {
	tries := atomic.Int64{}
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, page("Elsewhere"))
	}))
	defer other.Close()
	mux := http.NewServeMux()
	mux.HandleFunc("/good", func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, page("Good &amp; well")) })
	mux.HandleFunc("/missing", http.NotFound)
	mux.HandleFunc("/near", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/good", http.StatusFound) })
	mux.HandleFunc("/far", func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, other.URL+"/", http.StatusMovedPermanently)
	})
	mux.HandleFunc("/loop", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/loop", http.StatusFound) })
	mux.HandleFunc("/ftp", func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "ftp://x/", http.StatusFound) })
	mux.HandleFunc("/recovers", func(w http.ResponseWriter, r *http.Request) {
		if tries.Add(1) < 3 {
			w.WriteHeader(http.StatusInternalServerError)
			return
		}
		fmt.Fprint(w, page("Recovered"))
	})
	mux.HandleFunc("/bomb", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		defer z.Close()
		for range 100 {
			_, _ = z.Write(make([]byte, 1<<20))
		}
	})
	mux.HandleFunc("/cut", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "1000")
		fmt.Fprint(w, "<title>Cut</title>")
	})
	mux.HandleFunc("/secret", func(w http.ResponseWriter, r *http.Request) {
		if _, pass, _ := r.BasicAuth(); pass != "hush" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		fmt.Fprint(w, page("Inside"))
	})
	s := httptest.NewServer(mux)
	defer s.Close()
	refused := refusingAddress(t)
	noName := strings.Repeat("long", 16) + ".invalid" // no label has 64 letters, so no resolver is asked
	host := strings.TrimPrefix(s.URL, "http://")

	c, sum := run(t, scraper.Options{Procs: 2, MaxBody: 8 << 20, Lists: lines(
		"# a comment", "", s.URL+"/good", s.URL+"/good#again", s.URL+"/missing", s.URL+"/near", s.URL+"/far", s.URL+"/loop",
		s.URL+"/ftp", s.URL+"/recovers", s.URL+"/bomb", s.URL+"/cut", "http://user:hush@"+host+"/secret",
		"http://"+refused+"/", "/etc/passwd", "ftp://example.com/", noName,
	)})
	got := c.byInput()
	for line, want := range map[string]struct {
		kind     results.Kind
		title    string
		status   int
		attempts int
	}{
		s.URL + "/good":                       {results.None, "Good & well", 200, 1},
		s.URL + "/good#again":                 {results.Duplicate, "", 0, 0},
		s.URL + "/missing":                    {results.HTTPStatus, "", 404, 1},
		s.URL + "/near":                       {results.None, "Good & well", 200, 1},
		s.URL + "/far":                        {results.None, "Elsewhere", 200, 1},
		s.URL + "/loop":                       {results.Redirect, "", 302, 1},
		s.URL + "/ftp":                        {results.Redirect, "", 302, 1},
		s.URL + "/recovers":                   {results.None, "Recovered", 200, 3},
		s.URL + "/bomb":                       {results.TooLarge, "", 200, 1},
		s.URL + "/cut":                        {results.Protocol, "", 200, 3},
		"http://user:***@" + host + "/secret": {results.None, "Inside", 200, 1},
		"http://" + refused + "/":             {results.Connect, "", 0, 3},
		"/etc/passwd":                         {results.InvalidURL, "", 0, 0},
		"ftp://example.com/":                  {results.InvalidURL, "", 0, 0},
		noName:                                {results.DNS, "", 0, 1},
	} {
		f, ok := got[line]
		if !ok {
			t.Errorf("%s: no record", line)
			continue
		}
		kind := results.None
		if f.Error != nil {
			kind = f.Error.Kind
		}
		if kind != want.kind || f.Title != want.title || f.Status != want.status || f.Attempts != want.attempts {
			t.Errorf("%s: kind %v, title %q, status %d, %d attempts; want %+v (%+v)", line, kind, f.Title, f.Status, f.Attempts, want, f.Error)
		}
	}
	if again := got[s.URL+"/good#again"]; again.Error.Message != "of line 3" {
		t.Errorf("the duplicate is one %s", again.Error.Message)
	}
	if r := got[s.URL+"/recovers"]; r.Timing.Total < 750*time.Millisecond || r.Timing.Queue > r.Timing.Total {
		t.Errorf("three attempts took %v, after %v in the queue: times count from the first", r.Timing.Total, r.Timing.Queue)
	}
	if far := got[s.URL+"/far"]; far.FinalURL != other.URL+"/" || len(far.Redirects) != 1 {
		t.Errorf("redirect: final URL %q after %q", far.FinalURL, far.Redirects)
	}
	if loop := got[s.URL+"/loop"]; len(loop.Redirects) != 10 {
		t.Errorf("the loop was followed %d times", len(loop.Redirects))
	}
	if sum.Tally.Scraped() != 5 || sum.Tally.Duplicates() != 1 {
		t.Errorf("%d scraped, %d duplicates", sum.Tally.Scraped(), sum.Tally.Duplicates())
	}
	all, err := json.Marshal(c.records)
	if err != nil || bytes.Contains(all, []byte("hush")) {
		t.Errorf("the password is in the records (%v)", err)
	}
}

// refusingAddress is one that nobody listens on.
func refusingAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func TestHostConcurrencyHoldsOverAllWorkers(t *testing.T) {
	const slots = 5
	var inFlight, most atomic.Int64
	together := make(chan struct{}) // closed by the last of the first to come
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := inFlight.Add(1)
		defer inFlight.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		if n == slots {
			select {
			case <-together:
			default:
				close(together)
			}
		}
		select {
		case <-together:
		case <-r.Context().Done():
		}
		time.Sleep(2 * time.Millisecond) // a server that takes its time, so that one too many meets the others
		fmt.Fprint(w, page("x"))
	}))
	defer s.Close()
	var urls []string
	for i := range 200 {
		urls = append(urls, fmt.Sprintf("%s/%d", s.URL, i))
	}
	run(t, scraper.Options{Procs: 3, Hosts: scraper.Hosts{NoRobots: true, Concurrency: slots}, Lists: lines(urls...)})
	if most.Load() != slots {
		t.Errorf("%d requests at once to one host, want %d", most.Load(), slots)
	}
}

func TestDrainLeavesWhatIsNotStarted(t *testing.T) {
	release := make(chan struct{})
	var started sync.WaitGroup
	started.Add(4)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		started.Done()
		<-release
		fmt.Fprint(w, page("x"))
	}))
	defer s.Close()
	var urls []string
	for i := range 100 {
		urls = append(urls, fmt.Sprintf("%s/%d", s.URL, i))
	}
	drain := make(chan struct{})
	go func() {
		started.Wait()
		close(drain)
		close(release)
	}()
	c := &collector{}
	sum, err := scraper.Run(t.Context(), scraper.Options{Procs: 2, Concurrency: 4, Hosts: scraper.Hosts{NoRobots: true}, Lists: lines(urls...), Sinks: []results.Sink{c}, Drain: drain})
	if err != nil {
		t.Fatal(err)
	}
	if !sum.Drained || sum.Unfinished == 0 || int64(len(c.records))+sum.Unfinished != sum.Read || len(c.records) < 4 {
		t.Errorf("%d records, %+v", len(c.records), sum)
	}
	for _, f := range c.records {
		if f.Outcome != results.Scraped {
			t.Errorf("%s: %+v", f.URL, f.Error)
		}
	}
}

func TestWriteErrorStopsTheRun(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, page("x")) }))
	defer s.Close()
	full := errors.New("disk full")
	endless := []list.Source{{Name: "endless", Open: func() (io.ReadCloser, error) {
		r, w := io.Pipe()
		go func() {
			for i := 0; ; i++ {
				if _, err := fmt.Fprintf(w, "%s/%d\n", s.URL, i); err != nil {
					return
				}
			}
		}()
		return r, nil
	}}}
	_, err := scraper.Run(t.Context(), scraper.Options{Procs: 1, Lists: endless, Sinks: []results.Sink{&collector{fail: full}}})
	if sink, ok := errors.AsType[*scraper.SinkError](err); !ok || !errors.Is(sink, full) {
		t.Errorf("error %v", err)
	}
}

func TestContextStopsTheRun(t *testing.T) {
	hang := make(chan struct{})
	why := errors.New("somebody left")
	ctx, cancel := context.WithCancelCause(t.Context())
	arrived := atomic.Int64{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if arrived.Add(1) == 2 {
			cancel(why)
		}
		<-hang
	}))
	defer s.Close()
	defer close(hang)
	c := &collector{}
	sum, err := scraper.Run(ctx, scraper.Options{Procs: 2, Hosts: scraper.Hosts{NoRobots: true}, Lists: lines(s.URL+"/1", s.URL+"/2"), Sinks: []results.Sink{c}})
	if !errors.Is(err, why) || len(c.records) != 0 || sum.Unfinished != 2 {
		t.Errorf("%v, %d records, %+v", err, len(c.records), sum)
	}
}

// TestNothingIsWrittenAfterRun has a list that never ends, of lines that need
// no request, and stops reading records.
func TestNothingIsWrittenAfterRun(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	r, w := io.Pipe()
	go func() {
		for {
			if _, err := io.WriteString(w, "no URL\n"); err != nil {
				return
			}
		}
	}()
	defer r.Close()
	endless := []list.Source{{Name: "endless", Open: func() (io.ReadCloser, error) { return r, nil }}}
	c := &collector{}
	over := atomic.Bool{}
	_, err := scraper.Run(ctx, scraper.Options{Lists: endless, Sinks: []results.Sink{c}, Observe: func(*results.Record) {
		if over.Load() {
			t.Error("a record after Run has returned")
		}
		if len(c.records) == 10 {
			cancel()
		}
	}})
	over.Store(true)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	for range 3 { // the reader has been through its loop, if it still runs
		if _, err := io.WriteString(w, "no URL\n"); err != nil {
			break
		}
	}
}

// TestRedirectsTakeTheOtherHostsTurn has many hosts send their visitors to one.
// Together they have slots for many more requests than the one may get, so that
// redirects followed outside of its turn show.
func TestRedirectsTakeTheOtherHostsTurn(t *testing.T) {
	const hosts, pages, slots = 8, 12, 2
	var inFlight, most atomic.Int64
	target := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := inFlight.Add(1)
		defer inFlight.Add(-1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(5 * time.Millisecond) // a server that takes its time
		if r.Header.Get("Authorization") != "" || r.Header.Get("X-Kept") == "" {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		fmt.Fprint(w, page("There"))
	}))
	defer target.Close()
	var urls []string
	for range hosts {
		source := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			http.Redirect(w, r, target.URL+r.URL.Path, http.StatusFound)
		}))
		defer source.Close()
		for i := range pages {
			urls = append(urls, fmt.Sprintf("%s/%d", source.URL, i))
		}
	}
	header := http.Header{"Authorization": {"Bearer secret"}, "X-Kept": {"yes"}}
	_, sum := run(t, scraper.Options{Procs: 2, Concurrency: 4 * hosts * slots, Hosts: scraper.Hosts{Concurrency: slots}, Request: scraper.Request{Header: header}, Lists: lines(urls...)})
	if most.Load() > slots || sum.Tally.Scraped() != hosts*pages {
		t.Errorf("%d redirected requests at once, want at most %d; %d of %d scraped", most.Load(), slots, sum.Tally.Scraped(), hosts*pages)
	}
}

func TestListThatCannotBeRead(t *testing.T) {
	broken := []list.Source{{Name: "gone.txt", Open: func() (io.ReadCloser, error) { return nil, os.ErrNotExist }}}
	_, err := scraper.Run(t.Context(), scraper.Options{Lists: broken})
	if e, ok := errors.AsType[*list.ReadError](err); !ok || e.List != "gone.txt" {
		t.Errorf("error %v", err)
	}
}

// Where a later list breaks off, the lines before that get their records, also
// those that are in flight.
func TestLinesBeforeAnUnreadableListAreFinished(t *testing.T) {
	broken := make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		<-broken
		fmt.Fprint(w, page("x"))
	}))
	defer s.Close()
	gone := list.Source{Name: "gone.txt", Open: func() (io.ReadCloser, error) {
		close(broken)
		return nil, os.ErrNotExist
	}}
	c := &collector{}
	sum, err := scraper.Run(t.Context(), scraper.Options{
		Procs: 1, Hosts: scraper.Hosts{Concurrency: 2, NoRobots: true}, Sinks: []results.Sink{c},
		Lists: append(lines(s.URL+"/1", s.URL+"/2", s.URL+"/3", s.URL+"/4"), gone),
	})
	if e, ok := errors.AsType[*list.ReadError](err); !ok || e.List != "gone.txt" {
		t.Errorf("error %v", err)
	}
	if len(c.records) != 4 || sum.Tally.Scraped() != 4 || sum.Unfinished != 0 || sum.Drained {
		t.Errorf("%d records, %+v", len(c.records), sum)
	}
}

func TestBadOptionsAreRefused(t *testing.T) {
	for _, o := range []scraper.Options{
		{Procs: -1}, {Concurrency: -1}, {Hosts: scraper.Hosts{Concurrency: -1}}, {Retry: -2}, {Timeout: -1}, {MaxBody: -1},
		{Request: scraper.Request{UserAgent: " "}}, {Request: scraper.Request{UserAgent: "a\nb"}}, {Request: scraper.Request{UserAgent: "a\xff"}}, {Request: scraper.Request{Header: http.Header{"A": {"\xff"}}}}, {Timeout: scraper.MaxTimeout + 1},
		{Request: scraper.Request{Header: http.Header{"": {"x"}}}}, {Request: scraper.Request{Header: http.Header{"a b": {"x"}}}}, {Request: scraper.Request{Header: http.Header{"A:": {"x"}}}},
		{Request: scraper.Request{Header: http.Header{"A": {"x", "a\r\nB: c"}}}}, {Request: scraper.Request{Header: http.Header{"A": {"\x00"}}}},
		{Request: scraper.Request{Header: http.Header{"connection": {"close"}}}}, {Request: scraper.Request{Header: http.Header{"Content-Length": {"1"}}}},
		{Request: scraper.Request{Header: http.Header{"Transfer-Encoding": {"chunked"}}}}, {Request: scraper.Request{Header: http.Header{"Trailer": {"A"}}}}, {Request: scraper.Request{Header: http.Header{"Upgrade": {"h2c"}}}},
	} {
		if _, err := scraper.Run(t.Context(), o); err == nil || !strings.HasPrefix(err.Error(), "scraper: Options.") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// What the documentation of Options.Header says is sent.
func TestHeaderIsSent(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprint(w, page(strings.Join([]string{r.Host, r.UserAgent(), r.Header.Get("Accept"), r.Header.Get("X-A")}, " ")))
	}))
	defer s.Close()
	c, _ := run(t, scraper.Options{
		Procs: 1,
		Request: scraper.Request{
			UserAgent: "ours",
			Header:    http.Header{"Host": {"other.example"}, "User-Agent": {"theirs"}, "Accept": {"*/*"}, "x-a": {"b"}},
		},
		Lists: lines(s.URL + "/"),
	})
	if got, want := c.records[0].Title, "other.example theirs */* b"; got != want {
		t.Errorf("the server was told %q, want %q", got, want)
	}
}

// What a record tells of a fetch is what the server sent.
func TestRecordOfAFetch(t *testing.T) {
	body := page("Fields")
	var zipped bytes.Buffer
	z := gzip.NewWriter(&zipped)
	if _, err := io.WriteString(z, body); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/page" {
			http.Redirect(w, r, "/page#part", http.StatusFound)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=UTF-8")
		w.Header().Set("Content-Encoding", "gzip")
		_, _ = w.Write(zipped.Bytes())
	})
	s := httptest.NewServer(handler)
	defer s.Close()
	begin := time.Now()
	two := append(lines("", s.URL+"/page#top"), lines("# none", "", s.URL+"/there", s.URL+"/page")...)
	two[0].Name, two[1].Name = "one.txt", "two.txt"
	c, _ := run(t, scraper.Options{Procs: 1, Hosts: noRobots, Lists: two})
	end := time.Now()
	got := c.byInput()

	common := results.Fields{
		Outcome: results.Scraped, Status: http.StatusOK,
		ContentType: "text/html; charset=UTF-8", Charset: "utf-8", HTTPVersion: "1.1",
		RemoteAddr: strings.TrimPrefix(s.URL, "http://"),
		WireBytes:  int64(zipped.Len()), BodyBytes: int64(len(body)),
		Attempts: 1, Title: "Fields",
	}
	first, there := common, common
	first.Seq, first.List, first.Line = 2, "one.txt", 2
	first.Input, first.URL = s.URL+"/page#top", s.URL+"/page"
	there.Seq, there.List, there.Line = 5, "two.txt", 3
	there.URL, there.FinalURL, there.Redirects = s.URL+"/there", s.URL+"/page", []string{s.URL + "/there"}
	again := results.Fields{
		Seq: 6, List: "two.txt", Line: 4, URL: s.URL + "/page", Outcome: results.NotScraped,
		Error: &results.Error{Kind: results.Duplicate, Message: "of line 2 of one.txt"},
	}
	for line, want := range map[string]results.Fields{s.URL + "/page#top": first, s.URL + "/there": there, s.URL + "/page": again} {
		f := got[line]
		if fetched := want.Outcome == results.Scraped; fetched {
			if f.FetchedAt.Before(begin.Truncate(time.Millisecond)) || f.FetchedAt.After(end) || f.Worker <= 0 || f.Worker == os.Getpid() {
				t.Errorf("%s: fetched at %v by %d", line, f.FetchedAt, f.Worker)
			}
			if tm := f.Timing; tm.Queue <= 0 || tm.FirstByte <= 0 || tm.Total < tm.FirstByte || tm.Total > end.Sub(begin) {
				t.Errorf("%s: timing %+v, of %v in all", line, f.Timing, end.Sub(begin))
			}
			f.FetchedAt, f.Timing, f.Worker = time.Time{}, results.Timing{}, 0
		}
		if !reflect.DeepEqual(f, want) {
			t.Errorf("%s:\n got %+v\nwant %+v", line, f, want)
		}
	}
	alone, _ := run(t, scraper.Options{Procs: 1, Hosts: noRobots, Lists: lines(s.URL + "/page")})
	if alone.records[0].Timing.Connect == 0 {
		t.Error("a record does not tell of the connection that was made for it")
	}
}

// A redirect may lead to a URL of 64 KiB, and not beyond.
func TestLengthOfARedirect(t *testing.T) {
	const most = 64 << 10
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			w.WriteHeader(http.StatusNoContent)
			return
		}
		length, err := strconv.Atoi(r.URL.RawQuery)
		if err != nil {
			panic(err)
		}
		http.Redirect(w, r, "/"+strings.Repeat("a", length-len("http://"+r.Host+"/")), http.StatusFound)
	}))
	s.Config.MaxHeaderBytes = 4 * most
	s.Start()
	defer s.Close()
	c, _ := run(t, scraper.Options{Procs: 1, Lists: lines(fmt.Sprint(s.URL, "/?", most), fmt.Sprint(s.URL, "/?", most+1))})
	for _, f := range c.records {
		if fits := f.Seq == 1; fits && (f.Error != nil || len(f.FinalURL) != most) {
			t.Errorf("%s: final URL of %d bytes, %+v", f.URL, len(f.FinalURL), f.Error)
		} else if !fits && (f.Error == nil || f.Error.Kind != results.Redirect || f.Error.Message != "redirected to a URL longer than 64 KiB") {
			t.Errorf("%s: %+v", f.URL, f.Error)
		}
	}
}
