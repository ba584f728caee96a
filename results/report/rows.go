package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"scrape/results"
)

// mostStatuses bounds the statuses that are named below their kind.
const mostStatuses = 6

// kindRows are the kinds of failure, the most frequent first.
func (c *Collector) kindRows() (rows []kindRow) {
	failed := c.tally.NotScraped()
	for _, k := range c.kinds() {
		r := kindRow{
			Kind: k.kind.String(), Count: grouped(k.n), Percent: percent(k.n, failed),
			Width: across(float64(k.n) / float64(failed)), Advice: adviceOn(k.kind),
		}
		if n := c.worthwhile[k.kind]; n > 0 {
			r.Again = grouped(n) + " may work another time"
			if n == k.n {
				r.Again = "may work another time"
			}
		}
		if k.kind == results.HTTPStatus {
			r.Details = c.statusList()
		}
		rows = append(rows, r)
	}
	return rows
}

type kindCount struct {
	kind results.Kind
	n    int64
}

func (c *Collector) kinds() (all []kindCount) {
	for k, n := range c.tally.Kinds() {
		all = append(all, kindCount{k, n})
	}
	slices.SortStableFunc(all, func(a, b kindCount) int { return cmp.Compare(b.n, a.n) })
	return all
}

// statusList names the statuses of http_status, the most frequent first.
func (c *Collector) statusList() string {
	var all []int
	for status, n := range c.statuses {
		if n > 0 {
			all = append(all, status)
		}
	}
	slices.SortStableFunc(all, func(a, b int) int { return cmp.Compare(c.statuses[b], c.statuses[a]) })
	var parts []string
	for i, status := range all {
		if i == mostStatuses {
			parts = append(parts, "and others")
			break
		}
		parts = append(parts, fmt.Sprintf("%s × %d", grouped(c.statuses[status]), status))
	}
	return strings.Join(parts, ", ")
}

// row is a sample as it is shown. Only http and https are links: a line of the list
// can be anything.
func (s *sample) row() row {
	r := row{
		Where: grouped(s.seq),
		URL:   shown(s.url, !s.whole),
		Title: clean(s.title),
		Time:  span(s.total),
	}
	if s.place != "" {
		r.Where = clean(s.place)
	}
	if s.whole && (strings.HasPrefix(s.url, "https://") || strings.HasPrefix(s.url, "http://")) {
		r.Link = s.url
	}
	if s.kind != results.None {
		r.Problem = s.kind.String() + ": " + clean(s.message)
	}
	return r
}

// mostRowBytes bounds the rows with samples, in bytes of HTML as far as that can
// be told before: the rest of the page is small.
const mostRowBytes = 4 << 20

// cost is at least what a row takes in HTML.
func (r *row) cost() int {
	const markup = 160
	return markup + escaped(r.Where) + escaped(r.URL) + escaped(r.Link) + escaped(r.Title) + escaped(r.Problem)
}

// escaped is at least how long a text is in HTML: "&#39;" is the longest that a
// character becomes, and %c3 in a link the longest for a byte of others.
func escaped(s string) (n int) {
	for i := range len(s) {
		switch b := s[i]; {
		case b >= 0x80:
			n += 3
		case b == '"' || b == '\'' || b == '&' || b == '<' || b == '>' || b == '+' || b == '`':
			n += 5
		case b <= ' ' || b == '\\' || b == '^' || b == '{' || b == '|' || b == '}':
			n += 3
		default:
			n++
		}
	}
	return n
}

// rows are the samples of a group as far as there is room, in the order of lines.
func (g *group) rows(room *int) (rows []row) {
	kept := slices.SortedFunc(slices.Values(g.kept), func(a, b sample) int { return cmp.Compare(a.seq, b.seq) })
	for i := range kept {
		r := kept[i].row()
		if *room -= r.cost(); *room < 0 {
			break
		}
		rows = append(rows, r)
	}
	return rows
}

// more says how many a group has beyond those that are shown.
func (g *group) more(shown int) string {
	if more := g.seen - int64(shown); more > 0 {
		return grouped(more) + " more"
	}
	return ""
}

// fewRows is how many rows of a kind are shown without being asked for.
const fewRows = 12

func (c *Collector) failureGroups(p *page, room *int) {
	var shown int64
	for _, k := range c.kinds() {
		if int(k.kind) >= len(c.failures.groups) {
			continue
		}
		g := &c.failures.groups[k.kind]
		f := failureGroup{Kind: k.kind.String(), Count: grouped(k.n), Advice: adviceOn(k.kind)}
		f.Rows = g.rows(room)
		f.Open = len(f.Rows) <= fewRows
		f.More = g.more(len(f.Rows))
		shown += int64(len(f.Rows))
		p.Failures = append(p.Failures, f)
	}
	if all := c.tally.NotScraped(); all > shown {
		p.FailuresNote = fmt.Sprintf("%s of %s are shown here, picked at random from each kind, and %s more are not. The records have all of them.",
			grouped(shown), grouped(all), grouped(all-shown))
	}
}

func (c *Collector) hostRows(p *page) {
	view := func(h *host, width float64) hostRow {
		return hostRow{
			Name: clean(h.name), URLs: grouped(h.urls), Failed: grouped(h.failed), Percent: percent(h.failed, h.urls),
			Time: span(h.time), Mean: span(h.time / time.Duration(h.urls)), Width: across(width),
		}
	}
	for i, h := range c.hosts.sorted(byFailures) {
		if i == mostHosts || h.failed == 0 {
			break
		}
		p.ByFailures = append(p.ByFailures, view(h, float64(h.failed)/float64(h.urls)))
	}
	sorted := c.hosts.sorted(byTime)
	for i, h := range sorted {
		if i == mostHosts || h.time == 0 {
			break
		}
		p.ByTime = append(p.ByTime, view(h, float64(h.time)/float64(sorted[0].time)))
	}
	if c.hosts.forgotten {
		p.HostsNote = fmt.Sprintf("There were more than %s hosts: those with little to tell were forgotten on the way, so that some numbers here are too low.", grouped(trackedHosts))
	}
}

func (c *Collector) changeGroups(p *page, room *int) {
	var parts []part
	for change := results.Fresh; int(change) < len(c.changed); change++ {
		n := c.changed[change]
		name := change.String()
		parts = append(parts, part{"change-" + name, name, n})
		if n == 0 || int(change) >= len(c.changes.groups) || change == results.Unchanged {
			continue
		}
		g := &c.changes.groups[change]
		group := changeGroup{Name: name, Count: grouped(n), Rows: g.rows(room)}
		group.More = g.more(len(group.Rows))
		p.Changes = append(p.Changes, group)
	}
	p.Changed = shares(parts)
}

// mostFields bounds the fields that are named, those first that were missed most.
const mostFields = 100

func fieldRows(fields []Field) (rows []fieldRow) {
	fields = slices.SortedStableFunc(slices.Values(fields), func(a, b Field) int { return cmp.Compare(b.Of-b.Found, a.Of-a.Found) })
	for _, f := range fields {
		if len(rows) == mostFields {
			break
		}
		if f.Of > 0 {
			rows = append(rows, fieldRow{
				Name: shown(clip(f.Name, mostTitle), len(f.Name) > mostTitle), Found: grouped(f.Found), Of: grouped(f.Of), Missed: grouped(f.Of - f.Found),
				Percent: percent(f.Found, f.Of), Width: across(float64(f.Found) / float64(f.Of)),
			})
		}
	}
	return rows
}
