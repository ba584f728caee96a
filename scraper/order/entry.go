package order

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"

	"scrape/results"
)

// An entry is a record that waits, with its note, and its exchange if there is one: a
// header, the record as it crosses between processes, the note, the exchange as JSON,
// and the contents of that, its payload first.
type header struct {
	seq      int64
	key      uint64
	record   int64 // lengths in bytes
	note     int64
	exchange int64 // 0: there is none
	contents int64
}

const headerSize = 6 * 8

// size is that of the entry, in bytes.
func (h header) size() int64 { return headerSize + h.record + h.note + h.exchange + h.contents }

func (h header) append(b []byte) []byte {
	for _, v := range [...]uint64{uint64(h.seq), h.key, uint64(h.record), uint64(h.note), uint64(h.exchange), uint64(h.contents)} {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

func readHeader(from io.ReaderAt, at int64) (header, error) {
	var b [headerSize]byte
	if _, err := from.ReadAt(b[:], at); err != nil {
		return header{}, unexpected(err)
	}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	return header{int64(word(0)), word(1), int64(word(2)), int64(word(3)), int64(word(4)), int64(word(5))}, nil
}

// appendEntry appends an entry but for its contents.
func appendEntry(b []byte, r *results.Record, e *results.Exchange, note string) ([]byte, header, error) {
	var exchange []byte
	h := header{seq: r.Seq, key: r.Key, note: int64(len(note))}
	if e != nil {
		moved := *e
		moved.Payload.At, moved.Body.At = 0, e.Payload.Size
		h.contents = e.Payload.Size + e.Body.Size
		var err error
		if exchange, err = json.Marshal(&moved); err != nil {
			return b, h, err
		}
		h.exchange = int64(len(exchange))
	}
	start := len(b)
	b, err := r.AppendBinary(append(b, make([]byte, headerSize)...))
	if err != nil {
		return b, h, err
	}
	h.record = int64(len(b) - start - headerSize)
	h.append(b[start:start])
	return append(append(b, note...), exchange...), h, nil
}

// copyContents writes what belongs behind an entry.
func copyContents(w io.Writer, e *results.Exchange) error {
	if e == nil {
		return nil
	}
	return errors.Join(e.Payload.CopyTo(w), e.Body.CopyTo(w))
}

// readEntry reads an entry. The contents of its exchange are read from there as long as
// they are needed.
func readEntry(from io.ReaderAt, at int64) (r *results.Record, e *results.Exchange, note string, err error) {
	h, err := readHeader(from, at)
	if err != nil {
		return nil, nil, "", err
	}
	b := make([]byte, h.record+h.note+h.exchange)
	if _, err := from.ReadAt(b, at+headerSize); err != nil {
		return nil, nil, "", unexpected(err)
	}
	r = &results.Record{}
	if err := r.UnmarshalBinary(b[:h.record:h.record]); err != nil {
		return nil, nil, "", err
	}
	r.Key = h.key
	note, b = string(b[h.record:h.record+h.note]), b[h.record+h.note:]
	if h.exchange > 0 {
		e = new(results.Exchange)
		if err := json.Unmarshal(b, e); err != nil {
			return nil, nil, "", err
		}
		e.Open(io.NewSectionReader(from, at+h.size()-h.contents, h.contents))
	}
	return r, e, note, nil
}
