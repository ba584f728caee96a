package command

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"scrape/results"
	"scrape/results/bodies"
	"scrape/scraper"
	"scrape/scraper/journal"
	"scrape/scraper/lock"
	"scrape/scraper/output"
	"scrape/scraper/state"
)

// session is what a run holds besides its outputs: the locks of its files, the journal
// by which it can be resumed, and what earlier runs saw. The zero session holds nothing.
type session struct {
	locks   []*lock.Lock
	journal *journal.Journal
	state   *state.State
	resumed bool
}

// close lets go of everything.
func (s *session) close() error {
	var err error
	if s.state != nil {
		err = s.state.Close()
	}
	if s.journal != nil {
		err = errors.Join(err, s.journal.Close())
	}
	release(s.locks)
	return err
}

// errNothingToDo ends a resumption of what is complete.
var errNothingToDo = errors.New("nothing is left to do")

// begin locks the files that records go to, finds out what was done to them, and
// opens them. Where nothing is left to do, the error is errNothingToDo.
func (p *program) begin(ctx context.Context, chosen []output.Options, lists []input) (_ *session, _ []*output.Output, err error) {
	s := new(session)
	defer func() {
		if err != nil {
			_ = s.close() // nothing was written
		}
	}()
	files := journaled(chosen)
	if len(files) == 0 && p.settings.resume.on {
		called, _ := p.found("resume")
		return nil, nil, usage("name a file for the records: --output FILE", "%s: stdout cannot be resumed", called)
	}
	if s.locks, err = p.lock(ctx, p.locked(chosen, files)); err != nil {
		return nil, nil, err
	}
	fresh := newRun()
	head := journal.Head{Run: fresh, Asked: p.asked()}
	if len(files) == 0 {
		outs, err := p.openOutputs(chosen, lists)
		if err != nil {
			return nil, nil, err
		}
		if s.state, err = p.openState(head.Run); err != nil {
			return nil, nil, abandoned(outs, err)
		}
		return s, outs, nil
	}
	for _, i := range files {
		head.Outputs = append(head.Outputs, journal.OutputFile{Name: chosen[i].Name, Format: string(chosen[i].Format) + string(chosen[i].Compression)})
	}
	if head.Lists, err = identify(ctx, lists); err != nil {
		return nil, nil, err
	}
	path := journal.Path(chosen[files[0]].Name)
	if p.settings.resume.on {
		if s.journal, err = p.resume(path, head, chosen, files); err != nil {
			return nil, nil, err
		}
	}
	if s.journal == nil && p.settings.overwrite {
		head.Run = unfinished(path, fresh)
	}
	s.resumed = s.journal != nil
	if s.resumed {
		head.Run = s.journal.Run()
	}
	var outs []*output.Output
	if s.resumed {
		err = p.writtenSince(chosen, files[1:])
	}
	if err == nil {
		outs, err = p.openOutputs(s.place(chosen, files, p.settings.resume.on), lists)
	}
	if err != nil && s.resumed && p.settings.overwrite && isLost(err) {
		if !p.settings.quiet {
			p.console.say("%v: the run starts afresh", err)
		}
		head.Run = replaced(s.journal, fresh)
		if err := s.journal.Close(); err != nil {
			return nil, nil, err
		}
		s.journal, s.resumed = nil, false
		outs, err = p.openOutputs(s.place(chosen, files, true), lists)
	}
	if err != nil {
		return nil, nil, err
	}
	if s.state, err = p.openState(head.Run); err != nil {
		return nil, nil, abandoned(outs, err)
	}
	if !s.resumed {
		for n, i := range files {
			head.Outputs[n].Base = outs[i].Position()
		}
		if s.journal, err = journal.Create(path, head); err != nil {
			return nil, nil, abandoned(outs, local(path, err, roomHint(err)))
		}
		for _, i := range files[1:] {
			beside := journal.Path(chosen[i].Name)
			if err := os.Remove(beside); err != nil && !errors.Is(err, fs.ErrNotExist) {
				return nil, nil, abandoned(outs, local(beside, err, ""))
			}
		}
	}
	for i := range lists {
		if lists[i].count != nil {
			continue
		}
		source, err := lists[i].source.Open()
		if err == nil {
			source, err = s.journal.Spool(ctx, i, source)
		}
		if err != nil {
			return nil, nil, abandoned(outs, err)
		}
		lists[i].source.Open = func() (io.ReadCloser, error) { return source, nil }
	}
	return s, outs, nil
}

// place says where in the files the records go: behind what the journal knows of, or
// at the beginning.
func (s *session) place(chosen []output.Options, files []int, resuming bool) []output.Options {
	placed := slices.Clone(chosen)
	for n, i := range files {
		o := &placed[i]
		switch {
		case s.resumed:
			o.Mode, o.Position, o.Base = output.Resume, s.journal.Positions()[n], s.journal.Bases()[n]
		case resuming && o.Mode == output.Create:
			o.Mode = output.Begin
		}
	}
	return placed
}

// abandoned gives up outputs that were opened and not written to.
func abandoned(outs []*output.Output, err error) error {
	for _, out := range outs {
		out.Abandon()
	}
	return err
}

// journaled are the outputs that are files, and can be resumed.
func journaled(chosen []output.Options) (files []int) {
	for i, o := range chosen {
		if output.IsStdout(o.Name) {
			continue
		}
		if info, err := os.Stat(o.Name); err == nil && info.Mode().IsRegular() || errors.Is(err, fs.ErrNotExist) && hasFolder(o.Name) {
			files = append(files, i)
		}
	}
	return files
}

// hasFolder tells whether a file that is not there can be: otherwise opening it says
// why not.
func hasFolder(name string) bool {
	if _, err := os.Lstat(name); err == nil {
		return false // a link that leads nowhere
	}
	info, err := os.Stat(filepath.Dir(name))
	return err == nil && info.IsDir()
}

// complete says of a run that came to its end that it did: files that have their end
// last are made before. Of one that a limit has ended it says that, unless there is such
// a file, of which nobody has anything yet.
func (s *session) complete(ctx context.Context, outs []*output.Output, summary *scraper.Summary) error {
	if !summary.Ended || summary.Unfinished > 0 {
		atOnce := !slices.ContainsFunc(outs, func(out *output.Output) bool { return out.Format() == results.Parquet })
		if s.journal != nil && summary.Limited && atOnce {
			return s.journal.Pause()
		}
		return nil
	}
	for _, out := range outs {
		if err := out.Finish(ctx); err != nil {
			return err
		}
	}
	if s.journal == nil {
		return nil
	}
	if err := s.journal.Complete(); err != nil {
		return err
	}
	for _, out := range outs {
		out.Tidy()
	}
	return nil
}

// sinks are those of the outputs, of which the journal's write to it what they did. Each
// gets what worth lets through. Bodies are kept before there is a record of them, and are
// durable before it is remembered; where there is a state, it is behind what is written.
func (s *session) sinks(outs []*output.Output, saved *bodies.Sink, use func(*output.Output) output.Use, worth func(results.Sink) results.Sink, failed func(error)) (sinks []results.Sink, err error) {
	if saved != nil {
		sinks = append(sinks, saved)
	}
	var remembered []journal.Output
	for _, out := range outs {
		sink, err := out.Sink(use(out))
		if err != nil {
			return nil, err
		}
		sink = worth(sink)
		if s.journal != nil && out.Position() >= 0 || s.journal == nil && s.state != nil {
			remembered = append(remembered, keptOutput(sink, out))
		} else {
			sinks = append(sinks, sink)
		}
	}
	if len(remembered) > 0 {
		if s.journal != nil {
			if err := s.journal.Continue(); err != nil {
				return nil, err
			}
		}
		var also []journal.Persister
		if saved != nil {
			also = append(also, saved.Persister())
		}
		if s.state != nil {
			also = append(also, s.state)
		}
		sinks = append(sinks, journal.NewSink(s.journal, remembered, failed, also...))
	}
	return sinks, nil
}

// keptOutput is the sink of an output as the journal has it.
func keptOutput(sink results.Sink, out *output.Output) journal.Output {
	k := kept{sink, out}
	if e, ok := sink.(results.ExchangeSink); ok {
		return keptExchange{k, e}
	}
	return k
}

type kept struct {
	results.Sink
	out *output.Output
}

func (k kept) Position() int64 { return k.out.Position() }
func (k kept) Persist() error  { return k.out.Persist() }

type keptExchange struct {
	kept
	results.ExchangeSink
}

func (k keptExchange) Write(r *results.Record) error { return k.kept.Write(r) }
func (k keptExchange) Sync() error                   { return k.kept.Sync() }
func (k keptExchange) Close() error                  { return k.kept.Close() }
