package scraper_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/fetch"
)

// noRobots leaves robots.txt alone, so that a server sees the requests that a
// test is about.
var noRobots = scraper.Hosts{NoRobots: true}

// What may do more when it is asked for twice is not, unless that is wanted.
func TestPostIsNotTriedAgain(t *testing.T) {
	w := newWitness(t, "127.0.0.2", status(http.StatusInternalServerError))
	for _, test := range []struct {
		method  string
		all     bool
		want    int
		message string
	}{
		{"POST", false, 1, "500 Internal Server Error (not tried again: POST may not be asked twice)"},
		{"PATCH", false, 1, "500 Internal Server Error (not tried again: PATCH may not be asked twice)"},
		{"POST", true, 2, "500 Internal Server Error"},
		{"PUT", false, 2, "500 Internal Server Error"},
	} {
		before := len(w.requests())
		c, _ := run(t, scraper.Options{Procs: 1, Retry: 1, RetryAll: test.all, Hosts: noRobots, Request: scraper.Request{Method: test.method, Body: []byte("x")}, Lists: lines(w.URL + "/")})
		asked := w.requests()[before:]
		if f := c.records[0]; f.Attempts != test.want || len(asked) != test.want || kind(f) != results.HTTPStatus || f.Error.Message != test.message || !f.Error.Retryable {
			t.Errorf("%+v: %d requests, %d attempts, %+v", test, len(asked), f.Attempts, f.Error)
		}
		for _, r := range asked {
			if r.line != test.method+" /" || r.body != "x" || r.header.Get("Content-Type") != "application/x-www-form-urlencoded" {
				t.Errorf("%+v: %s, %q, %v", test, r.line, r.body, r.header)
			}
		}
	}
	// What was never sent can be tried again, whatever it is.
	c, _ := run(t, scraper.Options{Procs: 1, Retry: 1, Hosts: noRobots, Request: scraper.Request{Method: "POST"}, Lists: lines("http://" + refusingAddress(t) + "/")})
	if f := c.records[0]; f.Attempts != 2 || kind(f) != results.Connect {
		t.Errorf("a POST that was refused its connection: %d attempts, %+v", f.Attempts, f.Error)
	}
}

// A worker that dies may have had its request done.
func TestPostIsNotSentTwice(t *testing.T) {
	if _, err := os.Stat("/proc/self/task"); err != nil {
		t.Skip("no /proc/self/task here, so workers cannot be found: ", err)
	}
	for all, want := range map[bool]int{false: 1, true: 2} {
		var w *witness
		w = newWitness(t, "127.0.0.2", func(out http.ResponseWriter, r *http.Request) {
			if len(w.requests()) > 1 {
				servePage(out, r)
				return
			}
			for _, pid := range workers() {
				syscall.Kill(pid, syscall.SIGKILL)
			}
			<-r.Context().Done()
		})
		c, _ := run(t, scraper.Options{Procs: 1, Hosts: noRobots, RetryAll: all, Request: scraper.Request{Method: "POST"}, Lists: lines(w.URL + "/")})
		f := c.records[0]
		if n := len(w.requests()); n != want || f.Attempts != want || kind(f) != map[bool]results.Kind{false: results.WorkerLost}[all] {
			t.Errorf("retry all %v: %d requests, %d attempts, %+v", all, n, f.Attempts, f.Error)
		}
	}
}

// Redirects change method and body as they do in browsers.
func TestMethodBehindARedirect(t *testing.T) {
	for _, test := range []struct {
		status       int
		method, want string
		body         bool
	}{
		{http.StatusMovedPermanently, "POST", "GET", false},
		{http.StatusFound, "POST", "GET", false},
		{http.StatusFound, "PUT", "PUT", true},
		{http.StatusSeeOther, "POST", "GET", false},
		{http.StatusSeeOther, "PUT", "GET", false},
		{http.StatusSeeOther, "HEAD", "HEAD", false},
		{http.StatusTemporaryRedirect, "POST", "POST", true},
		{http.StatusPermanentRedirect, "POST", "POST", true},
	} {
		w := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{"/": to(test.status, "/there"), "/there": status(http.StatusNoContent)}))
		body := "a=b"
		if test.method == "HEAD" {
			body = ""
		}
		for way, o := range map[string]scraper.Options{
			"options": {Request: scraper.Request{Method: test.method, Body: []byte(body), Header: http.Header{"Content-Type": {"text/x"}}}, Lists: lines(w.URL + "/")},
			"line":    {Lists: lines(fmt.Sprintf(`{"url": "%s/", "method": %q, "body": %q, "headers": {"Content-Type": "text/x"}}`, w.URL, test.method, body))},
		} {
			before := len(w.requests())
			o.Procs, o.Hosts = 1, noRobots
			_, sum := run(t, o)
			asked := w.requests()[before:]
			if sum.Tally.Scraped() != 1 || len(asked) != 2 {
				t.Fatalf("%d %s: %d scraped with %d requests", test.status, test.method, sum.Tally.Scraped(), len(asked))
			}
			if first := asked[0]; first.line != test.method+" /" || first.body != body {
				t.Errorf("%s: first %s, %q", way, first.line, first.body)
			}
			wantBody, wantType := "", ""
			if test.body {
				wantBody, wantType = body, "text/x"
			} else if test.method == "HEAD" {
				wantType = "text/x"
			}
			second := asked[1]
			if second.line != test.want+" /there" || second.body != wantBody || second.header.Get("Content-Type") != wantType {
				t.Errorf("%d %s, by %s: then %s, body %q, type %q; want %s, %q, %q", test.status, test.method, way,
					second.line, second.body, second.header.Get("Content-Type"), test.want, wantBody, wantType)
			}
		}
	}
}

// What a redirect sets comes along where it belongs, with a jar and without.
func TestCookiesOfARedirect(t *testing.T) {
	for _, jar := range []*scraper.CookieJar{nil, {}} {
		other := newWitness(t, "127.0.0.3", servePage)
		own := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{
			"/set":  status(http.StatusFound, "Location", "/next", "Set-Cookie", "seen=1; Path=/"),
			"/next": to(http.StatusFound, other.URL+"/away"),
		}))
		o := scraper.Options{Procs: 1, Hosts: scraper.Hosts{NoRobots: true, Concurrency: 1}, Lists: lines(own.URL+"/set", own.URL+"/later")}
		o.Request.Cookies = jar
		_, sum := run(t, o)
		later := ""
		if jar != nil {
			later = "seen=1"
		}
		for w, want := range map[*witness]map[string]string{
			own:   {"GET /set": "", "GET /next": "seen=1", "GET /later": later},
			other: {"GET /away": ""},
		} {
			for line, cookies := range want {
				asked := w.saw(line)
				// The second line may be asked for before the first has its answer.
				if len(asked) != 1 || asked[0].header.Get("Cookie") != cookies {
					t.Errorf("jar %v: %s: %v", jar != nil, line, asked)
				}
			}
		}
		if sum.Tally.Scraped() != 2 {
			t.Errorf("%d scraped", sum.Tally.Scraped())
		}
	}
}

// Secrets are for the origins that the list names, and for those that a netrc
// names.
func TestSecretsStayAtTheirOrigin(t *testing.T) {
	basic := func(login string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(login)) }
	netrc, err := scraper.ReadNetrc(strings.NewReader("machine 127.0.0.4 login four password hush4\nmachine 127.0.0.2 login two password hush2\ndefault login any password hush0\n"))
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		request                           scraper.Request
		own, other, named, back, directly string
	}{
		"login":           {scraper.Request{Login: "user:hush"}, basic("user:hush"), "", "", "", basic("user:hush")},
		"netrc":           {scraper.Request{Netrc: netrc}, basic("two:hush2"), "", basic("four:hush4"), basic("two:hush2"), basic("any:hush0")},
		"both":            {scraper.Request{Netrc: netrc, Login: "user:hush"}, basic("user:hush"), "", basic("four:hush4"), basic("two:hush2"), basic("user:hush")},
		"header":          {scraper.Request{Header: http.Header{"Authorization": {"Bearer hush"}, "Cookie": {"a=hush"}}}, "Bearer hush", "", "", "", "Bearer hush"},
		"header and both": {scraper.Request{Header: http.Header{"Authorization": {"Bearer hush"}}, Login: "user:hush"}, "Bearer hush", "", "", "", "Bearer hush"},
	} {
		t.Run(name, func(t *testing.T) {
			var own *witness
			named := newWitness(t, "127.0.0.4", func(w http.ResponseWriter, r *http.Request) { to(http.StatusFound, own.URL+"/back")(w, r) })
			other := newWitness(t, "127.0.0.3", paths(map[string]http.HandlerFunc{"/from": to(http.StatusFound, named.URL+"/named")}))
			own = newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{"/": to(http.StatusFound, other.URL+"/from")}))
			c, sum := run(t, scraper.Options{Procs: 1, Hosts: noRobots, Request: test.request, Lists: lines(own.URL+"/", other.URL+"/directly")})
			if sum.Tally.Scraped() != 2 {
				t.Errorf("%+v", c.records)
			}
			for _, want := range []struct {
				w          *witness
				line, auth string
			}{
				{own, "GET /", test.own}, {other, "GET /from", test.other}, {named, "GET /named", test.named}, {own, "GET /back", test.back}, {other, "GET /directly", test.directly},
			} {
				asked := want.w.saw(want.line)
				if len(asked) == 0 || asked[0].header.Get("Authorization") != want.auth {
					t.Errorf("%s: %v, want %q", want.line, asked, want.auth)
				} else if cookie := asked[0].header.Get("Cookie"); cookie != "" && want.auth == "" {
					t.Errorf("%s: cookie %q", want.line, cookie)
				}
			}
			if all := fmt.Sprintf("%+v", c.records); strings.Contains(all, "hush") {
				t.Errorf("a secret is in the records: %s", all)
			}
		})
	}
}

// Lines are the same when all of the request is.
func TestSameRequests(t *testing.T) {
	w := newWitness(t, "127.0.0.2", servePage)
	one := fmt.Sprintf(`"url": "%s/"`, w.URL)
	c, sum := run(t, scraper.Options{Procs: 2, Hosts: noRobots, Lists: lines(
		w.URL+"/",
		"{"+one+"}",
		"{"+one+`, "method": "get", "headers": {}, "body": "", "meta": 7}`,
		"{"+one+`, "method": "POST"}`,
		"{"+one+`, "headers": {"a": "b"}}`,
		"{"+one+`, "headers": {"A": ["b"]}}`,
		"{"+one+`, "headers": {"A": "c"}}`,
		"{"+one+`, "method": "POST", "body": "x"}`,
		`{"body": "x", "method": "post", `+one+`}`,
		"{"+one+`, "body": "y"}`,
	)})
	var duplicates []int64
	for _, f := range c.records {
		if kind(f) == results.Duplicate {
			duplicates = append(duplicates, f.Seq)
		}
	}
	if sum.Tally.Duplicates() != 4 || len(w.requests()) != 6 {
		t.Errorf("%d requests, duplicates: %v", len(w.requests()), duplicates)
	}
	for _, seq := range []int64{2, 3, 6, 9} {
		found := false
		for _, d := range duplicates {
			found = found || d == seq
		}
		if !found {
			t.Errorf("line %d is no duplicate; they are %v", seq, duplicates)
		}
	}
}

// remembered is a Memory of which version was seen of what.
type remembered struct {
	mu       sync.Mutex
	versions map[uint64]fetch.Validators
	urls     map[uint64]string
}

func (m *remembered) Validators(key uint64) (fetch.Validators, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.versions[key], nil
}

func (m *remembered) Judge(r *results.Record, v fetch.Validators) (*results.Record, error) {
	f, err := r.Fields()
	if err != nil {
		return nil, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.versions[r.Key], m.urls[r.Key] = v, f.Method+f.URL
	return results.Amend(r, results.Member{Key: "change", Value: []byte(`"changed"`)})
}

// What was seen before is not sent again. Of what is behind a redirect, and of what was
// not got with GET, nothing is asked that way.
func TestValidators(t *testing.T) {
	version := fetch.Validators{ETag: `"v1"`, LastModified: "Mon, 02 Jan 2006 15:04:05 GMT"}
	conditional := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("ETag", version.ETag)
		w.Header().Set("Last-Modified", version.LastModified)
		if r.Header.Get("If-None-Match") == `"v1"` {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		servePage(w, r)
	}
	w := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{"/known": conditional, "/moved": to(http.StatusFound, "/known")}))
	memory := &remembered{versions: map[uint64]fetch.Validators{}, urls: map[uint64]string{}}
	o := scraper.Options{
		Procs: 1, Hosts: noRobots, Memory: memory,
		Lists: lines(w.URL+"/known", w.URL+"/moved", w.URL+"/unknown", fmt.Sprintf(`{"url": "%s/known", "method": "POST"}`, w.URL)),
	}
	run(t, o)
	for key, url := range memory.urls {
		want := fetch.Validators{}
		if strings.HasSuffix(url, "/known") {
			want = version
		}
		if got := memory.versions[key]; got != want {
			t.Errorf("%s: the answer told %q, want %q", url, got, want)
		}
		if !strings.HasSuffix(url, "/unknown") {
			memory.versions[key] = version
		}
	}
	before := len(w.requests())
	if before != 5 || len(memory.urls) != 4 {
		t.Fatalf("%d requests for %v", before, memory.urls)
	}

	c, sum := run(t, o)
	if sum.Tally.Scraped() != 4 || sum.Changes[results.Changed] != 4 {
		t.Errorf("%d scraped: %+v", sum.Tally.Scraped(), c.records)
	}
	for _, f := range c.records {
		want := http.StatusOK
		if f.Seq == 1 {
			want = http.StatusNotModified
		}
		if f.Status != want || f.Change != results.Changed || (f.BodySHA256 == "") != (f.Seq == 1) {
			t.Errorf("%s: status %d, want %d; change %v, body_sha256 %q", f.URL, f.Status, want, f.Change, f.BodySHA256)
		}
	}
	var behind []bool // whether validators were sent with GET /known
	for _, r := range w.requests()[before:] {
		sent := r.header.Get("If-None-Match") != "" && r.header.Get("If-Modified-Since") != ""
		// /known is asked for by its own line, and behind the redirect.
		if r.line == "GET /moved" && !sent || (r.line == "GET /unknown" || r.line == "POST /known") && sent {
			t.Errorf("%s: validators sent: %v", r.line, sent)
		}
		if r.line == "GET /known" {
			behind = append(behind, sent)
		}
	}
	if len(behind) != 2 || behind[0] == behind[1] {
		t.Errorf("validators sent to /known: %v", behind)
	}
}

// A URL has its time, with all its attempts.
func TestURLTimeout(t *testing.T) {
	failing := newWitness(t, "127.0.0.2", status(http.StatusBadGateway))
	hanging := newWitness(t, "127.0.0.3", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	c, _ := run(t, scraper.Options{Procs: 1, Hosts: noRobots, Retry: 50, URLTimeout: 200 * time.Millisecond, Lists: lines(failing.URL+"/", hanging.URL+"/")})
	got := c.byInput()
	for url, want := range map[string]struct {
		kind    results.Kind
		message string
	}{
		failing.URL + "/": {results.HTTPStatus, "502 Bad Gateway (not tried again: the 200ms for one URL would be over)"},
		hanging.URL + "/": {results.Timeout, "not done after 200ms with all its attempts: timed out after "},
	} {
		f := got[url]
		if kind(f) != want.kind || !strings.HasPrefix(f.Error.Message, want.message) || !f.Error.Retryable || f.Attempts != 1 {
			t.Errorf("%s: %+v after %d attempts, want %+v", url, f.Error, f.Attempts, want)
		}
	}
	for _, w := range []*witness{failing, hanging} {
		if n := len(w.requests()); n != 1 {
			t.Errorf("%d requests, want one", n)
		}
	}
}

// When the run's time is over nothing new is started, and what is left has no
// record.
func TestMaxTime(t *testing.T) {
	w := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{
		"/0": servePage,
		"/1": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
	}))
	var c collector
	sum, err := scraper.Run(t.Context(), scraper.Options{
		Procs: 1, Hosts: scraper.Hosts{NoRobots: true, Concurrency: 1}, MaxTime: 200 * time.Millisecond, Lists: lines(w.urls(10)...), Sinks: []results.Sink{&c},
	})
	if err != nil || !sum.Limited || sum.Drained || sum.Unfinished != sum.Read-int64(len(c.records)) {
		t.Errorf("%+v, %d records, %v", sum, len(c.records), err)
	}
	if n := len(w.requests()); n > 2 || len(c.records) >= 2 {
		t.Errorf("%d requests, %d records", n, len(c.records))
	}
	// A run that is done in time is not limited.
	if _, sum := run(t, scraper.Options{Procs: 1, MaxTime: time.Hour, Lists: lines(w.URL + "/0")}); sum.Limited || sum.Drained {
		t.Errorf("%+v", sum)
	}
}

// When as much was fetched as may be, the lines that were begun get their records,
// and what is left has none.
func TestMaxURLsAndBytes(t *testing.T) {
	w := newWitness(t, "127.0.0.2", servePage)
	size := int64(0)
	list := append([]string{"no URL", w.URL + "/0", w.URL + "/0"}, w.urls(20)...)
	for _, test := range []struct {
		limit   func(*scraper.Options)
		limited bool
		fetched func(pages, wire int64) bool
	}{
		{func(*scraper.Options) {}, false, func(pages, wire int64) bool { size = wire / pages; return pages == 20 }},
		{func(o *scraper.Options) { o.MaxURLs = 1 }, true, func(pages, _ int64) bool { return pages == 1 }},
		{func(o *scraper.Options) { o.MaxURLs = 7 }, true, func(pages, _ int64) bool { return pages == 7 }},
		{func(o *scraper.Options) { o.MaxURLs = 20 }, false, func(pages, _ int64) bool { return pages == 20 }},
		{func(o *scraper.Options) { o.MaxBytes = 3 * size }, true, func(pages, _ int64) bool { return pages >= 3 && pages < 20 }},
		{func(o *scraper.Options) { o.MaxBytes = 1 << 40 }, false, func(pages, _ int64) bool { return pages == 20 }},
	} {
		var c collector
		o := scraper.Options{
			Procs: 1, Concurrency: 1, Hosts: scraper.Hosts{NoRobots: true, Concurrency: 1}, Lists: lines(list...), Sinks: []results.Sink{&c},
		}
		test.limit(&o)
		sum, err := scraper.Run(t.Context(), o)
		var pages, wire int64
		for _, f := range c.records {
			if f.Status > 0 {
				pages++
				wire += f.WireBytes
			}
		}
		if err != nil || sum.Limited != test.limited || !test.fetched(pages, wire) || sum.Tally.Scraped() != pages {
			t.Errorf("%d URLs, %d bytes at most: %d pages, %d bytes, %+v, %v", o.MaxURLs, o.MaxBytes, pages, wire, sum, err)
		}
	}
}

// A page's own redirect is followed where that was asked for.
func TestMetaRefresh(t *testing.T) {
	other := newWitness(t, "127.0.0.3", servePage)
	w := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{
		"/meta":   text(`<title>Meta</title><meta http-equiv="Refresh" content="0; url='` + other.URL + `/there'">`),
		"/header": status(http.StatusOK, "Refresh", "3;url=/there"),
		"/itself": text(`<title>Itself</title><meta http-equiv=refresh content="60">`),
		"/file":   text(`<!doctype html><meta http-equiv=refresh content="0; url=file:///etc/passwd">`),
		"/loop":   text(`<!doctype html><meta http-equiv=refresh content="0; url=/pool">`),
		"/pool":   text(`<!doctype html><meta http-equiv=refresh content="0; url=/loop">`),
	}))
	for on, want := range map[bool]map[string]struct {
		final string
		title string
		kind  results.Kind
	}{
		true: {
			"/meta": {other.URL + "/there", "/there", results.None}, "/header": {w.URL + "/there", "/there", results.None},
			"/itself": {"", "Itself", results.None}, "/file": {"", "", results.Redirect}, "/loop": {"", "", results.Redirect},
		},
		false: {
			"/meta": {"", "Meta", results.None}, "/header": {"", "", results.None},
			"/itself": {"", "Itself", results.None}, "/file": {"", "", results.None}, "/loop": {"", "", results.None},
		},
	} {
		var urls []string
		for path := range want {
			urls = append(urls, w.URL+path)
		}
		c, _ := run(t, scraper.Options{Procs: 2, Hosts: noRobots, MetaRefresh: on, Lists: lines(urls...)})
		got := c.byInput()
		for path, want := range want {
			f := got[w.URL+path]
			if kind(f) != want.kind || f.FinalURL != want.final || f.Title != want.title {
				t.Errorf("refresh %v, %s: %q, title %q, %+v; want %+v", on, path, f.FinalURL, f.Title, f.Error, want)
			}
		}
	}
}

// As many redirects are followed as may be, and not one more.
func TestMaxRedirects(t *testing.T) {
	w := newWitness(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		left := 0
		if fmt.Sscanf(r.URL.Path, "/%d", &left); left > 0 {
			to(http.StatusFound, fmt.Sprintf("/%d", left-1))(w, r)
			return
		}
		servePage(w, r)
	})
	for _, test := range []struct{ most, hops, requests int }{
		{0, 10, 11}, {0, 11, 11}, {3, 3, 4}, {3, 4, 4}, {scraper.NoRedirects, 0, 1}, {scraper.NoRedirects, 1, 1},
	} {
		before := len(w.requests())
		c, _ := run(t, scraper.Options{Procs: 1, Hosts: noRobots, MaxRedirects: test.most, Lists: lines(fmt.Sprintf("%s/%d", w.URL, test.hops))})
		f, n := c.records[0], len(w.requests())-before
		most := map[int]int{0: 10, 3: 3, scraper.NoRedirects: 0}[test.most]
		want, message := results.None, ""
		if test.hops > most {
			want, message = results.Redirect, fmt.Sprintf("more than %d redirects", most)
		}
		if kind(f) != want || n != test.requests || f.Error != nil && f.Error.Message != message {
			t.Errorf("%d hops of %d: %d requests, %+v", test.hops, most, n, f.Error)
		}
	}
}

// What a line has for itself stays with its origin, too, but for what is no
// secret.
func TestSecretsOfALine(t *testing.T) {
	other := newWitness(t, "127.0.0.3", servePage)
	own := newWitness(t, "127.0.0.2", to(http.StatusTemporaryRedirect, other.URL+"/there"))
	line := fmt.Sprintf(`{"url": "http://user:hush@%s/", "method": "POST", "body": "b", "headers": {"Cookie": "a=hush", "X-A": "b", "Host": "h.example"}, "meta": {"id": 1}}`, own.Listener.Addr())
	c, sum := run(t, scraper.Options{Procs: 1, Hosts: noRobots, Lists: lines(line)})
	if sum.Tally.Scraped() != 1 {
		t.Fatalf("%+v", c.records)
	}
	first, second := own.requests()[0], other.requests()[0]
	if first.header.Get("Cookie") != "a=hush" || first.header.Get("Authorization") == "" || first.header.Get("X-A") != "b" {
		t.Errorf("first: %v", first.header)
	}
	if second.header.Get("Cookie") != "" || second.header.Get("Authorization") != "" || second.header.Get("X-A") != "b" || second.body != "b" || second.line != "POST /there" {
		t.Errorf("then: %s, %q, %v", second.line, second.body, second.header)
	}
	f := c.records[0]
	if all := fmt.Sprintf("%+v", f); strings.Contains(all, "hush") || f.Method != "POST" || string(f.Meta) != `{"id": 1}` {
		t.Errorf("%s", all)
	}
}

// A method of all lines is not that of a line with its own, nor that of robots.txt.
func TestCommonRequest(t *testing.T) {
	w := newWitness(t, "127.0.0.2", servePage)
	_, sum := run(t, scraper.Options{Procs: 1, Request: scraper.Request{Body: []byte("common")}, Lists: lines(
		w.URL+"/common",
		fmt.Sprintf(`{"url": "%s/put", "method": "PUT"}`, w.URL),
		fmt.Sprintf(`{"url": "%s/own", "body": "own"}`, w.URL),
		fmt.Sprintf(`{"url": "%s/get", "method": "GET"}`, w.URL),
		fmt.Sprintf(`{"url": "%s/get/body", "method": "get", "body": "own"}`, w.URL),
		fmt.Sprintf(`{"url": "%s/common", "method": "POST"}`, w.URL),
		fmt.Sprintf(`{"url": "%s/headers", "headers": {"Content-Type": "text/x"}}`, w.URL),
	)})
	const form = "application/x-www-form-urlencoded"
	var got []string
	for _, r := range w.requests() {
		got = append(got, strings.TrimRight(fmt.Sprint(r.line, " ", r.body, " ", r.header.Get("Content-Type")), " "))
	}
	slices.Sort(got)
	want := []string{
		"GET /get", "GET /get/body own " + form, "GET /robots.txt",
		"POST /common", "POST /common common " + form, "POST /headers common text/x", "POST /own own " + form, "PUT /put",
	}
	if !slices.Equal(got, want) || sum.Tally.Scraped() != 7 {
		t.Errorf("%d scraped with %q, want %q", sum.Tally.Scraped(), got, want)
	}
}
