package worker

import (
	"encoding/binary"
	"errors"
	"time"

	"scrape/results"
	"scrape/scraper/weburl"
)

// Task is one attempt at one origin: a URL, and what the record will need of
// what went before.
type Task struct {
	Seq   int64
	List  string // as in the record
	Line  int64
	Input string // the line as given
	Asked weburl.URL
	// URL is what to request now: Asked, or where redirects led.
	URL       weburl.URL
	Redirects []string // the URLs that led to URL, Asked first
	// Foreign tells that a redirect has led to another origin, of whoever's
	// choice. What the user meant for his own stays behind from then on, also
	// where a further redirect leads back.
	Foreign bool
	Attempt int // from 1; what ended with a worker's death is not in it
	// Lost is how many tries ended with their worker. They say nothing about
	// the page, so they leave its retries alone, but tries they were.
	Lost int
	// Read is when the line was read, Given when its first task was given to
	// the pool, Started when the URL's first request was made; zero before.
	Read, Given, Started time.Time
}

// begun is when the URL's first request was made, so far as is known: a worker
// that dies takes that with it.
func (t *Task) begun() time.Time {
	if t.Started.IsZero() {
		return t.Given
	}
	return t.Started
}

// AddDeliveries counts the tries that ended with their worker, where the pool
// delivered the task so many times.
func (t *Task) AddDeliveries(n int) {
	if n > 1 {
		t.Lost += n - 1
		t.Started = t.begun()
	}
}

// LostFields are what the record of a task says that no worker could answer,
// and that the pool delivered so many times.
func (t *Task) LostFields(deliveries int) *results.Fields {
	lost := *t
	lost.AddDeliveries(deliveries)
	lost.Started = lost.begun()
	f := lost.Fields()
	f.Timing = lost.timing()
	return f
}

// timing is what the task's record says of the URL as a whole.
func (t *Task) timing() (whole results.Timing) {
	if !t.Started.IsZero() {
		whole.Queue = max(0, t.Started.Sub(t.Read))
		whole.Total = time.Since(t.Started)
	}
	return whole
}

// Fields are what the record of the task says of it, whatever its outcome.
func (t *Task) Fields() *results.Fields {
	return &results.Fields{
		Seq:       t.Seq,
		List:      t.List,
		Line:      t.Line,
		Input:     t.Input,
		URL:       t.Asked.Redacted(),
		Redirects: t.Redirects,
		Attempts:  t.Attempt + t.Lost,
		FetchedAt: t.Started,
	}
}

// Host is the key of the budget that the task is to be counted under.
func (t *Task) Host() string { return t.URL.HostKey() }

// Origin is whose robots.txt holds for the task.
func (t *Task) Origin() string { return t.URL.Origin() }

// Target is the path and query that robots.txt is asked about.
func (t *Task) Target() string { return t.URL.RequestURI() }

// Size is the task's memory in bytes, roughly.
func (t *Task) Size() int {
	const structs = 352 // the task, its places in maps and queues
	n := structs + len(t.Input) + len(t.Asked.String()) + len(t.URL.String())
	for _, r := range t.Redirects {
		n += len(r)
	}
	return n
}

// AppendBinary implements encoding.BinaryAppender.
func (t *Task) AppendBinary(b []byte) ([]byte, error) {
	b = binary.AppendVarint(b, t.Seq)
	b = appendString(b, t.List)
	b = binary.AppendVarint(b, t.Line)
	b = appendURL(b, t.Asked)
	url := t.URL
	if url == t.Asked {
		url = weburl.URL{}
	}
	b = appendURL(b, url)
	b = appendString(b, t.Input)
	b = binary.AppendUvarint(b, uint64(len(t.Redirects)))
	for _, r := range t.Redirects {
		b = appendString(b, r)
	}
	b = appendBool(b, t.Foreign)
	b = binary.AppendUvarint(b, uint64(t.Attempt))
	b = binary.AppendUvarint(b, uint64(t.Lost))
	b = appendTime(b, t.Read)
	b = appendTime(b, t.Given)
	return appendTime(b, t.Started), nil
}

var errTask = errors.New("worker: malformed task")

// UnmarshalBinary implements encoding.BinaryUnmarshaler.
func (t *Task) UnmarshalBinary(b []byte) error {
	d := decoder{b: b}
	*t = Task{Seq: d.varint(), List: d.string(), Line: d.varint(), Asked: d.url(), URL: d.url()}
	if t.URL.IsZero() {
		t.URL = t.Asked
	}
	if input := d.bytes(); string(input) == t.Asked.String() {
		t.Input = t.Asked.String() // as most lines are: one string for both
	} else {
		t.Input = string(input)
	}
	for range d.count() {
		t.Redirects = append(t.Redirects, d.string())
	}
	t.Foreign = d.bool()
	t.Attempt, t.Lost = int(d.uvarint()), int(d.uvarint())
	t.Read, t.Given, t.Started = d.time(), d.time(), d.time()
	if d.failed || len(d.b) > 0 || t.Asked.IsZero() {
		return errTask
	}
	return nil
}

// Answer is what became of a Task: exactly one of its fields is set.
type Answer struct {
	// Final is the record of the URL.
	Final *results.Record
	// Again asks for another attempt.
	Again *Again
	// Continue is where a redirect to another origin leads: the task to go
	// on with, in that host's turn.
	Continue *Task
}

// Again says when to try once more.
type Again struct {
	After   time.Duration // at the earliest
	Started time.Time     // of the first attempt
	Reason  string        // why this one failed
}

const (
	answerFinal byte = iota
	answerAgain
	answerContinue
)

// AppendBinary implements encoding.BinaryAppender.
func (a Answer) AppendBinary(b []byte) ([]byte, error) {
	switch {
	case a.Final != nil:
		return a.Final.AppendBinary(append(b, answerFinal))
	case a.Continue != nil:
		return a.Continue.AppendBinary(append(b, answerContinue))
	case a.Again != nil:
		b = binary.AppendVarint(append(b, answerAgain), int64(a.Again.After))
		return appendString(appendTime(b, a.Again.Started), a.Again.Reason), nil
	}
	return b, errAnswer
}

var errAnswer = errors.New("worker: malformed answer")

// UnmarshalBinary implements encoding.BinaryUnmarshaler. The record keeps b.
func (a *Answer) UnmarshalBinary(b []byte) error {
	if len(b) == 0 {
		return errAnswer
	}
	switch kind, b := b[0], b[1:]; kind {
	case answerFinal:
		a.Final = new(results.Record)
		return a.Final.UnmarshalBinary(b)
	case answerContinue:
		a.Continue = new(Task)
		return a.Continue.UnmarshalBinary(b)
	case answerAgain:
		d := decoder{b: b}
		a.Again = &Again{After: time.Duration(d.varint()), Started: d.time(), Reason: d.string()}
		if !d.failed && len(d.b) == 0 {
			return nil
		}
	}
	return errAnswer
}

func appendString(b []byte, s string) []byte {
	b = binary.AppendUvarint(b, uint64(len(s)))
	return append(b, s...)
}

func appendURL(b []byte, u weburl.URL) []byte {
	b = binary.AppendUvarint(b, uint64(len(u.String())))
	b, _ = u.AppendBinary(b) // cannot fail
	return b
}

func appendBool(b []byte, v bool) []byte {
	if v {
		return append(b, 1)
	}
	return append(b, 0)
}

// appendTime writes a time as nanoseconds since 1970, and the zero time as 0.
func appendTime(b []byte, t time.Time) []byte {
	if t.IsZero() {
		return binary.AppendVarint(b, 0)
	}
	return binary.AppendVarint(b, t.UnixNano())
}

// decoder reads back what the functions above wrote. After a failure all that
// it answers is zero.
type decoder struct {
	b      []byte
	failed bool
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	if n <= 0 {
		d.b, d.failed = nil, true
		return 0
	}
	d.b = d.b[n:]
	return v
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	if n <= 0 {
		d.b, d.failed = nil, true
		return 0
	}
	d.b = d.b[n:]
	return v
}

// bytes are those of the decoder itself.
func (d *decoder) bytes() []byte {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.b, d.failed = nil, true
		return nil
	}
	b := d.b[:n]
	d.b = d.b[n:]
	return b
}

func (d *decoder) string() string { return string(d.bytes()) }

func (d *decoder) url() (u weburl.URL) {
	if u.UnmarshalBinary(d.bytes()) != nil {
		d.b, d.failed = nil, true
	}
	return u
}

func (d *decoder) bool() bool {
	v := d.uvarint()
	if v > 1 {
		d.b, d.failed = nil, true
	}
	return v == 1
}

// count reads a number of elements, each of at least one byte.
func (d *decoder) count() int {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.b, d.failed = nil, true
		return 0
	}
	return int(n)
}

func (d *decoder) time() time.Time {
	if ns := d.varint(); ns != 0 {
		return time.Unix(0, ns)
	}
	return time.Time{}
}
