package report

import (
	"fmt"
	"math"
	"strconv"
	"time"
)

// chart is a bar chart. Across, places are percentages of its width, so that it
// fits any screen without its text being stretched; up and down they are pixels.
type chart struct {
	Height int // of the area with the bars
	Bars   []bar
	Lines  []gridLine // across, with the scale
	Ticks  []tick     // below
	Marks  []tick     // lines from top to bottom
}

// bar is a stack of what was scraped and, above it, what was not.
type bar struct {
	X, Width      string
	ScrapedY      string
	Scraped       string
	FailedY       string
	Failed        string
	Label         string // what it is, for pointers and the table
	Ok, Bad       string // numbers
	HasOk, HasBad bool
}

type gridLine struct{ Y, Label string }

type tick struct {
	X, Label, Anchor string
	Beside           string // of a mark: on which side of its line the label is
}

const chartHeight = 150

func across(share float64) string { return strconv.FormatFloat(100*share, 'f', 2, 64) + "%" }
func pixels(f float64) string     { return strconv.FormatFloat(f, 'f', 1, 64) }

// stack draws bars from left to right, without gaps.
func stack(scraped, failed []int64, label func(i int) string) *chart {
	c := &chart{Height: chartHeight}
	n := len(scraped)
	var most int64
	for i := range n {
		most = max(most, scraped[i]+failed[i])
	}
	if most == 0 {
		return nil
	}
	scale := func(v int64) float64 {
		if v == 0 {
			return 0
		}
		return max(float64(v)/float64(most)*(chartHeight-14), 1.5) // what is there is seen
	}
	for i := range n {
		if scraped[i]+failed[i] == 0 {
			continue
		}
		ok, bad := scale(scraped[i]), scale(failed[i])
		c.Bars = append(c.Bars, bar{
			X: across((float64(i) + 0.08) / float64(n)), Width: across(0.84 / float64(n)),
			ScrapedY: pixels(chartHeight - ok), Scraped: pixels(ok),
			FailedY: pixels(chartHeight - ok - bad), Failed: pixels(bad),
			Label: label(i), Ok: grouped(scraped[i]), Bad: grouped(failed[i]),
			HasOk: ok > 0, HasBad: bad > 0,
		})
	}
	return c
}

// scale adds lines across, least or more from one to the next. most is what the
// highest bar stands for.
func (c *chart) scale(most, least float64, label func(v float64) string) {
	step := max(niceStep(most/3), least)
	for v := step; v <= most; v += step {
		c.Lines = append(c.Lines, gridLine{pixels(chartHeight - v/most*(chartHeight-14)), label(v)})
	}
}

// niceStep is the smallest of 1, 2, 5, 10, … and their tenths that is not less.
func niceStep(least float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(least)))
	for _, f := range []float64{1, 2, 5} {
		if f*power >= least*0.999 {
			return f * power
		}
	}
	return 10 * power
}

func highest(a, b []int64) (most int64) {
	for i := range a {
		most = max(most, a[i]+b[i])
	}
	return most
}

// place is a tick whose text stays inside of the chart.
func place(share float64, label string) tick {
	anchor := "middle"
	switch {
	case share < 0.06:
		anchor = "start"
	case share > 0.94:
		anchor = "end"
	}
	return tick{X: across(share), Label: label, Anchor: anchor}
}

// fewBars is the least number of bars that a run's time is divided into, if it has
// so many.
const fewBars = 16

// chart draws the timeline, with fewer bars where there is little to show. each is
// what one of them stands for.
func (t *timeline) chart(urls int64) (c *chart, each time.Duration) {
	n, merge := t.last+1, 1
	for want := max(fewBars, int(min(urls/4, intervals))); (n+merge-1)/merge/2 >= want; {
		merge *= 2
	}
	each = t.width() * time.Duration(merge)
	bars := (n + merge - 1) / merge
	scraped, failed := make([]int64, bars), make([]int64, bars)
	for i := range n {
		scraped[i/merge] += t.scraped[i]
		failed[i/merge] += t.failed[i]
	}
	c = stack(scraped, failed, func(i int) string { return "from " + span(time.Duration(i)*each) })
	if c == nil {
		return nil, 0
	}
	c.scale(float64(highest(scraped, failed))/each.Seconds(), 0, func(v float64) string {
		return strconv.FormatFloat(v, 'f', -1, 64)
	})
	whole := each * time.Duration(bars)
	step := niceTime(whole / 4)
	for at := time.Duration(0); at <= whole; at += step {
		c.Ticks = append(c.Ticks, place(float64(at)/float64(whole), span(at)))
	}
	return c, each
}

// niceTime is a round duration that is not less.
func niceTime(least time.Duration) time.Duration {
	for _, unit := range []struct {
		d     time.Duration
		times []int64
	}{
		{time.Millisecond, []int64{1, 2, 5, 10, 20, 50, 100, 200, 500}},
		{time.Second, []int64{1, 2, 5, 10, 15, 30}},
		{time.Minute, []int64{1, 2, 5, 10, 15, 30}},
		{time.Hour, []int64{1, 2, 3, 6, 12, 24, 48, 7 * 24, 14 * 24}},
	} {
		for _, n := range unit.times {
			if d := time.Duration(n) * unit.d; d >= least {
				return d
			}
		}
	}
	return least
}

// mostLatencyBars bounds the bars of the distribution.
const mostLatencyBars = 48

// latencyChart draws how long URLs took, on a logarithmic scale.
func latencyChart(ok, bad *histogram) *chart {
	firstOK, lastOK := ok.between()
	firstBad, lastBad := bad.between()
	first, last := min(firstOK, firstBad), max(lastOK, lastBad)
	if first == buckets {
		return nil
	}
	// An octave at least, so that few values do not look like a wall.
	for last-first < perOctave {
		first, last = max(first-1, 0), min(last+1, buckets-1)
	}
	merge := 1
	for (last-first)/merge >= mostLatencyBars {
		merge *= 2
	}
	first -= first % merge
	n := (last-first)/merge + 1
	scraped, failed := make([]int64, n), make([]int64, n)
	for i := first; i <= last; i++ {
		scraped[(i-first)/merge] += ok.counts[i]
		failed[(i-first)/merge] += bad.counts[i]
	}
	end := func(i int) time.Duration { return lower(first + i*merge) }
	c := stack(scraped, failed, func(i int) string { return fmt.Sprintf("%s to %s", span(end(i)), span(end(i+1))) })
	c.scale(float64(highest(scraped, failed)), 1, func(v float64) string { return grouped(int64(v)) })
	share := func(d time.Duration) float64 {
		return (math.Log2(float64(d)/float64(shortest))*perOctave - float64(first)) / float64(n*merge)
	}
	before := -1.0
	for i, d := range roundTimes {
		if wide := last-first > 3*perDecade; wide && i%3 != 0 {
			continue // powers of ten only
		}
		if x := share(d); x >= 0 && x <= 1 && x-before > 0.17 {
			c.Ticks = append(c.Ticks, place(x, span(d)))
			before = x
		}
	}
	c.Marks = marks(ok, share)
	return c
}

// perDecade is how many buckets there are to a power of ten.
const perDecade = 53 // 16 * log2(10)

// roundTimes are those to be found below the distribution; every third is a power
// of ten.
var roundTimes = []time.Duration{
	100 * time.Microsecond, 200 * time.Microsecond, 500 * time.Microsecond,
	time.Millisecond, 2 * time.Millisecond, 5 * time.Millisecond,
	10 * time.Millisecond, 20 * time.Millisecond, 50 * time.Millisecond,
	100 * time.Millisecond, 200 * time.Millisecond, 500 * time.Millisecond,
	time.Second, 2 * time.Second, 5 * time.Second,
	10 * time.Second, 20 * time.Second, 50 * time.Second,
	100 * time.Second, 200 * time.Second, 500 * time.Second,
	1000 * time.Second, 2000 * time.Second, 5000 * time.Second,
}

var quantiles = []struct {
	name  string
	share float64
}{{"p50", 0.5}, {"p90", 0.9}, {"p99", 0.99}}

// marks are the quantiles of what was scraped; where tells how far to the right a
// duration is. Those without room for their label have none.
func marks(h *histogram, where func(time.Duration) float64) (all []tick) {
	if h.n == 0 {
		return nil
	}
	before := -1.0
	for _, q := range quantiles {
		x := where(h.quantile(q.share))
		t := tick{X: across(x), Label: q.name, Anchor: "start", Beside: "4"}
		if x > 0.9 {
			t.Anchor, t.Beside = "end", "-4"
		}
		if x-before < 0.09 {
			t.Label = ""
		} else {
			before = x
		}
		all = append(all, t)
	}
	return all
}
