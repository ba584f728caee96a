package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"scrape/results"
	"scrape/scraper"
)

// Tour options: little patience and little memory, so that the site's traps
// shut in seconds.
const (
	tourProcs   = 3
	tourTimeout = 2 * time.Second
	tourRetry   = 1
	tourMaxBody = 4 << 20
)

// Tour scrapes the site's list, kills one of the workers half-way, and checks
// that nothing was lost by it: every line has one record, and each says what it
// must. The error names the lines for which that is not so, or is the one of
// scraper.Run. A tour that was interrupted is not checked.
//
// Of o it takes Procs (0: 3), Sinks, Observe, Drain, Tell and Monitor; the rest is its
// own. What happens is told through say, one line at a time.
//
// The program must have called pool.Main, as for scraper.Run.
func (s *Site) Tour(ctx context.Context, o scraper.Options, say func(format string, args ...any)) (scraper.Summary, error) {
	sinks := o.Sinks
	sync := func() error {
		for _, sink := range sinks {
			if err := sink.Sync(); err != nil {
				return &scraper.SinkError{Err: err}
			}
		}
		return nil
	}
	g := newGuide(s.lines, o.Observe, sync, say)
	o = scraper.Options{
		Lists:   []scraper.Source{{Name: "demo", Open: s.Open}},
		Procs:   o.Procs,
		Timeout: tourTimeout,
		Retry:   tourRetry,
		MaxBody: tourMaxBody,
		Sinks:   o.Sinks,
		Observe: g.observe,
		Drain:   o.Drain,
		Tell:    o.Tell,
		Monitor: o.Monitor,
	}
	if o.Procs == 0 {
		o.Procs = tourProcs
	}
	workers := fmt.Sprint(o.Procs, " workers")
	if o.Procs == 1 {
		workers = "1 worker"
	}
	say("a small site is up at %s; its %d lines go to %s", s.URL(), g.wanted, workers)
	summary, err := scraper.Run(ctx, o)
	if err != nil || summary.Drained {
		return summary, err
	}
	if err := sync(); err != nil { // the verdict stands below the records
		return summary, err
	}
	return summary, g.verdict()
}

// Open gives the list as a file to read.
func (s *Site) Open() (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(s.text())), nil
}

// text is the list as a file.
func (s *Site) text() string { return strings.Join(s.List(), "\n") + "\n" }

// guide sees the records of a tour as they come.
type guide struct {
	next func(*results.Record) // who else wants to see them
	sync func() error          // has the records written that have come
	say  func(format string, args ...any)

	lines   []Line
	records []int // how many came, by line
	wanted  int   // how many should come in all
	total   int   // how many came in all
	killed  int   // the pid of the worker that was; 0: none yet
	wrong   []error
}

func newGuide(lines []Line, next func(*results.Record), sync func() error, say func(string, ...any)) *guide {
	g := &guide{next: next, sync: sync, say: say, lines: lines, records: make([]int, len(lines))}
	for _, l := range lines {
		if l.Want != nil {
			g.wanted++
		}
	}
	return g
}

func (g *guide) observe(r *results.Record) {
	if g.next != nil {
		g.next(r)
	}
	g.total++
	f, err := r.Fields()
	if err != nil || f.Seq < 1 || f.Seq > int64(len(g.lines)) || g.lines[f.Seq-1].Want == nil {
		g.wrong = append(g.wrong, fmt.Errorf("a record of no line: %s", r.Raw()))
		return
	}
	g.records[f.Seq-1]++
	line := g.lines[f.Seq-1]
	if err := line.Want.Check(f); err != nil {
		g.wrong = append(g.wrong, fmt.Errorf("line %d, %s: %w", f.Seq, line.Text, err))
	}
	if g.killed == 0 && g.total >= g.wanted/2 && f.Worker > 0 {
		g.kill(f.Worker)
	}
}

// kill kills a worker as the system does when memory runs out.
func (g *guide) kill(pid int) {
	p, err := os.FindProcess(pid)
	if err != nil {
		return
	}
	defer p.Release()
	if p.Kill() != nil {
		return // it is gone already: the next record names another
	}
	g.killed = pid
	_ = g.sync() // so that half of the records stand above; an error comes up again in the next write
	g.say("after %d of %d records worker %d is killed, with all it had in hand", g.total, g.wanted, pid)
}

// mostWrong is how many mistakes a verdict names.
const mostWrong = 5

// verdict is nil when all records are there, each once, and say what they must.
func (g *guide) verdict() error {
	wrong := g.wrong
	for i, line := range g.lines {
		if n := g.records[i]; line.Want != nil && n != 1 {
			wrong = append(wrong, fmt.Errorf("line %d, %s: has %d records", i+1, line.Text, n))
		}
	}
	if g.killed == 0 {
		wrong = append(wrong, errors.New("no worker could be killed"))
	}
	if len(wrong) > mostWrong {
		wrong = append(wrong[:mostWrong:mostWrong], fmt.Errorf("and %d more", len(wrong)-mostWrong))
	}
	if len(wrong) > 0 {
		return fmt.Errorf("the demo went wrong: %w", errors.Join(wrong...))
	}
	g.say("%d lines, %d records, all right: nothing was lost with worker %d", g.wanted, g.total, g.killed)
	return nil
}
