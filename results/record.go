// Package results knows the record that every URL of a list gets: how it is
// spelt as JSON, how it crosses between processes, where it is written and how
// records are counted.
package results

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
)

// Record is one finished record: its JSON, and beside it what must be known
// of every record without decoding that.
//
// The header is for reading; change none of it but Key after New, Amend or
// UnmarshalBinary.
type Record struct {
	Seq     int64
	Outcome Outcome
	Kind    Kind // None when scraped

	// Key stands for what was asked for: it is the same in two records whose lines
	// ask for the same. A run sets it for its sinks, where anybody wants it; it does
	// not cross between processes, and is 0 until then.
	Key uint64

	// Change is that of the record, and does not cross between processes either.
	Change Change

	raw    []byte
	fields *Fields // decoded from raw on first use
}

// New makes the record of f, which it does not keep.
func New(f *Fields) *Record {
	// Room for all but the longest at once: keys and numbers take some 400 bytes.
	room := 512 + len(f.Input) + len(f.URL) + len(f.FinalURL) + len(f.Title) + len(f.Links) + len(f.Data) + len(f.Meta) + len(f.Diff)
	r := &Record{Seq: f.Seq, Outcome: f.Outcome, Change: f.Change, raw: f.AppendJSON(make([]byte, 0, room))}
	if f.Error != nil {
		r.Kind = f.Error.Kind
	}
	return r
}

// Raw returns the record as one JSON object on one line, without a newline.
// The bytes belong to the record and must not be changed.
func (r *Record) Raw() []byte { return r.raw }

// Fields decodes the record on first use and returns the same Fields ever
// after; they must not be changed. It is not safe for concurrent use.
func (r *Record) Fields() (*Fields, error) {
	if r.fields == nil {
		f, err := decodeFields(r.raw)
		if err != nil {
			return nil, fmt.Errorf("record %d: %w", r.Seq, err)
		}
		r.fields = f
	}
	return r.fields, nil
}

// On the wire a record is its outcome and kind, a byte each, its seq in eight
// bytes, little endian, and its JSON.
const headerSize = 10

// AppendBinary appends the form in which a record crosses between processes.
// It refuses a record that UnmarshalBinary would refuse, so that a mistake
// shows where it was made.
func (r Record) AppendBinary(dst []byte) ([]byte, error) {
	if err := r.check(); err != nil {
		return dst, err
	}
	dst = append(dst, byte(r.Outcome), byte(r.Kind))
	dst = binary.LittleEndian.AppendUint64(dst, uint64(r.Seq))
	return append(dst, r.raw...), nil
}

// UnmarshalBinary reads what AppendBinary wrote. The record keeps b, which
// must not change from then on. The JSON is not decoded, only kept from
// breaking out of its line: it must look like an object and hold no newline
// and no NUL. After an error the record is as it was.
func (r *Record) UnmarshalBinary(b []byte) error {
	if len(b) < headerSize {
		return fmt.Errorf("record of %d bytes has no header", len(b))
	}
	read := Record{
		Outcome: Outcome(b[0]),
		Kind:    Kind(b[1]),
		Seq:     int64(binary.LittleEndian.Uint64(b[2:headerSize])),
		raw:     b[headerSize:],
	}
	if err := read.check(); err != nil {
		return err
	}
	*r = read
	return nil
}

var errNoContent = errors.New("record has no content")

func (r *Record) check() error {
	switch raw := r.raw; {
	case len(raw) == 0:
		return errNoContent
	case r.Seq < 0:
		return fmt.Errorf("record has the negative seq %d", r.Seq)
	case r.Outcome > Scraped:
		return fmt.Errorf("record %d has the unknown outcome %d", r.Seq, r.Outcome)
	case !r.Kind.Valid():
		return fmt.Errorf("record %d has the unknown error kind %d", r.Seq, r.Kind)
	case (r.Outcome == Scraped) != (r.Kind == None):
		return fmt.Errorf("record %d is %v with the error kind %v", r.Seq, r.Outcome, r.Kind)
	case len(raw) < 2 || raw[0] != '{' || raw[len(raw)-1] != '}':
		return fmt.Errorf("record %d is no JSON object", r.Seq)
	case bytes.IndexByte(raw, '\n') >= 0 || bytes.IndexByte(raw, 0) >= 0:
		return fmt.Errorf("record %d holds a newline or a NUL", r.Seq)
	}
	return nil
}
