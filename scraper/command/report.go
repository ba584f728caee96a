package command

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"

	"scrape/results/report"
	"scrape/scraper"
)

// reportFile is replaced by each run.
var reportFile = replacing{prefix: ".report-", mode: 0o666, lost: "there is no report of this run"}

// checkReport refuses to write the report over a list. What cannot be written is better
// known before the run than after it.
func (p *program) checkReport(lists []input) error {
	name := p.settings.files.report
	if name == "" {
		return nil
	}
	called, _ := p.found("report")
	if name == "-" {
		return usage("./- is a file of that name", "%s -: a file is wanted, since stdout is for records", called)
	}
	info, err := os.Stat(name)
	exists := err == nil && info.Mode().IsRegular()
	for _, list := range lists {
		if exists && list.info != nil && os.SameFile(info, list.info) {
			return usage("", "%s %q: is the list itself", called, redacted(name))
		}
	}
	return reportFile.try(name)
}

// writeReport writes the report of a run that ended, well or not.
func (p *program) writeReport(ctx context.Context, c *report.Collector, s *scraper.Summary, e ending, lists []input) error {
	if c == nil {
		return nil
	}
	run := report.Run{
		Wall:    s.Wall,
		Problem: problem(e),
		Skipped: s.Skipped,
		Program: strings.Join(strings.Fields(version())[:2], " "),
	}
	for _, list := range lists {
		run.Lists = append(run.Lists, list.source.Name)
	}
	run.Left = s.Unfinished
	if !s.Ended {
		lines := countUnread(ctx, s, lists)
		run.Left, run.Unread = max(s.Unfinished, lines-s.Tally.Total()-s.Skipped), lines == 0
	}
	for _, f := range append(s.Fields, s.Expected...) {
		run.Fields = append(run.Fields, report.Field(f))
	}
	place, err := reportFile.create(p.settings.files.report)
	if err != nil {
		return err
	}
	return place.fill(func(w io.Writer) error { return c.Write(w, run) })
}

// problem says why a run ended early, or failed.
func problem(e ending) string {
	switch {
	case errors.Is(e.err, errStdoutClosed):
		return e.err.Error()
	case e.err != nil && !errors.Is(e.err, errLeave):
		return redacted(e.err.Error())
	case e.signal != 0:
		return "stopped by a signal (" + e.signal.String() + ")"
	case e.err != nil:
		return e.err.Error()
	case e.limited:
		return "a limit was reached"
	}
	return ""
}
