package metrics

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper"
)

func snapshot() *scraper.Snapshot {
	s := &scraper.Snapshot{
		Started: time.Unix(1_800_000_000, 500_000_000), Read: 9, Skipped: 1, Retries: 2, Deaths: 3, Received: 1 << 40,
		Hosts: 4, Waiting: 5, InFlight: 6,
		Workers: []scraper.WorkerState{{Resident: 1 << 20}, {Resident: 2 << 20}},
	}
	s.Tally.Count(results.None, 7)
	s.Tally.Count(results.DNS, 2)
	s.Tally.Count(results.Duplicate, 1)
	s.Durations.Counts[0], s.Durations.Counts[3], s.Durations.Counts[len(scraper.DurationBounds)] = 1, 2, 1
	s.Durations.Sum = 90 * time.Second
	return s
}

// family is the text of one metric.
func family(t *testing.T, text []byte, name string) string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^# HELP ` + name + ` .*\n(# TYPE ` + name + ` .*\n(?:[^#].*\n)+)`).FindSubmatch(text)
	if m == nil {
		t.Fatalf("no %s in\n%s", name, text)
	}
	return string(m[1])
}

func TestText(t *testing.T) {
	text := Text(snapshot(), "a \"b\"\\c\n", &End{Code: 1, At: time.Unix(1_800_000_010, 0)})
	for name, want := range map[string]string{
		"scrape_build_info":                    "gauge\nscrape_build_info{version=\"a \\\"b\\\"\\\\c\\n\"} 1\n",
		"scrape_start_time_seconds":            "gauge\nscrape_start_time_seconds 1.8000000005e+09\n",
		"scrape_lines_read_total":              "counter\nscrape_lines_read_total 9\n",
		"scrape_lines_skipped_total":           "counter\nscrape_lines_skipped_total 1\n",
		"scrape_retries_total":                 "counter\nscrape_retries_total 2\n",
		"scrape_worker_deaths_total":           "counter\nscrape_worker_deaths_total 3\n",
		"scrape_bytes_received_total":          "counter\nscrape_bytes_received_total 1.099511627776e+12\n",
		"scrape_requests_in_flight":            "gauge\nscrape_requests_in_flight 6\n",
		"scrape_queue_urls":                    "gauge\nscrape_queue_urls 5\n",
		"scrape_hosts":                         "gauge\nscrape_hosts 4\n",
		"scrape_workers":                       "gauge\nscrape_workers 2\n",
		"scrape_workers_resident_memory_bytes": "gauge\nscrape_workers_resident_memory_bytes 3.145728e+06\n",
		"scrape_last_run_success":              "gauge\nscrape_last_run_success 0\n",
		"scrape_last_run_exit_code":            "gauge\nscrape_last_run_exit_code 1\n",
		"scrape_last_run_timestamp_seconds":    "gauge\nscrape_last_run_timestamp_seconds 1.80000001e+09\n",
		"scrape_last_run_duration_seconds":     "gauge\nscrape_last_run_duration_seconds 9.5\n",
	} {
		if got := family(t, text, name); got != "# TYPE "+name+" "+want {
			t.Errorf("got\n%swant\n%s", got, want)
		}
	}
	urls := family(t, text, "scrape_urls_total")
	for _, want := range []string{
		`{outcome="scraped",kind="none"} 7`, `{outcome="not_scraped",kind="dns"} 2`, `{outcome="not_scraped",kind="duplicate"} 1`,
		`{outcome="not_scraped",kind="worker_lost"} 0`, `{outcome="not_scraped",kind="host_given_up"} 0`,
	} {
		if !strings.Contains(urls, "scrape_urls_total"+want+"\n") {
			t.Errorf("no %s in\n%s", want, urls)
		}
	}
	histogram := family(t, text, "scrape_request_duration_seconds")
	for _, want := range []string{`_bucket{le="0.005"} 1`, `_bucket{le="0.025"} 1`, `_bucket{le="0.05"} 3`, `_bucket{le="2.5"} 3`, `_bucket{le="60"} 3`, `_bucket{le="+Inf"} 4`, "_sum 90", "_count 4"} {
		if !strings.Contains(histogram, "scrape_request_duration_seconds"+want+"\n") {
			t.Errorf("no %s in\n%s", want, histogram)
		}
	}
	if during := Text(snapshot(), "1", nil); bytes.Contains(during, []byte("last_run")) {
		t.Errorf("a run that goes on tells its end:\n%s", during)
	}
	if never := Text(new(scraper.Snapshot), "1", &End{Code: 2, At: time.Now()}); bytes.Contains(never, []byte("duration_seconds 1")) || bytes.Contains(never, []byte("start_time")) {
		t.Errorf("a run that never began tells when it did:\n%s", never)
	}
}

// Every line is as the format asks for, and no name is one that Prometheus gives its
// own series of a target.
func TestFormat(t *testing.T) {
	text := string(Text(snapshot(), "1", &End{At: time.Now()}))
	line := regexp.MustCompile(`^(?:# HELP [a-z_]+ [A-Z].*\.|# TYPE [a-z_]+ (?:counter|gauge|histogram)|([a-z_]+)(?:\{[a-z]+="[^"]*"(?:,[a-z]+="[^"]*")*\})? [0-9.e+-]+)$`)
	own := []string{
		"scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling", "scrape_series_added",
		"scrape_timeout_seconds", "scrape_sample_limit", "scrape_body_size_bytes",
	}
	seen := map[string]bool{}
	for l := range strings.Lines(text) {
		m := line.FindStringSubmatch(strings.TrimSuffix(l, "\n"))
		if m == nil {
			t.Errorf("malformed: %q", l)
		} else if slices.Contains(own, m[1]) {
			t.Errorf("%s is Prometheus's own", m[1])
		}
		if name, is := strings.CutPrefix(l, "# TYPE "); is {
			if seen[name] {
				t.Errorf("%s comes twice", name)
			}
			seen[name] = true
		}
	}
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("no promtool here")
	}
	check := exec.Command(promtool, "check", "metrics")
	check.Stdin = strings.NewReader(text)
	if out, err := check.CombinedOutput(); err != nil || len(out) > 0 {
		t.Errorf("promtool: %v\n%s", err, out)
	}
}

func TestServer(t *testing.T) {
	s, err := Serve("127.0.0.1:0", func() []byte { return []byte("scrape_hosts 1\n") })
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	client := &http.Client{Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	for path, want := range map[string]int{"/metrics": 200, "/": 404, "/metrics/x": 404} {
		resp, err := client.Get("http://" + s.Addr() + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != want {
			t.Errorf("%s: %d, %v", path, resp.StatusCode, err)
		}
		if want == 200 && (string(body) != "scrape_hosts 1\n" || resp.Header.Get("Content-Type") != "text/plain; version=0.0.4; charset=utf-8") {
			t.Errorf("%s: %q, %v", path, body, resp.Header)
		}
	}
	resp, err := client.Post("http://"+s.Addr()+"/metrics", "text/plain", strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("POST: %d", resp.StatusCode)
	}
	if other, err := Serve(s.Addr(), nil); err == nil {
		other.Close()
		t.Error("two servers at one address")
	}
}

func TestFile(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "run.prom")
	if err := CheckFile(name); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"long: " + strings.Repeat("x", 1000), "short"} {
		if err := WriteFile(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(name); err != nil || string(got) != text {
			t.Errorf("%q, %v", got, err)
		}
	}
	plain := filepath.Join(dir, "plain")
	if err := os.WriteFile(plain, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	ours, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := os.Stat(plain)
	if err != nil {
		t.Fatal(err)
	}
	if ours.Mode() != theirs.Mode() {
		t.Errorf("the mode is %v, and that of other new files %v", ours.Mode(), theirs.Mode())
	}
	for _, bad := range []string{filepath.Join(dir, "missing", "run.prom"), dir, os.DevNull} {
		if CheckFile(bad) == nil || WriteFile(bad, nil) == nil {
			t.Errorf("%s can be written", bad)
		}
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}
