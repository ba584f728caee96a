package results

import (
	"bytes"
	"encoding"
	"strings"
	"testing"
)

var (
	_ encoding.BinaryAppender    = Record{}
	_ encoding.BinaryUnmarshaler = new(Record)
)

func TestBinary(t *testing.T) {
	for _, f := range append(examples(), huge()) {
		sent := New(f)
		wire, err := sent.AppendBinary([]byte("before"))
		if err != nil {
			t.Fatalf("%s: %v", sent.Raw(), err)
		}
		wire, ok := bytes.CutPrefix(wire, []byte("before"))
		if !ok {
			t.Fatal("what was there is gone")
		}
		var got Record
		if err := got.UnmarshalBinary(wire); err != nil {
			t.Fatalf("%q: %v", wire, err)
		}
		if got.Seq != sent.Seq || got.Outcome != sent.Outcome || got.Kind != sent.Kind || !bytes.Equal(got.Raw(), sent.Raw()) {
			t.Errorf("got %d, %v, %v, %s\nwant %d, %v, %v, %s", got.Seq, got.Outcome, got.Kind, got.Raw(),
				sent.Seq, sent.Outcome, sent.Kind, sent.Raw())
		}
	}
}

// Both ends of the wire refuse the same records.
func TestBinaryRefuses(t *testing.T) {
	object := []byte(`{"schema":1}`)
	for _, test := range []struct {
		record Record
		want   string
	}{
		{Record{Seq: 1, Outcome: Scraped}, "no content"},
		{Record{Seq: -1, Outcome: Scraped, raw: object}, "negative seq -1"},
		{Record{Seq: 1, Outcome: 2, raw: object}, "unknown outcome 2"},
		{Record{Seq: 1, Kind: 17, raw: object}, "unknown error kind 17"},
		{Record{Seq: 1, Outcome: Scraped, Kind: DNS, raw: object}, "record 1 is scraped with the error kind dns"},
		{Record{Seq: 1, raw: object}, "record 1 is not_scraped with the error kind none"},
		{Record{Seq: 1, Outcome: Scraped, raw: []byte(`{`)}, "no JSON object"},
		{Record{Seq: 1, Outcome: Scraped, raw: []byte(`{"`)}, "no JSON object"},
		{Record{Seq: 1, Outcome: Scraped, raw: []byte(`"}`)}, "no JSON object"},
		{Record{Seq: 1, Outcome: Scraped, raw: []byte(`[{}]`)}, "no JSON object"},
		{Record{Seq: 1, Outcome: Scraped, raw: []byte(` {}`)}, "no JSON object"},
		{Record{Seq: 1, Outcome: Scraped, raw: []byte("{}\n")}, "no JSON object"},
		{Record{Seq: 1, Outcome: Scraped, raw: []byte("{\n}")}, "a newline"},
		{Record{Seq: 1, Outcome: Scraped, raw: []byte("{}\n{}")}, "a newline"},
		{Record{Seq: 1, Outcome: Scraped, raw: []byte("{\x00}")}, "a NUL"},
	} {
		sent := test.record
		out, err := sent.AppendBinary([]byte("before"))
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("AppendBinary of %+v: error %v, want %q", sent, err, test.want)
		}
		if string(out) != "before" {
			t.Errorf("AppendBinary of %+v appended %q", sent, out)
		}

		header, _ := Record{Seq: sent.Seq, Outcome: Scraped, raw: object}.AppendBinary(nil)
		if sent.Seq < 0 {
			header = []byte("\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff")
		}
		wire := append(header[:headerSize:headerSize], sent.raw...)
		wire[0], wire[1] = byte(sent.Outcome), byte(sent.Kind)
		before := New(page())
		got := *before
		if err := got.UnmarshalBinary(wire); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("UnmarshalBinary(%q): error %v, want %q", wire, err, test.want)
		}
		if !bytes.Equal(got.Raw(), before.Raw()) || got.Seq != before.Seq {
			t.Errorf("UnmarshalBinary(%q) failed and changed the record", wire)
		}
	}
	for n := range headerSize {
		if err := new(Record).UnmarshalBinary(make([]byte, n)); err == nil || !strings.Contains(err.Error(), "no header") {
			t.Errorf("%d bytes: error %v", n, err)
		}
	}
}

// A record that is read anew forgets what it decoded before.
func TestUnmarshalBinaryTwice(t *testing.T) {
	r := New(page())
	if _, err := r.Fields(); err != nil {
		t.Fatal(err)
	}
	wire, err := New(failed(5, DNS, "no such host")).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := r.UnmarshalBinary(wire); err != nil {
		t.Fatal(err)
	}
	f, err := r.Fields()
	if err != nil || f.Seq != 5 || f.Error == nil {
		t.Errorf("got %+v, %v", f, err)
	}
}

// FuzzRecord feeds what a hostile worker could send: whatever is accepted
// stays on its line in every format.
func FuzzRecord(f *testing.F) {
	for _, e := range examples() {
		wire, err := New(e).AppendBinary(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wire)
	}
	f.Add([]byte("\x00\x05\x01\x00\x00\x00\x00\x00\x00\x00{\"url\":\"\x1b\xff\",\"error\":{\"message\":\"\\u001b\"}}"))
	f.Fuzz(func(t *testing.T, wire []byte) {
		var r Record
		if err := r.UnmarshalBinary(wire); err != nil {
			return
		}
		if again, err := r.AppendBinary(nil); err != nil || !bytes.Equal(again, wire) {
			t.Errorf("%q became %q, %v", wire, again, err)
		}
		var jsonl, text bytes.Buffer
		if err := NewJSONL(NewBatch(&jsonl, BatchOptions{Immediate: true})).Write(&r); err != nil {
			t.Error(err)
		}
		if want := string(r.Raw()) + "\n"; jsonl.String() != want || strings.Count(want, "\n") != 1 {
			t.Errorf("JSON Lines: %q", jsonl.String())
		}
		if err := NewText(NewBatch(&text, BatchOptions{Immediate: true}), false).Write(&r); err != nil {
			return
		}
		line, ok := strings.CutSuffix(text.String(), "\n")
		if !ok || strings.ContainsFunc(line, steers) || line != wellFormed(line) {
			t.Errorf("text: %q", text.String())
		}
	})
}
