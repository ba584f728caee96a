package command

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"scrape/scraper"
	"scrape/scraper/lock"
)

// logged are the entries of a log.
func logged(t *testing.T, name string) (entries []map[string]any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		entry := map[string]any{}
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%s: %q: %v", name, line, err)
		}
		entries = append(entries, entry)
	}
	return entries
}

// messages are what entries say.
func messages(entries []map[string]any) (all []any) {
	for _, e := range entries {
		all = append(all, e["msg"])
	}
	return all
}

// alone starts a command in a session of its own, which has no terminal.
func alone(t *testing.T, args ...string) *started {
	t.Helper()
	cmd := exec.Command("scrape", args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	return start(t, cmd)
}

func TestStateOnSignal(t *testing.T) {
	s := newSite(t)
	p := alone(t, hanging(t, s), "-p1", "-c", "5", "--no-robots", "--host-concurrency", "3")
	<-s.hung
	p.Process.Signal(syscall.SIGUSR1)
	host := regexp.QuoteMeta(strings.TrimPrefix(s.URL, "http://"))
	for _, line := range []string{
		`^scrape: after \S+: 4 lines read, \d scraped, 0 not scraped, 0 duplicates; \d in flight, \d waiting, 1 host known\n$`,
		`^scrape: host ` + host + `: \d in flight of 3, \d waiting\n$`,
	} {
		if !p.stderr.Scan() || !regexp.MustCompile(line).MatchString(p.stderr.Text()) {
			t.Errorf("it says %q, not %s", p.stderr.Text(), line)
		}
	}
	p.says(t, "/hang/1")
	if got := p.stderr.Text(); !regexp.MustCompile(`^scrape: in flight for \S+: http://` + host + `/hang/1\n$`).MatchString(got) {
		t.Errorf("it says %q", got)
	}
	p.says(t, "worker ")
	if got := p.stderr.Text(); !regexp.MustCompile(`^scrape: worker \d+: \d in flight of 5, 0 at hand, \d done, (\d+ MiB, )?up for \S+\n$`).MatchString(got) {
		t.Errorf("it says %q", got)
	}
	s.release() // being asked has not changed how the run ends
	if code := p.end(t); code != exitOK {
		t.Errorf("exit %d; stderr:\n%s", code, p.said.String())
	}
	if got := strings.Count(p.stdout.String(), " Scraped\n"); got != 4 {
		t.Errorf("%d records, want 4:\n%s", got, p.stdout.String())
	}
}

// The state stands above the bar.
func TestStateBesideTheBar(t *testing.T) {
	s := newSite(t)
	x := onTerminal(t, 120, exec.Command("scrape", hanging(t, s), "-p1", "--progress", "always", "-o", filepath.Join(t.TempDir(), "out.jsonl")))
	<-s.hung
	x.until(t, `/4: `)
	x.Process.Signal(syscall.SIGUSR1)
	x.until(t, `\r\x1b\[Kscrape: after [^\r]+\r\n(scrape: [^\r]+\r\n)+.*/4: `)
	s.release()
	if code := x.end(t); code != exitOK {
		t.Errorf("exit %d:\n%s", code, x.seen.String())
	}
}

func TestStateText(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	if got := snapshotText(new(scraper.Snapshot), now); got != "the run has not begun" {
		t.Errorf("%q", got)
	}
	got := snapshotText(&scraper.Snapshot{
		Started: now.Add(-90 * time.Second), Read: 12_345, InFlight: 2, Waiting: 10_000, Hosts: 2,
		Busiest: []scraper.HostState{
			{Host: "a.example", InFlight: 2, Waiting: 3, Slots: 8, Delay: 2 * time.Second, Rest: 30 * time.Second},
			{Host: "b.example", Waiting: 1, Refused: "given up after 25 failures in a row, the last: connect: no"},
		},
		Slowest: []scraper.Flight{{Task: "http://a.example/1", Age: 12 * time.Second}},
		Workers: []scraper.WorkerState{{Pid: 7, Slots: 32, InFlight: 2, Ahead: 1, Answered: 1234, Started: now.Add(-time.Minute), Resident: 64 << 20}},
	}, now)
	want := `after 1m30s: 12,345 lines read, 0 scraped, 0 not scraped, 0 duplicates; 2 in flight, 10,000 waiting, 2 hosts known
host a.example: 2 in flight of 8, 3 waiting, delay 2s, rests for another 30s
host b.example: 0 in flight of 0, 1 waiting, refused: given up after 25 failures in a row, the last: connect: no
in flight for 12s: http://a.example/1
worker 7: 2 in flight of 32, 1 at hand, 1,234 done, 64 MiB, up for 1m0s
`
	if got != want {
		t.Errorf("got\n%swant\n%s", got, want)
	}
}

// Without a terminal SIGHUP is a log rotator's.
func TestHangupReopensTheLog(t *testing.T) {
	s := newSite(t)
	name := filepath.Join(t.TempDir(), "run.log")
	p := alone(t, hanging(t, s), "-p1", "--log", name, "--log-level", "debug", "--metrics", "127.0.0.1:0", "-v")
	<-s.hung
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	p.Process.Signal(syscall.SIGHUP)
	awaitEntry(t, name)
	p.Process.Signal(syscall.SIGTERM)
	p.says(t, "scrape: terminated: no new URL is started")
	s.release()
	if code := p.end(t); code != 143 {
		t.Errorf("exit %d; stderr:\n%s", code, p.said.String())
	}
	if got := strings.Count(p.stdout.String(), " Scraped\n"); got != 4 {
		t.Errorf("%d records, want 4:\n%s", got, p.stdout.String())
	}
	before, after := logged(t, name+".1"), logged(t, name)
	if got := messages(before); !slices.Equal(got, []any{"run begins", "worker is ready"}) {
		t.Errorf("before: %q", got)
	}
	if got := messages(after); !slices.Equal(got, []any{"signal", "signal", "run ends"}) {
		t.Fatalf("after: %q", got)
	}
	if after[0]["effect"] != "the log was opened anew" || after[1]["signal"] != "terminated" || after[2]["exit_code"] != 143.0 || after[2]["scraped"] != 4.0 {
		t.Errorf("after: %v", after)
	}
	if before[0]["lists"] == nil || !slices.Equal(before[0]["outputs"].([]any), []any{"stdout"}) || before[0]["pid"] != float64(p.Process.Pid) {
		t.Errorf("the first entry: %v", before[0])
	}
}

// It is so as well while the run waits for another to let go of its output.
func TestHangupReopensTheLogOfAWaitingRun(t *testing.T) {
	s := newSite(t)
	dir := t.TempDir()
	name, out := filepath.Join(dir, "run.log"), filepath.Join(dir, "out.jsonl")
	held, err := lock.Try(out)
	if err != nil {
		t.Fatal(err)
	}
	p := alone(t, s.URL+"/page/1", "-o", out, "--wait", "10m", "--log", name)
	p.says(t, "waiting for up to 10m")
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	p.Process.Signal(syscall.SIGHUP)
	awaitEntry(t, name)
	held.Release()
	if code := p.end(t); code != exitOK {
		t.Errorf("exit %d; stderr:\n%s", code, p.said.String())
	}
	if got := messages(logged(t, name+".1")); !slices.Equal(got, []any{"run begins"}) {
		t.Errorf("before: %q", got)
	}
	after := logged(t, name)
	if got := messages(after); !slices.Equal(got, []any{"signal", "run ends"}) || after[0]["effect"] != "the log was opened anew" {
		t.Errorf("after: %v", after)
	}
}

// awaitEntry waits for the first entry of a log that another process writes: the
// file alone comes before it.
func awaitEntry(t *testing.T, name string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(5 * time.Millisecond) {
		if written, err := os.ReadFile(name); err == nil && bytes.HasSuffix(written, []byte("\n")) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s never had an entry", name)
		}
	}
}

// Where there is a terminal, SIGHUP tells that it has gone.
func TestHangupOfATerminalEndsALoggedRun(t *testing.T) {
	s := newSite(t)
	name := filepath.Join(t.TempDir(), "run.log")
	x := onTerminal(t, 80, exec.Command("scrape", hanging(t, s), "-p1", "--log", name))
	<-s.hung
	x.Process.Signal(syscall.SIGHUP)
	x.until(t, "scrape: hung up: no new URL is started")
	s.release()
	if code := x.end(t); code != 129 {
		t.Errorf("exit %d:\n%s", code, x.seen.String())
	}
	if got := messages(logged(t, name)); !slices.Equal(got, []any{"run begins", "signal", "run ends"}) {
		t.Errorf("%q", got)
	}
}

// Without a log it tells so anyhow.
func TestHangupWithoutALogEndsTheRun(t *testing.T) {
	s := newSite(t)
	p := alone(t, hanging(t, s), "-p1")
	<-s.hung
	p.Process.Signal(syscall.SIGHUP)
	p.says(t, "scrape: hung up: no new URL is started")
	s.release()
	if code := p.end(t); code != 129 {
		t.Errorf("exit %d; stderr:\n%s", code, p.said.String())
	}
}

func TestMetricsDuringTheRun(t *testing.T) {
	s := newSite(t)
	p := alone(t, hanging(t, s), "-p1", "--no-robots", "--metrics", "127.0.0.1:0", "-v")
	p.says(t, "scrape: metrics are at ")
	url := strings.TrimSpace(strings.TrimPrefix(p.stderr.Text(), "scrape: metrics are at "))
	<-s.hung
	resp, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		`scrape_lines_read_total 4\n`, `scrape_requests_in_flight [1-4]\n`, `scrape_workers 1\n`, `scrape_hosts 1\n`, `scrape_urls_total\{outcome="scraped",kind="none"\} [0-3]\n`,
	} {
		if !regexp.MustCompile(`(?m)^` + want).Match(text) {
			t.Errorf("no %s in\n%s", want, text)
		}
	}
	s.release()
	if code := p.end(t); code != exitOK {
		t.Errorf("exit %d; stderr:\n%s", code, p.said.String())
	}
	if _, err := http.Get(url); err == nil {
		t.Error("the metrics have outlived the run")
	}
	http.DefaultClient.CloseIdleConnections()
}

// A run that was left with its output stuck has last words all the same.
func TestLastWordsOfAStuckRun(t *testing.T) {
	s := newSite(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	fill(t, w)
	dir := t.TempDir()
	log, prom := filepath.Join(dir, "run.log"), filepath.Join(dir, "run.prom")
	cmd := exec.Command("scrape", s.list(t, 2000), "-j", "-p2", "--log", log, "--metrics-file", prom, "--progress", "always")
	cmd.Stdout = w
	p := start(t, cmd)
	for some := regexp.MustCompile(`: [1-9]\d* scraped`); !some.MatchString(p.said.String()); {
		p.says(t, "/2,000")
	}
	p.Process.Signal(syscall.SIGUSR1)
	p.says(t, "scrape: after ") // it can still be looked at
	p.Process.Signal(syscall.SIGINT)
	p.says(t, "again to leave now")
	p.Process.Signal(syscall.SIGINT)
	if code := p.end(t); code != 130 {
		t.Errorf("exit %d; stderr:\n%s", code, p.said.String())
	}
	entries := logged(t, log)
	if last := entries[len(entries)-1]; last["msg"] != "run ends" || last["exit_code"] != 130.0 || last["error"] == nil {
		t.Errorf("the last entry: %v", last)
	}
	if text, err := os.ReadFile(prom); err != nil || !strings.Contains(string(text), "\nscrape_last_run_exit_code 130\n") {
		t.Errorf("%v:\n%s", err, text)
	}
}

// The log and the metrics are no reason for a run to fail once it has begun, but
// who asked for a file of metrics and has none is told.
func TestLogThatCannotBeWritten(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here: ", err)
	}
	s := newSite(t)
	stdout, stderr, code := call(t, nil, s.list(t, 3), "--log", "/dev/full")
	if code != exitLocal || stdout != "" || stderr != "scrape: /dev/full: no space left on device\n" {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
	// Nothing is to be told before the first failure.
	name := s.list(t, 3)
	if err := os.WriteFile(name, fmt.Appendf(nil, "%s/404\nno URL\n%s/page/1\n", s.URL, s.URL), 0o666); err != nil {
		t.Fatal(err)
	}
	stdout, stderr, code = call(t, nil, name, "--log", "/dev/full", "--log-level", "warn", "-q", "--fail-on", "none")
	if code != exitOK || strings.Count(stdout, " not Scraped") != 2 || stderr != "scrape: /dev/full: no space left on device: the run goes on, but the log lacks entries\n" {
		t.Errorf("exit %d: %s%s", code, stdout, stderr)
	}
}
