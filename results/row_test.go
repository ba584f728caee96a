package results

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

func TestRowRoundTrip(t *testing.T) {
	fields := append(examples(), huge())
	rng := rand.New(rand.NewPCG(5, 6))
	for range 5000 {
		f := random(rng)
		f.Seq = max(f.Seq, -f.Seq, 0)
		fields = append(fields, f)
	}
	var cells [][]byte
	for _, f := range fields {
		r := New(f)
		var err error
		if cells, err = SplitRow(r, cells); err != nil {
			t.Fatal(err)
		}
		for i, cell := range cells {
			if cell != nil && !json.Valid(cell) {
				t.Fatalf("%s is %q", rowColumns()[i].Name, cell)
			}
		}
		got, err := JoinRow(cells)
		if err != nil {
			t.Fatalf("%s: %v", r.Raw(), err)
		}
		if string(got.Raw()) != string(r.Raw()) {
			t.Fatalf("%.1000s\nbecame\n%.1000s", r.Raw(), got.Raw())
		}
	}
}

// Every key has a column, so that nothing of ours lands among the others.
func TestRowHasAColumnForEveryKey(t *testing.T) {
	f := page()
	fill := func(v reflect.Value) {
		for i := range v.NumField() {
			switch v := v.Field(i); v.Interface().(type) {
			case json.RawMessage:
				v.SetBytes([]byte(`{"a":1}`))
			case []string:
				v.Set(reflect.ValueOf([]string{"a"}))
			case string:
				v.SetString("a" + v.String())
			}
		}
	}
	fill(reflect.ValueOf(f).Elem())
	f.Change = Changed
	f.Line, f.Outcome, f.Error = 1, NotScraped, &Error{Kind: DNS, Message: "no", Retryable: true}
	cells, err := SplitRow(New(f), nil)
	if err != nil {
		t.Fatal(err)
	}
	for i, c := range RowColumns() {
		if (cells[i] == nil) != (c.Name == "other") {
			t.Errorf("%s is %q", c.Name, cells[i])
		}
	}
}

func TestSplitRow(t *testing.T) {
	at := func(cells [][]byte, name string) string {
		for i, c := range rowColumns() {
			if c.Name == name {
				return string(cells[i])
			}
		}
		t.Fatalf("no column %s", name)
		return ""
	}
	for _, test := range []struct{ name, raw, column, want string }{
		{"a newer member", `{"schema":1,"outcome":"scraped","newer":[1],"x":{"y":2}}`, "other", `{"newer":[1],"x":{"y":2}}`},
		{"null is nothing", `{"schema":1,"outcome":"scraped","title":null,"x":null,"timing_ms":{"dns":null}}`, "title", ""},
		{"another form", `{"schema": 1, "outcome":"scraped", "title" : "t"}`, "title", `"t"`},
		{"another form inside", `{"schema":1,"outcome":"scraped","timing_ms":{ "dns":1.5}}`, "timing_dns_ms", "1.5"},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, err := ParseRecord([]byte(test.raw))
			if err != nil {
				t.Fatal(err)
			}
			cells, err := SplitRow(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := at(cells, test.column); got != test.want {
				t.Errorf("%s is %s, want %s", test.column, got, test.want)
			}
		})
	}
	for _, r := range []*Record{{}, {raw: []byte(`{"seq":}`)}, {raw: []byte(`{"schema" : 2}`)}} {
		if _, err := SplitRow(r, nil); err == nil {
			t.Errorf("%q: no error", r.raw)
		}
	}
}

func BenchmarkSplitRow(b *testing.B) {
	r := New(page())
	var cells [][]byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if cells, err = SplitRow(r, cells); err != nil {
			b.Fatal(err)
		}
	}
}
