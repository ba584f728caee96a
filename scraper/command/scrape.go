package command

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"scrape/results"
	"scrape/results/bodies"
	"scrape/results/report"
	"scrape/scraper"
	"scrape/scraper/journal"
	"scrape/scraper/output"
	"scrape/scraper/weburl"
)

// leaveGrace is how long a second signal, or the end of the time that the
// first one gives, waits for workers and output to be put in order. What hangs
// longer, such as a write to a pipe that nobody reads, ends with the process.
const leaveGrace = time.Second

// tellGrace is how long a terminal may take for the last words of a run that
// could not be ended.
const tellGrace = 200 * time.Millisecond

// countGrace is how long an interrupted run may take to count what it left.
const countGrace = time.Second

// scrape is the main command.
func (p *program) scrape(ctx context.Context) error {
	if p.settings.extractHelp {
		return p.print(scraper.ExtractHelp())
	}
	if err := p.checkFiles(); err != nil {
		return err // to nobody else: the log, or that of the metrics, may be the file to be spared
	}
	err := p.openWatching()
	if err == nil {
		err = p.scrapeLists(ctx)
	}
	if err != nil {
		p.refused(err)
	}
	return err
}

// refused tells those who watch that a run has not begun.
func (p *program) refused(err error) { p.stopWatching(ending{err: err}.code(), err, nil) }

// scrapeLists does what is left when those who watch can be told. Its error is what kept
// the run from starting.
func (p *program) scrapeLists(ctx context.Context) error {
	chosen, err := p.chooseOutputs()
	if err != nil {
		return err
	}
	lists, err := p.lists()
	if err != nil {
		return err
	}
	if err := p.complete(); err != nil {
		return err
	}
	p.nameData(chosen)
	if lists, err = p.planRetry(ctx, chosen, lists); err != nil {
		return err
	}
	if err := p.fitDescriptors(&p.settings.options); err != nil {
		return err
	}
	if err := p.checkMemory(); err != nil {
		return err
	}
	if err := p.checkReport(lists); err != nil {
		return err
	}
	if err := p.startWatching(chosen, lists); err != nil {
		return err
	}
	if name := p.settings.saveBody; name != "" {
		if err := os.MkdirAll(name, 0o777); err != nil {
			called, _ := p.found("save-body")
			return local(called+" "+name, err, "name a folder, or where one can be made")
		}
	}
	s, outs, err := p.begin(ctx, chosen, lists)
	if errors.Is(err, errNothingToDo) {
		p.code = p.stopWatching(exitOK, nil, new(scraper.Summary))
		return nil
	}
	if err != nil {
		return err
	}
	if slices.ContainsFunc(outs, (*output.Output).Stdout) && closedAtStart(p.env.Stdout) && !p.settings.quiet {
		p.console.say("stdout is closed, or /dev/null: no record will be seen")
	}
	if p.settings.options.Network.Insecure && !p.settings.quiet {
		p.console.say("certificates are not verified (--insecure)")
	}
	showsData := func(out *output.Output) bool { return out.Format() != results.Text || p.settings.look.Template != nil }
	if scraper.ExtractsData(p.settings.options.Extract) && !slices.ContainsFunc(outs, showsData) && !p.settings.quiet {
		p.console.say("what is extracted goes into records: see it with -j, or -o FILE.jsonl")
	}
	return p.run(ctx, lists, outs, s, p.pipeline)
}

// runner is scraper.Run, or something around it.
type runner func(context.Context, scraper.Options) (scraper.Summary, error)

// run has the lists scraped into the outputs, and leaves the verdict in p.code.
// Its error is what kept that from starting.
func (p *program) run(ctx context.Context, lists []input, outs []*output.Output, s *session, scrape runner) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	wantsBar := p.wantsBar(outs)
	onScreen := false // records and bar are
	var saved *bodies.Sink
	if p.settings.saveBody != "" {
		saved = bodies.New(p.settings.saveBody)
	}
	sinks, err := s.sinks(outs, saved, func(out *output.Output) output.Use {
		use := output.Use{Failed: cancel}
		if wantsBar && out.IsTerminal() {
			onScreen = true
			use.Screen = func(w io.Writer) io.Writer { return screen{p.console, w} }
		}
		return use
	}, p.worth, cancel)
	if err != nil {
		return p.toldOutput(errors.Join(err, closeAll(outs), s.close()))
	}
	signals := p.watchSignals(cancel)

	options := p.settings.options
	options.Sinks = sinks
	for _, name := range []string{"fields", "columns", "template"} {
		asked := lastValue(p.given, name)
		options.BodySHA256 = options.BodySHA256 || strings.Contains(asked, "body_sha256") || strings.Contains(asked, "BodySHA256")
	}
	for _, in := range lists {
		options.Lists = append(options.Lists, in.source)
	}
	options.Drain = signals.drain
	p.remember(&options, s.state)
	stopBar := func() {}
	skipped := func() {} // is called for each line that an earlier run has done
	if wantsBar {
		var bar *progress
		bar, stopBar = p.startProgress(ctx, lists, onScreen)
		options.Observe = bar.observe
		skipped = func() { bar.skipped.Add(1) }
	}
	if s.journal != nil {
		options.Done = func(seq int64, key uint64) bool {
			done := s.journal.Done(seq, key)
			if done {
				skipped()
			}
			return done
		}
	}
	var failed failures
	if p.settings.quiet && !namesFailures(outs) {
		options.Observe = both(options.Observe, failed.observe)
	}
	var reported *report.Collector
	if p.settings.files.report != "" {
		reported = report.New()
		options.Observe = both(options.Observe, reported.Observe)
	}
	p.watch(&options)

	type end struct {
		summary scraper.Summary
		err     error
	}
	done := make(chan end, 1)
	go func() {
		summary, err := scrape(ctx, options)
		for _, sink := range sinks {
			err = errors.Join(err, sink.Close())
		}
		err = errors.Join(err, closeAll(outs), p.writeCookies())
		if err == nil {
			err = s.complete(ctx, outs, &summary)
		}
		done <- end{summary, errors.Join(err, s.close())}
	}()

	var e end
	drain, leave := signals.drain, signals.leave
	var tooLate <-chan time.Time
	for ended := false; !ended; {
		select {
		case e = <-done:
			ended = true
		case <-drain:
			if s.journal != nil {
				s.journal.Interrupted()
			}
			drain, tooLate = nil, time.After(scraper.DrainGrace+leaveGrace)
		case <-leave:
			leave, tooLate = nil, time.After(leaveGrace)
		case <-tooLate:
			p.code = ending{signal: signals.signal()}.code()
			p.forsake(outs)
			p.code = p.stopWatching(p.code, errForsaken, nil)
			return nil
		}
	}
	stopBar()
	signals.stop()
	var before results.Tally // of the run that is resumed
	if s.resumed {
		before = s.journal.Tally()
	}
	whole := before
	whole.Join(&e.summary.Tally)
	came := ending{failed: p.settings.failOn.holds(&whole, e.summary.Lacking+lackedBefore(&before)), err: verdict(p.toldOutput(e.err)), signal: signals.signal(), limited: e.summary.Limited}
	if err := p.writeReport(ctx, reported, &e.summary, came, lists); err != nil {
		came.err = verdict(errors.Join(came.err, err))
	}
	p.conclude(ctx, e.summary, came, lists)
	p.tellUnfit(outs)
	if p.code == exitNotScraped && before.NotScraped() > 0 {
		p.console.say("of the lines done before: %s", notScraped(&before))
	}
	if s.journal != nil && p.code != exitOK && e.summary.Read > 0 && !s.journal.Completed() {
		p.console.say("to finish it: the same command with --resume")
	}
	if p.code != exitOK && p.code != exitPipe {
		for _, line := range failed.lines(p.allFailures(outs)) {
			p.console.say("%s", line)
		}
	}
	p.code = p.stopWatching(p.code, came.err, &e.summary)
	return nil
}

// lackedBefore is how many pages of a run that is resumed may have lacked a required
// field. Journals know of kinds alone: what failed to parse for another reason is
// rather counted than missed.
func lackedBefore(before *results.Tally) (pages int64) {
	for kind, n := range before.Kinds() {
		if kind == results.Parse {
			pages = n
		}
	}
	return pages
}

// allFailures is what has all failures, "" where nothing does: under --only-changed no
// output has those that were there before.
func (p *program) allFailures(outs []*output.Output) string {
	s := &p.settings
	switch {
	case !s.onlyChanged:
		return outs[0].Name()
	case s.log != "" && s.logLevel <= slog.LevelWarn:
		return weburl.HideLine(s.log)
	}
	return ""
}

// namesFailures tells whether a person sees each failure on stdout.
func namesFailures(outs []*output.Output) bool {
	return slices.ContainsFunc(outs, func(o *output.Output) bool { return o.Stdout() && o.Format() == results.Text })
}

// errForsaken is why a run has no summary.
var errForsaken = errors.New("left without waiting any longer")

// forsake has the last words of a run that does not end, since its output is
// stuck: there is no summary then. The terminal may be stuck, too.
func (p *program) forsake(outs []*output.Output) {
	var names []string
	for _, out := range outs {
		names = append(names, out.Name())
	}
	told := make(chan struct{})
	go func() {
		defer close(told)
		p.console.attach(nil)
		p.console.say("left without waiting any longer: %s may lack records", strings.Join(names, " and "))
	}()
	select {
	case <-told:
	case <-time.After(tellGrace):
	}
}

// conclude tells how the run ended and decides its exit code.
func (p *program) conclude(ctx context.Context, s scraper.Summary, e ending, lists []input) {
	err := e.err
	p.code = e.code()
	if p.code == exitPipe {
		return
	}
	if err != nil && err != errLeave {
		p.complain(err)
	}
	if p.settings.quiet && p.code == exitOK && !allMissed(&s) || wasUnwritten(err) {
		return
	}
	if p.code == exitLimit {
		called, _ := p.found(s.Limit)
		p.console.say("stopped by %s", called)
	}
	p.console.say("%s", closingLine(&s, countUnread(ctx, &s, lists)))
}

// countUnread counts the lines of lists that were not read to their end; 0 where they
// were, and where there is no time for it.
func countUnread(ctx context.Context, s *scraper.Summary, lists []input) int64 {
	if s.Ended {
		return 0
	}
	// A second signal has ended ctx, but this count has a bound of its own.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countGrace)
	defer cancel()
	lines, _ := countLines(ctx, lists)
	return lines
}

// wasUnwritten tells that records were lost to a failure to write them: then
// nobody knows how many, and no line says so.
func wasUnwritten(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.unwritten
}

// listName is how messages call a list.
func listName(name string) string {
	if name == "-" {
		return "stdin"
	}
	return name
}

// verdict picks what the user is told of the errors that ended a run: what
// this machine failed at before all else, as for the exit code.
func verdict(err error) error {
	if errors.Is(err, errStdoutClosed) {
		return errStdoutClosed
	}
	if f, ok := errors.AsType[*failure](err); ok {
		return f
	}
	if changed, ok := errors.AsType[*journal.ChangedError](err); ok { // a stream, of which nobody knew before
		return usage("give the same list again, or begin again: --overwrite without --resume\nto go on with what is new in it: --resume=merge", "%v", changed)
	}
	if spool, ok := errors.AsType[*journal.SpoolError](err); ok {
		return local(spool.Path, spool.Err, roomHint(spool.Err))
	}
	if unreadable, ok := errors.AsType[*scraper.ReadError](err); ok {
		return local(listName(unreadable.List), unreadable.Err, listHint)
	}
	if errors.Is(err, errLeave) {
		return errLeave
	}
	if start, ok := errors.AsType[*scraper.StartError](err); ok {
		return start
	}
	if file, ok := errors.AsType[*fs.PathError](err); ok { // such as the journal
		return local(file.Path, err, roomHint(err))
	}
	return err
}
