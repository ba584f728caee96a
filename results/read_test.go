package results

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestReadJSONLRoundTrip(t *testing.T) {
	fields := append(examples(), huge())
	rng := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		f := random(rng)
		f.Seq = max(f.Seq, -f.Seq, 0)
		fields = append(fields, f)
	}
	var file bytes.Buffer
	sink := NewJSONL(NewBatch(&file, BatchOptions{}))
	for _, f := range fields {
		if err := sink.Write(New(f)); err != nil {
			t.Fatal(err)
		}
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
	n := 0
	for got, err := range ReadJSONL(&file) {
		if err != nil {
			t.Fatal(err)
		}
		want := New(fields[n])
		if !bytes.Equal(got.Raw(), want.Raw()) || got.Seq != want.Seq || got.Outcome != want.Outcome || got.Kind != want.Kind {
			t.Fatalf("record %d is\n%.1000s\nwant\n%.1000s", n, got.Raw(), want.Raw())
		}
		n++
	}
	if n != len(fields) {
		t.Errorf("%d records, want %d", n, len(fields))
	}
}

func TestReadJSONL(t *testing.T) {
	const a = `{"schema":1,"seq":1,"url":"http://a/","outcome":"scraped"}`
	const b = `{"schema":1,"seq":2,"url":"http://b/","outcome":"not_scraped","error":{"kind":"dns","retryable":true}}`
	broken := errors.New("broken pipe")
	for _, test := range []struct {
		name string
		in   string
		seqs []int64
		err  string
	}{
		{"nothing", "", nil, ""},
		{"blank lines", "\n \n\r\n", nil, ""},
		{"two", a + "\n" + b + "\n", []int64{1, 2}, ""},
		{"the last line has no end", a + "\n" + b, []int64{1, 2}, ""},
		{"CRLF and blanks", a + "\r\n\n  " + b + " \r\n", []int64{1, 2}, ""},
		{"torn", a + "\n" + b[:40], []int64{1}, "line 2 is no record: unexpected end of JSON input (it is the last line, and has no end)"},
		{"no JSON", a + "\n\nURL http://a/ Scraped\n", []int64{1}, "line 3 is no record: invalid character 'U'"},
		{"no object", "[" + a + "]\n", nil, "line 1 is no record: "},
		{"another schema", `{"schema":2,"outcome":"scraped"}` + "\n", nil, "schema is 2, not 1"},
		{"chosen fields only", `{"url":"http://a/"}` + "\n", nil, "schema is 0, not 1"},
		{"no outcome", `{"schema":1,"seq":1}` + "\n", nil, "unknown outcome"},
		{"unknown kind", `{"schema":1,"seq":1,"outcome":"not_scraped","error":{"kind":"boredom"}}` + "\n", nil, `unknown error kind "boredom"`},
		{"a failure without error", `{"schema":1,"seq":1,"outcome":"not_scraped"}` + "\n", nil, "record 1 is not_scraped with the error kind none"},
		{"a success with error", `{"schema":1,"outcome":"scraped","error":{"kind":"dns"}}` + "\n", nil, "is scraped with the error kind dns"},
		{"negative seq", `{"schema":1,"seq":-1,"outcome":"scraped"}` + "\n", nil, "negative seq -1"},
		{"too long", a + "\n" + b + strings.Repeat(" ", 200) + "\n" + a + "\n", []int64{1}, "line 2: longer than 200 bytes"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, in := range []io.Reader{strings.NewReader(test.in), iotest.OneByteReader(strings.NewReader(test.in))} {
				var seqs []int64
				var last error
				for r, err := range readJSONL(in, 200) {
					if last != nil {
						t.Fatal("something came after an error")
					}
					if last = err; err == nil {
						seqs = append(seqs, r.Seq)
					}
				}
				if !reflect.DeepEqual(seqs, test.seqs) {
					t.Errorf("records %v, want %v", seqs, test.seqs)
				}
				if (last == nil) != (test.err == "") || last != nil && !strings.Contains(last.Error(), test.err) {
					t.Errorf("error %v, want %q", last, test.err)
				}
			}
		})
	}
	t.Run("a read fails", func(t *testing.T) {
		in := io.MultiReader(strings.NewReader(a+"\n"+b[:10]), iotest.ErrReader(broken))
		var last error
		for _, last = range ReadJSONL(in) {
		}
		if !errors.Is(last, broken) || !strings.Contains(last.Error(), "line 2") {
			t.Errorf("error %v", last)
		}
	})
	t.Run("the reader has enough", func(t *testing.T) {
		for r := range ReadJSONL(strings.NewReader(a + "\n" + b + "\n")) {
			if r.Seq != 1 {
				t.Error("it went on")
			}
			break
		}
	})
}

// What is foreign may be spelt otherwise, and hold what could steer a terminal.
func TestParse(t *testing.T) {
	for raw, want := range map[string]string{
		`{"schema":1,"outcome":"scraped","newer":[1]}`:                      `{"schema":1,"outcome":"scraped","newer":[1]}`,
		` {"outcome" : "scraped", "schema":1} `:                             `{"outcome" : "scraped", "schema":1}`,
		"{\n\"outcome\":\"scraped\",\r\n\"schema\":1}\n":                    `{"schema":1,"outcome":"scraped"}`,
		"{\"schema\":1,\"outcome\":\"scraped\",\"title\":\"\u009b2J\xff\"}": `{"schema":1,"outcome":"scraped","title":"\u009b2J` + "\ufffd" + `"}`,
	} {
		r, err := ParseRecord([]byte(raw))
		if err != nil {
			t.Errorf("%q: %v", raw, err)
			continue
		}
		if string(r.Raw()) != want {
			t.Errorf("%q became %s, want %s", raw, r.Raw(), want)
		}
	}
}

func FuzzReadJSONL(f *testing.F) {
	for _, e := range examples() {
		f.Add(append(e.AppendJSON(nil), '\n'))
	}
	f.Add([]byte("\n{\"schema\":1,\"outcome\":\"scraped\",\"Title\":\"\\ud800\"}\r\n{}"))
	f.Fuzz(func(t *testing.T, file []byte) {
		for r, err := range ReadJSONL(bytes.NewReader(file)) {
			if err != nil {
				return
			}
			checkLine(t, r.Raw())
			again, err := ParseRecord(bytes.Clone(r.Raw()))
			if err != nil || !bytes.Equal(again.Raw(), r.Raw()) {
				t.Errorf("%q is read as %v, %v", r.Raw(), again, err)
			}
			cells, err := SplitRow(r, nil)
			if err != nil {
				t.Fatalf("%q: %v", r.Raw(), err)
			}
			if _, err := JoinRow(cells); err != nil {
				t.Errorf("%q: %v", r.Raw(), err)
			}
		}
	})
}
