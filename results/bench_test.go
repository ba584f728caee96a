package results

import (
	"io"
	"testing"
)

func BenchmarkAppendJSON(b *testing.B) {
	f := page()
	buf := f.AppendJSON(nil)
	b.SetBytes(int64(len(buf)))
	b.ReportAllocs()
	for b.Loop() {
		buf = f.AppendJSON(buf[:0])
	}
}

// BenchmarkNew is AppendJSON with the allocation of a record.
func BenchmarkNew(b *testing.B) {
	f := page()
	b.ReportAllocs()
	for b.Loop() {
		New(f)
	}
}

func BenchmarkBinary(b *testing.B) {
	sent := New(page())
	wire, err := sent.AppendBinary(nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("Append", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			wire, _ = sent.AppendBinary(wire[:0])
		}
	})
	b.Run("Unmarshal", func(b *testing.B) {
		b.ReportAllocs()
		var r Record
		for b.Loop() {
			if err := r.UnmarshalBinary(wire); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkSink(b *testing.B) {
	for _, sink := range []struct {
		name   string
		new    func(*Batch) Sink
		fields *Fields
	}{
		{"JSONL", NewJSONL, page()},
		{"CSV", func(b *Batch) Sink { return NewCSV(b, CSVOptions{}) }, page()},
		{"Text/scraped", func(b *Batch) Sink { return NewText(b, false) }, page()},
		{"Text/not_scraped", func(b *Batch) Sink { return NewText(b, false) }, failed(1, DNS, "no such host")},
		{"Text/quiet", func(b *Batch) Sink { return NewText(b, true) }, page()},
	} {
		b.Run(sink.name, func(b *testing.B) {
			b.ReportAllocs()
			s := sink.new(NewBatch(io.Discard, BatchOptions{}))
			r := New(sink.fields)
			for b.Loop() {
				if err := s.Write(r); err != nil {
					b.Fatal(err)
				}
			}
			if err := s.Close(); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkRecord is all a record costs a run: written in the worker, sent,
// received, counted and passed on.
func BenchmarkRecord(b *testing.B) {
	f := page()
	s := NewJSONL(NewBatch(io.Discard, BatchOptions{}))
	var tally Tally
	var wire []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if wire, err = New(f).AppendBinary(wire[:0]); err != nil {
			b.Fatal(err)
		}
		var r Record
		if err := r.UnmarshalBinary(wire); err != nil {
			b.Fatal(err)
		}
		if err := s.Write(&r); err != nil {
			b.Fatal(err)
		}
		tally.Add(&r)
	}
	if err := s.Close(); err != nil {
		b.Fatal(err)
	}
}

// BenchmarkFields is what passing records on as bytes saves.
func BenchmarkFields(b *testing.B) {
	r := New(page())
	b.ReportAllocs()
	for b.Loop() {
		r.fields = nil
		if _, err := r.Fields(); err != nil {
			b.Fatal(err)
		}
	}
}
