package report

import (
	"cmp"
	"strings"
	"time"
)

// Run is what a report says of a run beyond its records.
type Run struct {
	Lists   []string // what the lines came from
	Wall    time.Duration
	Problem string  // why the run ended early, or failed; "" where it did not
	Left    int64   // lines without a record
	Unread  bool    // and more than those, since the lists were not read to their end
	Skipped int64   // lines that have their record from an earlier run
	Fields  []Field // what was to be found on pages
	Program string  // what made the report, and its version
}

// Field is how often a field was found on the pages that were looked at for it.
type Field struct {
	Name      string
	Found, Of int64
}

// page is a report as the template shows it: texts that are ready, still to be
// escaped.
type page struct {
	Headline, Program, When, Wall, Lists string

	Problem, Left, Skipped string

	Facts    []fact
	Outcomes []share
	Kinds    []kindRow

	Timeline, Latency *chart
	Each              string // what a bar of the timeline stands for
	Quantiles         []quantileRow
	Slowest           []row
	ByFailures        []hostRow
	ByTime            []hostRow
	HostsNote         string
	Changes           []changeGroup
	Changed           []share
	Fields            []fieldRow
	Failures          []failureGroup
	FailuresNote      string
}

type fact struct{ Name, Value string }

// share is a part of a bar.
type share struct{ Class, Name, Count, Percent, X, Width string }

type kindRow struct{ Kind, Count, Percent, Width, Again, Details, Advice string }

type quantileRow struct {
	Name                string
	Count               string
	P50, P90, P99, Slow string
}

type row struct{ Where, Link, URL, Title, Problem, Time string }

type hostRow struct{ Name, URLs, Failed, Percent, Time, Mean, Width string }

type changeGroup struct {
	Name, Count, More string
	Rows              []row
}

type fieldRow struct{ Name, Found, Of, Missed, Percent, Width string }

type failureGroup struct {
	Kind, Count, More, Advice string
	Open                      bool
	Rows                      []row
}

// page makes what is shown of what was collected.
func (c *Collector) page(run Run) *page {
	t := &c.tally
	asked := t.Scraped() + t.NotScraped()
	p := &page{
		Headline: headline(t.Scraped(), asked),
		Program:  cmp.Or(run.Program, "scrape"),
		When:     c.started.UTC().Format("2 January 2006, 15:04 UTC"),
		Wall:     span(run.Wall),
		Lists:    listNames(run.Lists),
		Problem:  clean(run.Problem),
	}
	switch {
	case run.Left > 0 && run.Unread:
		p.Left = counted(run.Left, "line") + " and those that were not read have no record."
	case run.Left > 0:
		p.Left = counted(run.Left, "line") + " without a record."
	case run.Unread:
		p.Left = "The list was not read to its end."
	}
	if run.Skipped > 0 {
		p.Skipped = counted(run.Skipped, "line") + " had a record from an earlier run: this report is about the others."
	}
	p.Facts = []fact{
		{"took", p.Wall},
		{"URLs a second", perSecond(asked, run.Wall)},
		{"received", size(c.received)},
	}
	if c.ok.n > 0 {
		p.Facts = append(p.Facts, fact{"half of the pages within", span(c.ok.quantile(0.5))})
	}
	if c.attempts > 0 {
		p.Facts = append(p.Facts, fact{"further attempts", grouped(c.attempts)})
	}
	duplicates := "duplicates"
	if t.Duplicates() == 1 {
		duplicates = "duplicate"
	}
	p.Outcomes = shares([]part{{"ok", "scraped", t.Scraped()}, {"bad", "not scraped", t.NotScraped()}, {"same", duplicates, t.Duplicates()}})
	p.Kinds = c.kindRows()
	var each time.Duration
	if p.Timeline, each = c.timeline.chart(asked); p.Timeline != nil {
		p.Each = span(each)
	}
	p.Latency = latencyChart(&c.ok, &c.bad)
	for _, q := range []struct {
		name string
		h    *histogram
	}{{"scraped", &c.ok}, {"not scraped", &c.bad}} {
		if q.h.n > 0 {
			p.Quantiles = append(p.Quantiles, quantileRow{q.name, grouped(q.h.n),
				span(q.h.quantile(0.5)), span(q.h.quantile(0.9)), span(q.h.quantile(0.99)), span(q.h.max)})
		}
	}
	for _, s := range c.slowest.sorted() {
		p.Slowest = append(p.Slowest, s.row())
	}
	c.hostRows(p)
	room := mostRowBytes
	c.changeGroups(p, &room)
	p.Fields = fieldRows(run.Fields)
	c.failureGroups(p, &room)
	return p
}

func headline(scraped, asked int64) string {
	switch {
	case asked == 0:
		return "There was nothing to scrape"
	case scraped == asked && asked == 1:
		return "The one URL was scraped"
	case scraped == asked:
		return "All " + grouped(asked) + " URLs were scraped"
	case scraped == 0 && asked == 1:
		return "The one URL was not scraped"
	case scraped == 0:
		return "None of " + grouped(asked) + " URLs was scraped"
	case scraped == 1:
		return "1 of " + grouped(asked) + " URLs was scraped"
	}
	return grouped(scraped) + " of " + grouped(asked) + " URLs were scraped"
}

// mostNames bounds the lists that are named.
const mostNames = 5

func listNames(lists []string) string {
	var names []string
	for i, name := range lists {
		if i == mostNames {
			names = append(names, counted(int64(len(lists)-i), "more list"))
			break
		}
		names = append(names, shown(clip(name, mostTitle), len(name) > mostTitle))
	}
	return strings.Join(names, ", ")
}

// shares lays parts beside each other in one bar, and leaves out what is none.
func shares(parts []part) (all []share) {
	var whole, before int64
	for _, p := range parts {
		whole += p.n
	}
	for _, p := range parts {
		if p.n == 0 {
			continue
		}
		all = append(all, share{
			Class: p.class, Name: p.name, Count: grouped(p.n), Percent: percent(p.n, whole),
			X: across(float64(before) / float64(whole)), Width: across(float64(p.n) / float64(whole)),
		})
		before += p.n
	}
	return all
}

type part struct {
	class, name string
	n           int64
}
