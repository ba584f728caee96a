package journal

import (
	"errors"
	"slices"
	"testing"
	"time"

	"scrape/results"
)

// step notes in what order things are made durable.
type step struct {
	results.Sink
	name string
	into *[]string
	err  error
}

func (s step) Write(*results.Record) error { return nil }
func (s step) Sync() error                 { *s.into = append(*s.into, "sync "+s.name); return nil }
func (s step) Close() error                { return nil }
func (s step) Position() int64             { return -1 }
func (s step) Persist() error              { *s.into = append(*s.into, s.name); return s.err }

// What is persisted also is so after the outputs, and without a journal, too.
func TestPersistedAlso(t *testing.T) {
	var steps []string
	s := newSink(nil, []Output{step{name: "output", into: &steps}}, nil, time.Hour, step{name: "state", into: &steps})
	if err := errors.Join(s.Write(record(1)), s.Close()); err != nil {
		t.Fatal(err)
	}
	if want := []string{"sync output", "output", "state"}; !slices.Equal(steps, want) {
		t.Errorf("%q, want %q", steps, want)
	}
	full := errors.New("no room")
	var told error
	s = newSink(nil, nil, func(err error) { told = err }, time.Hour, step{name: "state", into: &steps, err: full})
	if err := errors.Join(s.Write(record(1)), s.Close()); !errors.Is(err, full) || told != full {
		t.Errorf("%v, told %v", err, told)
	}
}
