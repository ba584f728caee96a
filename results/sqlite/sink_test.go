package sqlite

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"scrape/results"
	"scrape/results/resultstest"
	"scrape/results/sqlite/conn"
)

func path(t testing.TB) string { return filepath.Join(t.TempDir(), "out.sqlite") }

func open(t testing.TB, path string, o Options) *Sink {
	t.Helper()
	s, err := Open(path, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func write(t testing.TB, s results.Sink, records ...*results.Record) {
	t.Helper()
	for _, r := range records {
		if err := s.Write(r); err != nil {
			t.Fatal(err)
		}
	}
}

func closeSink(t testing.TB, s results.Sink) {
	t.Helper()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func pages(from, to int64) (records []*results.Record) {
	for seq := from; seq <= to; seq++ {
		records = append(records, results.New(resultstest.Page(seq)))
	}
	return records
}

func readAll(t testing.TB, path string, run int64) (records []*results.Record) {
	t.Helper()
	for r, err := range Read(path, run) {
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records
}

func seqs(records []*results.Record) (seqs []int64) {
	for _, r := range records {
		seqs = append(seqs, r.Seq)
	}
	return seqs
}

// query asks a database, as rows of texts.
func query(t testing.TB, path, query string) (rows []string) {
	t.Helper()
	c, err := conn.Dial(path, "rw")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.Each(query, nil, func(row []driver.Value) (bool, error) {
		var texts []string
		for _, v := range row {
			texts = append(texts, fmt.Sprint(v))
		}
		rows = append(rows, strings.Join(texts, "|"))
		return true, nil
	})
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return rows
}

func wantRows(t testing.TB, path, q string, want ...string) {
	t.Helper()
	if got := query(t, path, q); !slices.Equal(got, want) {
		t.Errorf("%s\n got %q\nwant %q", q, got, want)
	}
}

func TestRoundTrip(t *testing.T) {
	records := resultstest.Records()
	big := resultstest.Page(900)
	big.Title = strings.Repeat("very long title \x1b ", 10<<20/18)
	records = append(records, results.New(big))
	rng := rand.New(rand.NewPCG(1, 2))
	for seq := range int64(1000) {
		records = append(records, results.New(resultstest.Random(rng, 1000+seq)))
	}
	newer, err := results.ParseRecord([]byte(`{"schema":1,"seq":3000,"outcome":"scraped","newer":{"a":[1]},"x":"y"}`))
	if err != nil {
		t.Fatal(err)
	}
	records = append(records, newer)

	file := path(t)
	s := open(t, file, Options{})
	write(t, s, records...)
	closeSink(t, s)
	got := readAll(t, file, All)
	if len(got) != len(records) {
		t.Fatalf("%d records, want %d", len(got), len(records))
	}
	for i, want := range records {
		wanted, err := want.Fields()
		if err != nil {
			t.Fatal(err)
		}
		fields, err := got[i].Fields()
		if err != nil {
			t.Fatal(err)
		}
		if got[i].Seq != want.Seq || got[i].Kind != want.Kind || !reflect.DeepEqual(fields, wanted) {
			t.Fatalf("record %d is\n%.1000s\nwant\n%.1000s", i, got[i].Raw(), want.Raw())
		}
	}
	if last := string(got[len(got)-1].Raw()); last != string(newer.Raw()) {
		t.Errorf("%s became %s", newer.Raw(), last)
	}
}

// The sinks keep no record: its bytes may change once Write has returned.
func TestWriteKeepsNothing(t *testing.T) {
	file := path(t)
	s := open(t, file, Options{})
	want := pages(1, 3)
	for _, r := range want {
		wire, err := r.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var sent results.Record
		if err := sent.UnmarshalBinary(wire); err != nil {
			t.Fatal(err)
		}
		write(t, s, &sent)
		clear(wire)
	}
	closeSink(t, s)
	for i, r := range readAll(t, file, Newest) {
		if string(r.Raw()) != string(want[i].Raw()) {
			t.Errorf("%s\nbecame %s", want[i].Raw(), r.Raw())
		}
	}
}

func TestTables(t *testing.T) {
	file := path(t)
	s := open(t, file, Options{Run: Run{Started: time.Date(2026, 1, 2, 3, 4, 5, 678e6, time.FixedZone("", 7200)), Version: "1.2.3", Command: "scrape list.txt"}})
	full := resultstest.Page(7)
	full.Redirects, full.Meta = []string{"http://a/", "http://b/"}, []byte(`{"row":7}`)
	failed := resultstest.Failed(8, "http://c/", results.DNS)
	failed.Error.Retryable = true
	write(t, s, results.New(full), results.New(failed))
	closeSink(t, s)
	wantRows(t, file, "SELECT id, started_at, version, command, ended_at > '2026' FROM runs",
		"1|2026-01-02T01:04:05.678Z|1.2.3|scrape list.txt|1")
	wantRows(t, file, "SELECT id, run, seq, outcome, status, redirects ->> 1, json_extract(meta, '$.row'), timing_queue_ms, fetched_at, typeof(other), typeof(title) FROM records WHERE seq = 7",
		"1|1|7|scraped|200|http://b/|7|1.257|2026-03-04T05:06:07.096Z|null|text")
	wantRows(t, file, "SELECT id, url, error_kind, error_message, error_retryable, status FROM records WHERE outcome = 'not_scraped'",
		"2|http://c/|dns|of this kind: dns|1|<nil>")
	wantRows(t, file, "PRAGMA integrity_check", "ok")
	wantRows(t, file, "PRAGMA application_id", "1935897200")
}

func TestLatest(t *testing.T) {
	file := path(t)
	record := func(seq int64, url string, kind results.Kind) *results.Record {
		if kind == results.None {
			f := resultstest.Page(seq)
			f.URL = url
			return results.New(f)
		}
		return results.New(resultstest.Failed(seq, url, kind))
	}
	for _, run := range [][]*results.Record{
		{record(1, "http://a/", results.None), record(2, "http://b/", results.DNS), record(3, "http://a/", results.Duplicate), record(4, "", results.InvalidURL)},
		{record(1, "http://b/", results.None), record(2, "http://c/", results.TLS), record(3, "http://c/", results.Duplicate)},
	} {
		s := open(t, file, Options{})
		write(t, s, run...)
		closeSink(t, s)
	}
	wantRows(t, file, "SELECT url, run, seq, outcome FROM latest ORDER BY url",
		"http://a/|1|1|scraped", "http://b/|2|1|scraped", "http://c/|2|2|not_scraped")
	wantRows(t, file, "SELECT count(*) FROM records", "7")
	// However many records there are, it looks for each in an index.
	for _, q := range []string{"SELECT * FROM latest", "SELECT * FROM latest WHERE url = 'http://a/'"} {
		plan := strings.Join(query(t, file, "EXPLAIN QUERY PLAN "+q), "\n")
		if !strings.Contains(plan, "SEARCH records USING INDEX records_url (url=?)") {
			t.Errorf("%s\n%s", q, plan)
		}
	}
	wantRows(t, file, "SELECT url FROM latest WHERE url = 'http://b/'", "http://b/")
	if got := seqs(readAll(t, file, Newest)); !slices.Equal(got, []int64{1, 2, 3}) {
		t.Errorf("newest run: %v", got)
	}
	if got := seqs(readAll(t, file, 1)); !slices.Equal(got, []int64{1, 2, 3, 4}) {
		t.Errorf("run 1: %v", got)
	}
	if got := len(readAll(t, file, 3)); got != 0 {
		t.Errorf("run 3: %d records", got)
	}
}

// A file of several runs becomes several runs.
func TestSeqAgainIsAnotherRun(t *testing.T) {
	file := path(t)
	s := open(t, file, Options{})
	write(t, s, append(pages(1, 3), pages(2, 4)...)...)
	unnumbered := resultstest.Page(0)
	write(t, s, results.New(unnumbered), results.New(unnumbered))
	closeSink(t, s)
	wantRows(t, file, "SELECT run, group_concat(seq), count(*) FROM records GROUP BY run", "1|1,2,3|3", "2|2,3,4|5")
	wantRows(t, file, "SELECT id, ended_at IS NULL FROM runs", "1|1", "2|0")
}

func TestPositionAndResume(t *testing.T) {
	file := path(t)
	first := open(t, file, Options{})
	write(t, first, pages(1, 5)...)
	closeSink(t, first)

	s := open(t, file, Options{Run: Run{Command: "second"}})
	if got := s.Position(); got != 5 {
		t.Errorf("before the first record: %d", got)
	}
	write(t, s, pages(1, 3)...)
	if got := s.Position(); got != 5 {
		t.Errorf("before Sync: %d", got)
	}
	for range 2 {
		if err := s.Sync(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Persist(); err != nil {
		t.Fatal(err)
	}
	durable := s.Position()
	if durable != 8 {
		t.Errorf("after Sync: %d", durable)
	}
	write(t, s, pages(4, 9)...)
	closeSink(t, s)

	s = open(t, file, Options{Resume: true, Position: durable, Run: Run{Command: "third"}})
	if got := s.Position(); got != durable {
		t.Errorf("resumed at %d", got)
	}
	wantRows(t, file, "SELECT ended_at FROM runs WHERE id = 2", "<nil>")
	write(t, s, pages(4, 6)...)
	closeSink(t, s)
	wantRows(t, file, "SELECT run, group_concat(seq) FROM records GROUP BY run", "1|1,2,3,4,5", "2|1,2,3,4,5,6")
	wantRows(t, file, "SELECT id, command, ended_at IS NULL FROM runs", "1|<nil>|0", "2|second|0")

	// Nothing was durable: the run before must stay whole.
	s = open(t, file, Options{})
	start := s.Position()
	write(t, s, pages(1, 2)...)
	closeSink(t, s)
	s = open(t, file, Options{Resume: true, Position: start})
	closeSink(t, s)
	wantRows(t, file, "SELECT run, count(*) FROM records GROUP BY run", "1|5", "2|6")

	_, err := Open(file, Options{Resume: true, Position: 100})
	if short, ok := errors.AsType[*ResumeError](err); !ok || short.Last != 11 || short.Position != 100 {
		t.Errorf("beyond the end: %v", err)
	}
	wantRows(t, file, "SELECT count(*) FROM records", "11")
	if _, err = Open(path(t), Options{Resume: true}); err == nil {
		t.Error("resumed what there is not")
	}
}

// A run that was killed before anything of it was known to be committed begins again,
// however far it had come, and what was there before stays.
func TestRestart(t *testing.T) {
	for name, killed := range map[string]func(t *testing.T, file string){
		"before it began": func(*testing.T, string) {},
		"before a record": func(t *testing.T, file string) { open(t, file, Options{}) },
		"with records in place": func(t *testing.T, file string) {
			s := open(t, file, Options{})
			write(t, s, pages(1, 2)...)
			if err := s.Sync(); err != nil {
				t.Fatal(err)
			}
		},
	} {
		for before := range int64(2) { // runs
			t.Run(fmt.Sprintf("%s, %d before", name, before), func(t *testing.T) {
				file := path(t)
				for range before {
					s := open(t, file, Options{})
					write(t, s, pages(1, 5)...)
					closeSink(t, s)
				}
				base, err := Last(file)
				if err != nil || base != 5*before {
					t.Fatalf("the last record is %d, %v", base, err)
				}
				killed(t, file)
				s := open(t, file, Options{Restart: true, Position: base})
				write(t, s, pages(1, 3)...)
				closeSink(t, s)
				want := []string{"3"}
				if before > 0 {
					want = []string{"5", "3"}
				}
				wantRows(t, file, "SELECT count(*) FROM records GROUP BY run ORDER BY run", want...)
				wantRows(t, file, "SELECT count(*) FROM runs", fmt.Sprint(before+1))
			})
		}
	}
	_, err := Open(path(t), Options{Restart: true, Position: 1})
	if short, ok := errors.AsType[*ResumeError](err); !ok || short.Position != 1 {
		t.Errorf("behind what is not there: %v", err)
	}
}

// A database that was made before there were all of the columns gets those that it
// lacks, and its records can be read as they are.
func TestEarlierVersion(t *testing.T) {
	file := path(t)
	add := func(from, to int64) {
		s := open(t, file, Options{})
		write(t, s, pages(from, to)...)
		closeSink(t, s)
	}
	add(1, 3)
	c, err := conn.Dial(file, "rw")
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{"DROP VIEW latest", "ALTER TABLE records DROP COLUMN change", "ALTER TABLE records DROP COLUMN diff",
		tables()[strings.Index(tables(), "CREATE VIEW"):strings.Index(tables(), "PRAGMA")], "PRAGMA user_version=1"} {
		if err := c.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	read := func() (n int) {
		for _, err := range Read(file, All) {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		return n
	}
	if n := read(); n != 3 {
		t.Errorf("%d records of an earlier version", n)
	}
	add(4, 5)
	if n := read(); n != 5 {
		t.Errorf("%d records after some were added", n)
	}
	wantRows(t, file, "SELECT count(change), count(*) FROM latest", "0|5")
	wantRows(t, file, "PRAGMA user_version", "2")
}

func TestForeign(t *testing.T) {
	prepare := func(t *testing.T, statements string) string {
		file := path(t)
		c, err := conn.Dial(file, "rwc")
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		if err := c.Exec(statements); err != nil {
			t.Fatal(err)
		}
		return file
	}
	for name, test := range map[string]struct{ statements, text, want string }{
		"another program's":    {statements: "CREATE TABLE runs (id); CREATE TABLE records (id); CREATE VIEW latest AS SELECT 1", want: "another program's database"},
		"marked by another":    {statements: "PRAGMA application_id=7; CREATE TABLE t (a)", want: "another program's database"},
		"a newer version":      {statements: tables() + "PRAGMA user_version=3", want: "its tables have version 3, this scrape knows 2"},
		"without its tables":   {statements: tables() + "DROP TABLE records; DROP VIEW latest", want: "are gone"},
		"text":                 {text: strings.Repeat("{\"schema\":1}\n", 100), want: "no SQLite database"},
		"text, shorter":        {text: "a", want: "no SQLite database"},
		"a database's head":    {text: "SQLite format 3\x00", want: "no SQLite database"},
		"a broken database":    {text: "SQLite format 3\x00" + strings.Repeat("\xff", 4096), want: "no SQLite database"},
		"another kind of file": {text: "PAR1" + strings.Repeat("\x00", 5000) + "PAR1", want: "no SQLite database"},
	} {
		t.Run(name, func(t *testing.T) {
			file := path(t)
			if test.statements != "" {
				file = prepare(t, test.statements)
			} else if err := os.WriteFile(file, []byte(test.text), 0o600); err != nil {
				t.Fatal(err)
			}
			before, _ := os.ReadFile(file)
			for _, o := range []Options{{}, {Resume: true}} {
				_, err := Open(file, o)
				if foreign, ok := errors.AsType[*ForeignError](err); !ok || foreign.Path != file || !strings.Contains(foreign.Reason, test.want) {
					t.Errorf("Open: %v", err)
				}
			}
			for _, err := range Read(file, Newest) {
				if _, ok := errors.AsType[*ForeignError](err); !ok {
					t.Errorf("Read: %v", err)
				}
			}
			if after, _ := os.ReadFile(file); string(after) != string(before) {
				t.Error("the file has changed")
			}
			alone(t, file)
		})
	}
	t.Run("an empty file is new", func(t *testing.T) {
		file := path(t)
		if err := os.WriteFile(file, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		s := open(t, file, Options{})
		write(t, s, pages(1, 1)...)
		closeSink(t, s)
		wantRows(t, file, "SELECT count(*) FROM latest", "1")
	})
	t.Run("none at all", func(t *testing.T) {
		missing := filepath.Join(t.TempDir(), "no", "out.sqlite")
		if _, err := Open(missing, Options{}); err == nil {
			t.Error("opened")
		}
		for _, err := range Read(missing, Newest) {
			if !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("Read: %v", err)
			}
		}
	})
}

// alone fails if SQLite has left something beside the file.
func alone(t *testing.T, file string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(file))
	if err != nil || len(entries) != 1 {
		t.Errorf("beside %s there is %v, %v", file, entries, err)
	}
}

func TestOneFileIsLeft(t *testing.T) {
	for _, name := range []string{"out.sqlite", "what? 100%#1 é.sqlite"} {
		file := filepath.Join(t.TempDir(), name)
		s := open(t, file, Options{})
		write(t, s, pages(1, 100)...)
		closeSink(t, s)
		alone(t, file)
		// Where nothing can be written it can still be read.
		if got := query(t, file, "PRAGMA journal_mode"); !slices.Equal(got, []string{"delete"}) {
			t.Errorf("journal mode is %q", got)
		}
	}
}

func TestReadWhileWriting(t *testing.T) {
	file := path(t)
	s := open(t, file, Options{})
	for round := range int64(5) {
		write(t, s, pages(round*100+1, round*100+100)...)
		wantRows(t, file, "SELECT count(*) FROM records", fmt.Sprint(round*100))
		if err := s.Sync(); err != nil {
			t.Fatal(err)
		}
		wantRows(t, file, "SELECT count(*) FROM latest", fmt.Sprint(round*100+100))
	}
	// A reader in the middle of its rows holds up neither a commit nor the end.
	next, stop := iter.Pull2(Read(file, Newest))
	defer stop()
	if _, err, ok := next(); err != nil || !ok {
		t.Fatal(err)
	}
	write(t, s, pages(501, 600)...)
	closeSink(t, s)
	n := 1
	for {
		if _, err, ok := next(); !ok {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 500 {
		t.Errorf("the reader saw %d records, want 500", n)
	}
	wantRows(t, file, "SELECT count(*) FROM records", "600")
	alone(t, file)
}

func TestSinkContract(t *testing.T) {
	file := path(t)
	s := open(t, file, Options{})
	for _, r := range []*results.Record{{}, {Outcome: results.Scraped}} {
		if err := s.Write(r); err == nil {
			t.Errorf("%v: no error", r.Outcome)
		}
	}
	write(t, s, pages(1, 1)...)
	for range 2 {
		closeSink(t, s)
	}
	if err := s.Write(pages(2, 2)[0]); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Write after Close: %v", err)
	}
	if err := s.Sync(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("Sync after Close: %v", err)
	}
	wantRows(t, file, "SELECT count(*) FROM records", "1")
}
