package results

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"unicode/utf8"
)

// maxLine is the longest line that is read: some thirty times what a page of the
// default limit can become.
const maxLine = 1 << 30

// ParseRecord makes the record of its JSON, which may be foreign: of what is as safe
// as what scrape writes it keeps every byte, of anything else what it knows, in
// the form of AppendJSON. It keeps raw, which must not change from then on.
func ParseRecord(raw []byte) (*Record, error) {
	f, err := decodeFields(raw)
	if err != nil {
		return nil, err
	}
	r := &Record{Seq: f.Seq, Outcome: f.Outcome, Change: f.Change, raw: bytes.Trim(raw, " \t\r\n"), fields: f}
	if f.Error != nil {
		r.Kind = f.Error.Kind
	}
	if !utf8.Valid(r.raw) || bytes.ContainsFunc(r.raw, steering) {
		r.raw, r.fields = f.AppendJSON(nil), nil
	}
	return r, r.check()
}

// ReadJSONL yields the records of JSON Lines, in their order; blank lines are
// skipped. An error is the last it yields, and says the line.
func ReadJSONL(r io.Reader) iter.Seq2[*Record, error] { return readJSONL(r, maxLine) }

func readJSONL(r io.Reader, most int) iter.Seq2[*Record, error] {
	return func(yield func(*Record, error) bool) {
		lines := bufio.NewReaderSize(r, 64<<10)
		for n := 1; ; n++ {
			line, err := readLine(lines, most)
			last := errors.Is(err, io.EOF)
			if err != nil && !last {
				yield(nil, fmt.Errorf("line %d: %w", n, err))
				return
			}
			if len(bytes.TrimSpace(line)) > 0 {
				record, err := ParseRecord(line)
				if err != nil {
					if last {
						err = fmt.Errorf("%w (it is the last line, and has no end)", err)
					}
					yield(nil, fmt.Errorf("line %d is no record: %w", n, err))
					return
				}
				if !yield(record, nil) {
					return
				}
			}
			if last {
				return
			}
		}
	}
}

// readLine returns a line that belongs to the caller, and io.EOF with the last.
func readLine(r *bufio.Reader, most int) (line []byte, err error) {
	for {
		part, err := r.ReadSlice('\n')
		if len(line)+len(part) > most {
			return nil, fmt.Errorf("longer than %d bytes", most)
		}
		line = append(line, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, err
		}
	}
}
