package output

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"scrape/results"
	"scrape/results/warc"
)

// Use says how a Sink is used.
type Use struct {
	// Screen, if set, stands between the Sink and the output, to write to a
	// screen that others share.
	Screen func(io.Writer) io.Writer
	// Failed, if set, is called once with the first failure to write, as that of
	// results.BatchOptions is.
	Failed func(error)
}

// Sink empties or cuts the file, as the Mode says, and returns the one Sink that
// writes to it. It is the Output's to close.
func (o *Output) Sink(use Use) (results.Sink, error) {
	if err := o.prepare(); err != nil {
		return nil, err
	}
	if o.o.Format == results.SQLite {
		db, err := o.openDatabase()
		if err != nil {
			return nil, err
		}
		o.sink = db
		return db, nil
	}
	s := &sink{out: o, failed: use.Failed}
	var w io.Writer = o
	if use.Screen != nil {
		w = use.Screen(o)
	}
	s.Sink = o.newSink(results.NewBatch(w, results.BatchOptions{Immediate: o.immediate(use.Screen != nil), Failed: s.tell}))
	o.sink = s
	if inner, ok := s.Sink.(results.ExchangeSink); ok {
		return &exchangeSink{s, inner}, nil
	}
	return s, nil
}

// immediate tells whether records are written one at a time: on a terminal. With
// something else on the screen they come in batches of a tenth of a second, so
// that each brings one new drawing of that.
func (o *Output) immediate(shared bool) bool { return o.IsTerminal() && !shared }

func (o *Output) newSink(w *results.Batch) results.Sink {
	look := o.o.Look
	switch o.o.Format {
	case results.Parquet: // the spool
		return results.NewJSONL(w)
	case results.WARC:
		return warc.New(w, look.Version)
	case results.JSONL:
		if look.Projection != nil {
			return results.NewProjected(w, look.Projection)
		}
		return results.NewJSONL(w)
	case results.CSV, results.TSV:
		return results.NewCSV(w, results.CSVOptions{Comma: o.comma(), Columns: look.Columns, Defuse: look.Defuse, NoHeader: o.Position() > 0})
	}
	if look.Template != nil {
		return results.NewTemplate(w, look.Template)
	}
	return results.NewText(w, look.Quiet && o.stdout)
}

func (o *Output) comma() rune {
	if o.o.Format == results.TSV {
		return '\t'
	}
	return ','
}

// exchangeSink is a sink of a format that holds what was said, too.
type exchangeSink struct {
	*sink
	inner results.ExchangeSink
}

func (s *exchangeSink) Needs() results.Needs { return s.inner.Needs() }

func (s *exchangeSink) WriteExchange(r *results.Record, e *results.Exchange) error {
	if s.err != nil {
		return s.err
	}
	return s.named(s.inner.WriteExchange(r, e))
}

// sink is a Sink whose Sync and Close move the position of its output.
type sink struct {
	results.Sink
	out    *Output
	failed func(error)
	once   sync.Once
	err    error // of what was gathered behind the Batch
}

// Write names the output in an error that is about the record.
func (s *sink) Write(r *results.Record) error {
	if s.err != nil {
		return s.err
	}
	return s.named(s.Sink.Write(r))
}

func (s *sink) named(err error) error {
	if _, told := errors.AsType[*Error](err); err == nil || told || errors.Is(err, ErrStdoutClosed) {
		return err
	}
	return &Error{Name: s.out.name, Err: err, Unwritten: true}
}

func (s *sink) Sync() error { return s.settle(s.Sink.Sync(), false) }

func (s *sink) Close() error { return s.settle(s.Sink.Close(), true) }

func (s *sink) settle(err error, last bool) error {
	if err != nil {
		return err
	}
	if s.err = s.out.settle(last); s.err != nil {
		s.tell(s.err)
	}
	return s.err
}

// tell tells of the first failure, whether it came up in the Batch or behind it.
func (s *sink) tell(err error) {
	if s.failed != nil {
		s.once.Do(func() { s.failed(err) })
	}
}

// lastLine is how much of p is whole lines.
func lastLine(p []byte) int { return bytes.LastIndexByte(p, '\n') + 1 }

// lastRow is how much of p is whole rows of a table, whose cells may have line
// ends between their quotes.
func lastRow(p []byte) (end int) {
	quoted := false
	for i, c := range p {
		switch {
		case c == '"':
			quoted = !quoted
		case c == '\n' && !quoted:
			end = i + 1
		}
	}
	return end
}
