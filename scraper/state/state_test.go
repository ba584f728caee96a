package state

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"scrape/results"
	"scrape/results/sqlite/conn"
	"scrape/scraper/fetch"
)

// tag is what the server of these tests says of its pages.
func tag(n int) fetch.Validators { return fetch.Validators{ETag: fmt.Sprintf(`"v%d"`, n)} }

// session is a run.
type session struct {
	*State
	t *testing.T
}

// begin begins the run of a number, an hour after the one before.
func begin(t *testing.T, path string, o Options) session {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	s.now = func() time.Time { return time.Unix(int64(o.Run)*3600, 0) }
	return session{s, t}
}

// end ends it well.
func (s session) end() {
	s.t.Helper()
	if err := errors.Join(s.Persist(), s.Close()); err != nil {
		s.t.Fatal(err)
	}
}

func (s session) validators(key uint64) fetch.Validators {
	s.t.Helper()
	v, err := s.Validators(key)
	if err != nil {
		s.t.Fatal(err)
	}
	return v
}

// judge judges a record of a key, and returns what became of it.
func (s session) judge(key uint64, f results.Fields, v fetch.Validators) *results.Fields {
	s.t.Helper()
	f.Seq, f.URL = int64(key), fmt.Sprintf("http://a.example/%d", key)
	r := results.New(&f)
	r.Key = key
	judged, err := s.Judge(r, v)
	if err != nil {
		s.t.Fatal(err)
	}
	got, err := judged.Fields()
	if err != nil {
		s.t.Fatalf("%s: %v", judged.Raw(), err)
	}
	if got.Change != judged.Change || judged.Key != key {
		s.t.Errorf("the header is %+v, the record %s", judged, judged.Raw())
	}
	return got
}

// A page of a version: the digest of its body is that of its content.
func page(n int) results.Fields {
	return results.Fields{
		Outcome: results.Scraped, Status: 200, ContentType: "text/html", Charset: "utf-8", BodySHA256: strings.Repeat(fmt.Sprintf("%02x", n), 32),
		Title: fmt.Sprintf("Version %d", n),
	}
}

// priced is a page of which a price was extracted, whatever its body.
func priced(price string, body int) results.Fields {
	f := page(body)
	f.Title, f.Data = "Tea", json.RawMessage(`{"price":`+price+`}`)
	return f
}

func notModified() results.Fields { return results.Fields{Outcome: results.Scraped, Status: 304} }

func failed(kind results.Kind, status int) results.Fields {
	return results.Fields{Outcome: results.NotScraped, Status: status, Error: &results.Error{Kind: kind, Message: "no"}}
}

// What becomes of a URL, one run after the other.
func TestChange(t *testing.T) {
	missing, refused := failed(results.HTTPStatus, 404), failed(results.Connect, 0)
	type step struct {
		page results.Fields
		want results.Change
	}
	for name, test := range map[string]struct {
		o     Options
		steps []step
	}{
		"a page that stays":                           {steps: []step{{page(1), results.Fresh}, {page(1), results.Unchanged}, {page(1), results.Unchanged}}},
		"a page that changes":                         {steps: []step{{page(1), results.Fresh}, {page(2), results.Changed}, {page(2), results.Unchanged}, {page(1), results.Changed}}},
		"a page that the server need not send":        {steps: []step{{page(1), results.Fresh}, {notModified(), results.Unchanged}, {page(2), results.Changed}, {notModified(), results.Unchanged}}},
		"a page that goes and comes back":             {steps: []step{{page(1), results.Fresh}, {missing, results.Gone}, {failed(results.HTTPStatus, 410), results.Unchanged}, {page(1), results.Recovered}, {page(1), results.Unchanged}}},
		"a page that fails for a while":               {steps: []step{{page(1), results.Fresh}, {refused, results.Failing}, {failed(results.DNS, 0), results.Unchanged}, {page(2), results.Recovered}, {page(2), results.Unchanged}}},
		"a page that is not modified after a failure": {steps: []step{{page(1), results.Fresh}, {refused, results.Failing}, {notModified(), results.Recovered}}},
		"a page that fails, is gone, and fails":       {steps: []step{{page(1), results.Fresh}, {refused, results.Failing}, {missing, results.Gone}, {refused, results.Failing}}},
		"a page that never was":                       {steps: []step{{missing, results.Failing}, {missing, results.Unchanged}, {refused, results.Unchanged}, {page(1), results.Fresh}, {missing, results.Gone}}},
		"another status":                              {steps: []step{{page(1), results.Fresh}, {failed(results.HTTPStatus, 403), results.Failing}}},
		"noise that nobody asked for":                 {o: Options{ByData: true}, steps: []step{{priced("1", 1), results.Fresh}, {priced("1", 2), results.Unchanged}, {priced("2", 3), results.Changed}, {priced("2", 4), results.Unchanged}}},
		"noise without data":                          {steps: []step{{priced("1", 1), results.Fresh}, {priced("1", 2), results.Changed}}},
		"data that is gone":                           {o: Options{ByData: true}, steps: []step{{priced("1", 1), results.Fresh}, {page(1), results.Changed}}},
		"a condition of the user's own":               {steps: []step{{notModified(), results.Fresh}, {notModified(), results.Unchanged}, {page(1), results.Changed}}},
		"no URL":                                      {steps: []step{{failed(results.InvalidURL, 0), results.Failing}, {failed(results.InvalidURL, 0), results.Unchanged}}},
		"a duplicate":                                 {steps: []step{{failed(results.Duplicate, 0), results.NoChange}, {failed(results.Duplicate, 0), results.NoChange}}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			for i, step := range test.steps {
				o := test.o
				o.Run = uint64(i + 1)
				s := begin(t, path, o)
				if got := s.judge(7, step.page, fetch.Validators{}); got.Change != step.want {
					t.Errorf("run %d: %v, want %v", i+1, got.Change, step.want)
				}
				s.end()
			}
		})
	}
}

// What the server need not send is repeated.
func TestNotModifiedRepeats(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	want := priced(`[{"a":"`+strings.Repeat("long ", 100)+`"}]`, 3)
	want.Links, want.Truncated = json.RawMessage(`[{"url":"http://b.example/"}]`), []string{"price"}
	s := begin(t, path, Options{Run: 1, ByData: true})
	s.judge(7, want, tag(1))
	s.end()
	for run := range uint64(3) { // a failure in between changes nothing
		s = begin(t, path, Options{Run: run + 2, ByData: true})
		if got := s.validators(7); got != tag(1) {
			t.Errorf("validators %v", got)
		}
		if run == 1 {
			s.judge(7, failed(results.Timeout, 0), fetch.Validators{})
			s.end()
			continue
		}
		got := s.judge(7, notModified(), fetch.Validators{})
		if got.Status != 304 || got.Title != want.Title || string(got.Data) != string(want.Data) || string(got.Links) != string(want.Links) ||
			got.BodySHA256 != want.BodySHA256 || got.ContentType != want.ContentType || got.Charset != want.Charset || len(got.Truncated) != 1 {
			t.Errorf("%+v", got)
		}
		s.end()
	}
}

// Validators are sent for what is all there alone.
func TestValidators(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "state.db")
	kept := page(3)
	kept.BodyFile = "ab/x.html"
	huge := page(4)
	huge.Title = strings.Repeat("x", mostContent+1)
	s := begin(t, path, Options{Run: 1, Asked: 5})
	s.judge(1, page(1), tag(1))
	s.judge(2, page(2), fetch.Validators{})
	s.judge(3, kept, tag(3))
	s.judge(4, huge, tag(4))
	s.judge(5, failed(results.HTTPStatus, 404), tag(5))
	s.end()
	for name, test := range map[string]struct {
		o    Options
		want map[uint64]fetch.Validators
	}{
		"the same is asked for": {Options{Asked: 5}, map[uint64]fetch.Validators{1: tag(1), 3: tag(3)}},
		"something else is":     {Options{Asked: 6}, nil},
		"bodies are kept":       {Options{Asked: 5, Bodies: dir}, nil},
	} {
		test.o.Run = 2
		s := begin(t, path, test.o)
		for key := range uint64(7) {
			if got := s.validators(key); got != test.want[key] {
				t.Errorf("%s: %d: %v, want %v", name, key, got, test.want[key])
			}
		}
		s.end()
	}
	if err := os.Mkdir(filepath.Join(dir, "ab"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "ab", "x.html"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s = begin(t, path, Options{Run: 3, Asked: 5, Bodies: dir})
	defer s.end()
	if one, three := s.validators(1), s.validators(3); one != (fetch.Validators{}) || three != tag(3) {
		t.Errorf("where one body is there: %v and %v", one, three)
	}
	if got := s.judge(3, notModified(), fetch.Validators{}); got.BodyFile != kept.BodyFile {
		t.Errorf("body_file %q", got.BodyFile)
	}
	// Not modified, though nobody asked whether: nothing can be said of the content.
	if got := s.judge(4, notModified(), fetch.Validators{}); got.Title != "" || got.Change != results.Unchanged {
		t.Errorf("%.100q, %v", got.Title, got.Change)
	}
}

// Where something else is asked for, the body tells, and the content is kept anew.
func TestSomethingElseAsked(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	for i, step := range []struct {
		asked uint64
		page  results.Fields
		want  results.Change
	}{
		{1, priced("1", 1), results.Fresh},
		{2, priced("17", 1), results.Unchanged},
		{2, priced("17", 2), results.Unchanged},
		{3, priced("17", 3), results.Changed},
	} {
		s := begin(t, path, Options{Run: uint64(i + 1), Asked: step.asked, ByData: true, Diff: true})
		if got := s.judge(7, step.page, tag(1)); got.Change != step.want || got.Diff != "" {
			t.Errorf("step %d: %v, want %v; diff %q", i, got.Change, step.want, got.Diff)
		}
		s.end()
		s = begin(t, path, Options{Run: uint64(i + 1), Asked: step.asked, ByData: true})
		s.end()
	}
	s := begin(t, path, Options{Run: 9, Asked: 3, ByData: true})
	defer s.end()
	if got := s.judge(7, notModified(), fetch.Validators{}); string(got.Data) != `{"price":17}` {
		t.Errorf("data %s", got.Data)
	}
}

func TestDiff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := begin(t, path, Options{Run: 1, ByData: true, Diff: true})
	before := priced(`{"low":34.5,"shops":["A","B"]}`, 1)
	s.judge(7, before, tag(1))
	s.end()
	s = begin(t, path, Options{Run: 2, ByData: true, Diff: true})
	if got := s.judge(7, failed(results.DNS, 0), fetch.Validators{}); got.Diff != "" {
		t.Errorf("of a failure: %q", got.Diff)
	}
	s.end()
	s = begin(t, path, Options{Run: 3, ByData: true, Diff: true})
	got := s.judge(7, priced(`{"low":36,"shops":["A","C","B"]}`, 2), tag(2))
	if want := "-price.low: 34.5\n+price.low: 36\n+price.shops[]: C\n"; got.Diff != want || got.Change != results.Recovered {
		t.Errorf("%v, %q, want %q", got.Change, got.Diff, want)
	}
	s.end()
}

// A text that is there for the diff alone is in no record.
func TestTextDiff(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	o := Options{Diff: true, Text: true}
	texts := []string{"one\ntwo\nthree\n" + strings.Repeat("long\n", mostText/5), "one\n2\nthree\n" + strings.Repeat("long\n", mostText/5), "one\n2\nthree\n"}
	want := []string{"", "-two\n+2\n… only the beginning was compared\n", ""}
	for i, text := range texts {
		o.Run++
		s := begin(t, path, o)
		f := page(i)
		f.Data, f.Truncated = json.RawMessage(`{"text":`+string(results.AppendString(nil, text))+`}`), []string{"text"}
		got := s.judge(7, f, tag(1))
		if got.Data != nil || got.Truncated != nil || got.Title != f.Title {
			t.Errorf("%s, %v, %q", got.Data, got.Truncated, got.Title)
		}
		got.Diff = strings.TrimPrefix(got.Diff, fmt.Sprintf("-title: Version %d\n+title: Version %d\n", i-1, i))
		if i == 2 {
			if !strings.HasPrefix(got.Diff, "-long\n") || !strings.Contains(got.Diff, "more lines\n") || len(got.Diff) > mostDiff+100 {
				t.Errorf("%d bytes: %.200q", len(got.Diff), got.Diff)
			}
		} else if got.Diff != want[i] {
			t.Errorf("%q, want %q", got.Diff, want[i])
		}
		s.end()
	}
}

// However far the state is ahead of what was written of a run, the run that is resumed
// says the same as it would have.
func TestResumedRunJudgesAnew(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := begin(t, path, Options{Run: 1, Diff: true})
	for key := range uint64(6) {
		s.judge(key, page(1), tag(1))
	}
	s.judge(3, page(1), tag(1)) // without a memory of repetitions
	s.end()
	answers := map[uint64]results.Fields{
		0: page(1), 1: page(2), 2: failed(results.HTTPStatus, 404), 3: failed(results.DNS, 0), 4: notModified(), 5: page(2), 6: page(1), 7: failed(results.DNS, 0),
	}
	want := map[uint64]results.Change{
		0: results.Unchanged, 1: results.Changed, 2: results.Gone, 3: results.Failing, 4: results.Unchanged, 5: results.Changed, 6: results.Fresh, 7: results.Failing,
	}
	for attempt := range 3 {
		s := begin(t, path, Options{Run: 2, Diff: true})
		for key, f := range answers {
			// Those of a page that stays as it is may be newer.
			got, stays := s.validators(key), want[key] == results.Unchanged
			if key < 6 && got != tag(1) && !(stays && got == tag(2)) || key >= 6 && got != (fetch.Validators{}) {
				t.Errorf("attempt %d: %d: validators %v", attempt, key, got)
			}
			if got := s.judge(key, f, tag(2)); got.Change != want[key] || (got.Diff == "") != (got.Change != results.Changed) {
				t.Errorf("attempt %d: %d: %v, want %v; diff %q", attempt, key, got.Change, want[key], got.Diff)
			}
		}
		if attempt == 0 { // a version that is seen in the first attempt alone
			s.judge(5, page(9), tag(9))
			s.judge(0, page(1), tag(1))
		}
		s.end()
	}
	wantRows(t, path, "SELECT group_concat(standing || failures, ' ') FROM (SELECT * FROM pages ORDER BY key)", "scraped0 scraped0 gone1 failing1 scraped0 scraped0 scraped0 failing1")

	// A page that was as before in the first attempt, and is not in the second.
	s = begin(t, path, Options{Run: 3})
	s.judge(0, page(1), tag(1))
	s.end()
	for range 2 {
		s = begin(t, path, Options{Run: 3})
		if got := s.judge(0, page(2), tag(2)); got.Change != results.Changed {
			t.Errorf("%v", got.Change)
		}
		s.end()
	}
	// The next run knows what the last attempt saw.
	s = begin(t, path, Options{Run: 4})
	defer s.end()
	if got := s.judge(0, page(2), tag(2)); got.Change != results.Unchanged {
		t.Errorf("%v", got.Change)
	}
	if got := s.judge(3, page(1), tag(2)); got.Change != results.Recovered {
		t.Errorf("%v", got.Change)
	}
	if got := s.validators(4); got != tag(2) {
		t.Errorf("the validators of a 304 were not kept: %v", got)
	}
}

// What a run kept of a page before it was interrupted is not taken for what the page
// had before, nor for what it had at the end.
func TestResumedRunKeepsTheRightContent(t *testing.T) {
	missing, refused := failed(results.HTTPStatus, 404), failed(results.Connect, 0)
	for name, test := range map[string]struct {
		attempts []results.Fields // of the second run
		want     int              // the version that is known in the end
	}{
		"as it was again":               {[]results.Fields{page(2), page(1)}, 1},
		"not modified after all":        {[]results.Fields{page(2), notModified()}, 1},
		"a failure":                     {[]results.Fields{page(2), refused}, 1},
		"gone":                          {[]results.Fields{page(2), missing}, 1},
		"another version":               {[]results.Fields{page(2), page(3)}, 3},
		"there and back again":          {[]results.Fields{page(2), page(1), page(2)}, 2},
		"as it was, and then it is not": {[]results.Fields{page(1), page(2)}, 2},
		"two versions, and as it was":   {[]results.Fields{page(1), page(2), page(3), page(1)}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "state.db")
			s := begin(t, path, Options{Run: 1, Diff: true})
			s.judge(7, page(1), tag(1))
			s.end()
			for _, f := range test.attempts {
				s = begin(t, path, Options{Run: 2, Diff: true})
				s.judge(7, f, tag(1))
				s.end()
			}
			want := page(test.want)
			s = begin(t, path, Options{Run: 3, Diff: true})
			if got := s.judge(7, notModified(), fetch.Validators{}); got.Title != want.Title || got.BodySHA256 != want.BodySHA256 {
				t.Errorf("not modified: %q with body %.4s, want %q with %.4s", got.Title, got.BodySHA256, want.Title, want.BodySHA256)
			}
			s.end()
			s = begin(t, path, Options{Run: 4, Diff: true})
			defer s.end()
			diff := fmt.Sprintf("-title: Version %d\n+title: Version 9\n", test.want)
			if got := s.judge(7, page(9), tag(9)); got.Diff != diff {
				t.Errorf("diff %q, want %q", got.Diff, diff)
			}
		})
	}
}

// The same holds where the page stays and something else is asked for: what is repeated
// is never what was kept for the other fields.
func TestResumedRunAsksForSomethingElse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	s := begin(t, path, Options{Run: 1, Asked: 1, ByData: true})
	s.judge(7, priced("1", 1), tag(1))
	s.end()
	for attempt := range 2 {
		s = begin(t, path, Options{Run: 2, Asked: 2, ByData: true})
		if attempt > 0 && s.validators(7) != (fetch.Validators{}) {
			if got := s.judge(7, notModified(), fetch.Validators{}); string(got.Data) != `{"price":17}` {
				t.Errorf("data %s", got.Data)
			}
		} else if got := s.judge(7, priced("17", 1), tag(1)); got.Change != results.Unchanged {
			t.Errorf("%v", got.Change)
		}
		s.end()
	}
	s = begin(t, path, Options{Run: 3, Asked: 2, ByData: true})
	defer s.end()
	if s.validators(7) != tag(1) {
		t.Error("it is fetched as a whole")
	}
	if got := s.judge(7, notModified(), fetch.Validators{}); string(got.Data) != `{"price":17}` {
		t.Errorf("data %s", got.Data)
	}
}

// What is not persisted is forgotten, also where it was too much to be kept in memory.
func TestForgotten(t *testing.T) {
	path := filepath.Join(t.TempDir(), "state.db")
	const most, pages = 50, 120
	for run := range uint64(2) {
		s := begin(t, path, Options{Run: run + 1})
		s.most = most
		for key := range uint64(pages) {
			if got := s.judge(key, page(1), tag(1)); got.Change != results.Fresh {
				t.Errorf("%v", got.Change)
			}
		}
		if len(s.pending) != pages%most || !s.db.open {
			t.Errorf("%d rows wait in memory", len(s.pending))
		}
		if run == 1 {
			s.end()
			break
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		wantRows(t, path, "SELECT count(*) FROM pages", "0")
	}
	wantRows(t, path, "SELECT count(*), sum(first_seen = 7200 AND last_change = 7200), max(url) FROM pages", "120 120 http://a.example/99")
}

func wantRows(t *testing.T, path, query, want string) {
	t.Helper()
	c, err := conn.Dial(path, "rw")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var got []string
	err = c.Each(query, nil, func(row []driver.Value) (bool, error) {
		got = append(got, strings.Trim(fmt.Sprint(row), "[]"))
		return true, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("%s: %s, want %s", query, text, want)
	}
}
