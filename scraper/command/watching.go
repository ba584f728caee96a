package command

import (
	"errors"
	"log/slog"
	"net"
	"os"
	"strings"
	"syscall"
	"time"

	"scrape/results"
	"scrape/scraper"
	"scrape/scraper/metrics"
	"scrape/scraper/output"
	"scrape/scraper/runlog"
	"scrape/scraper/weburl"
)

// watching is what lets others watch a run.
type watching struct {
	monitor scraper.Monitor
	log     *runlog.Log
	// hangups are each SIGHUP since the log was opened, where that has it opened anew;
	// nil where it ends the run.
	hangups chan os.Signal
	server  *metrics.Server
	file    string // for metrics at the end; "": none
	begun   bool
}

// openWatching opens the files that flags ask for, before all else is looked at: whoever
// watches a run hears of one that cannot begin, too.
func (p *program) openWatching() error {
	s := &p.settings
	if called, byFlag := p.found("log-level"); byFlag && s.log == "" {
		return usage("", "%s: there is no --log", called)
	}
	w := &p.watching
	if s.metricsFile != "" {
		if err := metrics.CheckFile(s.metricsFile); err != nil {
			return local(s.metricsFile, err, "")
		}
		w.file = s.metricsFile
	}
	if s.log != "" {
		log, err := runlog.Open(s.log, s.logLevel, p.logFailed)
		if err != nil {
			return local(s.log, err, "")
		}
		w.log = log
		// Without a terminal there is nothing that could hang up: then SIGHUP is a
		// log rotator's, as it is for other servers.
		if !hasTerminal() {
			w.hangups = make(chan os.Signal, 1)
			catchSignals(w.hangups, syscall.SIGHUP)
		}
	}
	return nil
}

// startWatching answers who asks for metrics, and tells the log that the run begins,
// before any output is opened.
func (p *program) startWatching(chosen []output.Options, lists []input) error {
	s, w := &p.settings, &p.watching
	if s.metrics != "" {
		server, err := metrics.Serve(s.metrics, p.metrics(nil))
		if err != nil {
			if op, ok := errors.AsType[*net.OpError](err); ok {
				err = op.Err
			}
			if sys, ok := errors.AsType[*os.SyscallError](err); ok {
				err = sys.Err
			}
			return local(s.metrics, err, "another run may answer there: give each --metrics of its own")
		}
		w.server = server
		if s.verbose {
			p.console.say("metrics are at http://%s/metrics", server.Addr())
		}
	}
	return p.logBegin(chosen, lists)
}

// logBegin writes the first entry of the log, which must not fail.
func (p *program) logBegin(chosen []output.Options, lists []input) error {
	var from, to []string
	for _, in := range lists {
		from = append(from, weburl.HideLine(in.source.Name))
	}
	for _, out := range chosen {
		name := out.Name
		if output.IsStdout(name) {
			name = "stdout"
		}
		to = append(to, weburl.HideLine(name))
	}
	attrs := []slog.Attr{
		slog.String("version", shortVersion()),
		slog.Int("pid", os.Getpid()),
		slog.Any("lists", from),
		slog.Any("outputs", to),
	}
	if p.watching.server != nil {
		attrs = append(attrs, slog.String("metrics", p.watching.server.Addr()))
	}
	if err := p.watching.log.Began(attrs...); err != nil {
		return local(p.settings.log, err, "")
	}
	p.watching.begun = true
	return nil
}

// logFailed hears that the log cannot be written, which is no reason to stop.
func (p *program) logFailed(err error) {
	if p.watching.begun {
		p.console.say("%s: %v: the run goes on, but the log lacks entries", weburl.HideLine(p.settings.log), bare(err))
	}
}

// shortVersion is the version without the program's name.
func shortVersion() string { return strings.TrimPrefix(strings.TrimSpace(version()), "scrape ") }

// metrics give the text for Prometheus.
func (p *program) metrics(end *metrics.End) func() []byte {
	return func() []byte {
		s := p.watching.monitor.Snapshot(0)
		return metrics.Text(&s, shortVersion(), end)
	}
}

// watch adds to a run's options what it is watched by.
func (p *program) watch(o *scraper.Options) {
	w := &p.watching
	o.Monitor = &w.monitor
	o.Tell = func(e scraper.Event) {
		w.log.Event(e)
		// A machine that is short of something is for everybody to know.
		if p.settings.verbose || e.Kind == scraper.EventShortOfDisk {
			p.sayEvent(e)
		}
	}
	if w.log != nil {
		o.Observe = both(o.Observe, w.log.Record)
	}
}

// both calls two observers, of which the first may be nil.
func both(first, second func(*results.Record)) func(*results.Record) {
	if first == nil {
		return second
	}
	return func(r *results.Record) {
		first(r)
		second(r)
	}
}

// sayEvent tells who wants to know more. Of a limit the last line tells.
func (p *program) sayEvent(e scraper.Event) {
	if e.Kind != scraper.EventLimit {
		p.console.say("%v", e)
	}
}

// reopenLog goes on in a new file, after the old one was moved away.
func (p *program) reopenLog() {
	if err := p.watching.log.Reopen(); err != nil {
		p.console.say("%s: %v: the log goes on in the old file", weburl.HideLine(p.settings.log), bare(err))
		return
	}
	p.watching.log.Signal("hung up", "the log was opened anew")
}

// stopWatching has the last words: how the run ended, or why it never began. It may
// change the exit code, where they cannot be written.
func (p *program) stopWatching(code int, err error, s *scraper.Summary) int {
	w := &p.watching
	if w.server != nil {
		w.server.Close()
	}
	if w.file != "" {
		text := p.metrics(&metrics.End{Code: code, At: time.Now()})()
		if fileErr := metrics.WriteFile(w.file, text); fileErr != nil {
			p.complain(local(w.file, fileErr, ""))
			code = exitLocal
		}
	}
	if err != nil {
		err = errors.New(weburl.HidePasswords(err.Error()))
	}
	w.log.Ended(code, err, s)
	_ = w.log.Close()
	return code
}

// hasTerminal tells whether the process belongs to a terminal, whose end SIGHUP
// would tell of.
func hasTerminal() bool {
	tty, err := os.OpenFile("/dev/tty", os.O_RDONLY|syscall.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	tty.Close()
	return true
}
