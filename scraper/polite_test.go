package scraper_test

import (
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper"
)

// What a robots.txt forbids is never asked for, wherever a link to it stands;
// the file itself is asked for once.
func TestRobots(t *testing.T) {
	var own *witness
	other := newWitness(t, "127.0.0.3", paths(map[string]http.HandlerFunc{
		"/robots.txt": text("User-agent: scrape\nAllow: /private/open\nDisallow: /private\n"),
	}))
	own = newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{
		"/robots.txt": text("# ours\nUser-agent: *\nDisallow: /private\n"),
		"/hop":        to(http.StatusFound, "/private/hop"),
		"/away":       to(http.StatusFound, other.URL+"/private/away"),
		"/away/open":  to(http.StatusFound, other.URL+"/private/open"),
	}))
	urls := append(own.urls(40), own.URL+"/private", own.URL+"/private/1?a", own.URL+"/hop", own.URL+"/away", own.URL+"/away/open", own.URL+"/%70rivate/2")
	c, sum := run(t, scraper.Options{Procs: 3, Lists: lines(urls...)})
	got := c.byInput()
	for url, want := range map[string]struct{ message, final string }{
		own.URL + "/private":     {"robots.txt, line 3: Disallow: /private", ""},
		own.URL + "/private/1?a": {"robots.txt, line 3: Disallow: /private", ""},
		own.URL + "/%70rivate/2": {"robots.txt, line 3: Disallow: /private", ""},
		own.URL + "/hop":         {"robots.txt, line 3: Disallow: /private", own.URL + "/private/hop"},
		own.URL + "/away":        {"robots.txt, line 3: Disallow: /private", other.URL + "/private/away"},
	} {
		f := got[url]
		if kind(f) != results.Robots || f.Error.Message != want.message || f.Error.Retryable || f.FinalURL != want.final {
			t.Errorf("%s: %+v, final URL %q; want %+v", url, f.Error, f.FinalURL, want)
		}
		if attempts := len(f.Redirects); f.Attempts != attempts {
			t.Errorf("%s: %d attempts, after %d redirects", url, f.Attempts, len(f.Redirects))
		}
	}
	if f := got[own.URL+"/away/open"]; f.Title != "/private/open" {
		t.Errorf("what is allowed was not scraped: %+v", f)
	}
	if sum.Tally.Scraped() != 41 {
		t.Errorf("%d scraped, want 41", sum.Tally.Scraped())
	}
	for _, w := range []*witness{own, other} {
		if n := len(w.saw("GET /robots.txt")); n != 1 {
			t.Errorf("robots.txt was asked for %d times", n)
		}
		for _, path := range []string{"GET /private/hop", "GET /private/away", "GET /private/1", "GET /%70"} {
			if asked := w.saw(path); len(asked) > 0 {
				t.Errorf("asked for: %s", asked[0].line)
			}
		}
		if first := w.requests()[0].line; first != "GET /robots.txt" {
			t.Errorf("the first request was %s", first)
		}
	}
}

// Each origin has its own robots.txt, and one that is not there allows all.
func TestRobotsThatIsNotThere(t *testing.T) {
	for name, serve := range map[string]http.HandlerFunc{
		"404":           http.NotFound,
		"403":           status(http.StatusForbidden),
		"401":           status(http.StatusUnauthorized),
		"far away":      to(http.StatusFound, "/robots.txt?again"),
		"no http":       to(http.StatusFound, "ftp://127.0.0.2/robots.txt"),
		"nothing in it": text(""),
		"moved nowhere": func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusFound)
			io.WriteString(w, "User-agent: *\nDisallow: /\n")
		},
		"304": status(http.StatusNotModified),
		"to two places": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Location"] = []string{"/a", "/b"}
			w.WriteHeader(http.StatusFound)
		},
		"a page":           text("<html>Disallow: /"),
		"for others":       text("User-agent: other\nDisallow: /\n"),
		"allowed, longest": text("User-agent: *\nDisallow: /\nAllow: /0\nAllow: /1\n"),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{"/robots.txt": serve}))
			if _, sum := run(t, scraper.Options{Procs: 1, Lists: lines(w.urls(2)...)}); sum.Tally.Scraped() != 2 {
				t.Errorf("%d scraped", sum.Tally.Scraped())
			}
			if n := len(w.saw("GET /robots.txt")); name != "far away" && n != 1 || n > 6 {
				t.Errorf("robots.txt was asked for %d times", n)
			}
		})
	}
}

// A robots.txt that the server fails to give forbids all, for now; a host that
// cannot be asked has no robots.txt to blame.
func TestRobotsThatCannotBeHad(t *testing.T) {
	failing := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{"/robots.txt": status(http.StatusInternalServerError)}))
	hanging := newWitness(t, "127.0.0.3", paths(map[string]http.HandlerFunc{"/robots.txt": func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }}))
	silent := "http://" + refusingAddress(t)
	noName := "http://" + strings.Repeat("long", 16) + ".invalid"
	c, _ := run(t, scraper.Options{Procs: 2, Retry: 1, Timeout: 500 * time.Millisecond, Lists: lines(
		failing.URL+"/1", failing.URL+"/2", hanging.URL+"/1", silent+"/1", silent+"/2", noName+"/1",
	)})
	got := c.byInput()
	for url, want := range map[string]struct {
		kind      results.Kind
		message   string // its beginning
		retryable bool
		attempts  int
	}{
		failing.URL + "/1": {results.Robots, "robots.txt: 500 Internal Server Error", true, 2},
		failing.URL + "/2": {results.Robots, "robots.txt: 500 Internal Server Error", true, 2},
		hanging.URL + "/1": {results.Timeout, "robots.txt: timed out after 500ms waiting for the first byte", true, 2},
		silent + "/1":      {results.Connect, "connection refused", true, 2},
		silent + "/2":      {results.Connect, "connection refused", true, 2},
		noName + "/1":      {results.DNS, "", false, 1},
	} {
		f := got[url]
		if kind(f) != want.kind || !strings.HasPrefix(f.Error.Message, want.message) || f.Error.Retryable != want.retryable || f.Attempts != want.attempts {
			t.Errorf("%s: %+v after %d attempts, want %+v", url, f.Error, f.Attempts, want)
		}
	}
	for _, w := range []*witness{failing, hanging} {
		if asked := w.requests(); len(asked) != 2 || len(w.saw("GET /robots.txt")) != 2 {
			t.Errorf("%d requests, %d for robots.txt; want 2", len(asked), len(w.saw("GET /robots.txt")))
		}
	}
}

func TestNoRobots(t *testing.T) {
	w := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{"/robots.txt": text("User-agent: *\nDisallow: /\n")}))
	_, sum := run(t, scraper.Options{Procs: 2, Hosts: scraper.Hosts{NoRobots: true}, Lists: lines(w.urls(3)...)})
	if sum.Tally.Scraped() != 3 || len(w.saw("GET /robots.txt")) != 0 {
		t.Errorf("%d scraped, robots.txt asked for: %v", sum.Tally.Scraped(), w.saw("GET /robots.txt"))
	}
}

// tolerance is by how much a server can see two requests closer to each other
// than they were sent.
const tolerance = 60 * time.Millisecond

// gaps checks that requests are apart, each from the one before, and all
// together.
func gaps(t *testing.T, asked []request, least time.Duration) {
	t.Helper()
	for i := 1; i < len(asked); i++ {
		if gap := asked[i].at.Sub(asked[i-1].at); gap < least-tolerance {
			t.Errorf("%s came %v after %s, want %v", asked[i].line, gap, asked[i-1].line, least)
		}
	}
	if n := len(asked) - 1; n > 0 {
		if whole := asked[n].at.Sub(asked[0].at); whole < time.Duration(n)*least-tolerance {
			t.Errorf("%d requests came within %v, want %v", n+1, whole, time.Duration(n)*least)
		}
	}
}

// The delay holds over all workers, also for robots.txt, retries and redirects.
func TestHostDelay(t *testing.T) {
	const delay = 100 * time.Millisecond
	for name, hosts := range map[string]scraper.Hosts{
		"delay":       {Delay: delay, NoRobots: true},
		"with robots": {Delay: delay},
		"crawl delay": {MaxCrawlDelay: delay},
		"rate":        {Rate: 10, NoRobots: true},
		"jitter":      {Delay: delay, Jitter: 0.5},
	} {
		t.Run(name, func(t *testing.T) {
			failed := false
			w := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{
				"/robots.txt": text("User-agent: *\nCrawl-delay: 60\n"),
				"/0":          to(http.StatusFound, "/elsewhere"),
				"/1": func(w http.ResponseWriter, r *http.Request) {
					if !failed { // no two requests come at once
						failed = true
						w.WriteHeader(http.StatusInternalServerError)
					}
				},
			}))
			if hosts.MaxCrawlDelay == 0 {
				hosts.MaxCrawlDelay = time.Millisecond
			}
			_, sum := run(t, scraper.Options{Procs: 3, Hosts: hosts, Lists: lines(w.urls(6)...)})
			asked := w.requests()
			if hosts.MaxCrawlDelay == delay {
				asked = asked[1:] // what is asked for before it is known
			}
			if sum.Tally.Scraped() != 6 || len(asked) < 8 {
				t.Errorf("%d scraped with %d requests", sum.Tally.Scraped(), len(asked))
			}
			gaps(t, asked, delay)
		})
	}
}

// Who asks for a rest gets it, for all that is his.
func TestRetryAfter(t *testing.T) {
	for _, code := range []int{http.StatusTooManyRequests, http.StatusServiceUnavailable} {
		var own *witness
		own = newWitness(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
			if len(own.requests()) == 1 {
				status(code, "Retry-After", "1")(w, r)
				return
			}
			servePage(w, r)
		})
		c, sum := run(t, scraper.Options{Procs: 3, Hosts: scraper.Hosts{Concurrency: 1, NoRobots: true}, Lists: lines(own.urls(5)...)})
		asked := own.requests()
		if sum.Tally.Scraped() != 5 || len(asked) != 6 {
			t.Fatalf("%d: %d scraped with %d requests", code, sum.Tally.Scraped(), len(asked))
		}
		if rest := asked[1].at.Sub(asked[0].at); rest < time.Second {
			t.Errorf("%d: asked again after %v, want a second", code, rest)
		}
		if first := c.byInput()[own.URL+"/0"]; first.Attempts != 2 {
			t.Errorf("%d: %d attempts", code, first.Attempts)
		}
	}
}

// Who asks for too long a rest is left alone; where none is waited for, that is any.
func TestRetryAfterTooLong(t *testing.T) {
	for after, most := range map[string]time.Duration{"3600": 10 * time.Second, "1": scraper.NoRetryAfter} {
		w := newWitness(t, "127.0.0.2", status(http.StatusTooManyRequests, "Retry-After", after))
		c, _ := run(t, scraper.Options{Procs: 3, Hosts: scraper.Hosts{Concurrency: 1, NoRobots: true, MaxRetryAfter: most}, Lists: lines(w.urls(20)...)})
		for _, f := range c.records {
			first := f.URL == w.URL+"/0"
			if kind(f) != results.HTTPStatus || !f.Error.Retryable || !strings.HasPrefix(f.Error.Message, "429 Too Many Requests") {
				t.Errorf("%s: %+v", f.URL, f.Error)
			}
			if want := map[bool]int{true: 1}[first]; f.Attempts != want {
				t.Errorf("%s: %d attempts, want %d", f.URL, f.Attempts, want)
			}
		}
		if n := len(w.requests()); n != 1 {
			t.Errorf("%d requests, want one", n)
		}
	}
}

// A dead host costs as many attempts as it takes to know that it is dead.
func TestHostGivenUp(t *testing.T) {
	const giveUp, slots = 6, 4
	dead := refusingAddress(t)
	alive := newWitness(t, "127.0.0.2", servePage)
	var urls []string
	for i := range 100 {
		urls = append(urls, fmt.Sprintf("http://%s/%d", dead, i))
	}
	c, sum := run(t, scraper.Options{Procs: 3, Hosts: scraper.Hosts{GiveUp: giveUp, Concurrency: slots, NoRobots: true}, Lists: lines(append(urls, alive.urls(10)...)...)})
	attempts, given := 0, 0
	for _, f := range c.records {
		if strings.HasPrefix(f.URL, alive.URL) {
			continue
		}
		attempts += f.Attempts
		switch kind(f) {
		case results.HostGivenUp:
			given++
			if !f.Error.Retryable || !strings.HasSuffix(f.Error.Message, " failures in a row, the last: connect: connection refused") {
				t.Errorf("%s: %+v", f.URL, f.Error)
			}
		case results.Connect:
		default:
			t.Errorf("%s: %+v", f.URL, f.Error)
		}
	}
	if attempts < giveUp || attempts > giveUp+slots || given < 100-attempts {
		t.Errorf("%d attempts, %d given up", attempts, given)
	}
	if sum.Tally.Scraped() != 10 {
		t.Errorf("%d of 10 scraped at the other host", sum.Tally.Scraped())
	}
}

// Two names for one machine share what it may be asked at once, if that is
// wanted.
func TestPerIP(t *testing.T) {
	for perIP, want := range map[bool]int{true: 2, false: 4} {
		meet := make(chan struct{})
		var w *witness
		w = newWitness(t, "127.0.0.2", func(out http.ResponseWriter, r *http.Request) {
			if !perIP {
				// Four at once come only if they wait for each other.
				if n := len(w.requests()); n == want {
					close(meet)
				}
				<-meet
			}
			servePage(out, r)
		})
		ap := netip.MustParseAddrPort(w.Listener.Addr().String())
		var network scraper.Network
		var urls []string
		for _, name := range []string{"a.example", "b.example"} {
			network.Resolve = append(network.Resolve, scraper.Override{Host: name, Port: ap.Port(), Addrs: []netip.Addr{ap.Addr()}})
			for i := range 20 {
				urls = append(urls, fmt.Sprintf("http://%s:%d/%d", name, ap.Port(), i))
			}
		}
		_, sum := run(t, scraper.Options{Procs: 3, Network: network, Hosts: scraper.Hosts{PerIP: perIP, Concurrency: 2, NoRobots: true}, Lists: lines(urls...)})
		if sum.Tally.Scraped() != 40 || w.most > want || !perIP && w.most != want {
			t.Errorf("per IP %v: %d scraped, %d at once, want %d", perIP, sum.Tally.Scraped(), w.most, want)
		}
	}
}

// Connections are kept, through scheduling, pool and workers.
func TestConnectionsAreReused(t *testing.T) {
	const pages = 600
	w := newWitness(t, "127.0.0.2", servePage)
	_, sum := run(t, scraper.Options{Procs: 3, Lists: lines(w.urls(pages)...)})
	if sum.Tally.Scraped() != pages || w.conns > pages/20 {
		t.Errorf("%d scraped over %d connections, want at most %d", sum.Tally.Scraped(), w.conns, pages/20)
	}
}

// A slow host holds nobody up, though its lines come first.
func TestSlowHostHoldsNobodyUp(t *testing.T) {
	release := make(chan struct{})
	slow := newWitness(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		<-release
		servePage(w, r)
	})
	quick := newWitness(t, "127.0.0.3", servePage)
	done := 0
	_, sum := run(t, scraper.Options{
		Procs: 2, Concurrency: 6, Hosts: scraper.Hosts{Concurrency: 3, NoRobots: true},
		Lists: lines(append(slow.urls(50), quick.urls(50)...)...),
		Observe: func(*results.Record) {
			if done++; done == 50 { // all of the quick one's: the other has answered none
				close(release)
			}
		},
	})
	if sum.Tally.Scraped() != 100 || slow.most > 3 {
		t.Errorf("%d scraped, %d at once", sum.Tally.Scraped(), slow.most)
	}
}

// A host that may be asked for more at once than there are slots holds nobody up
// either, nor does one whose requests come at their own time: what waits for it is
// never all that is in flight.
func TestSlowHostLeavesSlots(t *testing.T) {
	const hosts, pages, delay = 10, 10, 10 * time.Millisecond
	for name, o := range map[string]scraper.Hosts{
		"no delay":    {NoRobots: true},
		"delay":       {Delay: delay, NoRobots: true},
		"crawl delay": {MaxCrawlDelay: delay},
	} {
		t.Run(name, func(t *testing.T) {
			release := make(chan struct{})
			robots := text("User-agent: *\nCrawl-delay: 1\n")
			slow := newWitness(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/robots.txt" {
					robots(w, r)
					return
				}
				<-release
				servePage(w, r)
			})
			quick := newWitness(t, "127.0.0.3", paths(map[string]http.HandlerFunc{"/robots.txt": robots}))
			at := netip.MustParseAddrPort(quick.Listener.Addr().String())
			var network scraper.Network
			all := slow.urls(20)
			for i := range hosts {
				name := fmt.Sprintf("quick%d.example", i)
				network.Resolve = append(network.Resolve, scraper.Override{Host: name, Port: at.Port(), Addrs: []netip.Addr{at.Addr()}})
				for n := range pages {
					all = append(all, fmt.Sprintf("http://%s:%d/%d", name, at.Port(), n))
				}
			}
			done, before := 0, 0
			_, sum := run(t, scraper.Options{
				Procs: 2, Concurrency: 4, Timeout: 20 * time.Second, Retry: scraper.NoRetry, Hosts: o, Network: network,
				Lists: lines(all...),
				Observe: func(*results.Record) {
					if done++; done == hosts*pages { // all of the quick ones'
						before = len(slow.requests()) - len(slow.saw("GET /robots.txt"))
						close(release)
					}
				},
			})
			if sum.Tally.Scraped() != int64(len(all)) || before > 2 {
				t.Errorf("%d of %d scraped; %d requests to the slow host before the last answer of others", sum.Tally.Scraped(), len(all), before)
			}
		})
	}
}

// A host that is slow, with more lines than there is memory for, costs neither
// other hosts their turn nor any line its request.
func TestMoreLinesThanFitInMemory(t *testing.T) {
	const n, size = 1500, 16 << 10 // three times the window
	release := make(chan struct{})
	slow := newWitness(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		<-release
		fmt.Fprintf(w, "<title>%s %s</title>", r.Header.Get("X-Number"), r.Method)
	})
	quick := newWitness(t, "127.0.0.3", servePage)
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"url": "%s/%d", "method": "PUT", "headers": {"X-Number": "%d"}, "body": %q, "meta": %d}`, slow.URL, i, i, strings.Repeat("x", size), i))
	}
	c := &collector{}
	sum, err := scraper.Run(t.Context(), scraper.Options{
		Procs: 2, Hosts: noRobots, Lists: lines(append(all, quick.URL+"/")...), Sinks: []results.Sink{c}, Tell: func(e scraper.Event) { t.Log(e) },
		Observe: func(*results.Record) {
			if len(c.records) == 1 { // of the quick one: it stands behind all others
				close(release)
			}
		},
	})
	if err != nil || sum.Tally.Scraped() != n+1 || len(slow.requests()) != n {
		t.Fatalf("%d scraped with %d requests, %v", sum.Tally.Scraped(), len(slow.requests()), err)
	}
	if c.records[0].URL != quick.URL+"/" {
		t.Errorf("the first record is of %s", c.records[0].URL)
	}
	for _, f := range c.records[1:] {
		if number := strings.TrimPrefix(f.URL, slow.URL+"/"); f.Title != number+" PUT" || string(f.Meta) != number {
			t.Errorf("%s: title %q, meta %s", f.URL, f.Title, f.Meta)
		}
	}
	for _, r := range slow.requests() {
		if len(r.body) != size {
			t.Errorf("%s: a body of %d bytes", r.line, len(r.body))
		}
	}
}

// A disk that takes nothing costs no line its record, and is told once.
func TestWithoutDisk(t *testing.T) {
	const n, size = 700, 16 << 10 // more than the window
	missing := filepath.Join(t.TempDir(), "missing")
	t.Setenv("TMPDIR", missing)
	told := make(chan string, 2)
	release := make(chan struct{})
	slow := newWitness(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
		<-release
		servePage(w, r)
	})
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`{"url": "%s/%d", "method": "PUT", "body": %q}`, slow.URL, i, strings.Repeat("x", size)))
	}
	_, sum := run(t, scraper.Options{Procs: 1, Hosts: noRobots, Lists: lines(all...), Tell: func(e scraper.Event) {
		if e.Kind == scraper.EventShortOfDisk {
			told <- e.String()
			close(release)
		}
	}})
	if sum.Tally.Scraped() != n {
		t.Errorf("%d of %d scraped", sum.Tally.Scraped(), n)
	}
	if text := <-told; !strings.HasPrefix(text, missing+": no such file or directory: ") || !strings.Contains(text, "TMPDIR") {
		t.Errorf("told: %s", text)
	}
}

// Where private addresses are refused not even a robots.txt is asked for.
func TestDenyPrivate(t *testing.T) {
	w := newWitness(t, "127.0.0.2", servePage)
	ap := netip.MustParseAddrPort(w.Listener.Addr().String())
	named := fmt.Sprintf("http://a.example:%d/", ap.Port())
	c, _ := run(t, scraper.Options{
		Procs: 1, Lists: lines(w.URL+"/", named, fmt.Sprintf("http://[::ffff:127.0.0.2]:%d/", ap.Port()), fmt.Sprintf("http://2130706434:%d/", ap.Port())),
		Network: scraper.Network{DenyPrivate: true, Resolve: []scraper.Override{{Host: "a.example", Port: ap.Port(), Addrs: []netip.Addr{ap.Addr()}}}},
	})
	for _, f := range c.records {
		// The last line names the first one's URL in another way.
		if want := map[int64]results.Kind{4: results.Duplicate}[f.Seq]; want != results.None && kind(f) != want || want == results.None && kind(f) != results.BlockedAddress {
			t.Errorf("%s: %+v", f.URL, f.Error)
		}
	}
	if asked := w.requests(); len(asked) > 0 || w.conns > 0 {
		t.Errorf("%d requests over %d connections", len(asked), w.conns)
	}
}

// A robots.txt can stand elsewhere, also on another host, whose own rules are not
// asked for that.
func TestRobotsElsewhere(t *testing.T) {
	other := newWitness(t, "127.0.0.3", paths(map[string]http.HandlerFunc{"/rules": text("User-agent: *\nDisallow: /1\n")}))
	own := newWitness(t, "127.0.0.2", paths(map[string]http.HandlerFunc{
		"/robots.txt": to(http.StatusMovedPermanently, "/here"),
		"/here":       to(http.StatusFound, other.URL+"/rules"),
	}))
	c, sum := run(t, scraper.Options{Procs: 2, Lists: lines(own.urls(3)...)})
	if f := c.byInput()[own.URL+"/1"]; sum.Tally.Scraped() != 2 || kind(f) != results.Robots || f.Error.Message != "robots.txt, line 2: Disallow: /1" {
		t.Errorf("%d scraped, %+v", sum.Tally.Scraped(), f.Error)
	}
	if len(own.requests()) != 4 || len(other.requests()) != 1 || len(own.saw("GET /1")) != 0 {
		t.Errorf("%v, %v", own.requests(), other.requests())
	}
}

// A run whose time is over, or that is drained, waits for nobody's turn.
func TestTheEndWaitsForNoTurn(t *testing.T) {
	for name, hosts := range map[string]scraper.Hosts{
		"delay":  {Delay: time.Hour, NoRobots: true},
		"robots": {Delay: time.Hour},
		"rate":   {Rate: 1. / 3600, NoRobots: true},
		"rest":   {NoRobots: true, Concurrency: 1, MaxRetryAfter: 2 * time.Hour},
	} {
		for _, limited := range []bool{true, false} {
			w := newWitness(t, "127.0.0.2", servePage)
			if name == "rest" {
				w.Config.Handler = status(http.StatusServiceUnavailable, "Retry-After", "3600")
			}
			drain := make(chan struct{})
			o := scraper.Options{Procs: 1, Hosts: hosts, Lists: lines(w.urls(3)...), Drain: drain}
			if limited {
				o.MaxTime = 300 * time.Millisecond
			} else {
				timer := time.AfterFunc(300*time.Millisecond, func() { close(drain) })
				defer timer.Stop()
			}
			sum, err := scraper.Run(t.Context(), o)
			if err != nil || sum.Limited != limited || sum.Drained == limited || sum.Unfinished == 0 || sum.Unfinished+sum.Tally.Total() != sum.Read {
				t.Errorf("%s: %+v, %v", name, sum, err)
			}
		}
	}
}

// A host that does one thing at a time is asked for little more at once, though it
// may be asked for sixteen.
func TestAdaptive(t *testing.T) {
	for _, adaptive := range []bool{false, true} {
		t.Run(fmt.Sprint(adaptive), func(t *testing.T) {
			const pages, most = 400, 16
			var alone sync.Mutex
			var served, there, sum atomic.Int64 // sum of those there, in the second half
			w := newWitness(t, "127.0.0.2", func(w http.ResponseWriter, r *http.Request) {
				n := there.Add(1)
				defer there.Add(-1)
				alone.Lock()
				defer alone.Unlock()
				if served.Add(1) > pages/2 {
					sum.Add(n)
				}
				time.Sleep(4 * time.Millisecond) // what it takes
				servePage(w, r)
			})
			_, s := run(t, scraper.Options{Procs: 2, Hosts: scraper.Hosts{Concurrency: most, Adaptive: adaptive, NoRobots: true}, Lists: lines(w.urls(pages)...)})
			if s.Tally.Scraped() != pages {
				t.Errorf("%d scraped", s.Tally.Scraped())
			}
			if mean := sum.Load() / (pages / 2); adaptive != (mean <= most/2) {
				t.Errorf("%d requests at once on average, of %d", mean, most)
			}
		})
	}
}
