package output

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"os"

	"github.com/klauspost/compress/zstd"

	"scrape/results"
)

// checkWhole tells whether records may be written behind what is in the file: it
// must end with a whole line, and a table must begin with the same columns.
func (o *Output) checkWhole() error {
	if o.info.Size() == 0 {
		return nil
	}
	f, err := os.Open(o.name)
	if err != nil {
		return unopened(o.name, err, "to be written behind, a file is read first")
	}
	defer f.Close()
	if o.o.Format == results.WARC {
		return o.checkArchive(f)
	}
	var want []byte
	if o.o.Format == results.CSV || o.o.Format == results.TSV {
		want = o.o.Look.Columns.Header(o.comma())
	}
	if o.o.Format == results.JSONL {
		want = []byte("{")
	}
	head, last, err := o.ends(f, len(want))
	switch {
	case err != nil:
		return o.unread(err)
	case o.o.Format == results.JSONL && len(head) > 0 && !bytes.Equal(head, want):
		return refused(o.name, "does not begin with a record", "write to another file")
	case o.o.Format != results.JSONL && !bytes.Equal(head, want):
		return refused(o.name, "has other columns than these records get", "name those of its first line with --columns, or write to another file")
	case last != '\n':
		return refused(o.name, "its last line is not whole", "finish its run with --resume, or end that line first")
	}
	return nil
}

// checkArchive is checkWhole for WARC: records begin with their version, and end in two
// empty lines (ISO 28500:2017, section 4).
func (o *Output) checkArchive(f *os.File) error {
	t := &textEnds{want: len("WARC/1.")}
	r, err := Unpack(f, results.Gzip)
	if err == nil {
		_, err = io.Copy(t, r)
		err = unpackError(err)
	}
	switch {
	case err != nil:
		return o.unread(err)
	case string(t.head) != "WARC/1.":
		return refused(o.name, "is no web archive", "write to another file")
	case t.last != '\n':
		return refused(o.name, "its last record is not whole", "finish its run with --resume, or write to another file")
	}
	return nil
}

// unread is why it is not known how a file ends.
func (o *Output) unread(err error) error {
	if _, damaged := errors.AsType[*damage](err); damaged {
		return refused(o.name, "its compressed data is not whole: "+err.Error(), "finish its run with --resume, or write to another file")
	}
	return unopened(o.name, err, "")
}

// damage is an error in compressed data.
type damage struct{ error }

// ends returns the first n bytes of the file's text, or all there are, and its
// last one; of no text that is a line end. Of compressed data everything has to be read for that.
func (o *Output) ends(f *os.File, n int) (head []byte, last byte, err error) {
	if o.pack == nil {
		head = make([]byte, min(int64(n), o.info.Size()))
		end := make([]byte, 1)
		if _, err = f.ReadAt(head, 0); err == nil {
			_, err = f.ReadAt(end, o.info.Size()-1)
		}
		return head, end[0], err
	}
	r, err := Unpack(f, o.o.Compression)
	if err != nil {
		return nil, 0, err
	}
	defer r.Close()
	t := &textEnds{want: n}
	if _, err := io.Copy(t, r); err != nil {
		return nil, 0, unpackError(err)
	}
	if !t.any {
		return nil, '\n', nil
	}
	return t.head, t.last, nil
}

// textEnds is a writer that remembers how a text begins and ends.
type textEnds struct {
	want int
	any  bool
	head []byte
	last byte
}

func (t *textEnds) Write(p []byte) (int, error) {
	t.head = append(t.head, p[:min(len(p), t.want-len(t.head))]...)
	if len(p) > 0 {
		t.any = true
		t.last = p[len(p)-1]
	}
	return len(p), nil
}

// Unpack reads what is in a file that is compressed, or is not; the file is the caller's
// to close. Of several members, or frames, each must be whole.
func Unpack(r io.Reader, c results.Compression) (io.ReadCloser, error) {
	switch c {
	case "":
		return io.NopCloser(r), nil
	case results.Gzip:
		// Not klauspost's, for which a second member that is cut inside of its
		// header's name or comment is no error.
		z, err := gzip.NewReader(r)
		if err == io.EOF {
			err = errors.New("is empty")
		}
		return z, unpackError(err)
	}
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	return z.IOReadCloser(), nil
}

// unpackError tells damaged data from a file that cannot be read.
func unpackError(err error) error {
	if err == nil || bare(err) != err {
		return err
	}
	return &damage{err}
}
