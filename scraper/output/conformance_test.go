package output

import (
	"bytes"
	"context"
	"crypto/sha1"
	"encoding/csv"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode"

	"scrape/results"
	"scrape/results/parquet"
	"scrape/results/resultstest"
	"scrape/results/sqlite"
)

// format is a way to write records that has to do what every one does, and how to
// find out whether a file holds exactly these records.
type format struct {
	name    string
	options Options
	check   func(t *testing.T, file string, records []*results.Record)
}

// formats are all there are.
func formats(t *testing.T) (every []format) {
	t.Helper()
	for _, o := range all(t) {
		f := format{fmt.Sprintf("%s%s", o.Format, o.Compression), o, nil}
		switch {
		case o.Look.Template != nil:
			f.name += " by a template"
			f.check = checkBytes(o)
		case o.Look.Projection != nil:
			f.name += " with some keys"
			f.check = checkBytes(o)
		case o.Format == results.Text:
			f.check = checkBytes(o)
		case o.Format == results.JSONL:
			f.check = checkRecords(func(t *testing.T, file string) iter.Seq2[*results.Record, error] {
				return results.ReadJSONL(strings.NewReader(plain(t, file, o.Compression)))
			})
		default:
			f.check = checkTable(o)
		}
		every = append(every, f)
	}
	prices := []results.Column{{Name: "price", Type: results.DoubleColumn}, {Name: "name", Type: results.TextColumn}, {Name: "a.b", Type: results.JSONColumn}}
	return append(every,
		format{"sqlite", Options{Format: results.SQLite}, checkRecords(func(_ *testing.T, file string) iter.Seq2[*results.Record, error] {
			return sqlite.Read(file, sqlite.All)
		})},
		format{"parquet", Options{Format: results.Parquet}, checkRecords(readParquet)},
		format{"parquet with columns of data", Options{Format: results.Parquet, Look: Look{Data: prices}}, checkRecords(readParquet)},
		format{"warc", Options{Format: results.WARC}, checkRecords(readWARC)})
}

// checkBytes checks a format that holds less than there is in a record: its file is
// what each record by itself is written as, one after the other.
func checkBytes(o Options) func(*testing.T, string, []*results.Record) {
	return func(t *testing.T, file string, records []*results.Record) {
		t.Helper()
		var want bytes.Buffer
		for _, r := range records {
			s := (&Output{o: o}).newSink(results.NewBatch(&want, results.BatchOptions{}))
			mustWrite(t, s, r)
			mustClose(t, s)
		}
		if got := plain(t, file, o.Compression); got != want.String() {
			t.Errorf("%d bytes, want %d:\n%.2000s\nwant\n%.2000s", len(got), want.Len(), got, want.String())
		}
	}
}

// checkTable has a table read by package encoding/csv.
func checkTable(o Options) func(*testing.T, string, []*results.Record) {
	return func(t *testing.T, file string, records []*results.Record) {
		t.Helper()
		r := csv.NewReader(strings.NewReader(plain(t, file, o.Compression)))
		if o.Format == results.TSV {
			r.Comma = '\t'
		}
		rows, err := r.ReadAll() // of as many cells each
		if err != nil {
			t.Fatal(err)
		}
		if len(rows) != len(records)+1 {
			t.Fatalf("%d rows with the names, of %d records", len(rows), len(records))
		}
		at := make(map[string]int)
		for i, name := range rows[0] {
			at[name] = i
		}
		for i, row := range rows[1:] {
			f := fieldsOf(t, records[i])
			kind, message := "", ""
			if f.Error != nil {
				kind, message = f.Error.Kind.String(), f.Error.Message
			}
			for name, want := range map[string]string{"seq": fmt.Sprint(f.Seq), "url": f.URL, "outcome": f.Outcome.String(),
				"title": f.Title, "error_kind": kind, "error_message": message} {
				if got := row[at[name]]; got != cell(want) {
					t.Fatalf("row %d: %s is %.200q, want %.200q", i+1, name, got, cell(want))
				}
			}
		}
	}
}

// cell is a text as a table can hold it.
func cell(text string) string {
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) && c != '\t' && c != '\n' {
			return unicode.ReplacementChar
		}
		return c
	}, text)
}

// checkRecords checks a format that holds all there is in a record.
func checkRecords(read func(*testing.T, string) iter.Seq2[*results.Record, error]) func(*testing.T, string, []*results.Record) {
	return func(t *testing.T, file string, records []*results.Record) {
		t.Helper()
		n := 0
		for r, err := range read(t, file) {
			if err != nil {
				t.Fatal(err)
			}
			if n == len(records) {
				t.Fatalf("more than %d records, the next is %.200s", n, r.Raw())
			}
			if bytes.Equal(r.Raw(), records[n].Raw()) {
				n++
				continue
			}
			if got, want := fieldsOf(t, r).AppendJSON(nil), fieldsOf(t, records[n]).AppendJSON(nil); !bytes.Equal(got, want) {
				t.Fatalf("record %d is\n%.1000s\nwant\n%.1000s", n+1, got, want)
			}
			n++
		}
		if n != len(records) {
			t.Fatalf("%d records, want %d", n, len(records))
		}
	}
}

func fieldsOf(t *testing.T, r *results.Record) *results.Fields {
	t.Helper()
	f, err := r.Fields()
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func readParquet(t *testing.T, file string) iter.Seq2[*results.Record, error] {
	b := contents(t, file)
	return parquet.Read(strings.NewReader(b), int64(len(b)))
}

// readWARC gives the records that the metadata of a web archive are.
func readWARC(t *testing.T, file string) iter.Seq2[*results.Record, error] {
	t.Helper()
	b := contents(t, file)
	if b == "" {
		return func(func(*results.Record, error) bool) {}
	}
	archive, err := resultstest.ReadWARC([]byte(b))
	if err != nil {
		t.Fatal(err)
	}
	return func(yield func(*results.Record, error) bool) {
		for _, r := range archive {
			if r.Kind() != "metadata" {
				continue
			}
			if !yield(results.ParseRecord(r.Block)) {
				return
			}
		}
	}
}

// numbered gives each record a number of its own, as a run does.
func numbered(all []*results.Fields) (records []*results.Record) {
	for i, f := range all {
		f.Seq = int64(i + 1)
		records = append(records, results.New(f))
	}
	return records
}

// everyKind are records of every kind, and of no kind that anyone has thought of.
func everyKind() []*results.Record {
	all := resultstest.Examples()
	rng := rand.New(rand.NewPCG(3, 4))
	for range 100 {
		all = append(all, resultstest.Random(rng, 0))
	}
	return numbered(all)
}

// few are records of some kinds.
func few() []*results.Record { return numbered(resultstest.Examples()[:17]) }

// give writes records, those of pages that were scraped with what was said.
func give(s results.Sink, records ...*results.Record) error {
	for _, r := range records {
		var e *results.Exchange
		if r.Outcome == results.Scraped {
			payload := fmt.Sprint("page ", r.Seq%5)
			e = &results.Exchange{
				URL: "http://example.com/", Sent: time.Unix(1_700_000_000, 0), RemoteAddr: "127.0.0.1:80", HTTPVersion: "1.1",
				Request: []byte("GET / HTTP/1.1\r\n\r\n"), Response: []byte("HTTP/1.1 200 OK\r\n\r\n"),
				Payload: results.Content{Size: int64(len(payload))}, PayloadSHA1: sha1.Sum([]byte(payload)),
			}
			e.Open(strings.NewReader(payload))
		}
		if err := results.Give(s, r, e); err != nil {
			return err
		}
	}
	return nil
}

// finish closes an output, and makes what is made at the end.
func finish(t *testing.T, out *Output) {
	t.Helper()
	mustClose(t, out)
	if err := out.Finish(context.Background()); err != nil {
		t.Fatal(err)
	}
}

// each tests every format.
func each(t *testing.T, test func(t *testing.T, f format)) {
	for _, f := range formats(t) {
		t.Run(f.name, func(t *testing.T) {
			f.options.Name = filepath.Join(t.TempDir(), "out")
			test(t, f)
		})
	}
}

func mustGive(t *testing.T, s results.Sink, records ...*results.Record) {
	t.Helper()
	if err := give(s, records...); err != nil {
		t.Fatal(err)
	}
}

// What is written can be read back: records of every kind, in their order.
func TestEveryKindOfRecord(t *testing.T) {
	records := everyKind()
	each(t, func(t *testing.T, f format) {
		out, s := begin(t, f.options)
		mustGive(t, s, records...)
		finish(t, out)
		f.check(t, f.options.Name, records)
	})
}

// A run without a record leaves a file all the same, which can be read.
func TestNoRecords(t *testing.T) {
	each(t, func(t *testing.T, f format) {
		out, _ := begin(t, f.options)
		finish(t, out)
		f.check(t, f.options.Name, nil)
		if f.options.Format == results.Parquet {
			return
		}
		f.options.Mode = Append
		records := few()
		out, s := begin(t, f.options)
		mustGive(t, s, records...)
		finish(t, out)
		f.check(t, f.options.Name, records)
	})
}

// A position moves when everything is written, and only then; calls that have
// nothing to do do nothing; and what comes too late is refused.
func TestOrderOfCalls(t *testing.T) {
	records := few()
	each(t, func(t *testing.T, f format) {
		out, s := begin(t, f.options)
		if err := errors.Join(s.Sync(), s.Sync(), out.Persist()); err != nil {
			t.Fatal(err)
		}
		last := out.Position()
		for i, r := range records {
			mustGive(t, s, r)
			if got := out.Position(); got != last {
				t.Fatalf("record %d alone moves the position from %d to %d", i+1, last, got)
			}
			if err := errors.Join(s.Sync(), out.Persist(), s.Sync()); err != nil {
				t.Fatal(err)
			}
			if got := out.Position(); got <= last {
				t.Fatalf("after record %d the position is %d, as it was before", i+1, got)
			}
			last = out.Position()
		}
		if err := errors.Join(s.Close(), s.Close()); err != nil {
			t.Fatal(err)
		}
		if err := give(s, records[0]); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Write after Close: %v", err)
		}
		mustClose(t, out)
		finish(t, out)
		f.check(t, f.options.Name, records)
	})
}

// What an append adds stands behind what was there.
func TestAppendToRecords(t *testing.T) {
	records := few()
	each(t, func(t *testing.T, f format) {
		out, s := begin(t, f.options)
		mustGive(t, s, records[:5]...)
		finish(t, out)
		f.options.Mode = Append
		out, err := Open(f.options)
		if f.options.Format == results.Parquet {
			if e, ok := errors.AsType[*Error](err); !ok || !e.Refused || e.Hint == "" {
				t.Errorf("a file that ends in a footer: %v", err)
			}
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		if s, err = out.Sink(Use{}); err != nil {
			t.Fatal(err)
		}
		mustGive(t, s, records[5:]...)
		finish(t, out)
		f.check(t, f.options.Name, records)
	})
}

// leftovers are the files beside an output that a run should not leave.
func leftovers(t *testing.T, name string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(name))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != filepath.Base(name) && e.Name() != filepath.Base(spoolName(name)) {
			names = append(names, e.Name())
		}
	}
	return names
}

// A link is followed: what it leads to is replaced, not the link.
func TestLinksAreFollowed(t *testing.T) {
	records := few()
	each(t, func(t *testing.T, f format) {
		target := filepath.Join(t.TempDir(), "target")
		if err := os.Symlink(target, f.options.Name); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(f.options); err == nil || !strings.Contains(err.Error(), "is a symbolic link to a file that does not exist") {
			t.Errorf("a link that leads nowhere: %v", err)
		}
		if err := os.WriteFile(target, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		f.options.Mode = Overwrite
		out, s := begin(t, f.options)
		mustGive(t, s, records...)
		finish(t, out)
		f.check(t, target, records)
		if info, err := os.Lstat(f.options.Name); err != nil || info.Mode()&fs.ModeSymlink == 0 {
			t.Errorf("the link has become %v, %v", info, err)
		}
		f.options.Mode = Create
		if _, err := Open(f.options); err == nil || !strings.Contains(err.Error(), "exists already") {
			t.Errorf("a file behind a link: %v", err)
		}
	})
}

// One file by two names is refused, whether it was there before or not.
func TestTwoNamesOfAFile(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.Mkdir(filepath.Join(dir, "a"), 0o700), os.Symlink("a", filepath.Join(dir, "b"))); err != nil {
		t.Fatal(err)
	}
	each(t, func(t *testing.T, f format) {
		first, second := f.options, f.options
		first.Name, second.Name = filepath.Join(dir, "a", "out"), filepath.Join(dir, "b", "out")
		for _, mode := range []Mode{Create, Overwrite} {
			first.Mode, second.Mode = mode, mode
			if _, err := OpenAll([]Options{first, second}); err == nil || !strings.Contains(err.Error(), "is the same file as "+filepath.Join(dir, "a", "out")) {
				t.Errorf("mode %d: %v", mode, err)
			}
		}
		if entries, err := os.ReadDir(filepath.Join(dir, "a")); err != nil || len(entries) > 0 {
			t.Errorf("%v is left, %v", entries, err)
		}
	})
}
