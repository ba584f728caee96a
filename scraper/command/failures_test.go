package command

import (
	"fmt"
	"strings"
	"testing"

	"scrape/results"
)

func TestFailures(t *testing.T) {
	var f failures
	see := func(kind results.Kind, n int, message string) {
		for i := range n {
			f.observe(results.New(&results.Fields{
				Seq: int64(i + 1), URL: fmt.Sprintf("http://example.com/%v/%d", kind, i),
				Error: &results.Error{Kind: kind, Message: message},
			}))
		}
	}
	f.observe(results.New(&results.Fields{Seq: 1, URL: "http://example.com/", Outcome: results.Scraped}))
	see(results.Duplicate, 3, "of line 1")
	if lines := f.lines("out.jsonl"); len(lines) != 0 {
		t.Errorf("%q", lines)
	}
	see(results.DNS, 2, "no such host\x1b[2J")
	see(results.HTTPStatus, 1004, "404 Not Found")
	want := `http_status: http://example.com/http_status/0: 404 Not Found
http_status: http://example.com/http_status/1: 404 Not Found
http_status: http://example.com/http_status/2: 404 Not Found
http_status: and 1,001 more
dns: http://example.com/dns/0: no such host\x1b[2J
dns: http://example.com/dns/1: no such host\x1b[2J
all of them: out.jsonl`
	if got := strings.Join(f.lines("out.jsonl"), "\n"); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for kind := results.InvalidURL; kind.Valid(); kind++ {
		see(kind, 5, strings.Repeat("long ", 100))
	}
	lines := f.lines("out.jsonl")
	if len(lines) > mostLines {
		t.Errorf("%d lines", len(lines))
	}
	for _, line := range lines {
		if len(line) > maxExample+40 {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
}
