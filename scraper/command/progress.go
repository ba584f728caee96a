package command

import (
	"context"
	"io"
	"math"
	"os"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/term"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/output"
)

// The bar is drawn at most once in drawGap. While records scroll by above it,
// each batch of them brings a new drawing, and idleGap keeps the clock from
// drawing in between, which would leave the next batch without.
const (
	drawGap = 100 * time.Millisecond
	idleGap = 2 * drawGap
)

// rateWindow is the time over which URLs/s is averaged.
const rateWindow = 5 * time.Second

// progress counts a run and draws the bar. The counters may be written by
// anyone; the rest belongs to the console, which calls with its lock held.
type progress struct {
	out    io.Writer
	width  func() int // columns of the screen
	colour bool
	shared bool // records scroll by above the bar

	scraped, notScraped, duplicates atomic.Int64
	skipped                         atomic.Int64 // done by an earlier run
	total                           atomic.Int64 // lines to come; 0: not known (yet)

	frames  int
	drawnAt time.Time
	shown   int // columns of what stands on the screen; 0: nothing
	samples []sample
}

// sample is how far the run was at some moment.
type sample struct {
	at   time.Time
	done int64
}

// observe counts a record.
func (p *progress) observe(r *results.Record) {
	switch {
	case r.Outcome == results.Scraped:
		p.scraped.Add(1)
	case r.Kind == results.Duplicate:
		p.duplicates.Add(1)
	default:
		p.notScraped.Add(1)
	}
}

func (p *progress) drawIfDue(now time.Time) {
	gap := now.Sub(p.drawnAt)
	if gap < drawGap || p.shown > 0 && p.shared && gap < idleGap {
		return
	}
	line := barLine{
		scraped:    p.scraped.Load(),
		notScraped: p.notScraped.Load(),
		duplicates: p.duplicates.Load(),
		total:      max(0, p.total.Load()-p.skipped.Load()),
		frame:      p.frames,
		colour:     p.colour,
	}
	line.rate = p.rate(now, line.done())
	columns := p.width()
	text, width := line.fit(columns)
	var b strings.Builder
	b.WriteString(p.rewind(columns))
	b.WriteString(text)
	_, _ = io.WriteString(p.out, b.String())
	p.drawnAt, p.shown = now, width
	p.frames++
}

// erase leaves the line of the bar empty, and the cursor at its begin.
func (p *progress) erase() {
	if p.shown > 0 {
		_, _ = io.WriteString(p.out, p.rewind(p.width()))
		p.shown = 0
	}
}

// rewind takes what was drawn off the screen. A terminal that has become
// narrower since has broken it into several lines.
func (p *progress) rewind(columns int) string {
	up := 0
	if p.shown > 0 && columns > 0 {
		up = (p.shown - 1) / columns
	}
	if up == 0 {
		return "\r\x1b[K"
	}
	return "\r" + strings.Repeat("\x1b[A", up) + "\x1b[J"
}

// rate is the number of URLs a second of late.
func (p *progress) rate(now time.Time, done int64) float64 {
	for len(p.samples) > 1 && now.Sub(p.samples[0].at) > rateWindow {
		p.samples = p.samples[1:]
	}
	p.samples = append(p.samples, sample{now, done})
	first := p.samples[0]
	if seconds := now.Sub(first.at).Seconds(); seconds > 0 {
		return float64(done-first.done) / seconds
	}
	return 0
}

// startProgress shows a bar for the lists, drawn until stop is called.
func (p *program) startProgress(ctx context.Context, lists []input, shared bool) (bar *progress, stop func()) {
	noColour, _ := p.env.Lookup("NO_COLOR")
	bar = &progress{
		out:    p.env.Stderr,
		width:  func() int { return columns(p.env.Stderr) },
		colour: noColour == "", // https://no-color.org
		shared: shared,
		// A run begins with nothing done: the rate counts from here.
		samples: []sample{{at: time.Now()}},
	}
	ctx, cancel := context.WithCancel(ctx)
	counted := make(chan struct{})
	go func() {
		defer close(counted)
		if n, err := countLines(ctx, lists); err == nil {
			bar.total.Store(n)
		}
	}()
	ticked := make(chan struct{})
	go func() {
		defer close(ticked)
		ticker := time.NewTicker(drawGap / 2)
		defer ticker.Stop()
		for {
			select {
			case now := <-ticker.C:
				p.console.tick(now)
			case <-ctx.Done():
				return
			}
		}
	}()
	p.console.attach(bar)
	return bar, func() {
		cancel()
		<-counted
		<-ticked
		p.console.attach(nil)
	}
}

// wantsBar decides whether there is a bar. Where records go into a pipe, the
// program behind it may write to the same terminal, of which the bar would know
// nothing.
func (p *program) wantsBar(outs []*output.Output) bool {
	switch p.settings.progress {
	case "always":
		return true
	case "never":
		return false
	}
	kind, _ := p.env.Lookup("TERM")
	return !p.settings.quiet && kind != "dumb" && term.IsTerminal(int(p.env.Stderr.Fd())) && !slices.ContainsFunc(outs, (*output.Output).IsPipe)
}

// columns is the width of a terminal, 80 for what is none.
func columns(f *os.File) int {
	if width, _, err := term.GetSize(int(f.Fd())); err == nil && width > 0 {
		return width
	}
	return 80
}

// countLines counts the lines of all lists that will get a record; 0 where
// one of the lists can be read only once. It ends early with ctx.
func countLines(ctx context.Context, lists []input) (int64, error) {
	var total int64
	for _, in := range lists {
		if in.earlier != nil {
			return in.earlier.Lines(), nil
		}
	}
	for _, in := range lists {
		if in.count == nil {
			return 0, nil
		}
	}
	for _, in := range lists {
		r, err := in.count()
		if err != nil {
			return 0, err
		}
		n, err := scraper.CountLines(contextReader{ctx, r})
		r.Close()
		if err != nil {
			return 0, err
		}
		total += n
	}
	return total, nil
}

// contextReader is a reader that fails once its context has ended.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

// remaining is how long the rest will take at a rate, rounded to what can be
// believed; ok is false where nobody can tell.
func remaining(left int64, rate float64) (d time.Duration, ok bool) {
	seconds := float64(left) / rate
	if rate <= 0 || seconds > math.MaxInt32 {
		return 0, false
	}
	d = time.Duration(math.Ceil(seconds)) * time.Second
	if d > time.Hour {
		d = d.Round(time.Minute)
	}
	return d, true
}
