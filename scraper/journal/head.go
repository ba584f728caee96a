package journal

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"
)

// Digest is a SHA-256.
type Digest [sha256.Size]byte

// Head says what a run is about.
type Head struct {
	// Run is a number of the run's own, which it keeps when it is resumed. It is no
	// part of what the run is known by.
	Run uint64
	// Lists are those to be read, in their order.
	Lists []List
	// Asked stands for all options that change what is in a record.
	Asked Digest
	// Outputs are where the records go, in the order of NewSink.
	Outputs []OutputFile
}

// List is what a list is known by. Its name is for messages: the same list under
// another name is the same.
type List struct {
	Name string
	// Stream says that it can be read only once, as stdin and pipes, so that nobody
	// knows beforehand what is in it: see Journal.Spool. Size and Sum are zero then.
	Stream bool
	Size   int64 // in bytes
	Sum    Digest
}

// OutputFile is what an output is known by.
type OutputFile struct {
	// Name is the file's. Where it is relative to the journal's directory, both can
	// be moved together.
	Name   string
	Format string
	// Base is how long the file is before the run's first record, in bytes. It is
	// no part of what the output is known by.
	Base int64
}

// Identify reads a list to its end, to tell it from what it may be later. The
// time of its last change would cost less, but says the wrong thing both ways: a
// checkout, a copy or touch change it and nothing else, and cp -p, or two writes
// within the clock's step, change all but that. Then lines would be lost without
// a word.
//
// The error is the reader's own, or the cause of ctx.
func Identify(ctx context.Context, name string, r io.Reader) (List, error) {
	hash := sha256.New()
	size, err := io.Copy(hash, untilDone{ctx, r})
	l := List{Name: name, Size: size}
	hash.Sum(l.Sum[:0])
	return l, err
}

// untilDone is a reader that fails once its context has ended.
type untilDone struct {
	ctx context.Context
	r   io.Reader
}

func (u untilDone) Read(p []byte) (int, error) {
	if u.ctx.Err() != nil {
		return 0, context.Cause(u.ctx)
	}
	return u.r.Read(p)
}

// differs tells how a list differs from what it was, "" where it does not.
func (l List) differs(was List) string {
	switch {
	case l.Stream && !was.Stream:
		return "a stream, which was a file"
	case !l.Stream && was.Stream:
		return "a file, which was a stream"
	case l.Size != was.Size:
		return fmt.Sprintf("%d bytes, which were %d", l.Size, was.Size)
	case l.Sum != was.Sum:
		return "other content of the same size"
	}
	return ""
}

// streams is how many lists can be read only once.
func (h *Head) streams() (n int) {
	for _, l := range h.Lists {
		if l.Stream {
			n++
		}
	}
	return n
}

func (h *Head) append(b []byte) []byte {
	b = append(b, headFrame)
	b = binary.LittleEndian.AppendUint64(b, h.Run)
	b = binary.AppendUvarint(b, uint64(len(h.Lists)))
	for _, l := range h.Lists {
		b = appendString(b, l.Name)
		b = appendBool(b, l.Stream)
		b = binary.AppendUvarint(b, uint64(l.Size))
		b = append(b, l.Sum[:]...)
	}
	b = append(b, h.Asked[:]...)
	b = binary.AppendUvarint(b, uint64(len(h.Outputs)))
	for _, o := range h.Outputs {
		b = appendString(b, o.Name)
		b = appendString(b, o.Format)
		b = binary.AppendUvarint(b, uint64(o.Base))
	}
	return b
}

// parseHead reads the content of the first frame.
func parseHead(content []byte) (h Head, ok bool) {
	if len(content) == 0 || content[0] != headFrame {
		return Head{}, false
	}
	d := decoder{b: content[1:]}
	h.Run = d.key()
	for range d.count(1 + 1 + 1 + sha256.Size) {
		h.Lists = append(h.Lists, List{Name: d.string(), Stream: d.bool(), Size: d.number(), Sum: d.digest()})
	}
	h.Asked = d.digest()
	for range d.count(1 + 1 + 1) {
		h.Outputs = append(h.Outputs, OutputFile{Name: d.string(), Format: d.string(), Base: d.number()})
	}
	return h, d.ok()
}
