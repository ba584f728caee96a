package worker

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"scrape/results"
	"scrape/scraper/cookie"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
	"scrape/scraper/robots"
	"scrape/scraper/weburl"
)

func parse(t testing.TB, s string) weburl.URL {
	t.Helper()
	u, err := weburl.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func tasks(t testing.TB) []*Task {
	a, b := parse(t, "http://user:pw@example.com/a?b"), parse(t, "https://example.org/")
	return []*Task{
		{Seq: 1, Asked: a, URL: a, Attempt: 1},
		{Seq: 2, Input: b.String(), Asked: b, URL: b, Attempt: 1},
		{Seq: 1 << 40, List: "list.txt", Line: 7, Input: "Ünï", Asked: a, URL: b, Attempt: 3,
			Redirects: []string{"http://example.com/a", "", "x"}, Foreign: true, Lost: 2, Read: time.Unix(1, 2), Given: time.Unix(2, 3), Turn: time.Unix(5, 6), Started: time.Unix(3, 4)},
		{Seq: 4, Asked: a, URL: a, Attempt: 1, Steered: true, Method: "PUT", Header: http.Header{"A": {"b", ""}, "C": nil, "D": {"e"}}, Body: []byte("\x00b"), Meta: json.RawMessage(`{"a": 1}`)},
		{Seq: 5, Asked: b, URL: b, Attempt: 1, CommonBody: true, Method: "POST"},
		{Seq: 6, Asked: b, URL: b, Attempt: 1, Meta: json.RawMessage("7")},
		{Seq: 7, Asked: b, URL: b, Attempt: 1, Login: "name:pass:word", Cookies: []cookie.Cookie{
			{Name: "a", Value: "b", Domain: "example.org", HostOnly: true, Path: "/"},
			{Name: "", Value: "c", Domain: "example.org", Path: "/x", Expires: time.Unix(9, 0).UTC(), Secure: true, HTTPOnly: true},
		}},
		{Seq: 8, Asked: b, URL: b, Attempt: 1, Validators: fetch.Validators{ETag: `W/"a"`}},
		{Seq: 9, Asked: b, URL: b, Attempt: 1, Validators: fetch.Validators{LastModified: "Mon, 02 Jan 2006 15:04:05 GMT"}},
		{Seq: 10, Asked: b, URL: b, Attempt: 1, Key: 1<<63 | 5},
		{Role: RobotsFile, Asked: b, URL: a, Redirects: []string{"x"}, Attempt: 2},
		{Role: LookUp, Asked: b, URL: b, Attempt: 1, Foreign: true, Steered: true},
	}
}

func TestTaskCrosses(t *testing.T) {
	for _, want := range tasks(t) {
		b, err := want.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var got Task
		if err := got.UnmarshalBinary(b); err != nil || !reflect.DeepEqual(&got, want) {
			t.Errorf("%+v came back as %+v, %v", want, got, err)
		}
		for cut := range b {
			if err := new(Task).UnmarshalBinary(b[:cut]); err == nil {
				t.Errorf("the first %d of %d bytes were accepted", cut, len(b))
			}
		}
	}
}

// A task's URLs were parsed where they came from: parsing them again, in the
// worker or of an answer in the coordinator, would allocate and may fail.
func TestTaskIsNotParsed(t *testing.T) {
	u := parse(t, "https://bücher.example/ä")
	b, err := (&Task{Seq: 1, Input: u.String(), Asked: u, URL: u, Attempt: 1}).AppendBinary(nil)
	if err != nil {
		t.Fatal(err)
	}
	var task Task
	if n := testing.AllocsPerRun(100, func() { err = task.UnmarshalBinary(b) }); err != nil || n > 1 {
		t.Errorf("%v allocations, %v, want one, for the URL", n, err)
	}
}

// answers are one of each.
func answers(t testing.TB) map[string]Answer {
	record := results.New(&results.Fields{Seq: 5, URL: "http://example.com/", Outcome: results.Scraped, Title: "T"})
	rules, err := robots.Parse(strings.NewReader("User-agent: *\nDisallow: /private\nCrawl-delay: 3\n"), "scrape")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]Answer{
		"final":    {Final: record},
		"again":    {Again: &Again{3 * time.Second, time.Unix(5, 6), "connection refused", 2}},
		"opened":   {Opened: &Opened{Rules: rules}},
		"located":  {Opened: &Opened{Rules: new(robots.Rules), Addr: "127.0.0.1"}},
		"shut":     {Shut: &Shut{results.Robots, "robots.txt: 500 Internal Server Error", true, 3}},
		"continue": {Continue: tasks(t)[2]},
		"told": {Again: &Again{}, Told: Told{
			Sent: time.Unix(7, 8), FirstByte: time.Millisecond, Status: 503, RetryAfter: time.Minute, Failure: results.Timeout, Cause: "timeout: timed out", Received: 1 << 40, Lacking: true,
			Cookies:    tasks(t)[6].Cookies,
			Fields:     []extract.Fate{extract.Found, extract.NotAsked, extract.Missed},
			Validators: fetch.Validators{ETag: `"v1"`, LastModified: "Mon, 02 Jan 2006 15:04:05 GMT"},
		}},
	}
	for _, task := range tasks(t) {
		all[fmt.Sprint("continue ", task.Seq, task.Role)] = Answer{Continue: task}
	}
	return all
}

func TestAnswerCrosses(t *testing.T) {
	for name, want := range answers(t) {
		b, err := want.AppendBinary(nil)
		if err != nil {
			t.Fatal(err)
		}
		var got Answer
		if err := got.UnmarshalBinary(b); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if again, err := got.AppendBinary(nil); err != nil || string(again) != string(b) {
			t.Errorf("%s: %q came back as %q, %v", name, b, again, err)
		}
		if !reflect.DeepEqual(got.Told, want.Told) || !reflect.DeepEqual(got.Again, want.Again) || !reflect.DeepEqual(got.Shut, want.Shut) || !reflect.DeepEqual(got.Continue, want.Continue) {
			t.Errorf("%s: %+v came back as %+v", name, want, got)
		}
		if want.Opened != nil {
			ok, _ := got.Opened.Rules.Allowed("/private/x")
			if allowed, _ := want.Opened.Rules.Allowed("/private/x"); got.Opened.Addr != want.Opened.Addr || ok != allowed {
				t.Errorf("%s: address %q, allowed %v", name, got.Opened.Addr, ok)
			}
		}
		for cut := range b {
			if want.Final != nil {
				break // the record's own business, which reads it when it is wanted
			}
			if err := new(Answer).UnmarshalBinary(b[:cut]); err == nil && want.Opened == nil {
				t.Errorf("%s: the first %d of %d bytes were accepted", name, cut, len(b))
			}
		}
	}
	for _, bad := range [][]byte{nil, {9}, {answerAgain}, {answerContinue, 1}, {answerFinal, 1}} {
		if err := new(Answer).UnmarshalBinary(bad); err == nil {
			t.Errorf("%v was accepted", bad)
		}
	}
}

// FuzzAnswer holds the coordinator to what it promises: no bytes of a worker
// make it fall over.
func FuzzAnswer(f *testing.F) {
	for _, a := range answers(f) {
		b, err := a.AppendBinary(nil)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte{answerAgain, 2})
	f.Add([]byte("\x02\x02\x00\x00\x0ehttp://h:1/a?b\x00\x00\x00\x00\x01\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var a Answer
		if a.UnmarshalBinary(b) != nil {
			return
		}
		if _, err := a.AppendBinary(nil); err != nil {
			t.Errorf("%+v was decoded and cannot be encoded: %v", a, err)
		}
	})
}

func TestBackOffGrowsAndIsSpread(t *testing.T) {
	for attempt, base := range map[int]time.Duration{1: firstBackOff, 2: 2 * firstBackOff, 4: 8 * firstBackOff, 50: longestBack} {
		least, most := time.Hour, time.Duration(0)
		for range 1000 {
			d := backOff(attempt)
			least, most = min(least, d), max(most, d)
		}
		if least < base/2 || most > base*3/2 || most-least < base/2 {
			t.Errorf("attempt %d: waits from %v to %v, want within half and one and a half of %v", attempt, least, most, base)
		}
	}
}
