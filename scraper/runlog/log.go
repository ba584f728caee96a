// Package runlog is the log of a run: a JSON object on each line, as log/slog writes
// them, in a file that a log rotator can move away.
package runlog

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"scrape/results"
	"scrape/scraper"
)

// Levels are the names of the levels, from everything to least.
var Levels = []string{"debug", "info", "warn", "error"}

// ParseLevel reads one of Levels.
func ParseLevel(name string) (level slog.Level, err error) {
	err = level.UnmarshalText([]byte(name))
	return level, err
}

// Log is the log of one run. A nil Log takes everything and keeps nothing. It is
// safe for concurrent use.
type Log struct {
	handler slog.Handler
	file    *file
}

// Open opens a log that keeps what is of a level or above, behind what the file
// holds already. failed hears when entries cannot be written any more, once until
// they can again; what called for the entry goes on. The error is of the operating
// system.
func Open(name string, level slog.Level, failed func(error)) (*Log, error) {
	f, err := open(name)
	if err != nil {
		return nil, err
	}
	l := &Log{file: &file{name: name, failed: failed, f: f}}
	l.handler = slog.NewJSONHandler(l.file, &slog.HandlerOptions{
		Level: level,
		ReplaceAttr: func(groups []string, a slog.Attr) slog.Attr {
			if a.Key == slog.TimeKey && len(groups) == 0 {
				a.Value = slog.TimeValue(a.Value.Time().UTC())
			}
			return a
		},
	})
	return l, nil
}

// Reopen goes on in the file that has the log's name now, which is made if there is
// none. After an error it goes on as before.
func (l *Log) Reopen() error {
	if l == nil {
		return nil
	}
	return l.file.reopen()
}

// Close closes the file. Nothing must be logged afterwards.
func (l *Log) Close() error {
	if l == nil {
		return nil
	}
	return l.file.close()
}

// add adds an entry. The error is that of writing it.
func (l *Log) add(level slog.Level, message string, attrs ...slog.Attr) error {
	if !l.keeps(level) {
		return nil
	}
	r := slog.NewRecord(time.Now(), level, message, 0)
	r.AddAttrs(attrs...)
	return l.handler.Handle(context.Background(), r)
}

func (l *Log) keeps(level slog.Level) bool {
	return l != nil && l.handler.Enabled(context.Background(), level)
}

// Began tells that a run begins, and with what. The error is that of writing it,
// which failed has not heard of yet if it is the first.
func (l *Log) Began(attrs ...slog.Attr) error { return l.add(slog.LevelInfo, "run begins", attrs...) }

// Record tells of a record, if it is worth it: what was not scraped is a warning,
// and a duplicate is for who wants to know everything.
func (l *Log) Record(r *results.Record) {
	level, message := slog.LevelWarn, "not scraped"
	if r.Kind == results.Duplicate {
		level, message = slog.LevelDebug, "duplicate"
	}
	if r.Outcome == results.Scraped || !l.keeps(level) {
		return
	}
	f, err := r.Fields()
	if err != nil || f.Error == nil {
		_ = l.add(level, message, slog.Int64("seq", r.Seq), slog.String("kind", r.Kind.String()))
		return
	}
	_ = l.add(level, message,
		slog.Int64("seq", r.Seq),
		slog.String("url", cmp.Or(f.URL, f.Input)),
		slog.String("kind", r.Kind.String()),
		slog.String("message", f.Error.Message),
		slog.Bool("retryable", f.Error.Retryable))
}

// entries are what events are called in the log, and how much they matter.
var entries = map[scraper.EventKind]struct {
	level   slog.Level
	message string
}{
	scraper.EventRetry:       {slog.LevelInfo, "retry"},
	scraper.EventCrawlDelay:  {slog.LevelInfo, "crawl delay"},
	scraper.EventRest:        {slog.LevelInfo, "host rests"},
	scraper.EventLeftAlone:   {slog.LevelWarn, "host is left alone"},
	scraper.EventGivenUp:     {slog.LevelWarn, "host is given up"},
	scraper.EventShortOfDisk: {slog.LevelWarn, "short of disk"},
	scraper.EventWorkerReady: {slog.LevelDebug, "worker is ready"},
	scraper.EventWorkerEnded: {slog.LevelDebug, "worker ended"},
	scraper.EventWorkerDied:  {slog.LevelWarn, "worker died"},
	scraper.EventMistake:     {slog.LevelError, "mistake"},
	scraper.EventLimit:       {slog.LevelWarn, "limit reached"},
}

// Event tells of an event behind the scenes.
func (l *Log) Event(e scraper.Event) {
	entry := entries[e.Kind]
	if !l.keeps(entry.level) {
		return
	}
	var attrs []slog.Attr
	if e.URL != "" {
		attrs = append(attrs, slog.String("url", e.URL))
	}
	if e.Host != "" {
		attrs = append(attrs, slog.String("host", e.Host))
	}
	if e.Worker != 0 {
		attrs = append(attrs, slog.Int("worker", e.Worker))
	}
	if e.Attempt != 0 {
		attrs = append(attrs, slog.Int("attempt", e.Attempt))
	}
	if e.For != 0 {
		attrs = append(attrs, slog.Float64("seconds", e.For.Seconds()))
	}
	_ = l.add(entry.level, entry.message, append(attrs, slog.String("message", e.Text))...)
}

// Signal tells of a signal, and what it has led to.
func (l *Log) Signal(name, effect string) {
	_ = l.add(slog.LevelInfo, "signal", slog.String("signal", name), slog.String("effect", effect))
}

// Ended tells what a run has come to: its exit code, the error that ended it, nil if
// none did, and its summary, nil where it never began or did not end in order.
func (l *Log) Ended(code int, err error, s *scraper.Summary) {
	level := slog.LevelInfo
	if code != 0 {
		level = slog.LevelWarn
	}
	attrs := []slog.Attr{slog.Int("exit_code", code)}
	if err != nil {
		level = slog.LevelError
		attrs = append(attrs, slog.String("error", err.Error()))
	}
	if s != nil {
		var kinds []any
		for kind, n := range s.Tally.Kinds() {
			kinds = append(kinds, slog.Int64(kind.String(), n))
		}
		attrs = append(attrs,
			slog.Float64("seconds", s.Wall.Seconds()),
			slog.Int64("read", s.Read),
			slog.Int64("skipped", s.Skipped),
			slog.Int64("scraped", s.Tally.Scraped()),
			slog.Int64("not_scraped", s.Tally.NotScraped()),
			slog.Int64("duplicates", s.Tally.Duplicates()),
			slog.Int64("unfinished", s.Unfinished),
			slog.Bool("ended", s.Ended),
			slog.Bool("limited", s.Limited),
			slog.Group("kinds", kinds...))
	}
	_ = l.add(level, "run ends", attrs...)
}
