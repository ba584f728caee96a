//go:build !race

package parquet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"scrape/results"
	"scrape/results/resultstest"
)

func spool(records ...*results.Record) io.Reader {
	var b bytes.Buffer
	for _, r := range records {
		b.Write(r.Raw())
		b.WriteByte('\n')
	}
	return &b
}

func build(t testing.TB, spool io.Reader, o Options) ([]byte, Summary) {
	t.Helper()
	var file bytes.Buffer
	sum, err := Build(context.Background(), &file, spool, o)
	if err != nil {
		t.Fatal(err)
	}
	return file.Bytes(), sum
}

func readAll(t testing.TB, file []byte) (records []*results.Record) {
	t.Helper()
	for r, err := range Read(bytes.NewReader(file), int64(len(file))) {
		if err != nil {
			t.Fatal(err)
		}
		records = append(records, r)
	}
	return records
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

	file, sum := build(t, spool(records...), Options{})
	if sum.Rows != int64(len(records)) {
		t.Errorf("%d rows", sum.Rows)
	}
	got := readAll(t, file)
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
	for r := range Read(bytes.NewReader(file), int64(len(file))) {
		if r.Seq != records[0].Seq {
			t.Error("the reader had enough")
		}
		break
	}
}

func TestNoRecords(t *testing.T) {
	file, sum := build(t, strings.NewReader(""), Options{Version: "1.2.3"})
	if sum.Rows != 0 || len(readAll(t, file)) != 0 {
		t.Errorf("%d rows", sum.Rows)
	}
	f, err := pq.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := f.Lookup("scrape.version"); v != "1.2.3" {
		t.Errorf("version is %q", v)
	}
	var names []string
	for _, path := range f.Schema().Columns() {
		names = append(names, path[0])
	}
	var want []string
	for _, c := range results.RowColumns() {
		want = append(want, c.Name)
	}
	if !slices.Equal(names, want) {
		t.Errorf("columns are\n%q\nwant\n%q", names, want)
	}
}

func TestDataColumns(t *testing.T) {
	columns := []results.Column{
		{Name: "price", Type: results.DoubleColumn},
		{Name: "stock", Type: results.IntegerColumn},
		{Name: "sold", Type: results.BooleanColumn},
		{Name: "since", Type: results.TimeColumn},
		{Name: "tags", Type: results.TextsColumn},
		{Name: "offers", Type: results.JSONColumn},
		{Name: `na me, "1"`, Type: results.TextColumn},
	}
	null := []string{"null", "null", "null", "null", "null", "null", "null"}
	var records []*results.Record
	var want [][]string
	for i, test := range []struct {
		data string
		want []string
	}{
		{`{"price":1.5,"stock":3,"sold":true,"since":"2026-01-02T03:04:05.678+01:00","tags":["a","\u0000"],"offers":[{"a":1}],"na me, \"1\"":"n","more":1}`,
			[]string{"1.5", "3", "true", "1767319445678", "a|\x00", `[{"a":1}]`, "n"}},
		{`{ "price" : 17, "stock":3.0, "sold":false,"since":"1970-01-02","tags":[],"offers":"o","na me, \"1\"":"" }`,
			[]string{"17", "3", "false", "86400000", "null", `"o"`, ""}},
		{`{"price":"1.5","stock":3.5,"sold":"true","since":"soon","tags":"a","offers":null,"na me, \"1\"":7}`, null},
		{`{"price":1e400,"stock":1e300,"sold":1,"since":7,"tags":[1],"na me, \"1\"":["a"]}`, null},
		{`{"stock":99999999999999999999}`, null},
		{`[1]`, null},
		{``, null},
	} {
		f := resultstest.Page(int64(i + 1))
		f.Data = []byte(test.data)
		records, want = append(records, results.New(f)), append(want, test.want)
	}
	file, sum := build(t, spool(records...), Options{Data: columns})
	unfit := map[string]int64{"price": 2, "stock": 3, "sold": 2, "since": 2, "tags": 2, `na me, "1"`: 2}
	if !maps.Equal(sum.Unfit, unfit) {
		t.Errorf("unfit are %v, want %v", sum.Unfit, unfit)
	}
	f, err := pq.OpenFile(bytes.NewReader(file), int64(len(file)))
	if err != nil {
		t.Fatal(err)
	}
	rows := f.RowGroups()[0].Rows()
	defer rows.Close()
	read := make([]pq.Row, len(records))
	if n, err := rows.ReadRows(read); n != len(records) {
		t.Fatalf("%d rows, %v", n, err)
	}
	own := len(results.RowColumns())
	for i, row := range read {
		got := make([]string, len(columns))
		for _, v := range row {
			if at := v.Column() - own; at >= 0 {
				if got[at] != "" {
					got[at] += "|"
				}
				got[at] += v.String()
			}
		}
		for at := range got {
			if got[at] = strings.ReplaceAll(got[at], "<null>", "null"); got[at] != want[i][at] {
				t.Errorf("row %d: %s is %q, want %q", i, columns[at].Name, got[at], want[i][at])
			}
		}
	}
	for i, r := range readAll(t, file) {
		if string(r.Raw()) != string(records[i].Raw()) {
			t.Errorf("%s\nbecame %s", records[i].Raw(), r.Raw())
		}
	}
	if _, err := Build(context.Background(), io.Discard, spool(), Options{Data: append(columns, columns[1])}); err == nil || !strings.Contains(err.Error(), `"data_stock" is there twice`) {
		t.Errorf("a column twice: %v", err)
	}
}

func TestBuildFails(t *testing.T) {
	records := resultstest.Records()
	file, _ := build(t, spool(records...), Options{})
	full := errors.New("no space left on device")
	for room := 0; room < len(file); room += 1 + len(file)/50 {
		w := &limited{room: room, err: full}
		if _, err := Build(context.Background(), w, spool(records...), Options{}); !errors.Is(err, full) {
			t.Fatalf("room for %d bytes: %v", room, err)
		}
	}
	torn, _ := io.ReadAll(spool(records...))
	if _, err := Build(context.Background(), io.Discard, bytes.NewReader(torn[:len(torn)-20]), Options{}); err == nil || !strings.Contains(err.Error(), "line ") {
		t.Errorf("a torn spool: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Build(ctx, io.Discard, spool(records...), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

type limited struct {
	room int
	err  error
}

func (w *limited) Write(b []byte) (int, error) {
	n := min(len(b), w.room)
	w.room -= n
	if n < len(b) {
		return n, w.err
	}
	return n, nil
}

func TestReadRefuses(t *testing.T) {
	file, _ := build(t, spool(resultstest.Records()...), Options{})
	var foreign bytes.Buffer
	w := pq.NewGenericWriter[struct{ A string }](&foreign)
	if _, err := w.Write([]struct{ A string }{{"a"}}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string][]byte{
		"nothing":         nil,
		"text":            []byte("{\"schema\":1}\n"),
		"half a file":     file[:len(file)/2],
		"another program": foreign.Bytes(),
	} {
		var last error
		for _, err := range Read(bytes.NewReader(in), int64(len(in))) {
			last = err
		}
		if last == nil || !strings.Contains(last.Error(), "it is no Parquet file") {
			t.Errorf("%s: %v", name, last)
		}
	}
}

// However many records there are, memory holds those of a row group at most.
func TestMemoryIsFlat(t *testing.T) {
	if testing.Short() {
		t.Skip("builds a file of 200,000 records")
	}
	peak := func(records int64) uint64 {
		p := &peaks{pages: pages{last: records}}
		if _, err := Build(context.Background(), io.Discard, p, Options{}); err != nil {
			t.Fatal(err)
		}
		return p.most
	}
	one, more := peak(50_000), peak(200_000)
	t.Logf("the heap holds %d MiB at 50,000 records, %d MiB at 200,000", one>>20, more>>20)
	// Compressed, a group of such records is small: the rest is one page of each column,
	// and what compresses it. The collector lets it grow to twice that.
	const most = 32 << 20
	if more > most || more > one+most/4 {
		t.Errorf("200,000 records take %d MiB, 50,000 take %d", more>>20, one>>20)
	}
}

// pages is a spool made as it is read.
type pages struct {
	seq, last int64
	line      []byte
}

func (p *pages) Read(b []byte) (int, error) {
	if len(p.line) == 0 {
		if p.seq == p.last {
			return 0, io.EOF
		}
		p.seq++
		p.line = append(resultstest.Page(p.seq).AppendJSON(p.line[:0]), '\n')
	}
	n := copy(b, p.line)
	p.line = p.line[n:]
	return n, nil
}

// peaks looks at the live heap now and then.
type peaks struct {
	pages
	next int64
	most uint64
}

func (p *peaks) Read(b []byte) (int, error) {
	if p.seq >= p.next {
		p.next += 24_999
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		p.most = max(p.most, m.HeapAlloc)
	}
	return p.pages.Read(b)
}

func BenchmarkParquet(b *testing.B) {
	b.ReportAllocs()
	if _, err := Build(context.Background(), io.Discard, &pages{last: int64(b.N)}, Options{}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}

// A file that was damaged is an error, or has other records; it ends nothing.
func TestReadDamaged(t *testing.T) {
	whole, _ := build(t, spool(resultstest.Records()[:4]...), Options{})
	rng := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		file := bytes.Clone(whole)
		for range 1 + rng.IntN(4) {
			file[rng.IntN(len(file))] = byte(rng.Uint32())
		}
		for r, err := range Read(bytes.NewReader(file), int64(len(file))) {
			if err == nil && len(r.Raw()) == 0 {
				t.Error("a record without content")
			}
		}
	}
}

func FuzzRead(f *testing.F) {
	file, _ := build(f, spool(resultstest.Records()[:1]...), Options{})
	f.Add(file)
	f.Fuzz(func(t *testing.T, file []byte) {
		for r, err := range Read(bytes.NewReader(file), int64(len(file))) {
			if err == nil && len(r.Raw()) == 0 {
				t.Error("a record without content")
			}
		}
	})
}
