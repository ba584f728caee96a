package scraper

import (
	"errors"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/frontier"
	"scrape/scraper/list"
	"scrape/scraper/worker"
)

// unfetched is the record of a line that is not to be fetched, nil for others.
func unfetched(item list.Item) *results.Fields {
	f := &results.Fields{
		Seq:     item.Seq,
		List:    item.List,
		Input:   item.Input,
		Method:  item.Method,
		Outcome: results.NotScraped,
		Meta:    item.Meta,
	}
	if item.List != "" {
		f.Line = item.Line
	}
	switch {
	case item.Err != nil:
		f.Error = &results.Error{Kind: results.InvalidURL, Message: item.Err.Error()}
	case item.First > 0:
		f.URL = item.URL.Redacted()
		f.Error = &results.Error{Kind: results.Duplicate, Message: "of " + item.FirstAt}
	default:
		return nil
	}
	return f
}

// lost is the record of a task that no worker could answer: it took workers
// with it, outlived every deadline, or met a mistake of ours, such as a panic.
func lost(a pool.Answer[*worker.Task, worker.Answer]) *results.Fields {
	f := a.Task.LostFields(a.Attempt)
	f.Outcome = results.NotScraped
	f.Worker = a.Worker
	f.Error = &results.Error{Kind: results.Parse, Message: a.Err.Error()}
	if _, dead := errors.AsType[*pool.LostError](a.Err); dead {
		f.Error.Kind = results.WorkerLost
	}
	if _, late := errors.AsType[*pool.DeadlineError](a.Err); late {
		// Not tried again: what did not stop when told would cost a worker
		// each time. Another run may find the page mended.
		f.Error.Kind, f.Error.Retryable = results.Timeout, true
	}
	return f
}

// refused is the record of a task that the frontier has not let through.
func refused(t *worker.Task, why *frontier.Refusal) *results.Fields {
	f := t.Fields()
	f.Outcome = results.NotScraped
	f.Attempts = why.Attempts
	made := 0 // for the URL itself
	if !t.Started.IsZero() {
		made = t.Attempt - 1 + t.Lost
	}
	if len(t.Redirects) > 0 {
		made = max(made, 1) // the one that was redirected
		f.FinalURL = t.URL.Redacted()
	}
	f.Attempts += made
	f.Error = &results.Error{Kind: why.Kind, Message: why.Message, Retryable: why.Retryable}
	return f
}
