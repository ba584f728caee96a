package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"math"

	"scrape/results"
)

// line is one that is done.
type line struct {
	seq int64
	key uint64 // stands for what it asked for: results.Record.Key
}

// mark is how far the copy of a stream can be relied upon.
type mark struct {
	length   int64 // in bytes
	complete bool  // the stream ended there
	sum      Digest
}

// entry is what happened since the one before. Positions and marks are where
// things stand behind it.
type entry struct {
	lines     []line // by seq; in a carriedFrame the keys alone
	positions []int64
	marks     []mark
	tally     results.Tally
}

// append appends the content of a frame.
func (e *entry) append(b []byte, kind byte) []byte {
	b = append(b, kind)
	b = binary.AppendUvarint(b, uint64(len(e.lines)))
	if kind == doneFrame {
		last := int64(0)
		for _, l := range e.lines {
			b = binary.AppendUvarint(b, uint64(l.seq-last))
			last = l.seq
		}
	}
	for _, l := range e.lines {
		b = binary.LittleEndian.AppendUint64(b, l.key)
	}
	b = binary.AppendUvarint(b, uint64(len(e.positions)))
	for _, p := range e.positions {
		b = binary.AppendUvarint(b, uint64(p))
	}
	b = binary.AppendUvarint(b, uint64(len(e.marks)))
	for _, m := range e.marks {
		b = binary.AppendUvarint(b, uint64(m.length))
		b = appendBool(b, m.complete)
		b = append(b, m.sum[:]...)
	}
	return appendTally(b, &e.tally)
}

// appendTally writes the kinds by their names, which outlast their numbers.
func appendTally(b []byte, t *results.Tally) []byte {
	add := func(k results.Kind, n int64) {
		if n > 0 {
			b = appendString(b, k.String())
			b = binary.AppendUvarint(b, uint64(n))
		}
	}
	add(results.None, t.Scraped())
	add(results.Duplicate, t.Duplicates())
	for k, n := range t.Kinds() {
		add(k, n)
	}
	return b
}

// parseEntry reads the content of a frame that is none of a head.
func parseEntry(content []byte) (e entry, kind byte, ok bool) {
	if len(content) == 0 {
		return entry{}, 0, false
	}
	kind = content[0]
	d := decoder{b: content[1:]}
	switch kind {
	case doneFrame:
		e.lines = make([]line, d.count(1+8))
		seq := int64(0)
		for i := range e.lines {
			delta := d.number()
			if delta > math.MaxInt64-seq {
				d.fail()
			}
			seq += delta
			e.lines[i].seq = seq
		}
	case carriedFrame, pausedFrame, completeFrame:
		e.lines = make([]line, d.count(8))
	default:
		return entry{}, 0, false
	}
	for i := range e.lines {
		e.lines[i].key = d.key()
	}
	for range d.count(1) {
		e.positions = append(e.positions, d.number())
	}
	for range d.count(1 + 1 + sha256.Size) {
		e.marks = append(e.marks, mark{length: d.number(), complete: d.bool(), sum: d.digest()})
	}
	for len(d.b) > 0 {
		name, n := d.string(), d.number()
		kind, err := results.ParseKind(name)
		if err != nil && name != results.None.String() {
			d.fail()
		}
		e.tally.Count(kind, n)
	}
	return e, kind, d.ok()
}
