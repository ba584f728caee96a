package command

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"

	"scrape/results"
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

func release(locks []*lock.Lock) {
	for _, l := range locks {
		l.Release()
	}
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
	head := journal.Head{Run: newRun(), Asked: p.asked()}
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
		head.Run = unfinished(path, head.Run)
	}
	s.resumed = s.journal != nil
	if s.resumed {
		head.Run = s.journal.Run() // also where it starts afresh: nobody was told what it saw
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

// writtenSince refuses further outputs of a run that is to be resumed which have a
// journal of their own: its run was begun since, as this one has removed what was there.
func (p *program) writtenSince(chosen []output.Options, further []int) error {
	for _, i := range further {
		name := chosen[i].Name
		beside := journal.Path(name)
		if _, err := os.Lstat(beside); errors.Is(err, fs.ErrNotExist) {
			continue
		} else if err != nil {
			return local(beside, err, "")
		}
		called, _ := p.found("output")
		f := usage(fmt.Sprintf("bring it back and remove %s, or start afresh: --resume --overwrite", redacted(beside)),
			"%s %q: has been written by another run since, which has left %s", called, redacted(name), redacted(beside))
		f.lost = true
		return f
	}
	return nil
}

// isLost tells that a file to be resumed has not what it had.
func isLost(err error) bool {
	f, ok := errors.AsType[*failure](err)
	return ok && f.lost
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

// locked are the files that nobody else may write to meanwhile.
func (p *program) locked(chosen []output.Options, files []int) (names []string) {
	for _, i := range files {
		names = append(names, chosen[i].Name)
	}
	if p.settings.state != "" {
		names = append(names, p.settings.state)
	}
	return names
}

// lock takes the locks of files, in an order in which no two runs wait for each other.
func (p *program) lock(ctx context.Context, files []string) (locks []*lock.Lock, err error) {
	var names []string
	for _, file := range files {
		name, err := filepath.Abs(file)
		if err != nil {
			return nil, local(file, err, "")
		}
		names = append(names, name)
	}
	slices.Sort(names)
	ctx, stop := p.untilSignal(ctx)
	defer stop()
	if p.settings.wait > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, p.settings.wait)
		defer cancel()
	}
	for _, name := range slices.Compact(names) {
		l, err := lock.Try(name)
		held, ok := errors.AsType[*lock.HeldError](err)
		if ok && slices.ContainsFunc(locks, func(own *lock.Lock) bool { return own.Is(held) }) {
			continue // one file by two names, which is refused when it is opened
		}
		if ok && p.settings.wait > 0 {
			if !p.settings.quiet {
				p.console.say("%v: waiting for up to %v", held, p.settings.wait)
			}
			l, err = lock.Take(ctx, name)
		}
		if err = p.lockError(name, err); err != nil {
			release(locks)
			return nil, err
		}
		locks = append(locks, l)
	}
	return locks, nil
}

// lockError is why a file cannot be locked, as the user reads it.
func (p *program) lockError(name string, err error) error {
	held, ok := errors.AsType[*lock.HeldError](err)
	s, left := errors.AsType[signalled](err)
	switch {
	case err == nil:
		return nil
	case !ok:
		return local(name, err, "it is locked beside itself: choose a folder that can be written to")
	case left:
		return &failure{code: exitSignal + int(s.signal), text: held.Error() + ": " + s.Error() + " while waiting for it", cause: err}
	case p.settings.wait > 0:
		return &failure{code: exitLocked, text: held.Error() + ", still after " + p.settings.wait.String(), cause: err}
	}
	return &failure{code: exitLocked, text: held.Error(), hint: "to wait for it: --wait 10m", cause: err}
}

// identify tells what each list is, to know it again.
func identify(ctx context.Context, lists []input) (known []journal.List, err error) {
	for _, in := range lists {
		l := journal.List{Name: in.source.Name, Stream: true}
		if in.count != nil {
			r, err := in.count()
			if err != nil {
				return nil, &scraper.ReadError{List: in.source.Name, Err: err}
			}
			l, err = journal.Identify(ctx, in.source.Name, r)
			r.Close()
			if err != nil {
				return nil, &scraper.ReadError{List: in.source.Name, Err: err}
			}
		}
		known = append(known, l)
	}
	return known, nil
}

// resume opens the journal to go on with; nil where the run is to start afresh.
func (p *program) resume(path string, head journal.Head, chosen []output.Options, files []int) (*journal.Journal, error) {
	j, err := journal.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	_, corrupt := errors.AsType[*journal.CorruptError](err)
	_, version := errors.AsType[*journal.VersionError](err)
	afresh := p.settings.overwrite
	switch {
	case (corrupt || version) && afresh:
		return nil, nil
	case corrupt || version:
		return nil, usage("start afresh: --overwrite", "%v", err)
	case err != nil:
		return nil, local(path, err, "")
	}
	err = j.Check(head)
	_, changed := errors.AsType[*journal.ChangedError](err)
	isStream := func(l journal.List) bool { return l.Stream }
	unread := slices.ContainsFunc(head.Lists, isStream) // so it may have changed, too
	switch {
	case (err == nil || changed) && j.Completed() && afresh: // of what is complete nothing can be merged
		return nil, j.Close()
	case err == nil && afresh && !p.settings.resume.merge && unknown(j, head.Lists) != "":
		if !p.settings.quiet {
			p.console.say("%s was not read to its end then, and may be another: the run starts afresh", unknown(j, head.Lists))
		}
		return nil, j.Close()
	case err == nil && j.Completed():
		for n, i := range files {
			if err := output.CheckComplete(chosen[i], j.Positions()[n]); err != nil {
				return nil, errors.Join(p.toldOutput(err), j.Close())
			}
		}
		for _, i := range files {
			output.TidyAll(chosen[i : i+1])
		}
		if !p.settings.quiet {
			p.console.say("%s is complete: %v", redacted(chosen[files[0]].Name), errNothingToDo)
		}
		return nil, errors.Join(errNothingToDo, j.Close())
	case (changed || err == nil && unread) && p.settings.resume.merge:
		err = j.Merge(head.Lists)
		if errors.Is(err, journal.ErrForgotten) {
			err = usage("to begin again: --overwrite", "%s: %v", path, err)
		}
	case err != nil && afresh:
		if !p.settings.quiet && !j.Completed() {
			p.console.say("%v: the run starts afresh", err)
		}
		return nil, j.Close()
	case changed:
		err = usage("to go on with what is new in it: --resume=merge\nto begin again: --overwrite", "%v", err)
	case err != nil:
		err = usage("ask for the same as before, or begin again: --overwrite", "%v", err)
	}
	if err != nil {
		return nil, errors.Join(err, j.Close())
	}
	return j, nil
}

// unknown names a list that can be read only once and was not read to its end, so that
// nobody can tell whether it is the same; "" where there is none.
func unknown(j *journal.Journal, lists []journal.List) string {
	for i, l := range lists {
		if l.Stream && !j.Spooled(i) {
			return listName(l.Name)
		}
	}
	return ""
}

// unfinished is the number of the run that a journal is about, where it did not come to
// its end and all that it has written is replaced: nobody was told what it saw, and so
// it is to be found out as if by the same run. Otherwise it is the number of a new one.
func unfinished(path string, fresh uint64) uint64 {
	j, err := journal.Open(path)
	if err != nil {
		return fresh
	}
	defer j.Close()
	if j.Completed() {
		return fresh
	}
	return j.Run()
}

// asked stands for the options that change what is in a record, or which lines get
// one. What merely lets a request through, such as a password, may be another when
// the run is resumed.
func (p *program) asked() journal.Digest {
	o := &p.settings.options
	look := make(map[string]string)
	for _, name := range []string{"columns", "defuse-formulas", "fields", "template"} {
		look[name] = lastValue(p.given, name)
	}
	if o.InputOrder { // which what is there already has only then
		look["order"] = inputOrder
	}
	if p.settings.saveBody != "" { // wherever that is: records have names within it
		look["save-body"] = "true"
	}
	if kinds := p.settings.retry.kinds; len(kinds) > 0 {
		look["kinds"] = fmt.Sprint(kinds)
	}
	text, err := json.Marshal([]any{
		look, o.Extract, o.Request.Method, o.Request.Body, p.headersAsked(), o.NoDedupe, o.MaxRedirects, o.MetaRefresh, o.MaxBody, p.stateAsked(),
	})
	if err != nil {
		panic(err) // all of these have a form in JSON
	}
	return sha256.Sum256(text)
}

// complete says of a run that came to its end that it did: files that have their end
// last are made before.
func (s *session) complete(ctx context.Context, outs []*output.Output, summary *scraper.Summary) error {
	if !summary.Ended || summary.Unfinished > 0 {
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
// gets what worth lets through. Where there is a state, it is behind what is written.
func (s *session) sinks(outs []*output.Output, use func(*output.Output) output.Use, worth func(results.Sink) results.Sink, failed func(error)) (sinks []results.Sink, err error) {
	var kept []journal.Output
	for _, out := range outs {
		sink, err := out.Sink(use(out))
		if err != nil {
			return nil, err
		}
		sink = worth(sink)
		if s.journal != nil && out.Position() >= 0 || s.journal == nil && s.state != nil {
			kept = append(kept, keptOutput(sink, out))
		} else {
			sinks = append(sinks, sink)
		}
	}
	if len(kept) > 0 {
		var also []journal.Persister
		if s.state != nil {
			also = append(also, s.state)
		}
		sinks = append(sinks, journal.NewSink(s.journal, kept, failed, also...))
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

// resuming is what --resume says.
type resuming struct{ on, merge bool }

// resumeMerge is what --resume takes beside yes and no.
const resumeMerge = "merge"

func (r *resuming) set(v string) error {
	if v == resumeMerge {
		*r = resuming{on: true, merge: true}
		return nil
	}
	on, err := parseSwitch(v)
	if err != nil {
		return errors.New("must be true, false or merge")
	}
	*r = resuming{on: on}
	return nil
}
