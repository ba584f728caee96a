package list_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"scrape/scraper/list"
	"scrape/scraper/weburl"
)

func source(name, text string) list.Source {
	return list.Source{Name: name, Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

// read returns all items, and the error that ended the reading unless it was
// the end.
func read(t testing.TB, o list.Options, sources ...list.Source) ([]list.Item, error) {
	t.Helper()
	r := list.NewReader(sources, o)
	defer func() {
		if err := r.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}()
	var items []list.Item
	for {
		item, err := r.Next()
		if err == io.EOF {
			return items, nil
		}
		if err != nil {
			return items, err
		}
		items = append(items, item)
	}
}

// brief is an item in one line.
func brief(i list.Item) string {
	s := fmt.Sprintf("%d %s:%d %s", i.Seq, i.List, i.Line, i.Input)
	switch {
	case i.Err != nil:
		return s + " ! " + i.Err.Error()
	case i.First != 0:
		return fmt.Sprintf("%s = %d", s, i.First)
	}
	return s + " > " + i.URL.String()
}

func wantItems(t *testing.T, items []list.Item, want ...string) {
	t.Helper()
	for i := range max(len(items), len(want)) {
		switch {
		case i >= len(items):
			t.Errorf("missing: %s", want[i])
		case i >= len(want):
			t.Errorf("too many: %s", brief(items[i]))
		case brief(items[i]) != want[i]:
			t.Errorf("got  %s\nwant %s", brief(items[i]), want[i])
		}
	}
}

func TestLines(t *testing.T) {
	text := "\ufeff# a list\r\n" +
		"https://example.com/\r\n" +
		"\r\n" +
		" \u00a0\u200b\t\n" +
		"  # indented\n" +
		"\u00a0HTTPS://Example.com:443/#top \u200b\n" +
		"hello\n" +
		"https://user:secret@example.com/\n" +
		"https://user:sec/ret@example.com/\n" +
		"caf\xe9.example/\n" +
		"example.com/caf\xe9\n" +
		"example.com/\x00\n" +
		"https://example.com"
	items, err := read(t, list.Options{Dedupe: true}, source("a.txt", text))
	if err != nil {
		t.Fatal(err)
	}
	wantItems(t, items,
		"2 :2 https://example.com/ > https://example.com/",
		"6 :6 HTTPS://Example.com:443/#top = 2",
		"7 :7 hello ! not a URL",
		"8 :8 https://user:***@example.com/ > https://user:secret@example.com/",
		"9 :9 https://user:***@example.com/ ! port is not a number",
		"10 :10 caf\ufffd.example/ ! not a valid host name",
		"11 :11 example.com/caf\ufffd > https://example.com/caf%E9",
		"12 :12 example.com/\x00 ! has a NUL byte",
		"13 :13 https://example.com = 2",
	)
	if items[1].URL != items[0].URL {
		t.Errorf("a duplicate's URL is %q", items[1].URL)
	}
}

func TestSeveralLists(t *testing.T) {
	a, b := source("a.txt", "a.example\n\nb.example"), source("https://u:secret@h/", "#\nb.example\nb.example\n")
	items, err := read(t, list.Options{Dedupe: true}, a, b)
	if err != nil {
		t.Fatal(err)
	}
	wantItems(t, items,
		"1 a.txt:1 a.example > https://a.example/",
		"3 a.txt:3 b.example > https://b.example/",
		"5 https://u:***@h/:2 b.example = 3",
		"6 https://u:***@h/:3 b.example = 3",
	)
}

func TestNoDedupe(t *testing.T) {
	items, err := read(t, list.Options{}, source("", "a.example\na.example\n"))
	if err != nil {
		t.Fatal(err)
	}
	wantItems(t, items, "1 :1 a.example > https://a.example/", "2 :2 a.example > https://a.example/")
}

func TestNothing(t *testing.T) {
	for _, text := range []string{"", "\n", "#", "\ufeff", "\r\n\r\n", " "} {
		if items, err := read(t, list.Options{}, source("", text)); err != nil || len(items) > 0 {
			t.Errorf("%q gives %v, %v", text, items, err)
		}
	}
	if items, err := read(t, list.Options{}); err != nil || len(items) > 0 {
		t.Errorf("no list gives %v, %v", items, err)
	}
}

func TestUTF16(t *testing.T) {
	// "ä.de\r\nb.de" as a Windows shell writes it, and the other way round.
	for _, text := range []string{
		"\xff\xfe\xe4\x00.\x00d\x00e\x00\r\x00\n\x00b\x00.\x00d\x00e\x00",
		"\xfe\xff\x00\xe4\x00.\x00d\x00e\x00\r\x00\n\x00b\x00.\x00d\x00e",
	} {
		// The list after it is not in UTF-16.
		items, err := read(t, list.Options{}, source("a", text), source("b", "c.de"))
		if err != nil {
			t.Fatal(err)
		}
		wantItems(t, items,
			"1 a:1 ä.de > https://xn--4ca.de/", "2 a:2 b.de > https://b.de/", "3 b:1 c.de > https://c.de/")
	}
}

func TestLongLines(t *testing.T) {
	const limit = weburl.MaxGiven
	path := func(n int) string { return "https://a.example/" + strings.Repeat("a", n-18) }
	spaces := strings.Repeat("\u00a0 ", 1<<20/3)
	for name, c := range map[string]struct {
		line  string
		fault string // "" where the line is a URL, "-" where it is none at all
	}{
		"at the limit":       {path(limit), ""},
		"over":               {path(limit + 1), "longer than 64 KiB"},
		"over the buffer":    {path(2*limit + 1), "longer than 64 KiB"},
		"1 MiB":              {path(1 << 20), "longer than 64 KiB"},
		"space around":       {strings.Repeat(" ", 60_000) + path(limit) + "\r", ""},
		"much space before":  {spaces + path(limit), ""},
		"much space after":   {path(limit-1) + strings.Repeat(" \t", 1<<19), ""},
		"space inside":       {"https://a.example/" + spaces + "a", "longer than 64 KiB"},
		"blank":              {spaces, "-"},
		"comment":            {spaces + "#" + path(1<<20), "-"},
		"long comment":       {"#" + path(1<<20) + "http://", "-"},
		"user":               {"https://u:secret@" + path(1<<20), "longer than 64 KiB"},
		"many byte letters":  {"https://a.example/" + strings.Repeat("日", 1<<19), "longer than 64 KiB"},
		"percent-encoded":    {"https://a.example/" + strings.Repeat("日", (limit-18)/3), ""},
		"broken bytes":       {strings.Repeat("\xff", 1<<20), "longer than 64 KiB"},
		"NULs":               {strings.Repeat("\x00", 1<<20), "longer than 64 KiB"},
		"many short parts":   {"https://a.example" + strings.Repeat("/a", 32_000), ""},
		"many odd parts":     {"https://a.example" + strings.Repeat("/ä", 20_000), "more than 1000 slashes"},
		"many user names":    {"https://" + strings.Repeat("@", 60_000) + "a.example/", "user name and password longer than 4 KiB"},
		"a long host's name": {"https://" + strings.Repeat("a.", 30_000) + "a/", "host longer than 253 characters"},
	} {
		for _, end := range []string{"", "\n", "\r\n"} {
			items, err := read(t, list.Options{}, source("", "a.example\n"+c.line+end))
			if err != nil {
				t.Fatal(err)
			}
			n, err := list.Count(strings.NewReader("a.example\n" + c.line + end))
			if err != nil || n != int64(len(items)) {
				t.Errorf("%s: Count says %d, %v; there are %d", name, n, err, len(items))
			}
			if c.fault == "-" {
				if len(items) != 1 {
					t.Errorf("%s: got %d items", name, len(items))
				}
				continue
			}
			if len(items) != 2 {
				t.Fatalf("%s: got %d items", name, len(items))
			}
			item, fault := items[1], ""
			if item.Err != nil {
				fault = item.Err.Error()
			}
			if fault != c.fault || item.Line != 2 {
				t.Errorf("%s: line %d: %q, want %q", name, item.Line, fault, c.fault)
			}
			if item.Input == "" || len(item.Input) > limit+10 || !utf8.ValidString(item.Input) || strings.Contains(item.Input, "secret") {
				t.Errorf("%s: input has %d bytes: %.100q", name, len(item.Input), item.Input)
			}
			if fault == "longer than 64 KiB" && (len(item.Input) > 1100 || !strings.HasSuffix(item.Input, "…")) {
				t.Errorf("%s: input has %d bytes", name, len(item.Input))
			}
		}
	}
}

// endless is a line without end, counted.
type endless struct{ left int }

func (e *endless) Read(p []byte) (int, error) {
	if e.left == 0 {
		return 0, io.EOF
	}
	n := min(len(p), e.left)
	copy(p, bytes.Repeat([]byte{'x'}, n))
	e.left -= n
	return n, nil
}

func TestLineInBoundedMemory(t *testing.T) {
	live := func() int64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	for start, limit := range map[string]int64{"": 1 << 20, "{": 4 * list.MaxRequest} {
		before := live()
		r := list.NewReader([]list.Source{{Open: func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(start), &endless{64 << 20})), nil
		}}}, list.Options{})
		item, err := r.Next()
		if err != nil || item.Err == nil {
			t.Fatalf("got %v, %v", item, err)
		}
		if grown := live() - before; grown > limit {
			t.Errorf("a line of 64 MiB that begins with %q holds %d bytes", start, grown)
		}
		runtime.KeepAlive(item)
		r.Close()
	}
}

// Whatever keeps a line from being a URL, the password in it is not shown.
func TestInputOfInvalidLines(t *testing.T) {
	for line, want := range map[string]string{
		"http://user:my secret@h:99999/":       "http://user:***@h:99999/",
		"http://user:p@ss secret@h:99999/":     "http://user:***@h:99999/",
		"ftp://user:my secret@h/":              "ftp://user:***@h/",
		"http://user:my\u00a0secret@h:99999/":  "http://user:***@h:99999/",
		"user:my secret@h.example:99999/":      "user:***@h.example:99999/",
		"http://user:a http://secret@h:99999/": "http://user:***@h:99999/",
		"curl http://user:secret@h/ -o x":      "curl http://user:***@h/ -o x",
		"mailto:ann@example.com":               "mailto:ann@example.com",
	} {
		items, err := read(t, list.Options{}, source("", line))
		if err != nil || len(items) != 1 || items[0].Err == nil || items[0].Input != want {
			t.Errorf("%q: %+v, %v; want the input %q", line, items, err, want)
		}
	}
}

func TestUnreadable(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing.txt")
	openMissing := func() (io.ReadCloser, error) { return os.Open(missing) }
	broken := errors.New("broken")
	breaks := func(text string) func() (io.ReadCloser, error) {
		return func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader(text), iotest.ErrReader(broken))), nil
		}
	}
	for name, c := range map[string]struct {
		source list.Source
		cause  error
		want   string
	}{
		"missing":         {list.Source{Name: missing, Open: openMissing}, fs.ErrNotExist, "list " + missing + ": no such file or directory"},
		"at once":         {list.Source{Name: "-", Open: breaks("")}, broken, "list stdin: broken"},
		"inside the line": {list.Source{Name: "b", Open: breaks("\nb.example")}, broken, "list b: broken"},
		"in a long line":  {list.Source{Name: "b", Open: breaks(strings.Repeat("b", 1<<20))}, broken, "list b: broken"},
		"a password":      {list.Source{Name: "http://u:secret@h", Open: breaks("")}, broken, "list http://u:***@h: broken"},
	} {
		r := list.NewReader([]list.Source{source("a", "a.example"), c.source, source("c", "c.example")}, list.Options{})
		if item, err := r.Next(); err != nil || item.Input != "a.example" {
			t.Errorf("%s: first item %v, %v", name, item, err)
		}
		for range 2 { // the error stays
			item, err := r.Next()
			if _, ok := errors.AsType[*list.ReadError](err); !ok || !errors.Is(err, c.cause) || err.Error() != c.want {
				t.Errorf("%s: got %v, %v; want %s", name, item, err, c.want)
			}
		}
		if err := r.Close(); err != nil {
			t.Errorf("%s: Close: %v", name, err)
		}
	}
}

// counted tells whether it was closed.
type counted struct {
	io.Reader
	closed *int
}

func (c counted) Close() error { *c.closed++; return nil }

func TestClose(t *testing.T) {
	closed := 0
	open := func() (io.ReadCloser, error) { return counted{strings.NewReader("a.b\nc.d\n"), &closed}, nil }
	r := list.NewReader([]list.Source{{Open: open}, {Open: open}, {Open: open}}, list.Options{Dedupe: true})
	for range 3 {
		if _, err := r.Next(); err != nil {
			t.Fatal(err)
		}
	}
	if closed != 1 {
		t.Errorf("%d lists closed where one is at its end", closed)
	}
	for range 2 {
		if err := r.Close(); err != nil {
			t.Error(err)
		}
	}
	if closed != 2 {
		t.Errorf("%d lists closed of 2 opened", closed)
	}
	if _, err := r.Next(); !errors.Is(err, fs.ErrClosed) {
		t.Errorf("after Close: %v", err)
	}
}

func TestStreams(t *testing.T) {
	in, out := io.Pipe()
	r := list.NewReader([]list.Source{{Name: "-", Open: func() (io.ReadCloser, error) { return in, nil }}}, list.Options{})
	defer r.Close()
	for range 3 {
		go io.WriteString(out, "a.example\n")
		// The writer has sent no more: a line must not wait for the next.
		if item, err := r.Next(); err != nil || item.URL.String() != "https://a.example/" {
			t.Fatalf("got %v, %v", item, err)
		}
	}
}

// FuzzReader checks the promise of one item for each line that is neither
// blank nor a comment, whatever the bytes and the parts they come in.
func FuzzReader(f *testing.F) {
	f.Add([]byte("\ufeff#\r\n\na.b\n\x00\xff\nhttp://u:p@h/"), true)
	f.Add([]byte("\xff\xfea\x00.\x00b\x00\n\x00"), false)
	f.Fuzz(func(t *testing.T, text []byte, small bool) {
		open := func() (io.ReadCloser, error) {
			if small {
				return io.NopCloser(iotest.OneByteReader(bytes.NewReader(text))), nil
			}
			return io.NopCloser(iotest.DataErrReader(bytes.NewReader(text))), nil
		}
		items, err := read(t, list.Options{Dedupe: true}, list.Source{Open: open})
		if err != nil {
			t.Fatal(err)
		}
		if n, err := list.Count(bytes.NewReader(text)); err != nil || n != int64(len(items)) {
			t.Errorf("Count says %d, %v; there are %d", n, err, len(items))
		}
		line, first := int64(0), map[string]int64{}
		for i, item := range items {
			if item.Seq != item.Line || item.Line <= line || item.Input == "" || !utf8.ValidString(item.Input) {
				t.Errorf("item %d: %+v", i, item)
			}
			if line = item.Line; item.Err != nil {
				continue
			}
			if item.First != first[item.URL.String()] {
				t.Errorf("item %d: First is %d, want %d", i, item.First, first[item.URL.String()])
			}
			if item.First == 0 {
				first[item.URL.String()] = item.Seq
			}
			if p := item.URL.Password(); len(p) > 6 && strings.Count(item.Input, p) > 0 && !strings.Contains(item.URL.Username()+item.URL.Host()+item.URL.RequestURI(), p) {
				t.Errorf("item %d shows a password: %q", i, item.Input)
			}
		}
	})
}

// urls is a list of n plain URLs, made as it is read.
type urls struct {
	n, i int
	line []byte
	rest []byte
}

func (u *urls) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(u.rest) == 0 {
			if u.i == u.n {
				return n, io.EOF
			}
			u.line = fmt.Appendf(u.line[:0], "https://www%d.example.com/some/path/page-%d.html?lang=en\n", u.i%1000, u.i)
			u.rest, u.i = u.line, u.i+1
		}
		c := copy(p[n:], u.rest)
		n, u.rest = n+c, u.rest[c:]
	}
	return n, nil
}

func BenchmarkNext(b *testing.B) {
	text, err := io.ReadAll(&urls{n: 1_000_000})
	if err != nil {
		b.Fatal(err)
	}
	for _, dedupe := range []bool{true, false} {
		b.Run(fmt.Sprintf("dedupe=%v", dedupe), func(b *testing.B) {
			open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(text)), nil }
			b.ReportAllocs()
			var r *list.Reader
			for i := 0; b.Loop(); i++ {
				if i%1_000_000 == 0 {
					if r != nil {
						r.Close()
					}
					r = list.NewReader([]list.Source{{Open: open}}, list.Options{Dedupe: dedupe})
				}
				if item, err := r.Next(); err != nil || item.Err != nil || item.First != 0 {
					b.Fatal(item, err)
				}
			}
			r.Close()
		})
	}
}

func BenchmarkCount(b *testing.B) {
	text, err := io.ReadAll(&urls{n: 100_000})
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if n, err := list.Count(bytes.NewReader(text)); n != 100_000 || err != nil {
			b.Fatal(n, err)
		}
	}
}

// Journals hold keys: what a line asks for must have the same one for all time.
func TestKeys(t *testing.T) {
	a := source("a", "a.example\n#\nhttps://A.example/#top\nhello\n {\"url\": \"a.example\", \"meta\": 7}\n"+
		"{\"url\": \"a.example\", \"method\": \"HEAD\"}\nhello\nworld\nhttps://u:1@a.example\nhttps://u:2@a.example")
	keysOf := func(o list.Options, sources ...list.Source) map[int64]uint64 {
		items, err := read(t, o, sources...)
		if err != nil {
			t.Fatal(err)
		}
		keys := map[int64]uint64{}
		for _, item := range items {
			keys[item.Seq] = item.Key
		}
		return keys
	}
	keys := keysOf(list.Options{Dedupe: true, Keys: true}, source("empty", "\n"), a)
	if keys[2] != 0x77fd9beab677d083 {
		t.Errorf("the key of a.example is %#x", keys[2])
	}
	// Which lines share a key, by letters.
	for _, c := range []struct {
		o    list.Options
		want string
	}{
		{list.Options{Dedupe: true, Keys: true}, "a bcbdcefg"},
		{list.Options{Keys: true}, "a abacbdef"},
	} {
		letters, got := map[uint64]byte{}, ""
		keys := keysOf(c.o, a)
		for seq := int64(1); seq <= 10; seq++ {
			key, ok := keys[seq]
			if !ok {
				got += " "
				continue
			}
			if letters[key] == 0 {
				letters[key] = 'a' + byte(len(letters))
			}
			got += string(letters[key])
		}
		if got != c.want {
			t.Errorf("%+v: keys %q, want %q", c.o, got, c.want)
		}
	}
	if keys := keysOf(list.Options{Dedupe: true}, a); keys[1] != 0 {
		t.Error("a key that nobody wants")
	}
}
