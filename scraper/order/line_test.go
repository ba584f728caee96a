package order

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper/tempfile"
)

// record is one whose content tells its line, and is as long as asked for.
func record(seq int64, size int) *results.Record {
	r := results.New(&results.Fields{Seq: seq, URL: "https://example.com/", Outcome: results.Scraped, Title: strings.Repeat("x", size)})
	r.Key = uint64(seq) * 7
	return r
}

// note tells its line; that of some is empty.
func note(seq int64) string { return strings.Repeat("n", int(seq%3)) }

// exchange is one with contents that tell its line; nil for some lines.
func exchange(seq int64, size int) *results.Exchange {
	if seq%3 == 0 {
		return nil
	}
	e := &results.Exchange{URL: fmt.Sprint(seq), Sent: time.Unix(seq, 0).UTC(), Status: 200, Response: []byte("\xff\r\n"), Cut: "time"}
	payload, body := contents(seq, size)
	e.Payload = results.Content{At: 5, Size: int64(len(payload))}
	if e.HasBody = seq%2 == 0; e.HasBody {
		e.Body = results.Content{At: 5 + int64(len(payload)), Size: int64(len(body))}
	}
	e.BodySHA256[3] = byte(seq)
	e.Open(strings.NewReader("other" + payload + body))
	return e
}

func contents(seq int64, size int) (payload, body string) {
	return strings.Repeat(fmt.Sprint("payload", seq), size/8), strings.Repeat(fmt.Sprint("body", seq), size/5)
}

// text is a content as a whole.
func text(t *testing.T, c results.Content) string {
	t.Helper()
	var b bytes.Buffer
	if err := c.CopyTo(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// Whatever the order in which records come, they go on in that of their lines, each as
// it was; in the file is no more than must be.
func TestOrder(t *testing.T) {
	for name, test := range map[string]struct {
		lines  int
		memory int // 1: everything that waits is in the file
		reach  int // how far records are from their place
		size   int
	}{
		"in memory":         {500, 0, 50, 10},
		"in the file":       {500, 1, 50, 10},
		"both":              {1000, 20_000, 500, 10},
		"pages":             {pageLines + 500, 1, 2000, 10},
		"larger than block": {15, 1, 8, 2 * blockSize},
		"large in memory":   {20, 1 << 20, 15, 100_000},
	} {
		t.Run(name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(1, 2))
			n := 2*pageLines + 100
			if test.size > 1000 {
				n = 60
			}
			var expected []int64
			seq := int64(rng.IntN(2 * pageLines))
			for range n {
				seq += 1 + int64(rng.IntN(3)*rng.IntN(2)) // lines without a record in between
				if rng.IntN(1000) == 0 {
					seq += 5 * pageLines
				}
				expected = append(expected, seq)
			}
			sizes := map[int64]int{}
			coming := slices.Clone(expected)
			for i := range coming {
				sizes[coming[i]] = rng.IntN(2 * test.size)
				j := min(i+rng.IntN(test.reach), n-1)
				coming[i], coming[j] = coming[j], coming[i]
			}
			l := New(Options{Memory: test.memory, Dir: t.TempDir()})
			defer l.Close()
			var got []int64
			give := func(r *results.Record, e *results.Exchange, said string) error {
				got = append(got, r.Seq)
				size := sizes[r.Seq]
				if want := record(r.Seq, size); r.Key != want.Key || r.Outcome != want.Outcome || !bytes.Equal(r.Raw(), want.Raw()) {
					t.Fatalf("line %d: %s", r.Seq, r.Raw())
				}
				if said != note(r.Seq) {
					t.Fatalf("line %d: note %q", r.Seq, said)
				}
				want := exchange(r.Seq, size)
				if (e == nil) != (want == nil) {
					t.Fatalf("line %d: exchange %v", r.Seq, e)
				}
				if e == nil {
					return nil
				}
				for _, c := range [][2]*results.Content{{&e.Payload, &want.Payload}, {&e.Body, &want.Body}} {
					if got, want := text(t, *c[0]), text(t, *c[1]); got != want {
						t.Fatalf("line %d: content %.100q; want %.100q", r.Seq, got, want)
					}
					*c[0], *c[1] = results.Content{}, results.Content{}
				}
				if !reflect.DeepEqual(e, want) {
					t.Fatalf("line %d: %+v; want %+v", r.Seq, e, want)
				}
				return nil
			}
			told := 0
			for i, seq := range coming {
				for told < n && (told <= i+test.reach || expected[told] <= seq) {
					l.Expect(expected[told])
					told++
				}
				if err := l.Put(record(seq, sizes[seq]), exchange(seq, sizes[seq]), note(seq), give); err != nil {
					t.Fatal(err)
				}
				if oldest, ok := l.Oldest(); ok != (len(got) < told) || ok && oldest != expected[len(got)] || l.Waiting() != int64(i+1-len(got)) {
					t.Fatalf("after %d records, of which %d have gone on: oldest %d, %v; %d wait", i+1, len(got), oldest, ok, l.Waiting())
				}
			}
			if !slices.Equal(got, expected) {
				t.Error("not in order")
			}
			if l.used != 0 || l.spill.blocks != 0 {
				t.Errorf("at the end %d bytes in memory, %d blocks in the file", l.used, l.spill.blocks)
			}
		})
	}
}

// Memory does not grow with what waits for a line that is stuck.
func TestMemoryIsFlat(t *testing.T) {
	const n, size, most = 40_000, 20, 256 << 10
	l := New(Options{Memory: 64 << 10, Dir: t.TempDir()})
	defer l.Close()
	l.Expect(1)
	heap := func() int64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	before := heap()
	next := int64(0)
	give := func(r *results.Record, _ *results.Exchange, _ string) error {
		if next++; r.Seq != next {
			return fmt.Errorf("line %d, want %d", r.Seq, next)
		}
		return nil
	}
	raw := record(2, size)
	for seq := int64(2); seq <= n; seq++ {
		l.Expect(seq)
		raw.Seq = seq
		if err := l.Put(raw, nil, "", give); err != nil {
			t.Fatal(err)
		}
	}
	if grown := heap() - before; grown > most {
		t.Errorf("%d bytes more with %d records that wait, want at most %d", grown, n, most)
	}
	if err := l.Put(record(1, size), nil, "", give); err != nil || next != n || l.Waiting() != 0 {
		t.Errorf("%v; %d of %d went on, %d wait", err, next, n, l.Waiting())
	}
}

// The file has room for what waits at one time, not for all that ever did.
func TestRoomIsUsedAgain(t *testing.T) {
	l := New(Options{Memory: 1, Dir: t.TempDir()})
	defer l.Close()
	give := func(*results.Record, *results.Exchange, string) error { return nil }
	most := uint32(0)
	for seq := int64(1); seq < 4*pageLines; seq += 2 { // always one waits
		l.Expect(seq)
		l.Expect(seq + 1)
		for _, s := range []int64{seq + 1, seq} {
			if err := l.Put(record(s, 500), nil, "", give); err != nil {
				t.Fatal(err)
			}
		}
		most = max(most, l.spill.blocks)
	}
	if page := uint32(pageLines * 1000 / blockSize); most > 2*page {
		t.Errorf("a file of %d blocks, where a page takes %d", most, page)
	}
}

// faulty is a file that fails.
type faulty struct {
	tempfile.File
	room int64
	err  error // of reading
}

func (f faulty) WriteAt(p []byte, at int64) (int, error) {
	if at+int64(len(p)) > f.room {
		return 0, &os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}
	}
	return f.File.WriteAt(p, at)
}

func (f faulty) ReadAt(p []byte, at int64) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	return f.File.ReadAt(p, at)
}

// A file that cannot be made, written or read ends it, and says where that is.
func TestFileFails(t *testing.T) {
	for name, test := range map[string]struct {
		dir  string
		room int64
		read error
		want error
	}{
		"made":    {"/nowhere/at/all", 0, nil, syscall.ENOENT},
		"written": {t.TempDir(), 3 * blockSize, nil, syscall.ENOSPC},
		"read":    {t.TempDir(), 1 << 40, syscall.EIO, syscall.EIO},
		"cut":     {t.TempDir(), 1 << 40, io.EOF, io.ErrUnexpectedEOF},
	} {
		t.Run(name, func(t *testing.T) {
			l := New(Options{Memory: 1, Dir: test.dir})
			defer l.Close()
			create := l.spill.create
			l.spill.create = func() (tempfile.File, error) {
				f, err := create()
				if err != nil {
					return nil, err
				}
				return faulty{f, test.room, test.read}, nil
			}
			var err error
			l.Expect(1)
			for seq := int64(2); seq < 2000 && err == nil; seq++ {
				l.Expect(seq)
				err = l.Put(record(seq, 500), nil, "", nil)
			}
			if err == nil {
				err = l.Put(record(1, 500), nil, "", func(*results.Record, *results.Exchange, string) error { return nil })
			}
			if e, ok := errors.AsType[*Error](err); !ok || e.Dir != test.dir || !errors.Is(err, test.want) || strings.Contains(e.Err.Error(), "write x") {
				t.Errorf("%v; want %v in %s", err, test.want, test.dir)
			}
		})
	}
}

// What the reader of records says ends it as it is; a record that nobody expects is a
// mistake.
func TestPutFails(t *testing.T) {
	l := New(Options{})
	defer l.Close()
	l.Expect(1)
	l.Expect(2)
	full := errors.New("full")
	none := func(*results.Record, *results.Exchange, string) error { return nil }
	if err := l.Put(record(2, 1), nil, "", none); err != nil {
		t.Fatal(err)
	}
	for _, seq := range []int64{3, 10 * pageLines} {
		if err := l.Put(record(seq, 1), nil, "", none); err == nil {
			t.Errorf("line %d, which nobody expects, is taken", seq)
		}
	}
	if err := l.Put(record(1, 1), nil, "", func(*results.Record, *results.Exchange, string) error { return full }); err != full {
		t.Errorf("%v; want %v", err, full)
	}
}
