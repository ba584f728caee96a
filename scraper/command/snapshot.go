package command

import (
	"fmt"
	"strings"
	"time"

	"scrape/scraper"
)

// mostShown is how many hosts and URLs a snapshot names.
const mostShown = 10

// tellSnapshot tells how things stand.
func (p *program) tellSnapshot() {
	s := p.watching.monitor.Snapshot(mostShown)
	p.console.say("%s", snapshotText(&s, time.Now()))
}

// snapshotText is a snapshot for a person.
func snapshotText(s *scraper.Snapshot, now time.Time) string {
	if s.Started.IsZero() {
		return "the run has not begun"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "after %s: %s read, %s scraped, %s not scraped, %s; %s in flight, %s waiting, %s known\n",
		wallTime(now.Sub(s.Started)), count(s.Read, "line"), grouped(s.Tally.Scraped()), grouped(s.Tally.NotScraped()),
		count(s.Tally.Duplicates(), "duplicate"), grouped(int64(s.InFlight)), grouped(int64(s.Waiting)), count(int64(s.Hosts), "host"))
	if s.Held > 0 {
		fmt.Fprintf(&b, "%s waiting for that of line %d\n", count(s.Held, "record"), s.Oldest)
	}
	for i := range s.Busiest {
		b.WriteString(hostText(&s.Busiest[i]) + "\n")
	}
	for _, f := range s.Slowest {
		fmt.Fprintf(&b, "in flight for %s: %s\n", wallTime(f.Age), shortened(f.Task, maxExample))
	}
	for _, w := range s.Workers {
		fmt.Fprintf(&b, "worker %d: %d in flight of %d, %d at hand, %s done, ", w.Pid, w.InFlight, w.Slots, w.Ahead, grouped(int64(w.Answered)))
		if w.Resident > 0 {
			fmt.Fprintf(&b, "%d MiB, ", w.Resident>>20)
		}
		fmt.Fprintf(&b, "up for %s\n", wallTime(now.Sub(w.Started)))
	}
	return b.String()
}

// hostText is a host, and what holds it back.
func hostText(h *scraper.HostState) string {
	text := fmt.Sprintf("host %s: %d in flight of %d, %s waiting", h.Host, h.InFlight, h.Slots, grouped(int64(h.Waiting)))
	if h.Delay > 0 {
		text += ", delay " + wallTime(h.Delay)
	}
	if h.Rest > 0 {
		text += ", rests for another " + wallTime(h.Rest)
	}
	if h.Refused != "" {
		text += ", refused: " + shortened(h.Refused, maxExample)
	}
	return text
}
