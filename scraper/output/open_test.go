package output

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"scrape/results"
)

func record(seq int64, title string) *results.Record {
	return results.New(&results.Fields{Seq: seq, URL: "http://example.com/", Outcome: results.Scraped, Status: 200, Title: title})
}

func mustOpen(t *testing.T, o Options) *Output {
	t.Helper()
	out, err := Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// begin opens an output, and has its Sink.
func begin(t *testing.T, o Options) (*Output, results.Sink) {
	t.Helper()
	out := mustOpen(t, o)
	s, err := out.Sink(Use{})
	if err != nil {
		t.Fatal(err)
	}
	return out, s
}

func mustWrite(t *testing.T, s results.Sink, records ...*results.Record) {
	t.Helper()
	for _, r := range records {
		if err := s.Write(r); err != nil {
			t.Fatal(err)
		}
	}
}

func mustClose(t *testing.T, c io.Closer) {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
}

func contents(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// plain is what is in a file, uncompressed.
func plain(t *testing.T, name string, c results.Compression) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := Unpack(f, c)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// all are the ways in which a file can be written here.
func all(t *testing.T) (every []Options) {
	t.Helper()
	template, err := results.ParseTemplate(`{{.Seq}}\n{{.Title}}`)
	if err != nil {
		t.Fatal(err)
	}
	projection, err := results.ParseProjection([]string{"seq", "title"})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []results.Compression{"", results.Gzip, results.Zstd} {
		for _, f := range slices.DeleteFunc(slices.Clone(Formats), func(f results.Format) bool { return !f.Packable() }) {
			every = append(every, Options{Format: f, Compression: c})
		}
		every = append(every, Options{Format: results.Text, Compression: c, Look: Look{Template: template}},
			Options{Format: results.JSONL, Compression: c, Look: Look{Projection: projection}})
	}
	return every
}

// A run that was killed at any moment after a Sync is resumed where that was, and
// the file is as if nothing had happened.
func TestKillAndResume(t *testing.T) {
	var records []*results.Record
	for i, title := range []string{"one", "two\n\"lines\", and more", "grüße", "", strings.Repeat("long ", 50_000), "six"} {
		records = append(records, record(int64(i+1), title))
	}
	for _, o := range all(t) {
		dir := t.TempDir()
		o.Name = filepath.Join(dir, "whole")
		whole, s := begin(t, o)
		mustWrite(t, s, records...)
		mustClose(t, whole)
		want := plain(t, o.Name, o.Compression)
		for synced := range len(records) + 1 {
			o.Name = filepath.Join(dir, "resumed")
			o.Mode = Overwrite
			killed, s := begin(t, o)
			mustWrite(t, s, records[:synced]...)
			if err := s.Sync(); err != nil {
				t.Fatal(err)
			}
			if err := killed.Persist(); err != nil {
				t.Fatal(err)
			}
			o.Position = killed.Position()
			mustWrite(t, s, records[synced:]...)
			if got := killed.Position(); got != o.Position {
				t.Fatalf("%v: without Sync the position went from %d to %d", o, o.Position, got)
			}
			mustClose(t, killed) // so all is there that may be, and then some
			if size := int64(len(contents(t, o.Name))); killed.Position() != size {
				t.Fatalf("%v: position %d at the end of %d bytes", o, killed.Position(), size)
			}
			f, err := os.OpenFile(o.Name, os.O_WRONLY|os.O_APPEND, 0)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := f.WriteString(`{"part of a rec`); err != nil {
				t.Fatal(err)
			}
			mustClose(t, f)

			o.Mode = Resume
			resumed, s := begin(t, o)
			if resumed.Position() != o.Position {
				t.Fatalf("%v: resumed at %d, not %d", o, resumed.Position(), o.Position)
			}
			mustWrite(t, s, records[synced:]...)
			mustClose(t, resumed)
			if got := plain(t, o.Name, o.Compression); got != want {
				t.Errorf("%s %s, synced after %d records: %.300q, want %.300q", o.Format, o.Compression, synced, got, want)
			}
		}
	}
}

// What an append adds is what a run of both would have written.
func TestAppend(t *testing.T) {
	for _, o := range all(t) {
		o.Name = filepath.Join(t.TempDir(), "out")
		o.Mode = Append
		for seq := range int64(3) {
			out, s := begin(t, o)
			mustWrite(t, s, record(seq+1, "title,\n"))
			mustClose(t, out)
		}
		got := plain(t, o.Name, o.Compression)
		o.Mode = Overwrite
		out, s := begin(t, o)
		mustWrite(t, s, record(1, "title,\n"), record(2, "title,\n"), record(3, "title,\n"))
		mustClose(t, out)
		if want := plain(t, o.Name, o.Compression); got != want {
			t.Errorf("%s %s: %q, want %q", o.Format, o.Compression, got, want)
		}
	}
}

// An empty file is as good as none to a run that would have been resumed, had it got
// any further; nothing else is.
func TestBegin(t *testing.T) {
	for _, format := range []results.Format{results.JSONL, results.SQLite, results.Parquet} {
		for _, text := range []string{"", "x"} {
			name := filepath.Join(t.TempDir(), "out")
			file := name
			if format == results.Parquet {
				file = spoolName(name)
			}
			if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			for _, mode := range []Mode{Create, Begin} {
				out, err := Open(Options{Name: name, Format: format, Mode: mode})
				if (err == nil) != (mode == Begin && text == "") {
					t.Errorf("%s with %q, mode %v: %v", format, text, mode, err)
				}
				if err != nil {
					continue
				}
				s, err := out.Sink(Use{})
				if err != nil {
					t.Fatal(err)
				}
				mustWrite(t, s, record(1, "title"))
				mustClose(t, out)
			}
		}
	}
}

func TestAppendRefuses(t *testing.T) {
	pack := func(c results.Compression, text string) string {
		return string(newPacker(c).compress(nil, []byte(text)))
	}
	header := string(results.Columns{}.Header(','))
	for _, test := range []struct {
		name   string
		format results.Format
		is     string
		want   string // of the error; "": none
	}{
		{"out.jsonl", results.JSONL, "", ""},
		{"out.jsonl", results.JSONL, "{}\n", ""},
		{"out.jsonl", results.JSONL, "{}\n{", "its last line is not whole"},
		{"out.txt", results.Text, "x", "its last line is not whole"},
		{"out.csv", results.CSV, "", ""},
		{"out.csv", results.CSV, header, ""},
		{"out.csv", results.CSV, header + "1,", "its last line is not whole"},
		{"out.csv", results.CSV, header[:10], "has other columns"},
		{"out.csv", results.CSV, strings.ReplaceAll(header, "seq", "Seq") + "\n", "has other columns"},
		{"out.csv", results.CSV, strings.TrimSuffix(header, "\n") + "\r\n", "has other columns"},
		{"out.tsv", results.TSV, header, "has other columns"},
		{"out.csv.gz", results.CSV, pack(results.Gzip, header) + pack(results.Gzip, "1,\n"), ""},
		{"out.csv.gz", results.CSV, pack(results.Gzip, header+"1,"), "its last line is not whole"},
		{"out.csv.zst", results.CSV, pack(results.Zstd, header[:40]) + pack(results.Zstd, header[40:]), ""},
		{"out.jsonl.gz", results.JSONL, "no compressed data\n", "its compressed data is not whole: gzip: invalid header"},
		{"out.jsonl.gz", results.JSONL, strings.TrimSuffix(pack(results.Gzip, "{}\n"), "\x00"), "its compressed data is not whole: unexpected EOF"},
		{"out.jsonl.zst", results.JSONL, pack(results.Zstd, "{}\n")[:9], "its compressed data is not whole: unexpected EOF"},
		{"out.jsonl.zst", results.JSONL, pack(results.Zstd, "{}\n") + "{}\n", "its compressed data is not whole: "},
		{"out.jsonl.gz", results.JSONL, pack(results.Gzip, ""), ""},
		{"out.warc.gz", results.WARC, "", ""},
		{"out.warc.gz", results.WARC, pack(results.Gzip, "WARC/1.1\r\n\r\n"), ""},
		{"out.warc.gz", results.WARC, "no compressed data\n", "its compressed data is not whole: gzip: invalid header"},
		{"out.warc.gz", results.WARC, pack(results.Gzip, "{}\n"), "is no web archive"},
		{"out.warc.gz", results.WARC, pack(results.Gzip, "WARC/1.1\r\n\r\n") + "\x1f\x8b", "its compressed data is not whole: unexpected EOF"},
		{"out.warc.gz", results.WARC, pack(results.Gzip, "WARC/1.1\r\n\r\n{"), "its last record is not whole"},
	} {
		name := filepath.Join(t.TempDir(), test.name)
		if err := os.WriteFile(name, []byte(test.is), 0o666); err != nil {
			t.Fatal(err)
		}
		_, c, _ := results.FormatOf(name)
		out, err := Open(Options{Name: name, Format: test.format, Compression: c, Mode: Append})
		if err == nil {
			out.Abandon()
		}
		if e, _ := errors.AsType[*Error](err); test.want == "" && err != nil || test.want != "" && (e == nil || !e.Refused || !strings.HasPrefix(e.Err.Error(), test.want)) {
			t.Errorf("%s with %q: error %v, want %q", test.name, test.is, err, test.want)
		}
		if got := contents(t, name); got != test.is {
			t.Errorf("%s: %q has become %q", test.name, test.is, got)
		}
	}
}

// Until Sink is called a file stays as it is, and one that was not there can be
// taken back.
func TestOpenChangesNothing(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out.jsonl")
	out := mustOpen(t, Options{Name: name, Format: results.JSONL})
	out.Abandon()
	if _, err := os.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("abandoned, the file that was made is still there: %v", err)
	}
	if err := os.WriteFile(name, []byte("{}\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []Mode{Overwrite, Append, Resume} {
		mustOpen(t, Options{Name: name, Format: results.JSONL, Mode: mode}).Abandon()
		if got := contents(t, name); got != "{}\n" {
			t.Errorf("mode %d: %q", mode, got)
		}
	}
	other := filepath.Join(dir, "other.jsonl")
	for _, last := range []Options{
		{Name: name}, // exists
		{Name: filepath.Join(dir, "nowhere/out")},                  // no such directory
		{Name: dir + "/../" + filepath.Base(dir) + "/other.jsonl"}, // the first again
		{Name: name, Mode: Resume, Position: 4},
	} {
		outs, err := OpenAll([]Options{{Name: other}, {Name: name, Mode: Overwrite}, last})
		if e, _ := errors.AsType[*Error](err); e == nil || outs != nil {
			t.Errorf("%v: %v, %v", last, outs, err)
		}
		if _, err := os.Stat(other); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v: the first is still there: %v", last, err)
		}
		if got := contents(t, name); got != "{}\n" {
			t.Errorf("%v: %q", last, got)
		}
	}
}

func TestOpenAllRefusesOneFileTwice(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "out.jsonl")
	for _, link := range []string{"hard", "soft"} {
		if err := os.WriteFile(name, nil, 0o666); err != nil {
			t.Fatal(err)
		}
		to := filepath.Join(dir, link)
		make := map[string]func(string, string) error{"hard": os.Link, "soft": os.Symlink}[link]
		if err := make(name, to); err != nil {
			t.Skip(err)
		}
		_, err := OpenAll([]Options{{Name: name, Mode: Overwrite}, {Name: to, Mode: Overwrite}})
		if e, _ := errors.AsType[*Error](err); e == nil || !e.Refused || e.Err.Error() != "is the same file as "+name {
			t.Errorf("%s link: %v", link, err)
		}
	}
	file, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := OpenAll([]Options{{Stdout: file}, {Name: name, Mode: Append}}); err == nil || !strings.HasSuffix(err.Error(), "is the same file as stdout") {
		t.Errorf("stdout: %v", err)
	}
	if _, err := OpenAll([]Options{{Stdout: file}, {Name: "-", Stdout: file}}); err == nil || err.Error() != "stdout: is given twice" {
		t.Errorf("stdout twice: %v", err)
	}
}

func TestOpenRefusesAList(t *testing.T) {
	name := filepath.Join(t.TempDir(), "urls.txt")
	if err := os.WriteFile(name, []byte("http://a/\n"), 0o666); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []Mode{Create, Overwrite, Append, Resume} {
		_, err := Open(Options{Name: name, Format: results.Text, Mode: mode, Lists: []fs.FileInfo{nil, info}})
		if err == nil || !strings.HasSuffix(err.Error(), "is the list itself") {
			t.Errorf("mode %d: %v", mode, err)
		}
	}
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if _, err := Open(Options{Stdout: file, Lists: []fs.FileInfo{info}}); err == nil || err.Error() != "stdout: is the list itself" {
		t.Errorf("stdout: %v", err)
	}
}

func TestChoose(t *testing.T) {
	dir := t.TempDir()
	for _, test := range []struct {
		name  string
		asked results.Format
		want  results.Format
		c     results.Compression
		err   string
	}{
		{"", "", results.Text, "", ""},
		{"-", results.CSV, results.CSV, "", ""},
		{"/dev/stdout", results.JSONL, results.JSONL, "", ""},
		{"out.csv", "", results.CSV, "", ""},
		{"out.csv", results.JSONL, results.CSV, "", ""},
		{"out.jsonl.zst", "", results.JSONL, results.Zstd, ""},
		{"out.dat.gz", results.TSV, results.TSV, results.Gzip, ""},
		{"out.xml", results.TSV, results.TSV, "", ""},
		{"out.xml", "", "", "", "no format has the extension .xml"},
		{"out", "", "", "", "has no extension to tell the format"},
		{os.DevNull, "", results.Text, "", ""},
		{dir, results.JSONL, "", "", "is a directory"},
	} {
		f, c, err := Choose(test.name, test.asked)
		text := ""
		if e, ok := errors.AsType[*Error](err); ok {
			text = e.Err.Error()
		}
		if f != test.want || c != test.c || text != test.err {
			t.Errorf("%q, asked for %q: %s %s %q", test.name, test.asked, f, c, text)
		}
	}
}

// Files are persisted while records are written.
func TestPersistWhileWriting(t *testing.T) {
	for _, c := range []results.Compression{"", results.Gzip} {
		out, s := begin(t, Options{Name: filepath.Join(t.TempDir(), "out"), Format: results.JSONL, Compression: c})
		synced := make(chan int64)
		var wg sync.WaitGroup
		wg.Go(func() {
			var last int64
			for at := range synced {
				if err := out.Persist(); err != nil {
					t.Error(err)
				}
				if at < last || out.Position() < at {
					t.Errorf("position %d, then %d, now %d", last, at, out.Position())
				}
				last = at
			}
		})
		for i := range int64(200) {
			mustWrite(t, s, record(i, strings.Repeat("title ", 1000)))
			if i%20 == 0 {
				if err := s.Sync(); err != nil {
					t.Fatal(err)
				}
				synced <- out.Position()
			}
		}
		close(synced)
		wg.Wait()
		mustClose(t, out)
		if n := strings.Count(plain(t, out.Name(), c), "\n"); n != 200 {
			t.Errorf("%s: %d records", c, n)
		}
	}
}

// A write that fails is told once, names the file, and is final.
func TestFailedWrite(t *testing.T) {
	if _, err := os.Stat("/dev/full"); err != nil {
		t.Skip("no full disk here: ", err)
	}
	for _, o := range all(t) {
		o.Name = "/dev/full"
		var told []error
		out := mustOpen(t, o)
		s, err := out.Sink(Use{Failed: func(err error) { told = append(told, err) }})
		if err != nil {
			t.Fatal(err)
		}
		mustWrite(t, s, record(1, "title"))
		for name, err := range map[string]error{"Sync": s.Sync(), "Close": out.Close()} {
			e, _ := errors.AsType[*Error](err)
			if e == nil || e.Name != "/dev/full" || !e.Unwritten || e.Refused || !errors.Is(err, syscall.ENOSPC) || !strings.HasPrefix(e.Hint, "make room") {
				t.Errorf("%s %s: %s: %v", o.Format, o.Compression, name, err)
			}
		}
		if len(told) != 1 || !errors.Is(told[0], syscall.ENOSPC) {
			t.Errorf("%s %s: told of %v", o.Format, o.Compression, told)
		}
		if out.Position() != -1 || out.Persist() != nil {
			t.Errorf("a device has the position %d", out.Position())
		}
	}
}

// What fails half-way leaves whole records, by the rules of the format.
func TestWhole(t *testing.T) {
	template, err := results.ParseTemplate("x")
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		o       Options
		written string
		want    int
	}{
		{Options{Format: results.JSONL}, "{}\n{", 3},
		{Options{Format: results.CSV}, "a,b\n\"c\nd\",\"e\"\"\n", 4},
		{Options{Format: results.CSV}, "a,b\n\"c\nd\",\"e\"\"\"\n1,", 16},
		{Options{Format: results.TSV}, "\"a\nb", 0},
		{Options{Format: results.Text, Look: Look{Template: template}}, "one\ntwo\n", 0},
		{Options{Format: results.JSONL, Compression: results.Gzip}, "x\n", 0},
	} {
		o := Output{o: test.o, pack: newPacker(test.o.Compression)}
		if got := o.whole([]byte(test.written)); got != test.want {
			t.Errorf("%v: %d of %q", test.o, got, test.written)
		}
	}
}

// FuzzAppend begins with whatever is in a file: what is taken can be read with
// what is written behind it.
func FuzzAppend(f *testing.F) {
	gz := newPacker(results.Gzip).compress(nil, []byte("{}\n"))
	zst := newPacker(results.Zstd).compress(nil, []byte("{}\n"))
	for _, seed := range [][]byte{nil, []byte("{}\n"), gz, zst, slices.Concat(gz, gz), gz[:len(gz)-1], bytes.Repeat(zst, 3)} {
		f.Add(seed)
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, is []byte) {
		for _, c := range []results.Compression{"", results.Gzip, results.Zstd} {
			name := filepath.Join(dir, "out"+string(c))
			if err := os.WriteFile(name, is, 0o666); err != nil {
				t.Fatal(err)
			}
			out, err := Open(Options{Name: name, Format: results.JSONL, Compression: c, Mode: Append})
			if err != nil {
				continue
			}
			s, err := out.Sink(Use{})
			if err != nil {
				t.Fatal(err)
			}
			mustWrite(t, s, record(1, "title"))
			mustClose(t, out)
			if got := plain(t, name, c); !strings.HasSuffix(got, string(record(1, "title").Raw())+"\n") {
				t.Errorf("%q is followed by %q", is, got)
			}
		}
	})
}
