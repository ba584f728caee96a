package resultstest

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"scrape/results"
)

// Example is a typical record: the one that benchmarks measure.
func Example() *results.Fields {
	return &results.Fields{
		Seq:         17,
		URL:         "https://www.example.com/articles/2026/a-typical-page.html",
		Outcome:     results.Scraped,
		Status:      200,
		ContentType: "text/html; charset=utf-8",
		Charset:     "utf-8",
		HTTPVersion: "2",
		RemoteAddr:  "192.0.2.7:443",
		WireBytes:   9321,
		BodyBytes:   30211,
		Attempts:    1,
		Title:       "A typical page of an ordinary site – Example",
		FetchedAt:   time.Date(2026, 3, 4, 5, 6, 7, 89_000_000, time.UTC),
		Timing: results.Timing{
			Queue:     1250 * time.Microsecond,
			DNS:       11 * time.Millisecond,
			Connect:   20400 * time.Microsecond,
			TLS:       31007 * time.Microsecond,
			FirstByte: 80 * time.Millisecond,
			Total:     95123 * time.Microsecond,
		},
		Worker: 4711,
	}
}

// Failure is a typical record of a URL that was not scraped.
func Failure(seq int64, kind results.Kind, message string) *results.Fields {
	return &results.Fields{
		Seq:   seq,
		URL:   fmt.Sprintf("http://example.com/%d", seq),
		Error: &results.Error{Kind: kind, Message: message},
	}
}

// Examples are records of every sort that occurs, and some that should not.
func Examples() []*results.Fields {
	full := Example()
	full.Seq, full.List, full.Line = 18, "lists/second list.txt", 4
	full.Input = " EXAMPLE.com/articles "
	full.FinalURL = "https://www.example.com/final?q=1&r=2#frag"
	full.Redirects = []string{"https://www.example.com/1", "https://www.example.com/2"}
	full.Attempts = 3

	same := Example()
	same.Seq, same.Input, same.FinalURL = 19, same.URL, same.URL

	unicode := Example()
	unicode.Seq = 20
	unicode.Title = "Grüße, <b>Welt</b> & 世界 👩‍🚀 \"quoted\" back\\slash e\u0301"

	hostile := Example()
	hostile.Seq = 21
	hostile.URL = ""
	hostile.Input = "\x1b[31mred\r\nnext line\x00\x7f\u009b2J\u202etxt.exe\u2028\u2029 end"
	hostile.Title = hostile.Input + " broken: \xff\xc3( \xed\xa0\x80"

	status := Failure(22, results.HTTPStatus, "404 Not Found")
	status.Status, status.Attempts, status.Worker = 404, 1, 4711
	status.Timing.Total = 1500 * time.Microsecond

	invalid := Failure(23, results.InvalidURL, `scheme "ftp" is not http or https`)
	invalid.URL, invalid.Input = "", "ftp://user:***@example.com/"

	retryable := Failure(24, results.Connect, "connection refused")
	retryable.Error.Retryable = true

	post := Example()
	post.Seq, post.Method, post.Meta = 28, "POST", json.RawMessage(`{"id": 17, "tags": ["\n", null, "\u001b"] }`)

	extracted := Example()
	extracted.Seq, extracted.Title = 29, "=HYPERLINK(\"http://evil.example/\")"
	extracted.Links = json.RawMessage(`[{"url":"http://example.com/,;","text":"a \"b\""}]`)
	extracted.Data = json.RawMessage(`{"price":-12.50,"name":"@tea, \"pot\"","offers":{"low":1,"high":null},"found":true,"text":"one\r\ntwo\rthree\nfour"}`)
	extracted.Truncated = []string{"text", "links"}

	changed := Example()
	changed.Seq, changed.Change, changed.Diff = 30, results.Changed, "-price: \"34.50\"\n+price: \"36.00\"\n"

	fields := []*results.Fields{Example(), full, same, unicode, hostile, status, invalid, retryable,
		Failure(25, results.Duplicate, "of line 3"),
		Failure(26, results.DNS, "no such host\n\x1b]0;owned\a"),
		Failure(27, results.Parse, ""),
		post,
		extracted,
		changed,
		{Outcome: results.Scraped},
		{Error: &results.Error{Kind: results.WorkerLost}},
	}
	for kind := results.InvalidURL; kind <= results.HostGivenUp; kind++ {
		fields = append(fields, Failure(100+int64(kind), kind, "something about "+kind.String()))
	}
	return fields
}

// Huge is a record far larger than a Batch gathers.
func Huge() *results.Fields {
	f := Example()
	f.Title = strings.Repeat("very long title \x1b ", 10<<20/18)
	return f
}
