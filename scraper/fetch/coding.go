package fetch

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"scrape/results"
)

// maxCodings bounds how many content codings may be stacked on one body.
const maxCodings = 5

// decoderMemory is what all decoders of a Fetcher may hold at once, in MiB. A
// body waits for its part before it is read: without a bound, some dozens of
// bodies with the largest windows, stacked, would need gigabytes.
const decoderMemory = 256

// coding is a content coding that can be undone (RFC 9110, section 8.4.1).
// Decoders are dear to make, so they are kept for the next body.
type coding struct {
	name   string
	memory int64     // of a decoder at most, in MiB
	idle   sync.Pool // of *workshop
}

// workshop is a decoder and the buffer it reads from.
type workshop struct {
	src     *bufio.Reader
	decoder decoder
}

// decoder undoes one coding.
type decoder interface {
	io.Reader
	// reset begins a new body, which has at least one byte.
	reset(src *bufio.Reader) error
}

var codings = map[string]*coding{
	"gzip":    newCoding("gzip", 1, func() decoder { return new(gzipDecoder) }),
	"deflate": newCoding("deflate", 1, func() decoder { return new(deflateDecoder) }),
	"br":      newCoding("br", 18, func() decoder { return new(brotliDecoder) }),
	"zstd":    newCoding("zstd", 2*zstdWindow>>20, func() decoder { return new(zstdDecoder) }),
}

func newCoding(name string, memory int64, make func() decoder) *coding {
	return &coding{name, memory, sync.Pool{New: func() any {
		return &workshop{bufio.NewReaderSize(nil, 16<<10), make()}
	}}}
}

// parseCodings returns the codings named by the Content-Encoding fields, in the
// order in which they were applied; identity is none.
func parseCodings(fields []string) ([]string, error) {
	var names []string
	for _, field := range fields {
		for name := range strings.SplitSeq(field, ",") {
			name = strings.ToLower(strings.Trim(name, " \t"))
			switch name {
			case "", "identity":
				continue
			case "x-gzip":
				name = "gzip"
			}
			if codings[name] == nil {
				return nil, &Error{Kind: results.Decode, Message: shorten(fmt.Sprintf("unknown content coding %q", name))}
			}
			if names = append(names, name); len(names) > maxCodings {
				return nil, &Error{Kind: results.Decode, Message: fmt.Sprintf("more than %d content codings", maxCodings)}
			}
		}
	}
	return names, nil
}

// layer reads what one coding was applied to.
type layer struct {
	coding *coding
	in     source
	tools  *workshop // from the first Read to release
}

func (l *layer) Read(p []byte) (int, error) {
	if l.tools == nil {
		if err := l.open(); err != nil {
			return 0, l.explain(err)
		}
	}
	n, err := l.tools.decoder.Read(p)
	return n, l.explain(err)
}

// open waits for the first byte. A body without any is empty whatever its
// coding: answers to HEAD, 204 and 304 name codings too, and some servers give
// such bodies with 200.
func (l *layer) open() error {
	l.tools = l.coding.idle.Get().(*workshop)
	l.tools.src.Reset(l.in)
	if _, err := l.tools.src.Peek(1); err != nil {
		return err
	}
	return l.tools.decoder.reset(l.tools.src)
}

// explain tells a body that broke off from one that cannot be decoded.
func (l *layer) explain(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if below := l.in.failure(); below != nil {
		return below
	}
	text := err.Error()
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		text = "ends too early"
	}
	for _, prefix := range []string{"gzip: ", "zlib: ", "flate: ", "brotli: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return &Error{Kind: results.Decode, Message: shorten(l.coding.name + ": " + text), Err: err}
}

// release gives the decoder back. The layer must not be read afterwards.
func (l *layer) release() {
	if l.tools != nil {
		l.tools.src.Reset(nil)
		l.coding.idle.Put(l.tools)
		l.tools = nil
	}
}
