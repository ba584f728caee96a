package frontier

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// event is what came out of a frontier, and when.
type event struct {
	page    *page
	at      time.Duration
	refusal *Refusal
}

func (e event) String() string {
	if e.refusal != nil {
		return fmt.Sprintf("%v refused after %v: %v: %s", e.page, e.at, e.refusal.Kind, e.refusal.Message)
	}
	return fmt.Sprintf("%v after %v", e.page, e.at)
}

// world runs the tasks of a frontier in a synctest bubble. answer is called in
// a goroutine of its own for each task that is to be run, and must say what
// became of it.
type world struct {
	f      *Frontier[*page]
	answer func(*page)
	events []event
}

func (w *world) run(t *testing.T) []event {
	t.Helper()
	start := time.Now()
	var running sync.WaitGroup
	for p, r := range w.f.Turns(t.Context()) {
		w.events = append(w.events, event{p, time.Since(start), r})
		if r == nil {
			running.Go(func() { w.answer(p) })
		}
	}
	running.Wait()
	if err := w.f.Err(); err != nil {
		t.Error(err)
	}
	return w.events
}

// takes is an answer that is fine, after a while.
func (w *world) takes(latency time.Duration) func(*page) {
	return func(p *page) {
		time.Sleep(latency)
		w.f.Done(p, Report{Health: Fine, Latency: latency})
	}
}

// want compares events with what they are to be.
func want(t *testing.T, got []event, want ...string) {
	t.Helper()
	var lines []string
	for _, e := range got {
		lines = append(lines, e.String())
	}
	if !slices.Equal(lines, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(lines, "\n\t"), strings.Join(want, "\n\t"))
	}
}

// wantAnyOrder is for hosts that may overtake each other in the same moment.
func wantAnyOrder(t *testing.T, got []event, lines ...string) {
	t.Helper()
	slices.Sort(lines)
	got = slices.SortedFunc(slices.Values(got), func(a, b event) int { return strings.Compare(a.String(), b.String()) })
	want(t, got, lines...)
}

// newPage is the nth task of a host.
func newPage(host string, n int) *page { return &page{host: host, n: n} }
