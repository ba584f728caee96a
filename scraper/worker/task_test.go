package worker

import (
	"reflect"
	"testing"
	"time"

	"scrape/results"
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
			Redirects: []string{"http://example.com/a", "", "x"}, Foreign: true, Lost: 2, Read: time.Unix(1, 2), Given: time.Unix(2, 3), Started: time.Unix(3, 4)},
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

func TestAnswerCrosses(t *testing.T) {
	record := results.New(&results.Fields{Seq: 5, URL: "http://example.com/", Outcome: results.Scraped, Title: "T"})
	for name, want := range map[string]Answer{
		"final":    {Final: record},
		"again":    {Again: &Again{3 * time.Second, time.Unix(5, 6), "connection refused"}},
		"continue": {Continue: tasks(t)[2]},
	} {
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
	for _, task := range tasks(f) {
		b, err := Answer{Continue: task}.AppendBinary(nil)
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
