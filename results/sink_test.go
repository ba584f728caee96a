//go:build !race

package results

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// implementation is a Sink under test, and what it writes for a record.
type implementation struct {
	name string
	new  func(*Batch) Sink
	// again makes the Sink that writes on where a file was cut; nil: as new does.
	again func(*Batch) Sink
	head  string               // what it begins with
	want  func(*Fields) string // "": nothing
}

func TestSinks(t *testing.T) {
	jsonl := func(f *Fields) string { return string(f.AppendJSON(nil)) + "\n" }
	quiet := func(f *Fields) string {
		if f.Outcome == Scraped || f.Error.Kind == Duplicate {
			return ""
		}
		return wantText(f)
	}
	implementations := []implementation{
		{name: "JSONL", new: NewJSONL, want: jsonl},
		{name: "projected JSONL", new: func(b *Batch) Sink { return NewProjected(b, mustProject(t, "title", "seq", "error")) }, want: wantProjected},
		{name: "Text", new: func(b *Batch) Sink { return NewText(b, false) }, want: wantText},
		{name: "quiet Text", new: func(b *Batch) Sink { return NewText(b, true) }, want: quiet},
		{name: "Template", new: func(b *Batch) Sink { return NewTemplate(b, mustTemplate(t, `{{.URL}}\t{{.Error.Kind}} {{.Title}}`)) }, want: wantTemplate},
	}
	for name, o := range map[string]CSVOptions{
		"CSV":         {},
		"TSV":         {Comma: '\t'},
		"defused CSV": {Defuse: true},
		"one column":  {Columns: mustColumns(t, "title")},
	} {
		continued := o
		continued.NoHeader = true
		implementations = append(implementations, implementation{
			name:  name,
			new:   func(b *Batch) Sink { return NewCSV(b, o) },
			again: func(b *Batch) Sink { return NewCSV(b, continued) },
			head:  string(o.Columns.Header(cmp.Or(o.Comma, ','))),
			want:  func(f *Fields) string { return wantCSV(f, o) },
		})
	}
	for _, sink := range implementations {
		t.Run(sink.name, func(t *testing.T) { testSink(t, sink) })
	}
}

// sample is a record and what a Sink under test writes for it.
type sample struct {
	record *Record
	want   string
}

// testSink is what every Sink has to do.
func testSink(t *testing.T, sink implementation) {
	if sink.again == nil {
		sink.again = sink.new
	}
	var all []sample
	for i, f := range examples() {
		all = append(all, sample{allRecords()[i], sink.want(f)})
	}
	large := sample{hugeRecord(), sink.want(huge())}
	write := func(t *testing.T, s Sink, samples ...sample) {
		t.Helper()
		for _, x := range samples {
			if err := s.Write(x.record); err != nil {
				t.Fatal(err)
			}
		}
	}
	wanted := func(samples []sample) string {
		var b strings.Builder
		b.WriteString(sink.head)
		for _, x := range samples {
			b.WriteString(x.want)
		}
		return b.String()
	}

	t.Run("writes every record in order", func(t *testing.T) {
		for _, immediate := range []bool{false, true} {
			samples := all
			if immediate { // when not, whole records are tested with it
				samples = slices.Concat(all, []sample{large}, all)
			}
			want := wanted(samples)
			var out bytes.Buffer
			out.Grow(len(want))
			s := sink.new(NewBatch(&out, BatchOptions{Immediate: immediate}))
			write(t, s, samples...)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != want {
				t.Errorf("immediate %v: wrote\n%.4000s\nwant\n%.4000s", immediate, got, want)
			}
		}
	})

	t.Run("writes the same whether the record came over the wire", func(t *testing.T) {
		var out bytes.Buffer
		s := sink.new(NewBatch(&out, BatchOptions{}))
		for _, x := range all {
			wire, err := x.record.AppendBinary(nil)
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
		if got, want := out.String(), wanted(all); got != want {
			t.Errorf("wrote\n%s\nwant\n%s", got, want)
		}
	})

	t.Run("writes nothing but its head without records", func(t *testing.T) {
		var out bytes.Buffer
		if err := sink.new(NewBatch(&out, BatchOptions{})).Close(); err != nil || out.String() != sink.head {
			t.Errorf("Close: %v; wrote %q", err, out.String())
		}
	})

	t.Run("has nothing left after Sync", func(t *testing.T) {
		var out bytes.Buffer
		s := sink.new(NewBatch(&out, BatchOptions{}))
		for i, x := range all {
			write(t, s, x)
			if err := s.Sync(); err != nil {
				t.Fatal(err)
			}
			if got, want := out.String(), wanted(all[:i+1]); got != want {
				t.Fatalf("after %d records: wrote\n%s\nwant\n%s", i+1, got, want)
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	})

	// What was written after the last Sync is cut off and written again, as after
	// a kill.
	t.Run("goes on behind what was synced", func(t *testing.T) {
		want := wanted(all)
		for synced := range len(all) {
			var out bytes.Buffer
			s := sink.new(NewBatch(&out, BatchOptions{}))
			write(t, s, all[:synced]...)
			if err := s.Sync(); err != nil {
				t.Fatal(err)
			}
			length := out.Len()
			write(t, s, all[synced:]...)
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			out.Truncate(length)
			next := sink.again(NewBatch(&out, BatchOptions{}))
			write(t, next, all[synced:]...)
			if err := next.Close(); err != nil {
				t.Fatal(err)
			}
			if got := out.String(); got != want {
				t.Fatalf("synced after %d records: wrote\n%s\nwant\n%s", synced, got, want)
			}
		}
	})

	t.Run("writes whole records only", func(t *testing.T) {
		var samples []sample
		for range 80 {
			samples = append(samples, all...)
		}
		samples = slices.Concat(samples, []sample{large}, all)
		var w writes
		s := sink.new(NewBatch(&w, BatchOptions{}))
		write(t, s, samples...)
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		ends := map[int]bool{len(sink.head): true}
		end := len(sink.head)
		for _, x := range samples {
			end += len(x.want)
			ends[end] = true
		}
		if len(w.all()) < 2 {
			t.Fatal("too little was written for the test to say anything")
		}
		want, at := wanted(samples), 0
		for _, part := range w.all() {
			if !strings.HasPrefix(want[at:], part) {
				t.Fatalf("wrote %.200q at %d, want %.200q", part, at, want[at:])
			}
			if at += len(part); !ends[at] {
				t.Fatalf("a write ends with %.200q, which is no whole record", part[max(0, len(part)-200):])
			}
		}
		if at != len(want) {
			t.Fatalf("wrote %d bytes of %d", at, len(want))
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
		if err := s.Close(); err != nil || out.String() != sink.head {
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
		if out.String() != sink.head {
			t.Errorf("wrote %q", out.String())
		}
	})

	t.Run("stops at the first failed write, wherever that is", func(t *testing.T) {
		samples := all[:9]
		want := wanted(samples)
		for room := range len(want) {
			for _, immediate := range []bool{false, true} {
				if err := failAfter(sink, samples, want, room, immediate); err != nil {
					t.Fatalf("room for %d bytes of %d, immediate %v: %v", room, len(want), immediate, err)
				}
			}
		}
	})
}

// failAfter writes the records to what takes only room bytes, and says what
// the sink does wrong.
func failAfter(sink implementation, samples []sample, want string, room int, immediate bool) error {
	w := &full{room: room, err: &fs.PathError{Op: "write", Path: "out.txt", Err: syscall.ENOSPC}}
	var told []error
	s := sink.new(NewBatch(w, BatchOptions{Immediate: immediate, Failed: func(err error) { told = append(told, err) }}))
	var first error
	for _, x := range samples {
		if x.want == "" {
			continue
		}
		err := s.Write(x.record)
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
