package scraper

import (
	"errors"
	"time"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/list"
	"scrape/scraper/worker"
)

// unfetched is the record of a line that is not to be fetched, nil for others.
func unfetched(item list.Item) *results.Fields {
	f := &results.Fields{
		Seq:     item.Seq,
		List:    item.List,
		Input:   item.Input,
		Outcome: results.NotScraped,
	}
	if item.List != "" {
		f.Line = item.Line
	}
	switch {
	case item.Err != nil:
		f.Error = &results.Error{Kind: results.InvalidURL, Message: item.Err.Error()}
	case item.First > 0:
		f.URL = item.URL.Redacted()
		f.Input = inputBeside(item)
		f.Error = &results.Error{Kind: results.Duplicate, Message: "of " + item.FirstAt}
	default:
		return nil
	}
	return f
}

// inputBeside is the line as given, where it differs from the URL.
func inputBeside(item list.Item) string {
	if item.Input == item.URL.Redacted() {
		return ""
	}
	return item.Input
}

func task(item list.Item) *worker.Task {
	t := &worker.Task{
		Seq:     item.Seq,
		List:    item.List,
		Input:   inputBeside(item),
		Asked:   item.URL,
		URL:     item.URL,
		Attempt: 1,
		Read:    time.Now(),
	}
	if item.List != "" {
		t.Line = item.Line
	}
	return t
}

// lost is the record of a task that no worker could answer: it took workers
// with it, outlived every deadline, or made our own code panic.
func lost(a pool.Answer[*worker.Task, worker.Answer]) *results.Fields {
	f := a.Task.Fields()
	f.Outcome = results.NotScraped
	f.Worker = a.Worker
	f.Error = &results.Error{Kind: results.WorkerLost, Message: a.Err.Error()}
	if _, late := errors.AsType[*pool.DeadlineError](a.Err); late {
		f.Error.Kind = results.Timeout
	}
	if _, failed := errors.AsType[*pool.TaskError](a.Err); failed {
		f.Error.Kind = results.Parse
	}
	return f
}
