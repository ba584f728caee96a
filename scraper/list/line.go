package list

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode"

	encoding "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"scrape/scraper/weburl"
)

const (
	// MaxRequest is the limit on a line that is a request in JSON, in bytes. On
	// any other it is weburl.MaxGiven.
	MaxRequest = 1 << 20
	// bufferSize leaves room for white space around the longest line that can be
	// a URL.
	bufferSize = 2 * weburl.MaxGiven
)

// line is a line that gets a record. Its text is valid until the next one is
// read.
type line struct {
	text   []byte // trimmed; of a long one the beginning
	number int64  // from 1
	long   bool   // longer than its limit
}

// isRequest tells whether a line, trimmed, is meant to be a request in JSON.
func isRequest(text []byte) bool { return len(text) > 0 && text[0] == '{' }

// limit is the length that a line, trimmed, can have.
func limit(text []byte) int {
	if isRequest(text) {
		return MaxRequest
	}
	return weburl.MaxGiven
}

// lineReader finds the lines that get a record, in constant memory.
type lineReader struct {
	reader *bufio.Reader
	head   []byte // what is kept of a line that does not fit in the reader's buffer
	number int64
	err    error // what ended the list
}

// reset begins another list. A byte order mark is white space to us, save
// that of UTF-16, in which some systems save what they call text.
func (l *lineReader) reset(r io.Reader) {
	l.number, l.err = 0, nil
	if l.reader == nil {
		l.reader = bufio.NewReaderSize(nil, bufferSize)
	}
	l.reader.Reset(r)
	mark, err := l.reader.Peek(2)
	if len(mark) == 0 {
		l.err = err
	}
	if string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		decoder := encoding.UTF16(encoding.BigEndian, encoding.ExpectBOM).NewDecoder()
		l.reader = bufio.NewReaderSize(transform.NewReader(l.reader, decoder), bufferSize)
	}
}

// next returns the next line that is neither blank nor a comment. The error
// is io.EOF or the reader's own; what stood before an error other than io.EOF
// without a line's end is dropped.
func (l *lineReader) next() (line, error) {
	for l.err == nil {
		text, err := l.reader.ReadSlice('\n')
		more := false
		if errors.Is(err, bufio.ErrBufferFull) {
			text, more, err = l.readLong(text)
		}
		if l.err = err; err != nil && (err != io.EOF || len(text) == 0) {
			break
		}
		l.number++
		text = bytes.TrimFunc(text, isSpace)
		if len(text) == 0 || text[0] == '#' {
			continue
		}
		return line{text: text, number: l.number, long: more || len(text) > limit(text)}, nil
	}
	return line{}, l.err
}

// readLong reads on in a line whose first part filled the reader's buffer. It
// returns the line's beginning, without white space before it, and whether
// anything follows, save ASCII white space: any other may be cut in two here.
func (l *lineReader) readLong(part []byte) (head []byte, more bool, err error) {
	l.head = l.head[:0]
	for err = bufio.ErrBufferFull; ; part, err = l.reader.ReadSlice('\n') {
		room := bufferSize
		if isRequest(l.head) {
			room += MaxRequest
		}
		fits := min(len(part), room-len(l.head))
		more = more || len(bytes.Trim(part[fits:], " \t\r\n\v\f")) > 0
		l.head = append(l.head, part[:fits]...)
		l.head = append(l.head[:0], bytes.TrimLeftFunc(l.head, isSpace)...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return l.head, more, err
		}
	}
}

// isSpace accepts what may stand around a URL unseen: white space, no-break
// spaces among it, and characters without width.
func isSpace(r rune) bool {
	switch r {
	case '\u200b', '\u200e', '\u200f', '\u2060', '\ufeff':
		return true
	}
	return unicode.IsSpace(r)
}

// Count returns how many lines of a list get a record. The error is the
// reader's own, with what was counted before it.
func Count(r io.Reader) (int64, error) {
	var l lineReader
	l.reset(r)
	for n := int64(0); ; n++ {
		if _, err := l.next(); err == io.EOF {
			return n, nil
		} else if err != nil {
			return n, err
		}
	}
}
