package command

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"scrape/results"
	"scrape/scraper"
)

// closingLine sums up a run: what became of how many lines, and how fast. lines
// is how many the lists have; it matters only where the run did not read them to
// their end, and is 0 where it is not known.
func closingLine(s *scraper.Summary, lines int64) string {
	var b strings.Builder
	total := s.Tally.Total()
	fmt.Fprintf(&b, "%s in %s", count(total, "URL"), wallTime(s.Wall))
	if seconds := s.Wall.Seconds(); total > 0 && seconds > 0 {
		fmt.Fprintf(&b, " (%s/s)", rateText(float64(total)/seconds))
	}
	fmt.Fprintf(&b, ": %s scraped", grouped(s.Tally.Scraped()))

	if s.Tally.NotScraped() > 0 {
		fmt.Fprintf(&b, ", %s", notScraped(&s.Tally))
	}
	if n := s.Tally.Duplicates(); n > 0 {
		fmt.Fprintf(&b, ", %s", count(n, "duplicate"))
	}
	b.WriteString(changes(&s.Changes))
	if s.Skipped > 0 {
		fmt.Fprintf(&b, "; %s done before", count(s.Skipped, "line"))
	}
	left := s.Unfinished
	if !s.Ended {
		left = max(left, lines-total-s.Skipped)
	}
	if left > 0 {
		fmt.Fprintf(&b, "; %s not finished", count(left, "line"))
	}
	if !s.Ended && lines == 0 {
		b.WriteString("; not read to the end")
	}
	if shaped := s.Shaped; shaped.Found < shaped.Of {
		fmt.Fprintf(&b, "; no part of %s is for %s of %s pages", printable(shaped.Name), grouped(shaped.Of-shaped.Found), grouped(shaped.Of))
	}
	b.WriteString(misses(s.Fields, s.Expected))
	return b.String()
}

// notScraped counts what was not, the most frequent kinds first.
func notScraped(tally *results.Tally) string {
	type kindCount struct {
		kind  results.Kind
		count int64
	}
	var kinds []kindCount
	for kind, n := range tally.Kinds() {
		kinds = append(kinds, kindCount{kind, n})
	}
	slices.SortStableFunc(kinds, func(a, b kindCount) int { return cmp.Compare(b.count, a.count) })
	var parts []string
	for _, k := range kinds {
		parts = append(parts, grouped(k.count)+" "+k.kind.String())
	}
	return fmt.Sprintf("%s not scraped (%s)", grouped(tally.NotScraped()), strings.Join(parts, ", "))
}

// changes counts what has become of URLs since the last run, where that is known.
func changes(c *results.Changes) string {
	var parts []string
	for change := results.Fresh; int(change) < len(c); change++ {
		if n := c[change]; n > 0 {
			parts = append(parts, grouped(n)+" "+change.String())
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return "; since last time " + strings.Join(parts, ", ")
}

// count writes a number and what it counts.
func count(n int64, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return grouped(n) + " " + noun
}

// wallTime rounds a time to what is worth reading.
func wallTime(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	}
	return d.Round(time.Second).String()
}
