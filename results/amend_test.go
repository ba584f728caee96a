package results

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
)

// What is amended is what the record had been with these fields from the start.
func TestAmend(t *testing.T) {
	fields := examples()
	rng := rand.New(rand.NewPCG(7, 8))
	for range 2000 {
		f := random(rng)
		f.Seq = max(f.Seq, -f.Seq, 0)
		fields = append(fields, f)
	}
	for _, f := range fields {
		want := *f
		want.Title, want.Change, want.Diff = `a "title"`, Recovered, "+x\n"
		want.Links, want.Data = nil, json.RawMessage(`{"a":[1]}`)
		r := New(f)
		r.Key = 7
		before := string(r.Raw())
		got, err := Amend(r,
			Member{"diff", AppendString(nil, "+x\n")}, Member{"change", []byte(`"recovered"`)},
			Member{"title", AppendString(nil, want.Title)}, Member{"links", nil}, Member{"data", []byte(`{"a":[1]}`)})
		if err != nil {
			t.Fatalf("%s: %v", before, err)
		}
		if raw := string(New(&want).Raw()); string(got.Raw()) != raw {
			t.Fatalf("%s\nbecame\n%s\nnot\n%s", before, got.Raw(), raw)
		}
		if got.Key != 7 || got.Seq != r.Seq || got.Outcome != r.Outcome || got.Kind != r.Kind || got.Change != Recovered || string(r.Raw()) != before {
			t.Errorf("%s: the header is %+v, the record is now %s", before, got, r.Raw())
		}
	}
}

func TestAmendForeignRecords(t *testing.T) {
	r, err := ParseRecord([]byte(`{"schema":1,"newer":[1, 2],"outcome":"scraped","seq":3}`))
	if err != nil {
		t.Fatal(err)
	}
	got, err := Amend(r, Member{"change", []byte(`"new"`)})
	if want := `{"schema":1,"seq":3,"outcome":"scraped","change":"new","newer":[1, 2]}`; err != nil || string(got.Raw()) != want {
		t.Errorf("%s, %v, want %s", got.Raw(), err, want)
	}
	spaced, err := ParseRecord([]byte(`{ "schema": 1, "outcome": "scraped", "seq": 3 }`))
	if err != nil {
		t.Fatal(err)
	}
	got, err = Amend(spaced, Member{"change", []byte(`"new"`)})
	if want := `{"schema":1,"seq":3,"outcome":"scraped","change":"new"}`; err != nil || string(got.Raw()) != want {
		t.Errorf("%s, %v, want %s", got.Raw(), err, want)
	}
	if _, err := Amend(r, Member{"newer", []byte(`1`)}); err == nil {
		t.Error("a key that records do not have was accepted")
	}
}

// kept is a sink that remembers what it was given.
type kept struct {
	records   []*Record
	exchanges int
}

func (k *kept) Write(r *Record) error { k.records = append(k.records, r); return nil }
func (k *kept) Sync() error           { return nil }
func (k *kept) Close() error          { return nil }

type keptExchanges struct{ kept }

func (k *keptExchanges) Needs() Needs { return Needs{Body: true} }
func (k *keptExchanges) WriteExchange(r *Record, _ *Exchange) error {
	k.exchanges++
	if r == nil {
		return nil
	}
	return k.Write(r)
}

func TestFilter(t *testing.T) {
	scraped, failed := New(page()), New(failed(3, DNS, "no such host"))
	keep := func(r *Record) bool { return r.Outcome == Scraped }
	plain, full := new(kept), new(keptExchanges)
	for _, s := range []Sink{Filter(plain, keep), Filter(full, keep)} {
		for _, r := range []*Record{scraped, failed, nil} {
			if err := Give(s, r, new(Exchange)); err != nil {
				t.Fatal(err)
			}
		}
		if err := Give(s, failed, nil); err != nil {
			t.Fatal(err)
		}
	}
	want := []*Record{scraped}
	if !reflect.DeepEqual(plain.records, want) || !reflect.DeepEqual(full.records, want) || full.exchanges != 2 {
		t.Errorf("%d and %d records, %d exchanges", len(plain.records), len(full.records), full.exchanges)
	}
	if needs := Filter(full, keep).(ExchangeSink).Needs(); needs != (Needs{Body: true}) {
		t.Errorf("it needs %+v", needs)
	}
	if _, ok := Filter(plain, keep).(ExchangeSink); ok {
		t.Error("a filter of a plain sink takes exchanges")
	}
}
