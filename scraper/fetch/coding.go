package fetch

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"strings"
	"sync"

	"scrape/results"
)

// maxCodings bounds how many content codings may be stacked on one body.
const maxCodings = 5

// decoderMemory is what the windows of all decoders of a Fetcher may hold at
// once, in MiB. A body waits for its part once it has begun to arrive: without a
// bound, some dozens of bodies with the largest windows, stacked, would need
// gigabytes.
const decoderMemory = 256

// coding is a content coding that can be undone (RFC 9110, section 8.4.1).
type coding struct {
	name string
	make func() decoder
	most int64 // memory of a decoder at most, in MiB; 0: too little to count
	// weigh tells the memory of the decoder for a body from its first byte, at
	// most as much as most; nil: always most.
	weigh func(first byte) int64
	// idle keeps decoders, which are dear to make, for the next body: each with
	// those of about its memory, since it keeps its window.
	idle [8]sync.Pool // of decoder
}

// decoder undoes one coding.
type decoder interface {
	io.Reader
	// reset begins a new body, which has at least one byte.
	reset(src *bufio.Reader) error
}

var codings = map[string]*coding{
	"gzip":    {name: "gzip", make: func() decoder { return new(gzipDecoder) }},
	"deflate": {name: "deflate", make: func() decoder { return new(deflateDecoder) }},
	"br":      {name: "br", make: func() decoder { return new(brotliDecoder) }, most: brotliMost, weigh: brotliMemory},
	"zstd":    {name: "zstd", make: func() decoder { return new(zstdDecoder) }, most: zstdMemory},
}

// memoryFor is what a decoder will take for a body that begins with first.
func (c *coding) memoryFor(first byte) int64 {
	if c.weigh == nil {
		return c.most
	}
	return c.weigh(first)
}

// decoder returns one that takes so much memory.
func (c *coding) decoder(memory int64) decoder {
	if d, ok := c.idle[bits.Len64(uint64(memory))].Get().(decoder); ok {
		return d
	}
	return c.make()
}

// keep takes back a decoder that took so much memory.
func (c *coding) keep(d decoder, memory int64) { c.idle[bits.Len64(uint64(memory))].Put(d) }

// codedReaders are what decoders read from.
var codedReaders = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, 16<<10) }}

// parseCodings returns the codings named by the Content-Encoding fields, in the
// order in which they were applied; identity is none. Where one of them is not
// known, which is mostly a mistake such as "utf-8", none is undone: the Fetch
// standard has it so (https://fetch.spec.whatwg.org/#handle-content-codings).
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
				return nil, nil
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
	memory int64 // that its decoder may take, in MiB
	// lowest is the response whose lowest layer this is: the one that sees the
	// first byte of the body, and asks for the memory of all of them.
	lowest  *Response
	src     *bufio.Reader // in, from the first Read to release
	decoder decoder       // from the first byte to release
}

func (l *layer) Read(p []byte) (int, error) {
	if l.decoder == nil {
		if err := l.open(); err != nil {
			return 0, l.explain(err)
		}
	}
	n, err := l.decoder.Read(p)
	return n, l.explain(err)
}

// open waits for the first byte. A body without any is empty whatever its
// coding: answers to HEAD, 204 and 304 name codings too, and some servers give
// such bodies with 200.
func (l *layer) open() error {
	if l.src == nil {
		l.src = codedReaders.Get().(*bufio.Reader)
		l.src.Reset(l.in)
	}
	first, err := l.src.Peek(1)
	if err != nil {
		return err
	}
	if l.lowest != nil {
		// Only now: a host that lets us wait holds nothing that others need.
		l.memory = l.coding.memoryFor(first[0])
		if err := l.lowest.reserve(); err != nil {
			return err
		}
	}
	l.decoder = l.coding.decoder(l.memory)
	return l.decoder.reset(l.src)
}

// explain tells a body that broke off from one that cannot be decoded.
func (l *layer) explain(err error) error {
	if err == nil || err == io.EOF {
		return err
	}
	if below := l.in.failure(); below != nil {
		return below
	}
	if ours, ok := err.(*Error); ok {
		return ours
	}
	text := err.Error()
	if errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		text = "ends too early"
	}
	for _, prefix := range []string{"gzip: ", "zlib: ", "flate: ", "brotli: "} {
		text = strings.TrimPrefix(text, prefix)
	}
	return &Error{Kind: results.Decode, Message: Shorten(l.coding.name + ": " + text), Err: err}
}

// release gives the decoder back. The layer must not be read afterwards.
func (l *layer) release() {
	if l.src != nil {
		l.src.Reset(nil)
		codedReaders.Put(l.src)
	}
	if l.decoder != nil {
		l.coding.keep(l.decoder, l.memory)
	}
	l.src, l.decoder = nil, nil
}
