package command

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"scrape/scraper"
	"scrape/scraper/fetch"
)

// asked runs the main command with its pipeline replaced, and returns what that
// was asked for, but for what every run has.
func asked(t *testing.T, environment map[string]string, args ...string) (o scraper.Options, verbose bool) {
	t.Helper()
	null, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	stderr, err := os.Create(filepath.Join(t.TempDir(), "stderr"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close()
	said := func() string {
		text, err := os.ReadFile(stderr.Name())
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	runs := 0
	p := newProgram(Env{null, null, stderr, func(name string) (string, bool) {
		value, ok := environment[name]
		return value, ok
	}, func() []string { return nil }}, func(_ context.Context, asked scraper.Options) (scraper.Summary, error) {
		o = asked
		runs++
		return scraper.Summary{Ended: true}, nil
	})
	if err := p.dispatch(t.Context(), append(args, "http://127.0.0.1:1/")); err != nil || runs != 1 || p.code != exitOK {
		t.Fatalf("scrape %q: %d runs, exit %d, %v", args, runs, p.code, err)
	}
	if len(o.Lists) != 1 || len(o.Sinks) != 1 || o.Drain == nil {
		t.Errorf("scrape %q: %+v", args, o)
	}
	o.Tell(scraper.Event{Kind: scraper.EventWorkerReady, Text: "a worker"})
	verbose = strings.Contains(said(), "scrape: a worker\n")
	o.Tell(scraper.Event{Kind: scraper.EventShortOfDisk, Text: "no space"})
	if !strings.Contains(said(), "scrape: no space\n") {
		t.Errorf("scrape %q: nobody is told that there is no space: %s", args, said())
	}
	o.Lists, o.Sinks, o.Drain, o.Tell, o.Monitor = nil, nil, nil, nil, nil
	return o, verbose
}

func request(r scraper.Request) scraper.Options { return scraper.Options{Request: r} }
func hosts(h scraper.Hosts) scraper.Options     { return scraper.Options{Hosts: h} }
func network(n scraper.Network) scraper.Options { return scraper.Options{Network: n} }

// Each flag, and each variable, is one field of the options.
func TestFlagsAreOptions(t *testing.T) {
	for _, test := range []struct {
		flag, value string
		want        scraper.Options
	}{
		{"procs", "3", scraper.Options{Procs: 3}},
		{"concurrency", "7", scraper.Options{Concurrency: 7}},
		{"host-concurrency", "5", scraper.Options{Hosts: scraper.Hosts{Concurrency: 5}}},
		{"timeout", "4", scraper.Options{Timeout: 4 * time.Second}},
		{"timeout", "150ms", scraper.Options{Timeout: 150 * time.Millisecond}},
		{"retry", "9", scraper.Options{Retry: 9}},
		{"retry", "0", scraper.Options{Retry: scraper.NoRetry}},
		{"user-agent", "ours/1", scraper.Options{Request: scraper.Request{UserAgent: "ours/1"}}},
		{"header", "x-a: b, c", scraper.Options{Request: scraper.Request{Header: http.Header{"X-A": {"b, c"}}}}},
		{"header", "User-Agent: ours/1", scraper.Options{Request: scraper.Request{UserAgent: "ours/1"}}},
		{"max-filesize", "3k", scraper.Options{MaxBody: 3 << 10}},
		{"no-robots", "true", scraper.Options{Hosts: scraper.Hosts{NoRobots: true}}},
		{"extract", "none", scraper.Options{Extract: scraper.Extract{Extract: []string{"none"}}}},
		{"extract", "title", scraper.Options{Extract: scraper.Extract{Extract: []string{"title"}}}},
		{"no-dedupe", "true", scraper.Options{NoDedupe: true}},
		{"no-dedupe", "false", scraper.Options{}},

		{"request", "put", request(scraper.Request{Method: "PUT"})},
		{"data", "a=b", request(scraper.Request{Body: []byte("a=b")})},
		{"referer", "http://from.example/", request(scraper.Request{Header: http.Header{"Referer": {"http://from.example/"}}})},
		{"compressed", "no", request(scraper.Request{NoCompression: true})},
		{"compressed", "Yes", scraper.Options{}},
		{"user", "name:pass:word", request(scraper.Request{Login: "name:pass:word"})},
		{"user", "name:", request(scraper.Request{Login: "name:"})},
		{"max-redirs", "3", scraper.Options{MaxRedirects: 3}},
		{"max-redirs", "0", scraper.Options{MaxRedirects: scraper.NoRedirects}},
		{"meta-refresh", "on", scraper.Options{MetaRefresh: true}},
		{"retry-all", "true", scraper.Options{RetryAll: true}},

		{"host-delay", "1.5", hosts(scraper.Hosts{Delay: 1500 * time.Millisecond})},
		{"jitter", "30%", hosts(scraper.Hosts{Jitter: 0.3})},
		{"rate", "120/m", hosts(scraper.Hosts{Rate: 2})},
		{"per-ip", "true", hosts(scraper.Hosts{PerIP: true})},
		{"adaptive", "true", hosts(scraper.Hosts{Adaptive: true})},
		{"max-retry-after", "2m", hosts(scraper.Hosts{MaxRetryAfter: 2 * time.Minute})},
		{"max-retry-after", "0", hosts(scraper.Hosts{MaxRetryAfter: scraper.NoRetryAfter})},
		{"max-retry-after", "0s", hosts(scraper.Hosts{MaxRetryAfter: scraper.NoRetryAfter})},
		{"host-give-up", "4", hosts(scraper.Hosts{GiveUp: 4})},
		{"host-give-up", "0", hosts(scraper.Hosts{GiveUp: scraper.NeverGiveUp})},
		{"max-crawl-delay", "3s", hosts(scraper.Hosts{MaxCrawlDelay: 3 * time.Second})},

		{"url-timeout", "1m", scraper.Options{URLTimeout: time.Minute}},
		{"max-time", "1h", scraper.Options{MaxTime: time.Hour}},
		{"speed-limit", "2k", scraper.Options{SpeedLimit: 2 << 10}},
		{"speed-time", "5", scraper.Options{SpeedTime: 5 * time.Second}},

		{"connect-timeout", "2", network(scraper.Network{ConnectTimeout: 2 * time.Second})},
		{"proxy", "socks5h://u:p@127.0.0.1:9", network(scraper.Network{Proxies: fetch.Proxies{HTTP: "socks5h://u:p@127.0.0.1:9", HTTPS: "socks5h://u:p@127.0.0.1:9"}})},
		{"dns-server", "127.0.0.1:53", network(scraper.Network{DNSServer: "127.0.0.1:53"})},
		{"resolve", "A.example:80:127.0.0.2,[::1]", network(scraper.Network{Resolve: []scraper.Override{
			{Host: "a.example", Port: 80, Addrs: []netip.Addr{netip.MustParseAddr("127.0.0.2"), netip.IPv6Loopback()}},
		}})},
		{"insecure", "true", network(scraper.Network{Insecure: true})},
		{"http1.1", "true", network(scraper.Network{HTTP1: true})},
		{"deny-private", "true", network(scraper.Network{DenyPrivate: true})},
	} {
		f := findFlag(func(f *flagSpec) bool { return f.name == test.flag })
		variable := map[string]string{f.env(): test.value}
		if got, _ := asked(t, variable); !reflect.DeepEqual(got, test.want) {
			t.Errorf("%v: %+v, want %+v", variable, got, test.want)
		}
		ways := [][]string{{"--" + test.flag + "=" + test.value}}
		if f.value != "" {
			ways = append(ways, []string{"--" + test.flag, test.value})
		}
		if f.value == "" && test.value == "true" {
			ways = append(ways, []string{"--" + test.flag})
			if f.short != "" {
				ways = append(ways, []string{"-" + f.short})
			}
		}
		if f.value != "" && f.short != "" {
			ways = append(ways, []string{"-" + f.short + test.value}, []string{"-" + f.short, test.value})
		}
		for _, args := range ways {
			if got, _ := asked(t, nil, args...); !reflect.DeepEqual(got, test.want) {
				t.Errorf("scrape %q: %+v, want %+v", args, got, test.want)
			}
		}
	}

	all, _ := asked(t, map[string]string{"SCRAPE_PROCS": "2", "SCRAPE_TIMEOUT": "1s", "SCRAPE_RETRY": ""},
		"-p3", "-c7", "-p4", "-H", "A: b", "-H", "A: c", "-H", "D: e")
	want := scraper.Options{Procs: 4, Concurrency: 7, Timeout: time.Second, Request: scraper.Request{Header: http.Header{"A": {"b", "c"}, "D": {"e"}}}}
	if !reflect.DeepEqual(all, want) {
		t.Errorf("together: %+v, want %+v", all, want)
	}
	for want, args := range map[bool][]string{true: {"-v"}, false: {}} {
		if _, verbose := asked(t, nil, args...); verbose != want {
			t.Errorf("scrape %q: verbose %v", args, verbose)
		}
	}
	if _, verbose := asked(t, map[string]string{"SCRAPE_VERBOSE": "1"}); !verbose {
		t.Error("SCRAPE_VERBOSE=1 has no effect")
	}
}

// What is said of ourselves arrives at the server, through coordinator and
// worker.
func TestWhatAServerIsTold(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "<title>%s, %s</title>", r.UserAgent(), r.Header["X-A"])
	}))
	defer s.Close()
	for want, args := range map[string][]string{
		"ours/1, [b c]":                       {"-A", "ours/1", "-H", "X-A: b", "-H", "x-a: c"},
		scraper.DefaultUserAgent + ", []":     nil,
		scraper.DefaultUserAgent + ", [b, c]": {"-H", "X-A: b, c"},
	} {
		stdout, stderr, code := call(t, nil, append(args, "-j", "-p1", s.URL+"/")...)
		if code != exitOK || !strings.Contains(stdout, `"title":"`+want+`"`) {
			t.Errorf("scrape %q: exit %d: %s%s", args, code, stdout, stderr)
		}
	}
}
