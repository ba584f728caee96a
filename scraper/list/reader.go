// Package list turns lists of URLs into items, one line at a time, in memory
// that does not grow with a line. Of what it has read it keeps 24 bytes a URL
// at most, to know repetitions.
//
// A line is a URL, as ParseLine reads it, or a request in JSON, which begins
// with "{":
//
//	{"url": "example.com/x", "method": "POST", "headers": {"Accept": "text/html", "X": ["1", "2"]}, "body": "a=b", "meta": 7}
//
// All keys but url may be missing, or null. Lines of both sorts may stand in
// one list.
package list

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"scrape/scraper/weburl"
)

// Item is a line of a list that gets a record: any that is not blank and no
// comment.
type Item struct {
	Seq     int64      // running line number over all lists, from 1; every line counts
	List    string     // name of the list, "" when there is only one
	Line    int64      // number of the line in its list, from 1; every line counts
	Input   string     // the line as given, of a request its url: trimmed, valid UTF-8, a password as ***, shortened when over weburl.MaxGiven
	URL     weburl.URL // normalised, without fragment; zero when Err is not nil
	First   int64      // when not 0: the request is that of the item with this Seq
	FirstAt string     // with First: where that stands, "line 3" or, with several lists, "line 3 of urls.txt"
	Err     error      // why the line is no URL or no request, in lower case
	Key     uint64     // with Options.Keys: stands for what the line asks for

	// Of a line that is a request. They are zero when Err is not nil, but for
	// Meta, which is there wherever it could be read.

	Method string          // a token in capitals; "" where the line has none
	Header http.Header     // of this request alone; nil for none
	Body   []byte          // valid UTF-8; nil for none
	Meta   json.RawMessage // whatever the user wants back in the record: any JSON value, as given; nil for none
}

// Source is a list to be read.
type Source struct {
	// Name is what the list is called in items and errors: "-" is stdin.
	Name string
	// Open is called when it is the list's turn. The Reader closes what it
	// returns, and heeds no error of that: all is read by then. An error of
	// Open, or of reading, ends all reading, as a *ReadError.
	Open func() (io.ReadCloser, error)
}

// Options say how lists are read. The zero value is every line for itself.
type Options struct {
	// Dedupe makes the Reader tell which requests it gave before, in any list:
	// those with the same URL, method, headers and body. A line with a body and no
	// method is a POST.
	Dedupe bool
	// Common stands for how lines are asked for that have neither a method nor a
	// body, to tell them from those that have: a method, and more where there is
	// more to it. "": GET.
	Common string
	// Keys makes the Reader tell a Key of every item. It is the same for two lines
	// that ask for the same, in any list and any run, and another for a repetition,
	// which is not asked for again; of what is no request it stands for the text.
	// Among 10 million lines two that differ share one with a chance of 3·10⁻⁶.
	Keys bool
}

// ReadError is a list that could not be read, or not to its end.
type ReadError struct {
	List string // its name
	Err  error
}

// Error names the list and the cause.
func (e *ReadError) Error() string {
	cause := e.Err
	if path, ok := errors.AsType[*fs.PathError](cause); ok {
		cause = path.Err // the name is said already
	}
	name := e.List
	if name == "-" {
		name = "stdin"
	}
	return fmt.Sprintf("list %s: %v", name, cause)
}

// Unwrap returns the cause.
func (e *ReadError) Unwrap() error { return e.Err }

// Reader reads lists one after the other. It is not safe for concurrent use.
type Reader struct {
	sources []Source // those still to be opened
	several bool
	seen    *seen // nil without Dedupe
	common  string
	keys    bool

	name   string
	file   io.Closer // nil between lists
	lines  lineReader
	before int64 // lines of the lists before this one
	begins []begin
	err    error // what ended the reading
}

// begin is where a list begins in the running numbers of lines.
type begin struct {
	name   string
	before int64
}

// at says in words where the line with a running number stands.
func (r *Reader) at(seq int64) string {
	for _, b := range slices.Backward(r.begins) {
		if r.several && seq > b.before {
			return fmt.Sprintf("line %d of %s", seq-b.before, b.name)
		}
	}
	return fmt.Sprintf("line %d", seq)
}

// NewReader returns a Reader of the sources, in their order. It has to be
// closed.
func NewReader(sources []Source, o Options) *Reader {
	r := &Reader{sources: sources, several: len(sources) > 1, common: o.Common, keys: o.Keys}
	if o.Dedupe {
		r.seen = newSeen()
	}
	return r
}

// Next returns the next line that gets a record. After the last line the
// error is io.EOF; any other is a *ReadError, and nothing is read after it.
// After Close it is fs.ErrClosed.
func (r *Reader) Next() (Item, error) {
	for r.err == nil {
		if r.file == nil {
			r.err = r.open()
			continue
		}
		line, err := r.lines.next()
		if err == nil {
			return r.item(line), nil
		}
		r.file.Close()
		r.file = nil
		r.before += r.lines.number
		if err != io.EOF {
			r.err = &ReadError{List: r.name, Err: err}
		}
	}
	return Item{}, r.err
}

// open goes on to the next source. The error is io.EOF after the last.
func (r *Reader) open() error {
	if len(r.sources) == 0 {
		return io.EOF
	}
	source := r.sources[0]
	r.sources = r.sources[1:]
	r.name = weburl.HidePassword(source.Name)
	file, err := source.Open()
	if err != nil {
		return &ReadError{List: r.name, Err: err}
	}
	r.file = file
	if r.several {
		r.begins = append(r.begins, begin{r.name, r.before})
	}
	r.lines.reset(file)
	return nil
}

func (r *Reader) item(line line) Item {
	item := Item{Seq: r.before + line.number, Line: line.number}
	if r.several {
		item.List = r.name
	}
	switch {
	case isRequest(line.text):
		item.readRequest(line)
	case line.long:
		item.Err = errLong
		item.Input = shortened(shown(string(line.text), item.Err))
	default:
		text := string(line.text)
		item.URL, item.Err = ParseLine(text)
		item.Input = shown(text, item.Err)
	}
	var request string
	if item.Err == nil && (r.seen != nil || r.keys) {
		request = item.key(r.common)
	}
	if item.Err == nil && r.seen != nil {
		if item.First = r.seen.add(request, item.Seq); item.First > 0 {
			item.FirstAt = r.at(item.First)
		}
	}
	switch {
	case !r.keys:
	case item.Err != nil:
		item.Key = keyOf("no request", string(line.text))
	case item.First > 0:
		item.Key = keyOf("repetition", request)
	default:
		item.Key = keyOf("request", request)
	}
	return item
}

// keyOf is for all time: journals hold what it returns. Nobody can make a list in
// which two texts share one, so that one is not asked for.
func keyOf(sort, text string) uint64 {
	sum := sha256.Sum256([]byte(sort + "\x00" + text))
	return binary.LittleEndian.Uint64(sum[:])
}

// shown is a line as it may be written: hiding works on the line as it is
// parsed, so that no broken byte can hide the password from it.
func shown(text string, err error) string {
	hide := weburl.HidePassword
	if err != nil {
		hide = weburl.HideLine
	}
	return strings.ToValidUTF8(hide(text), "\uFFFD")
}

// shortened cuts a line that is too long to be repeated in a record.
func shortened(text string) string {
	return strings.ToValidUTF8(text[:min(len(text), 1<<10)], "") + "…"
}

// Close releases the open list and the memory of URLs seen. The error is that
// of closing the list; there is nothing to do about it.
func (r *Reader) Close() error {
	r.err = fs.ErrClosed
	if r.seen != nil {
		r.seen.close()
		r.seen = nil
	}
	if r.file == nil {
		return nil
	}
	err := r.file.Close()
	r.file = nil
	return err
}
