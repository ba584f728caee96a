package scraper_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/journal"
)

// keys is a sink that keeps the key of each record.
type keys map[int64]uint64

func (k keys) Write(r *results.Record) error { k[r.Seq] = r.Key; return nil }
func (k keys) Sync() error                   { return nil }
func (k keys) Close() error                  { return nil }

// Lines that are done get no record and are not asked for, but are known to be there.
// All others get theirs, whatever becomes of them, and the key that Done was given.
func TestDone(t *testing.T) {
	var mu sync.Mutex
	asked := map[string]int{}
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, page("Elsewhere")) }))
	defer elsewhere.Close()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		asked[r.URL.Path]++
		n := asked[r.URL.Path]
		mu.Unlock()
		switch r.URL.Path {
		case "/robots.txt":
			fmt.Fprint(w, "User-agent: *\nDisallow: /closed\n")
		case "/far":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		case "/recovers":
			if n == 1 {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
			fmt.Fprint(w, page("Recovered"))
		default:
			fmt.Fprint(w, page("Page"))
		}
	}))
	defer s.Close()
	list := []string{
		"# a comment", s.URL + "/1", s.URL + "/2", s.URL + "/1", s.URL + "/1", s.URL + "/far", s.URL + "/closed",
		s.URL + "/recovers", "no URL", fmt.Sprintf(`{"url": "%s/1", "method": "POST", "body": "x"}`, s.URL), s.URL + "/2#again",
	}
	want := keys{}
	told := keys{}
	c, sum := run(t, scraper.Options{Procs: 1, Lists: lines(list...), Sinks: []results.Sink{told}, Done: func(seq int64, key uint64) bool {
		want[seq] = key
		return false
	}})
	if !reflect.DeepEqual(told, want) || len(want) != len(list)-1 || sum.Skipped != 0 {
		t.Errorf("keys of records %v, of lines %v", told, want)
	}
	for seq, key := range want {
		for other, same := range want {
			// Lines 4 and 5 repeat line 2: to each other they are the same, not to it.
			if equal := seq == other || min(seq, other) == 4 && max(seq, other) == 5; (key == same) != equal || key == 0 {
				t.Errorf("lines %d and %d have the keys %x and %x", seq, other, key, same)
			}
		}
	}
	if m := c.byInput(); m[s.URL+"/closed"].Error == nil || m[s.URL+"/recovers"].Attempts != 2 || m[s.URL+"/far"].FinalURL == "" {
		t.Errorf("not what was meant: %+v", c.records)
	}

	clear(asked)
	done := map[int64]bool{2: true, 5: true, 7: true, 9: true}
	c = &collector{}
	sum, err := scraper.Run(t.Context(), scraper.Options{Procs: 1, Lists: lines(list...), Sinks: []results.Sink{c}, Done: func(seq int64, key uint64) bool {
		if key != want[seq] {
			t.Errorf("line %d has another key than before", seq)
		}
		return done[seq]
	}})
	if err != nil || sum.Read != 10 || sum.Skipped != 4 || sum.Unfinished != 0 || sum.Tally.Total() != 6 || !sum.Ended || sum.Drained {
		t.Errorf("%+v, %v", sum, err)
	}
	for _, f := range c.records {
		if done[f.Seq] {
			t.Errorf("line %d has a second record", f.Seq)
		}
		if f.Seq == 4 && (f.Error == nil || f.Error.Kind != results.Duplicate || f.Error.Message != "of line 2") {
			t.Errorf("a duplicate of a line that is done: %+v", f.Error)
		}
	}
	if len(c.records) != 6 || asked["/1"] != 1 || asked["/closed"] != 0 {
		t.Errorf("%d records; asked for %v", len(c.records), asked)
	}
}

// savedOutput is JSON Lines in a file.
type savedOutput struct {
	results.Sink
	file *os.File
}

func (o savedOutput) Position() int64 { n, _ := o.file.Seek(0, io.SeekCurrent); return n }
func (o savedOutput) Persist() error  { return o.file.Sync() }
func (o savedOutput) Close() error    { return errors.Join(o.Sink.Close(), o.file.Close()) }

// slowList gives a line at a time. After so many that are not done, it waits for the
// run to be over.
type slowList struct {
	lines []string
	fresh int64 // -1: all that there are
	over  chan struct{}
}

func (l *slowList) Read(p []byte) (int, error) {
	if l.fresh == 0 {
		<-l.over
	}
	if l.fresh == 0 || len(l.lines) == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.lines[0])
	l.lines = l.lines[1:]
	return n, nil
}

func (l *slowList) Close() error { return nil }

// attempt is one run of a command that resumes: it ends after a number of records, in
// order, or as if the machine had lost its power. It reports whether all is done.
func attempt(t *testing.T, out string, list []string, merge bool, records int64, crash bool) bool {
	t.Helper()
	text := strings.Join(list, "\n")
	id, err := journal.Identify(t.Context(), "test", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	h := journal.Head{Lists: []journal.List{id}, Outputs: []journal.OutputFile{{Name: "out.jsonl", Format: "jsonl"}}}
	j, err := journal.Open(journal.Path(out))
	if errors.Is(err, fs.ErrNotExist) {
		j, err = journal.Create(journal.Path(out), h)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	if merge {
		if err := j.Merge(h.Lists); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Check(h); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(out, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Truncate(j.Positions()[0]), seek(f, j.Positions()[0])); err != nil {
		t.Fatal(err)
	}
	sink := journal.NewSink(j, []journal.Output{savedOutput{results.NewJSONL(results.NewBatch(f, results.BatchOptions{})), f}}, nil)
	drain := make(chan struct{})
	var written atomic.Int64
	in := &slowList{lines: strings.SplitAfter(text, "\n"), fresh: -1, over: make(chan struct{})}
	if records >= 0 {
		in.fresh = records + 10
	}
	done := func(seq int64, key uint64) bool {
		if j.Done(seq, key) {
			return true
		}
		in.fresh--
		return false
	}
	sum, err := scraper.Run(t.Context(), scraper.Options{
		Procs: 1, Concurrency: 8, Done: done, Drain: drain, Sinks: []results.Sink{sink},
		Lists: []scraper.Source{{Name: "test", Open: func() (io.ReadCloser, error) { return in, nil }}},
		Observe: func(*results.Record) {
			if written.Add(1) == records {
				close(drain)
			}
		},
	})
	close(in.over)
	if err != nil {
		t.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	if crash {
		// What was written after the last entry is there, and counts for nothing.
		if err := os.WriteFile(out, append(content(t, out), `{"seq": 1, "url": "half a re`...), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	whole := sum.Ended && sum.Unfinished == 0
	if whole {
		if err := j.Complete(); err != nil {
			t.Fatal(err)
		}
	}
	return whole
}

func seek(f *os.File, position int64) error {
	_, err := f.Seek(position, io.SeekStart)
	return err
}

func content(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// urlsIn counts the records of a file by URL and outcome.
func urlsIn(t *testing.T, path string) map[string]int {
	t.Helper()
	found := map[string]int{}
	for in := bufio.NewScanner(bytes.NewReader(content(t, path))); in.Scan(); {
		var r struct{ URL, Outcome string }
		if err := json.Unmarshal(in.Bytes(), &r); err != nil {
			t.Fatalf("%q: %v", in.Text(), err)
		}
		found[r.URL+" "+r.Outcome]++
	}
	return found
}

// However often a run is interrupted: over all of them every line has one record.
func TestResumed(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { fmt.Fprint(w, page("Page")) }))
	defer s.Close()
	out := filepath.Join(t.TempDir(), "out.jsonl")
	var list []string
	want := map[string]int{}
	for i := range 200 {
		list = append(list, fmt.Sprintf("%s/%d", s.URL, i))
		want[list[i]+" scraped"]++
	}
	list = append(list, list[3], list[100], list[3])
	want[list[3]+" not_scraped"], want[list[100]+" not_scraped"] = 2, 1
	for n := range int64(3) {
		if attempt(t, out, list, false, 20+n, n == 1) {
			t.Fatal("done, where it should be interrupted")
		}
	}

	// Then the list changes: some lines are gone, some are new, and their order is another.
	changed := []string{s.URL + "/new"}
	for i := len(list) - 4; i >= 0; i -= 2 {
		changed = append(changed, list[i])
	}
	changed = append(changed, s.URL+"/newer", list[3], list[5])
	before := urlsIn(t, out)
	if attempt(t, out, changed, true, 10, true) {
		t.Fatal("done, where it should be interrupted")
	}
	if !attempt(t, out, changed, false, -1, false) {
		t.Error("not done")
	}
	got := urlsIn(t, out)
	lines := map[string]int{}
	for _, line := range changed {
		lines[line]++
	}
	for line, times := range lines {
		scraped, repeated := got[line+" scraped"], got[line+" not_scraped"]
		if old := before[line+" not_scraped"]; scraped != 1 || repeated != max(times-1, old) {
			t.Errorf("%s stands there %d times: scraped %d times, a duplicate %d times, %d of them before", line, times, scraped, repeated, old)
		}
	}
	for what, n := range got {
		if url, _, _ := strings.Cut(what, " "); lines[url] == 0 && n != before[what] {
			t.Errorf("%s: %d records, where %d were before", what, n, before[what])
		}
	}
}
