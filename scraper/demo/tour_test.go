package demo

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"

	"scrape/results"
	"scrape/scraper"
)

// commentary keeps what a tour says. It is safe for concurrent use.
type commentary struct {
	mu   sync.Mutex
	text strings.Builder
}

func (c *commentary) say(format string, args ...any) {
	c.mu.Lock()
	defer c.mu.Unlock()
	fmt.Fprintf(&c.text, format+"\n", args...)
}

func (c *commentary) String() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.text.String()
}

// records counts the lines of a list that get a record.
func records(lines []Line) (n int) {
	for _, l := range lines {
		if l.Want != nil {
			n++
		}
	}
	return n
}

func TestTour(t *testing.T) {
	s := start(t)
	var out bytes.Buffer
	var told, log commentary
	written := 0 // lines of out at the verdict
	atKill := -1 // and at the notice of the kill, of how many that had come
	comeAtKill := 0
	observed := 0
	batch := results.NewBatch(&out, results.BatchOptions{})
	sink := results.NewText(batch, false)
	summary, err := s.Tour(t.Context(), scraper.Options{
		Sinks:   []results.Sink{sink},
		Observe: func(*results.Record) { observed++ },
		Tell:    func(e scraper.Event) { log.say("%v", e) },
	}, func(format string, args ...any) {
		told.say(format, args...)
		switch lines := strings.Count(out.String(), "\n"); {
		case strings.Contains(format, " is killed"):
			atKill, comeAtKill = lines, observed
		case strings.Contains(format, "nothing was lost"):
			written = lines
		}
	})
	if closeErr := sink.Close(); err != nil || closeErr != nil {
		t.Fatalf("%v, %v; it said\n%s%s", err, closeErr, told.String(), log.String())
	}
	want := records(s.Lines())
	if lines := strings.Count(out.String(), "\n"); lines != want || written != want || observed != want || summary.Tally.Total() != int64(want) {
		t.Errorf("%d lines written, %d before the verdict, %d records observed, %d counted; want %d\n%s", lines, written, observed, summary.Tally.Total(), want, out.String())
	}
	if atKill != comeAtKill || atKill < want/2 {
		t.Errorf("%d of %d lines written before the notice of the kill, want at least half of %d", atKill, comeAtKill, want)
	}
	if strings.ContainsAny(out.String(), "\x1b\x07") {
		t.Errorf("raw control codes in %q", out.String())
	}
	if !strings.Contains(told.String(), " is killed") || !strings.Contains(told.String(), "nothing was lost") {
		t.Errorf("it said %q", told.String())
	}
	if !strings.Contains(log.String(), "SIGKILL") {
		t.Errorf("nobody heard of the killed worker: %q", log.String())
	}
}

// What was interrupted is not called lost.
func TestTourDrained(t *testing.T) {
	s := start(t)
	drain := make(chan struct{})
	close(drain)
	var told commentary
	summary, err := s.Tour(t.Context(), scraper.Options{Procs: 1, Drain: drain}, told.say)
	if !strings.HasSuffix(told.String(), " lines go to 1 worker\n") {
		t.Errorf("it said %q", told.String())
	}
	if err != nil || !summary.Drained || strings.Contains(told.String(), "lost") {
		t.Errorf("%+v, %v, %q", summary, err, told.String())
	}
}

// A verdict names the lines that it is about.
func TestVerdict(t *testing.T) {
	well := titled("A page")
	lines := []Line{{Text: "# comment"}, {Text: "http://a.example/", Want: &well}, {Text: "http://b.example/", Want: &well}}
	record := func(seq int64, change func(*results.Fields)) *results.Record {
		f := &results.Fields{Seq: seq, Outcome: results.Scraped, Status: 200, Title: "A page", Charset: "utf-8"}
		if change != nil {
			change(f)
		}
		return results.New(f)
	}
	good := []*results.Record{record(2, nil), record(3, nil)}
	for name, c := range map[string]struct {
		records []*results.Record
		want    string
	}{
		"good":         {good, ""},
		"lost":         {good[:1], "line 3, http://b.example/: has 0 records"},
		"doubled":      {append(good, good[0]), "line 2, http://a.example/: has 2 records"},
		"of a comment": {append(good, record(1, nil)), `a record of no line: {"schema":1,"seq":1,`},
		"of no line":   {append(good, record(4, nil)), `a record of no line: {"schema":1,"seq":4,`},
		"many":         {slices.Repeat([]*results.Record{record(4, nil)}, 5), "\nand 2 more"},
		"title": {[]*results.Record{good[0], record(3, func(f *results.Fields) { f.Title = "\x1b[2J" })},
			`line 3, http://b.example/: title is "\x1b[2J", not "A page"`},
		"failed": {[]*results.Record{good[0], record(3, func(f *results.Fields) {
			f.Outcome, f.Error = results.NotScraped, &results.Error{Kind: results.DNS, Message: "no such host"}
		})}, `outcome is "not_scraped", not "scraped" (dns: no such host)`},
	} {
		t.Run(name, func(t *testing.T) {
			var told commentary
			g := newGuide(lines, nil, nil, told.say)
			g.killed = 1 // so that none is
			for _, r := range c.records {
				g.observe(r)
			}
			err := g.verdict()
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("%v, want %s", err, c.want)
			case (err == nil) != strings.Contains(told.String(), "nothing was lost"):
				t.Errorf("said %q beside %v", told.String(), err)
			}
		})
	}
	if err := newGuide(nil, nil, nil, nil).verdict(); err == nil || !strings.Contains(err.Error(), "no worker could be killed") {
		t.Errorf("without a kill: %v", err)
	}
}

func TestServe(t *testing.T) {
	s := start(t)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var told commentary
	r, w := io.Pipe()
	done := make(chan error)
	go func() { done <- s.Serve(ctx, w, "go run .", told.say) }()
	var name string
	if _, err := fmt.Fscanln(r, &name); err != nil {
		t.Fatal(err)
	}
	list, err := os.ReadFile(name)
	if err != nil || string(list) != strings.Join(s.List(), "\n")+"\n" {
		t.Errorf("%s: %q, %v", name, list, err)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(name); !os.IsNotExist(err) {
		t.Errorf("%s is still there: %v", name, err)
	}
	if !strings.Contains(told.String(), "  go run . "+name+" --procs 3 ") || strings.Contains(told.String(), " scrape ") {
		t.Errorf("it said %q", told.String())
	}
}
