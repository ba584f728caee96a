package command

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"

	"scrape/scraper"
	"scrape/scraper/journal"
	"scrape/scraper/output"
)

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

// unfinished is the number of a run that is to replace the one that a journal is about,
// if there is such a journal.
func unfinished(path string, fresh uint64) uint64 {
	j, err := journal.Open(path)
	if err != nil {
		return fresh
	}
	defer j.Close()
	return replaced(j, fresh)
}

// replaced is the number of a run that replaces all that another has written. It is that
// of the other, where nobody was told what that saw, so that it is found out as if by the
// same run: where it did not come to its end, nor to that which a limit has set it.
func replaced(j *journal.Journal, fresh uint64) uint64 {
	if j.Completed() || j.Paused() {
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
