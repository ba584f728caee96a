package runlog

import (
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper"
)

// entriesOf reads a log, without the times, which must be there and UTC.
func entriesOf(t *testing.T, name string) (all []map[string]any) {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(text)) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		at, _ := entry["time"].(string)
		if _, err := time.Parse(time.RFC3339, at); err != nil || !strings.HasSuffix(at, "Z") {
			t.Errorf("the time is %q", at)
		}
		delete(entry, "time")
		all = append(all, entry)
	}
	return all
}

func tell(t *testing.T) func(error) { return func(err error) { t.Error(err) } }

func TestEntries(t *testing.T) {
	failed := results.New(&results.Fields{Seq: 3, URL: "http://me:***@x/", Error: &results.Error{Kind: results.DNS, Message: "no \"such\"\nhost"}})
	unread := results.New(&results.Fields{Seq: 4, Input: "no URL", Error: &results.Error{Kind: results.InvalidURL, Message: "no"}})
	twice := results.New(&results.Fields{Seq: 5, URL: "http://x/", Error: &results.Error{Kind: results.Duplicate, Message: "of line 3"}})
	fine := results.New(&results.Fields{Seq: 6, URL: "http://x/", Outcome: results.Scraped})
	summary := scraper.Summary{Read: 4, Skipped: 1, Unfinished: 1, Ended: true, Wall: 1500 * time.Millisecond}
	for _, r := range []*results.Record{failed, twice, fine} {
		summary.Tally.Add(r)
	}
	type entry = map[string]any
	all := []struct {
		level slog.Level
		log   func(*Log)
		want  entry
	}{
		{slog.LevelInfo, func(l *Log) { _ = l.Began(slog.Int("pid", 7)) }, entry{"msg": "run begins", "pid": 7.0}},
		{slog.LevelWarn, func(l *Log) { l.Record(failed) }, entry{"msg": "not scraped", "seq": 3.0, "url": "http://me:***@x/", "kind": "dns", "message": "no \"such\"\nhost", "retryable": false}},
		{slog.LevelWarn, func(l *Log) { l.Record(unread) }, entry{"msg": "not scraped", "seq": 4.0, "url": "no URL", "kind": "invalid_url", "message": "no", "retryable": false}},
		{slog.LevelDebug, func(l *Log) { l.Record(twice) }, entry{"msg": "duplicate", "seq": 5.0, "url": "http://x/", "kind": "duplicate", "message": "of line 3", "retryable": false}},
		{slog.LevelInfo, func(l *Log) {
			l.Event(scraper.Event{Kind: scraper.EventRetry, URL: "http://x/", Attempt: 1, For: time.Second / 2, Text: "dns: no"})
		}, entry{"msg": "retry", "url": "http://x/", "attempt": 1.0, "seconds": 0.5, "message": "dns: no"}},
		{slog.LevelInfo, func(l *Log) {
			l.Event(scraper.Event{Kind: scraper.EventRest, Host: "x", For: time.Second, Text: "overloaded"})
		}, entry{"msg": "host rests", "host": "x", "seconds": 1.0, "message": "overloaded"}},
		{slog.LevelDebug, func(l *Log) { l.Event(scraper.Event{Kind: scraper.EventWorkerEnded, Worker: 9, Text: "retired"}) }, entry{"msg": "worker ended", "worker": 9.0, "message": "retired"}},
		{slog.LevelWarn, func(l *Log) { l.Event(scraper.Event{Kind: scraper.EventWorkerDied, Worker: 9, Text: "killed"}) }, entry{"msg": "worker died", "worker": 9.0, "message": "killed"}},
		{slog.LevelError, func(l *Log) { l.Event(scraper.Event{Kind: scraper.EventMistake, Text: "panic"}) }, entry{"msg": "mistake", "message": "panic"}},
		{slog.LevelInfo, func(l *Log) { l.Signal("terminated", "the run is left") }, entry{"msg": "signal", "signal": "terminated", "effect": "the run is left"}},
		{slog.LevelInfo, func(l *Log) { l.Ended(0, nil, nil) }, entry{"msg": "run ends", "exit_code": 0.0}},
		{slog.LevelError, func(l *Log) { l.Ended(3, errors.New("full"), nil) }, entry{"msg": "run ends", "exit_code": 3.0, "error": "full"}},
		{slog.LevelWarn, func(l *Log) { l.Ended(1, nil, &summary) }, entry{
			"msg": "run ends", "exit_code": 1.0, "seconds": 1.5, "read": 4.0, "skipped": 1.0, "scraped": 1.0, "not_scraped": 1.0,
			"duplicates": 1.0, "unfinished": 1.0, "ended": true, "limited": false, "kinds": entry{"dns": 1.0},
		}},
	}
	for _, name := range Levels {
		level, err := ParseLevel(name)
		if err != nil {
			t.Fatal(err)
		}
		file := filepath.Join(t.TempDir(), "log")
		l, err := Open(file, level, tell(t))
		if err != nil {
			t.Fatal(err)
		}
		var want []entry
		for _, e := range all {
			e.log(l)
			if e.level >= level {
				e.want["level"] = e.level.String()
				want = append(want, e.want)
			}
		}
		l.Record(fine)
		if err := l.Close(); err != nil {
			t.Error(err)
		}
		if got := entriesOf(t, file); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: got\n%v\nwant\n%v", name, got, want)
		}
	}
	var none *Log
	for _, e := range all {
		e.log(none)
	}
	if err := errors.Join(none.Reopen(), none.Close()); err != nil {
		t.Error(err)
	}
	if _, err := ParseLevel("loud"); err == nil {
		t.Error("there is no such level")
	}
}

// Every event has a name of its own.
func TestEveryEventHasAnEntry(t *testing.T) {
	seen := map[string]bool{}
	for kind := scraper.EventRetry; kind <= scraper.EventLimit; kind++ {
		if message := entries[kind].message; message == "" || seen[message] {
			t.Errorf("event %d is called %q", kind, message)
		}
		seen[entries[kind].message] = true
	}
	if len(seen) != len(entries) {
		t.Errorf("%d entries for %d events", len(entries), len(seen))
	}
}

func TestReopen(t *testing.T) {
	name := filepath.Join(t.TempDir(), "log")
	if err := os.WriteFile(name, []byte(`{"time":"2026-01-01T00:00:00Z","msg":"before"}`+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	l, err := Open(name, slog.LevelInfo, tell(t))
	if err != nil {
		t.Fatal(err)
	}
	l.Signal("one", "")
	if err := os.Rename(name, name+".1"); err != nil {
		t.Fatal(err)
	}
	l.Signal("two", "")
	if err := l.Reopen(); err != nil {
		t.Fatal(err)
	}
	l.Signal("three", "")
	// Where the name cannot be opened, the log goes on where it was.
	if err := os.Rename(name, name+".2"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := l.Reopen(); !errors.Is(err, syscall.EISDIR) {
		t.Errorf("opening a directory: %v", err)
	}
	l.Signal("four", "")
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	for suffix, want := range map[string][]any{".1": {nil, "one", "two"}, ".2": {"three", "four"}} {
		var got []any
		for _, e := range entriesOf(t, name+suffix) {
			got = append(got, e["signal"])
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s has %v, want %v", suffix, got, want)
		}
	}
}

// A full disk is told once, until there is room again.
func TestFailedWrites(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no /dev/full here: ", err)
	}
	dir := t.TempDir()
	name := filepath.Join(dir, "log")
	point := func(to string) {
		t.Helper()
		_ = os.Remove(name)
		if err := os.Symlink(to, name); err != nil {
			t.Fatal(err)
		}
	}
	point("/dev/full")
	var told []error
	l, err := Open(name, slog.LevelInfo, func(err error) { told = append(told, err) })
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Began(); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("a full disk: %v", err)
	}
	l.Signal("lost", "")
	if len(told) != 1 {
		t.Errorf("told %v", told)
	}
	point(filepath.Join(dir, "room"))
	if err := l.Reopen(); err != nil {
		t.Fatal(err)
	}
	l.Signal("kept", "")
	point("/dev/full")
	if err := l.Reopen(); err != nil {
		t.Fatal(err)
	}
	l.Signal("lost", "")
	if len(told) != 2 {
		t.Errorf("told %v", told)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	l.Signal("late", "")
	if got := entriesOf(t, filepath.Join(dir, "room")); len(got) != 1 || got[0]["signal"] != "kept" || len(told) != 2 {
		t.Errorf("kept %v; told %v", got, told)
	}
}

// What follows on half a line begins on one of its own.
func TestTornLine(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	defer w.Close()
	f := &file{f: w, failed: tell(t), torn: true}
	if _, err := f.Write([]byte("{}\n")); err != nil || f.torn {
		t.Errorf("%v, torn %v", err, f.torn)
	}
	if _, err := f.Write([]byte("[]\n")); err != nil {
		t.Error(err)
	}
	buf := make([]byte, 100)
	if n, err := r.Read(buf); err != nil || string(buf[:n]) != "\n{}\n[]\n" {
		t.Errorf("%q, %v", buf[:n], err)
	}
}

func TestUnwritableLog(t *testing.T) {
	if _, err := Open(filepath.Join(t.TempDir(), "missing", "log"), slog.LevelInfo, tell(t)); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}
