package worker

import (
	"encoding/binary"
	"errors"
	"net/http"
	"time"

	"scrape/results"
	"scrape/scraper/cookie"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
	"scrape/scraper/robots"
)

// Answer is what became of a Task: exactly one of its first fields is set.
type Answer struct {
	// Final is the record of the URL.
	Final *results.Record
	// Again asks for another attempt.
	Again *Again
	// Continue is where a redirect leads: the task to go on with, in that
	// host's turn.
	Continue *Task
	// Opened is a gate's good answer.
	Opened *Opened
	// Shut is why a gate got none.
	Shut *Shut
	// Missed tells that nothing was done: the task's Turn came while its worker
	// was starting, and others may have had theirs since.
	Missed bool

	Told Told

	// Exchange is what was said for a Final or a Continue, if anybody wants it;
	// what there is of bodies is in the answer's file.
	Exchange *results.Exchange
}

// Again says when to try once more.
type Again struct {
	After   time.Duration // at the earliest
	Started time.Time     // of the first attempt
	Reason  string        // why this one failed
	Attempt int           // which one this was: see attempt.countResent
}

// Opened is what a gate's task has found out.
type Opened struct {
	Rules *robots.Rules // of a RobotsFile
	Addr  string        // of a LookUp: the host's address
}

// Shut is why nothing behind a gate can be asked for.
type Shut struct {
	Kind      results.Kind
	Message   string
	Retryable bool
	Attempts  int // that the gate took
}

// Told is what an attempt has found out beside its answer: about the host, for
// how it is to be treated, and the cookies that it sets.
type Told struct {
	Sent      time.Time     // when the request had its connection; zero: it got none
	FirstByte time.Duration // from then to the answer; 0: there was none
	Status    int           // 0: none arrived
	// RetryAfter is how long the host asks to be left alone, 0 if it does not.
	RetryAfter time.Duration
	Failure    results.Kind // None: an answer arrived whole, with whatever status
	Local      bool         // the failure was this machine's
	Cause      string       // of the failure, or a status of 400 and above in words
	Received   int64        // bytes of the body, as they came
	Lacking    bool         // the page has not what was required of it
	Cookies    []cookie.Cookie
	// Fields are those of extract.Content, of a page that was read; nil else.
	Fields []extract.Fate
	// Validators are those of the answer to Task.Asked itself, where Keep.Validators is;
	// zero where a redirect led elsewhere.
	Validators fetch.Validators
	// Unkept is why the answer's body could not be kept on this machine; "": it was,
	// or nobody wants it.
	Unkept string
}

// Overloaded tells that the host is asked for more than it can, or wants to, give
// (RFC 6585, section 4; RFC 9110, section 15.6.4).
func (t *Told) Overloaded() bool {
	return t.Status == http.StatusTooManyRequests || t.Status == http.StatusServiceUnavailable
}

const (
	answerFinal byte = iota
	answerAgain
	answerContinue
	answerOpened
	answerShut
	answerMissed
)

// AppendBinary implements encoding.BinaryAppender.
func (a Answer) AppendBinary(b []byte) ([]byte, error) {
	b = appendExchange(a.Told.append(b), a.Exchange)
	switch {
	case a.Final != nil:
		return a.Final.AppendBinary(append(b, answerFinal))
	case a.Continue != nil:
		return a.Continue.AppendBinary(append(b, answerContinue))
	case a.Again != nil:
		b = binary.AppendVarint(append(b, answerAgain), int64(a.Again.After))
		b = appendString(appendTime(b, a.Again.Started), a.Again.Reason)
		return binary.AppendUvarint(b, uint64(a.Again.Attempt)), nil
	case a.Opened != nil:
		return a.Opened.Rules.AppendBinary(appendString(append(b, answerOpened), a.Opened.Addr))
	case a.Shut != nil:
		b = binary.AppendUvarint(append(b, answerShut), uint64(a.Shut.Kind))
		b = appendString(b, a.Shut.Message)
		return binary.AppendUvarint(appendBool(b, a.Shut.Retryable), uint64(a.Shut.Attempts)), nil
	case a.Missed:
		return append(b, answerMissed), nil
	}
	return b, errAnswer
}

var errAnswer = errors.New("worker: malformed answer")

// UnmarshalBinary implements encoding.BinaryUnmarshaler. The record keeps b.
func (a *Answer) UnmarshalBinary(b []byte) error {
	d := decoder{b: b}
	*a = Answer{Told: d.told(), Exchange: d.exchange()}
	if d.failed || len(d.b) == 0 {
		return errAnswer
	}
	kind := d.b[0]
	d.b = d.b[1:]
	switch kind {
	case answerFinal:
		a.Final = new(results.Record)
		return a.Final.UnmarshalBinary(d.b)
	case answerContinue:
		a.Continue = new(Task)
		return a.Continue.UnmarshalBinary(d.b)
	case answerAgain:
		a.Again = &Again{After: time.Duration(d.varint()), Started: d.time(), Reason: d.string(), Attempt: int(d.uvarint())}
	case answerOpened:
		a.Opened = &Opened{Rules: new(robots.Rules), Addr: d.string()}
		if d.failed {
			return errAnswer
		}
		return a.Opened.Rules.UnmarshalBinary(d.b)
	case answerShut:
		a.Shut = &Shut{Kind: d.kind(), Message: d.string(), Retryable: d.bool(), Attempts: int(d.uvarint())}
	case answerMissed:
		a.Missed = true
	default:
		return errAnswer
	}
	if d.failed || len(d.b) > 0 {
		return errAnswer
	}
	return nil
}

// append writes what was told. Most answers tell little of it.
func (t *Told) append(b []byte) []byte {
	b = appendTime(b, t.Sent)
	b = binary.AppendVarint(b, int64(t.FirstByte))
	b = binary.AppendUvarint(b, uint64(t.Status))
	b = binary.AppendVarint(b, int64(t.RetryAfter))
	b = binary.AppendUvarint(b, uint64(t.Failure))
	b = appendBool(b, t.Local)
	b = appendString(b, t.Cause)
	b = appendBool(binary.AppendUvarint(b, uint64(t.Received)), t.Lacking)
	b = appendFates(appendCookies(b, t.Cookies), t.Fields)
	b = appendString(appendString(b, t.Validators.ETag), t.Validators.LastModified)
	return appendString(b, t.Unkept)
}

func (d *decoder) told() Told {
	return Told{
		Sent:       d.time(),
		FirstByte:  time.Duration(d.varint()),
		Status:     int(d.uvarint()),
		RetryAfter: time.Duration(d.varint()),
		Failure:    d.kind(),
		Local:      d.bool(),
		Cause:      d.string(),
		Received:   int64(d.uvarint()),
		Lacking:    d.bool(),
		Cookies:    d.cookies(),
		Fields:     d.fates(),
		Validators: fetch.Validators{ETag: d.string(), LastModified: d.string()},
		Unkept:     d.string(),
	}
}
