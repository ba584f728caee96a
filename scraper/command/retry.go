package command

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"os"
	"strings"

	"scrape/results"
	"scrape/results/sqlite"
	"scrape/scraper"
	"scrape/scraper/nearest"
	"scrape/scraper/output"
)

// retrying is what --retry-failed and --kinds say.
type retrying struct {
	file  string // "": nothing is to be done again
	kinds []results.Kind
}

// addKinds takes what one --kinds says.
func (r *retrying) addKinds(text string) error {
	for _, word := range names(text) {
		kind, err := results.ParseKind(word)
		switch {
		case kind == results.Duplicate || kind == results.InvalidURL:
			return fmt.Errorf("%s: there is nothing to ask for", word)
		case err == nil:
			r.kinds = append(r.kinds, kind)
			continue
		}
		known := retryWords()
		if best := nearest.Name(word, known); best != "" {
			return fmt.Errorf("%s: did you mean %s?", printable(word), best)
		}
		return fmt.Errorf("%s: is no kind of error; there are %s", printable(word), strings.Join(known, ", "))
	}
	return nil
}

// retryWords are the words that --kinds takes.
func retryWords() (words []string) {
	for kind := results.InvalidURL; kind.Valid(); kind++ {
		if kind != results.Duplicate && kind != results.InvalidURL {
			words = append(words, kind.String())
		}
	}
	return words
}

// lists are the inputs of a run: of one that only does again what an earlier run has
// failed at, none have to be given.
func (p *program) lists() ([]input, error) {
	if p.settings.retry.file != "" && len(p.operands) == 0 {
		return nil, nil
	}
	return inputs(p.operands, p.env.Stdin)
}

// planRetry finds out what is to be done again, and puts the file of the earlier run
// among what is read.
func (p *program) planRetry(ctx context.Context, chosen []output.Options, lists []input) ([]input, error) {
	name := p.settings.retry.file
	if name == "" {
		if called, byFlag := p.found("kinds"); byFlag {
			return nil, usage("", "%s: there is no --retry-failed", called)
		}
		return lists, nil
	}
	called, _ := p.found("retry-failed")
	info, err := os.Stat(name)
	if err != nil {
		return nil, local(name, err, "")
	}
	if !info.Mode().IsRegular() {
		return nil, usage("", "%s %q: is no regular file", called, redacted(name))
	}
	for _, out := range chosen {
		if other, err := os.Stat(out.Name); !output.IsStdout(out.Name) && err == nil && os.SameFile(info, other) {
			return nil, usage("write to another file, and rename that when it is whole: -o new && mv new old", "%s %q: is an output, too", called, redacted(name))
		}
	}
	if p.settings.state != "" {
		remembering, _ := p.found("state")
		return nil, usage("the next run over the whole list takes note of what has changed", "%s and %s contradict each other", called, remembering)
	}
	if p.settings.resume.merge {
		resuming, _ := p.found("resume")
		return nil, usage("--resume goes on with it", "%s and %s=merge contradict each other", called, resuming)
	}
	if window, byFlag := p.found("order-window"); byFlag {
		return nil, usage("leave it out: all lines are known, and records wait in a file for their turn", "%s: has no effect with %s", window, called)
	}
	own := p.settings.options.Request
	method := own.Method
	if method == "" && len(own.Body) > 0 {
		method = http.MethodPost
	}
	o := scraper.RetryOptions{Name: name, Kinds: p.settings.retry.kinds, Method: method}
	for _, in := range lists {
		if in.count == nil {
			return nil, usage("put it into a file", "%s: the list is read twice, and %s can be read only once", called, in.source.Name)
		}
		o.Lists = append(o.Lists, in.source)
	}
	plan, err := scraper.PlanRetry(ctx, earlierRecords(name), o)
	if err != nil {
		return nil, p.unplanned(name, err)
	}
	if plan.Retried() == 0 && !p.settings.quiet {
		p.console.say("%s: nothing in it is to be done again", redacted(name))
	}
	p.settings.options.Earlier = plan
	in, err := fromFile(name)
	in.earlier = plan
	return append(lists, in), err
}

// unplanned is why nothing of an earlier run can be done again, as the user reads it.
func (p *program) unplanned(name string, err error) error {
	called, _ := p.found("retry-failed")
	shown := printable(redacted(name))
	mistake := func(hint string) error { return usage(hint, "%s %q: %v", called, redacted(name), err) }
	if unfit, ok := errors.AsType[*scraper.UnfitError](err); ok && unfit.Request {
		return mistake("give the list, too: scrape LIST --retry-failed " + shown)
	} else if ok {
		return mistake("")
	}
	if _, ok := errors.AsType[*scraper.UnlistedError](err); ok {
		return mistake("give the list that the run of " + shown + " has read")
	}
	_, unread := errors.AsType[*scraper.ReadError](err)
	if _, told := errors.AsType[*failure](err); told || unread {
		return err
	}
	return local(name, err, "")
}

// earlierRecords are those of a file, of a database those of its newest run. Each time
// the file is opened anew.
func earlierRecords(name string) iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		if format, _, _ := results.FormatOf(name); format == results.SQLite {
			sqlite.Read(name, sqlite.Newest)(yield)
			return
		}
		info, err := os.Stat(name)
		if err != nil {
			yield(nil, local(name, err, ""))
			return
		}
		records, closeFile, err := readRecords(name, info.Size())
		if err != nil {
			yield(nil, err)
			return
		}
		defer closeFile()
		records(yield)
	}
}
