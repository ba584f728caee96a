// Package earlier plans how the failures of an earlier run are made good: which of its
// records stay, and what is to be asked for again.
package earlier

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"slices"

	"scrape/results"
	"scrape/scraper/lineset"
	"scrape/scraper/list"
)

// Options say what is to be asked for again, and how.
type Options struct {
	// Name is what errors call the file of the earlier run.
	Name string
	// Kinds are those of the errors that are worth it. None: whatever its record calls
	// retryable.
	Kinds []results.Kind
	// Lists are those that the earlier run has read, with the requests as they were.
	// They are read twice. None: the records have to tell.
	Lists []list.Source
	// Method is that of requests whose line has none. "": GET.
	Method string
}

// Plan says of each record of an earlier run whether it stays. It is safe for concurrent
// use, as far as the records are.
type Plan struct {
	records iter.Seq2[*results.Record, error]
	o       Options
	lines   lineset.Set
	again   map[int64]uint64 // by the line's number: a hash of its URL
	hash    maphash.Seed
}

// UnfitError tells that a line cannot be asked for again.
type UnfitError struct {
	Seq    int64 // the line's number; 0 where a record has none
	Reason string
	// Request says that the line itself would do, which is in no record.
	Request bool
}

// Error names the line and the reason.
func (e *UnfitError) Error() string {
	if e.Seq == 0 {
		return e.Reason
	}
	return fmt.Sprintf("line %d: %s", e.Seq, e.Reason)
}

// ListError tells that the lists are not those of the records.
type ListError struct {
	Seq int64
	How string
}

// Error names the line and what differs.
func (e *ListError) Error() string { return fmt.Sprintf("line %d %s", e.Seq, e.How) }

// New makes a plan. Records yields those of the earlier run, each time anew, and each
// line's once. Of each line it keeps a bit, and of one to be asked for again some 40
// bytes.
//
// The error is an *UnfitError, a *ListError, a *list.ReadError, the records' own or the
// cause of ctx.
func New(ctx context.Context, records iter.Seq2[*results.Record, error], o Options) (*Plan, error) {
	p := &Plan{records: records, o: o, again: map[int64]uint64{}, hash: maphash.MakeSeed()}
	for r, err := range records {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err == nil {
			err = p.add(r)
		}
		if err != nil {
			return nil, err
		}
	}
	if len(o.Lists) == 0 {
		return p, nil
	}
	return p, p.check(ctx)
}

// add decides about a record.
func (p *Plan) add(r *results.Record) error {
	switch {
	case r.Seq < 1:
		return &UnfitError{Reason: "a record has no seq, by which its line is known"}
	case !p.lines.Add(r.Seq):
		return &UnfitError{Seq: r.Seq, Reason: "it has two records, as where several runs are in one file"}
	}
	f, err := r.Fields()
	if err != nil || !p.worth(f) {
		return err
	}
	p.again[r.Seq] = maphash.String(p.hash, f.URL)
	if len(p.o.Lists) == 0 {
		_, err = p.itemOf(f)
	}
	return err
}

// worth tells whether a record is of a line that is to be asked for again.
func (p *Plan) worth(f *results.Fields) bool {
	switch {
	case f.Outcome == results.Scraped || f.Error == nil || f.URL == "":
		return false
	case len(p.o.Kinds) == 0:
		return f.Error.Retryable
	}
	return slices.Contains(p.o.Kinds, f.Error.Kind)
}

// itemOf is the line of a record, as far as that tells.
func (p *Plan) itemOf(f *results.Fields) (list.Item, error) {
	unfit := func(reason string) (list.Item, error) {
		return list.Item{}, &UnfitError{Seq: f.Seq, Reason: reason, Request: true}
	}
	u, err := list.ParseLine(f.URL)
	switch {
	case err != nil:
		return unfit(err.Error())
	case f.Method != "" && f.Method != p.o.Method:
		return unfit("it was asked for with " + f.Method + ", and its record has no headers and no body")
	case len(f.Meta) > 0:
		return unfit("it is a request in JSON, and its record has no headers and no body")
	}
	item := list.Item{Seq: f.Seq, List: f.List, Line: f.Line, Input: f.Input, URL: u}
	if item.Input == "" {
		item.Input = f.URL
	}
	return item, nil
}

// check tells whether the lists have the lines that are to be asked for again.
func (p *Plan) check(ctx context.Context) error {
	for _, err := range p.Again() {
		if err == nil {
			err = context.Cause(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Name is what errors call the file of the earlier run.
func (p *Plan) Name() string { return p.o.Name }

// Lines is how many records there are: each of its line.
func (p *Plan) Lines() int64 { return p.lines.Len() }

// Seqs are the numbers of their lines, in their order.
func (p *Plan) Seqs() iter.Seq[int64] { return p.lines.All() }

// Retried is how many lines are to be asked for again.
func (p *Plan) Retried() int64 { return int64(len(p.again)) }

// Keeps tells whether the record of a line, which has one, is one of those that stay.
func (p *Plan) Keeps(seq int64) bool {
	_, again := p.again[seq]
	return !again
}

// Kept yields the records that stay, in the order in which the file has them. An error
// is the last that it yields.
func (p *Plan) Kept() iter.Seq2[*results.Record, error] {
	return p.those(func(again bool) bool { return !again })
}

func (p *Plan) those(wanted func(again bool) bool) iter.Seq2[*results.Record, error] {
	return func(yield func(*results.Record, error) bool) {
		for r, err := range p.records {
			if err != nil {
				yield(nil, err)
				return
			}
			if wanted(!p.Keeps(r.Seq)) && !yield(r, nil) {
				return
			}
		}
	}
}

// Again yields the lines that are to be asked for again: in the order of the lists, or
// else of the records. An error is the last that it yields.
func (p *Plan) Again() iter.Seq2[list.Item, error] {
	if len(p.o.Lists) > 0 {
		return p.listed
	}
	return func(yield func(list.Item, error) bool) {
		for r, err := range p.those(func(again bool) bool { return again }) {
			var item list.Item
			if err == nil {
				var f *results.Fields
				if f, err = r.Fields(); err == nil {
					item, err = p.itemOf(f)
				}
			}
			if !yield(item, err) || err != nil {
				return
			}
		}
	}
}

// listed yields the lines of the lists.
func (p *Plan) listed(yield func(list.Item, error) bool) {
	lines := list.NewReader(p.o.Lists, list.Options{})
	defer lines.Close()
	left := len(p.again)
	var last int64
	for left > 0 {
		item, err := lines.Next()
		if errors.Is(err, io.EOF) {
			err = &ListError{Seq: p.first(last), How: "is not in the list any more"}
		}
		if err != nil {
			yield(list.Item{}, err)
			return
		}
		want, again := p.again[item.Seq]
		if !again {
			continue
		}
		switch {
		case item.Err != nil:
			err = &ListError{Seq: item.Seq, How: "is another one in the list now: " + item.Err.Error()}
		case maphash.String(p.hash, item.URL.Redacted()) != want:
			err = &ListError{Seq: item.Seq, How: "is another one in the list now: " + item.URL.Redacted()}
		}
		if !yield(item, err) || err != nil {
			return
		}
		last = item.Seq
		left--
	}
}

// first is the first line behind another that is to be asked for again.
func (p *Plan) first(behind int64) (first int64) {
	for seq := range p.again {
		if seq > behind && (first == 0 || seq < first) {
			first = seq
		}
	}
	return first
}
