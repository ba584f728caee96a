package report

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"scrape/results"
)

// entry is what a report wants of a record. Texts are JSON as it stands there, nil
// where there is none; they are decoded only where they are kept.
type entry struct {
	list, line        []byte
	input, url, title []byte
	message           []byte
	retryable         bool
	status            int
	attempts          int64
	wire              int64
	total             time.Duration
	change            results.Change
}

// read takes an entry out of a record. It decodes as little as it can, since this
// is done for each record of a run, one at a time. What is not as it should be is
// left out.
func read(r *results.Record) (e entry) {
	if !results.EachMember(r.Raw(), e.take) {
		e = entry{}
		results.EachInner(r.Raw(), e.take) // foreign JSON, with space between its tokens
	}
	return e
}

func (e *entry) take(key, value []byte) {
	switch string(key) {
	case "list":
		e.list = value
	case "line":
		e.line = value
	case "input":
		e.input = value
	case "url":
		e.url = value
	case "title":
		e.title = value
	case "status":
		e.status, _ = strconv.Atoi(string(value))
	case "attempts":
		e.attempts = number(value)
	case "wire_bytes":
		e.wire = max(number(value), 0)
	case "change":
		e.change = results.ParseChange(decoded(value))
	case "error":
		results.EachInner(value, func(name, value []byte) {
			switch string(name) {
			case "message":
				e.message = value
			case "retryable":
				e.retryable = string(value) == "true"
			}
		})
	case "timing_ms":
		results.EachInner(value, func(name, value []byte) {
			if string(name) == "total" {
				e.total = millis(value)
			}
		})
	}
}

func number(value []byte) int64 {
	n, _ := strconv.ParseInt(string(value), 10, 64)
	return n
}

// millis is a time in milliseconds, of a year at most.
func millis(value []byte) time.Duration {
	const most = 365 * 24 * time.Hour
	ms, err := strconv.ParseFloat(string(value), 64)
	if err != nil || !(ms > 0) {
		return 0
	}
	return time.Duration(math.Min(ms*float64(time.Millisecond), float64(most)))
}

// decoded is the text of a JSON string, "" for what is none.
func decoded(value []byte) string {
	if len(value) < 2 || value[0] != '"' {
		return ""
	}
	if inner := value[1 : len(value)-1]; bytes.IndexByte(value, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	if json.Unmarshal(value, &s) != nil {
		return ""
	}
	return s
}

// hostOf is the host of a URL, with its port if it has one, as bytes of the JSON;
// none where it cannot be told.
func hostOf(url []byte) []byte {
	_, rest, found := bytes.Cut(url, []byte("://"))
	if !found {
		return nil
	}
	if end := bytes.IndexAny(rest, `/?#\"`); end >= 0 {
		rest = rest[:end]
	}
	return rest[bytes.LastIndexByte(rest, '@')+1:]
}

// Bounds on the texts of a sample, in bytes. A URL that is longer is no link.
const (
	mostURL     = 1024
	mostTitle   = 200
	mostMessage = 400
)

// sample is a record that is kept to be shown.
type sample struct {
	seq      int64
	place    string // list and line, where there are several lists
	url      string // or what the line was, where it is no URL
	whole    bool   // the URL was not cut
	title    string
	kind     results.Kind
	message  string
	status   int
	attempts int64
	total    time.Duration
}

func (e *entry) sample(r *results.Record) sample {
	s := sample{
		seq:      r.Seq,
		title:    clip(decoded(e.title), mostTitle),
		kind:     r.Kind,
		message:  clip(decoded(e.message), mostMessage),
		status:   e.status,
		attempts: e.attempts,
		total:    e.total,
	}
	if list := decoded(e.list); list != "" {
		s.place = clip(list, mostTitle) + ":" + strconv.FormatInt(number(e.line), 10)
	}
	url := decoded(e.url)
	if url == "" {
		url = decoded(e.input)
	}
	s.url = clip(url, mostURL)
	s.whole = len(s.url) == len(url)
	return s
}
