package journal

import (
	"errors"
	"io"
	"os"
)

// ErrForgotten is why a journal cannot be merged: a run that came to its end leaves
// no memory of its lines.
var ErrForgotten = errors.New("the run came to its end, and does not remember its lines any more")

// Merge makes the journal one about other lists, of which a line is Done where one
// that asks for the same was done in the lists before, and as often as it was. It
// goes through all that the journal remembers, and holds a key of each line that is
// done in memory, 8 bytes. Streams are read anew.
//
// The error is ErrForgotten after a run that came to its end; any other names the
// file, and leaves the journal as it was, to be closed. If the machine fails half-way
// there is the old journal or the new one.
func (j *Journal) Merge(lists []List) error {
	if j.complete {
		return ErrForgotten
	}
	if err := j.rewrite(lists); err != nil {
		return err
	}
	merged, err := Open(j.path)
	if err != nil {
		return err
	}
	j.file.Close()
	*j = *merged
	j.copied = false // of other lists
	return nil
}

func (j *Journal) rewrite(lists []List) error {
	old, err := os.Open(j.path)
	if err != nil {
		return err
	}
	defer old.Close()
	info, err := old.Stat()
	if err != nil {
		return err
	}
	r, err := readFrames(old, info.Size(), j.path)
	if err != nil {
		return err
	}
	h := j.head
	h.Lists = lists
	_, err = replace(j.path, func(w *frameWriter) error {
		if err := w.frame(h.append(nil)); err != nil {
			return err
		}
		for {
			content, err := r.next()
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			e, _, ok := parseEntry(content)
			if !ok {
				continue // the head
			}
			e.marks = make([]mark, h.streams())
			if err := w.frame(e.append(nil, carriedFrame)); err != nil {
				return err
			}
		}
	})
	return err
}
