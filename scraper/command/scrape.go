package command

import (
	"context"
	"errors"
	"syscall"
	"time"

	"scrape/results"
	"scrape/scraper"
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
	out, err := p.settings.chooseOutput(p.found)
	if err != nil {
		return err
	}
	lists, err := inputs(p.operands, p.env.Stdin)
	if err != nil {
		return err
	}
	if err := p.complete(); err != nil {
		return err
	}
	if err := p.fitDescriptors(&p.settings.options); err != nil {
		return err
	}
	if err := out.open(p.env.Stdout, p.settings.overwrite, lists); err != nil {
		return err
	}
	if out.stdout && closedAtStart(p.env.Stdout) && !p.settings.quiet {
		p.console.say("stdout is closed, or /dev/null: no record will be seen")
	}
	if p.settings.options.Network.Insecure && !p.settings.quiet {
		p.console.say("certificates are not verified (--insecure)")
	}
	p.run(ctx, lists, out, p.pipeline)
	return nil
}

// runner is scraper.Run, or something around it.
type runner func(context.Context, scraper.Options) (scraper.Summary, error)

// run has the lists scraped into the output, and leaves the verdict in p.code.
func (p *program) run(ctx context.Context, lists []input, out *output, scrape runner) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	signals := p.watchSignals(cancel)

	options := p.settings.options
	for _, in := range lists {
		options.Lists = append(options.Lists, in.source)
	}
	options.Drain = signals.drain
	if p.settings.verbose {
		options.Logf = p.console.say
	}
	stopBar := func() {}
	onScreen := false
	if p.wantsBar(out) {
		onScreen = out.isTerminal()
		var bar *progress
		bar, stopBar = p.startProgress(ctx, lists, onScreen)
		options.Observe = bar.observe
	}
	sink := out.sink(p.console, onScreen, p.settings.quiet, cancel)
	options.Sinks = []results.Sink{sink}

	type end struct {
		summary scraper.Summary
		err     error
	}
	done := make(chan end, 1)
	go func() {
		summary, err := scrape(ctx, options)
		done <- end{summary, errors.Join(err, sink.Close(), out.close(), p.writeCookies())}
	}()

	var e end
	drain, leave := signals.drain, signals.leave
	var tooLate <-chan time.Time
	for ended := false; !ended; {
		select {
		case e = <-done:
			ended = true
		case <-drain:
			drain, tooLate = nil, time.After(scraper.DrainGrace+leaveGrace)
		case <-leave:
			leave, tooLate = nil, time.After(leaveGrace)
		case <-tooLate:
			p.code = ending{signal: signals.signal()}.code()
			p.forsake(out)
			return
		}
	}
	stopBar()
	signals.stop()
	p.conclude(ctx, e.summary, verdict(e.err), signals.signal(), lists)
}

// forsake has the last words of a run that does not end, since its output is
// stuck: there is no summary then. The terminal may be stuck, too.
func (p *program) forsake(out *output) {
	told := make(chan struct{})
	go func() {
		defer close(told)
		p.console.attach(nil)
		p.console.say("left without waiting any longer: %s may lack records", out.name)
	}()
	select {
	case <-told:
	case <-time.After(tellGrace):
	}
}

// conclude tells how the run ended and decides its exit code.
func (p *program) conclude(ctx context.Context, s scraper.Summary, err error, signal syscall.Signal, lists []input) {
	p.code = ending{failed: s.Tally.Failed() && !p.failuresMeant, err: err, signal: signal, limited: s.Limited}.code()
	if p.code == exitPipe {
		return
	}
	if err != nil && err != errLeave {
		p.complain(err)
	}
	if p.settings.quiet && p.code == exitOK || wasUnwritten(err) {
		return
	}
	var lines int64
	if !s.Ended {
		// A second signal has ended ctx, but this count has a bound of its own.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countGrace)
		lines, _ = countLines(ctx, lists) // 0 where there was no time for it
		cancel()
	}
	p.console.say("%s", closingLine(&s, lines))
}

// wasUnwritten tells that records were lost to a failure to write them: then
// nobody knows how many, and no line says so.
func wasUnwritten(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.unwritten
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
	if unreadable, ok := errors.AsType[*scraper.ReadError](err); ok {
		name := unreadable.List
		if name == "-" {
			name = "stdin"
		}
		return local(name, unreadable.Err, listHint)
	}
	if errors.Is(err, errLeave) {
		return errLeave
	}
	return err
}
