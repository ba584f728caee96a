package scraper

import (
	"context"
	"errors"
	"iter"

	"scrape/results"
	"scrape/scraper/earlier"
	"scrape/scraper/list"
)

// What a program needs to ask again for what an earlier run has failed at.
type (
	// RetryPlan says of each record of an earlier run whether it stays.
	RetryPlan = earlier.Plan
	// RetryOptions say what is to be asked for again, and how.
	RetryOptions = earlier.Options
	// UnfitError tells that a line cannot be asked for again.
	UnfitError = earlier.UnfitError
	// UnlistedError tells that the lists are not those of the earlier run.
	UnlistedError = earlier.ListError
)

// PlanRetry makes a plan of the records of an earlier run, which are yielded each time
// anew. The error is an *UnfitError, an *UnlistedError, a *ReadError, the records' own or
// the cause of ctx.
func PlanRetry(ctx context.Context, records iter.Seq2[*results.Record, error], o RetryOptions) (*RetryPlan, error) {
	return earlier.New(ctx, records, o)
}

// readEarlier gives the sinks what stays of an earlier run, and the frontier what is to
// be asked for again. It tells whether it came to the end.
func (r *run) readEarlier(ctx context.Context, p *RetryPlan) bool {
	done := func(seq int64) bool { return r.options.Done != nil && r.options.Done(seq, 0) }
	if r.line != nil {
		r.expect(p, done)
		done = r.unexpected // what was told then is not asked for again
	}
	for record, err := range p.Kept() {
		if err != nil {
			return r.cannotRead(p, err)
		}
		passed := done(record.Seq)
		if !r.begin(ctx, record.Seq, passed) {
			return false
		}
		if passed {
			continue
		}
		if err := r.write(record, 0); err != nil {
			r.cancel(err)
			return false
		}
	}
	for item, err := range p.Again() {
		if err != nil {
			return r.cannotRead(p, err)
		}
		passed := done(item.Seq)
		if !r.begin(ctx, item.Seq, passed) {
			return false
		}
		if passed {
			continue
		}
		if !r.admit() {
			return false
		}
		task, err := r.task(item)
		if err != nil {
			r.cancel(err)
			return false
		}
		if !r.frontier.Add(ctx, task) {
			return false
		}
	}
	return true
}

// expect has the records come in the order of the lines, whatever that in which they
// are read.
func (r *run) expect(p *RetryPlan, done func(seq int64) bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for seq := range p.Seqs() {
		if !done(seq) {
			r.line.Expect(seq)
		}
	}
}

// unexpected tells of a line that has given no record yet whether it needs none.
func (r *run) unexpected(seq int64) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.line.Expects(seq)
}

// keep counts a record of the earlier run that was given. Records tell their kind alone:
// what failed to parse for another reason than a required field is rather counted than
// missed. The lock is held.
func (r *run) keep(record *results.Record) {
	r.counts.kept.Add(1)
	if record.Kind == results.Parse {
		r.lacking++
	}
}

// cannotRead ends the reading; what was read before still gets its records.
func (r *run) cannotRead(p *RetryPlan, err error) bool {
	if _, ok := errors.AsType[*list.ReadError](err); !ok {
		err = &list.ReadError{List: p.Name(), Err: err}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.unreadable = err
	return false
}
