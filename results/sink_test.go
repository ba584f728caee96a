package results

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"
	"testing"
)

// implementation is a Sink under test, and what it writes for a record.
type implementation struct {
	name string
	new  func(*Batch) Sink
	want func(*Fields) string // "": nothing
}

func TestSinks(t *testing.T) {
	jsonl := func(f *Fields) string { return string(f.AppendJSON(nil)) + "\n" }
	quiet := func(f *Fields) string {
		if f.Outcome == Scraped || f.Error.Kind == Duplicate {
			return ""
		}
		return wantText(f)
	}
	for _, sink := range []implementation{
		{"JSONL", NewJSONL, jsonl},
		{"Text", func(b *Batch) Sink { return NewText(b, false) }, wantText},
		{"quiet Text", func(b *Batch) Sink { return NewText(b, true) }, quiet},
	} {
		t.Run(sink.name, func(t *testing.T) { testSink(t, sink) })
	}
}

// testSink is what every Sink has to do.
func testSink(t *testing.T, sink implementation) {
	write := func(t *testing.T, s Sink, records ...*Fields) {
		t.Helper()
		for _, f := range records {
			if err := s.Write(New(f)); err != nil {
				t.Fatal(err)
			}
		}
	}
	wanted := func(records []*Fields) string {
		var b strings.Builder
		for _, f := range records {
			b.WriteString(sink.want(f))
		}
		return b.String()
	}

	t.Run("writes every record in order", func(t *testing.T) {
		for _, immediate := range []bool{false, true} {
			var out bytes.Buffer
			s := sink.new(NewBatch(&out, BatchOptions{Immediate: immediate}))
			records := append(append(examples(), huge()), examples()...)
			write(t, s, records...)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if got, want := out.String(), wanted(records); got != want {
				t.Errorf("immediate %v: wrote\n%.4000s\nwant\n%.4000s", immediate, got, want)
			}
		}
	})

	t.Run("writes the same whether the record came over the wire", func(t *testing.T) {
		var out bytes.Buffer
		s := sink.new(NewBatch(&out, BatchOptions{}))
		for _, f := range examples() {
			wire, err := New(f).AppendBinary(nil)
			if err != nil {
				t.Fatal(err)
			}
			var r Record
			if err := r.UnmarshalBinary(wire); err != nil {
				t.Fatal(err)
			}
			if err := s.Write(&r); err != nil {
				t.Fatal(err)
			}
			clear(wire) // the sink must not have kept it
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if got, want := out.String(), wanted(examples()); got != want {
			t.Errorf("wrote\n%s\nwant\n%s", got, want)
		}
	})

	t.Run("has nothing left after Sync", func(t *testing.T) {
		var out bytes.Buffer
		s := sink.new(NewBatch(&out, BatchOptions{}))
		for i, f := range examples() {
			write(t, s, f)
			if err := s.Sync(); err != nil {
				t.Fatal(err)
			}
			if got, want := out.String(), wanted(examples()[:i+1]); got != want {
				t.Fatalf("after %d records: wrote\n%s\nwant\n%s", i+1, got, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})

	t.Run("writes whole records only", func(t *testing.T) {
		whole := map[string]bool{}
		for _, f := range append(examples(), huge()) {
			whole[sink.want(f)] = true
		}
		var w writes
		s := sink.new(NewBatch(&w, BatchOptions{}))
		for range 80 {
			write(t, s, examples()...)
		}
		write(t, s, huge())
		write(t, s, examples()...)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if len(w.all()) < 2 {
			t.Fatal("too little was written for the test to say anything")
		}
		for _, part := range w.all() {
			for record := range strings.Lines(part) {
				if !whole[record] {
					t.Fatalf("a write holds %.200q, which is no whole record", record)
				}
			}
		}
	})

	t.Run("refuses a record without content", func(t *testing.T) {
		var out bytes.Buffer
		s := sink.new(NewBatch(&out, BatchOptions{}))
		for _, r := range []*Record{{}, {Outcome: Scraped}} {
			if err := s.Write(r); err == nil {
				t.Errorf("%v: no error", r.Outcome)
			}
		}
		if err := s.Close(); err != nil || out.Len() > 0 {
			t.Errorf("Close: %v; wrote %q", err, out.String())
		}
	})

	t.Run("refuses to write after Close", func(t *testing.T) {
		var out bytes.Buffer
		s := sink.new(NewBatch(&out, BatchOptions{}))
		for range 2 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Write(New(failed(1, DNS, ""))); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("Write: %v", err)
		}
		if out.Len() > 0 {
			t.Errorf("wrote %q", out.String())
		}
	})

	t.Run("stops at the first failed write, wherever that is", func(t *testing.T) {
		records := examples()[:9]
		want := wanted(records)
		for room := range len(want) {
			for _, immediate := range []bool{false, true} {
				if err := failAfter(sink, records, want, room, immediate); err != nil {
					t.Fatalf("room for %d bytes of %d, immediate %v: %v", room, len(want), immediate, err)
				}
			}
		}
	})
}

// failAfter writes the records to what takes only room bytes, and says what
// the sink does wrong.
func failAfter(sink implementation, records []*Fields, want string, room int, immediate bool) error {
	w := &full{room: room, err: &fs.PathError{Op: "write", Path: "out.txt", Err: syscall.ENOSPC}}
	var told []error
	s := sink.new(NewBatch(w, BatchOptions{Immediate: immediate, Failed: func(err error) { told = append(told, err) }}))
	var first error
	for _, f := range records {
		if sink.want(f) == "" {
			continue
		}
		err := s.Write(New(f))
		if first != nil && err != first {
			return fmt.Errorf("Write after %v: %v", first, err)
		}
		first = err
	}
	if immediate && first == nil {
		return errors.New("no Write failed")
	}
	for name, err := range map[string]error{"Sync": s.Sync(), "Close": s.Close()} {
		if !errors.Is(err, syscall.ENOSPC) || strings.Contains(err.Error(), "out.txt") {
			return fmt.Errorf("%s: %v", name, err)
		}
	}
	if len(told) != 1 || !errors.Is(told[0], syscall.ENOSPC) {
		return fmt.Errorf("told of %v", told)
	}
	if got := w.got.String(); got != want[:room] {
		return fmt.Errorf("wrote %q", got)
	}
	return nil
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]Format{
		"out.jsonl":         JSONL,
		"a.b/OUT.NDJSON":    JSONL,
		"out.txt":           Text,
		"out.jsonl.txt":     Text,
		".txt":              Text,
		"":                  "",
		"-":                 "",
		"out":               "",
		"out.":              "",
		"out.json":          "",
		"dir.jsonl/out":     "",
		"out.jsonl.partial": "",
	} {
		if got, ok := FormatOf(path); got != want || ok != (want != "") {
			t.Errorf("FormatOf(%q) = %q, %v", path, got, ok)
		}
	}
}
