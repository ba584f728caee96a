package scraper

import (
	"errors"
	"fmt"
	"time"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/fetch"
	"scrape/scraper/frontier"
	"scrape/scraper/robots"
	"scrape/scraper/worker"
)

// answer takes what became of a task to where it belongs.
func (r *run) answer(a pool.Answer[*worker.Task, worker.Answer]) error {
	t, v := a.Task, a.Value
	if a.Err != nil {
		return r.unanswered(a)
	}
	if v.Told.Unkept != "" {
		return &SinkError{fmt.Errorf("the body of %s cannot be kept for the outputs: %s", t.URL.Redacted(), v.Told.Unkept)}
	}
	told := report(&v.Told)
	r.receive(v.Told.Received)
	r.counts.attempt(&v.Told, time.Now())
	if jar := r.options.Request.Cookies; jar != nil {
		for _, c := range v.Told.Cookies {
			jar.Set(c, time.Now())
		}
	}
	switch {
	case v.Continue != nil:
		exchange := r.exchange(a)
		r.strip(v.Continue)
		r.frontier.Move(t, v.Continue, told)
		if exchange != nil {
			return r.writeExchange(nil, exchange, fetch.Validators{})
		}
	case v.Again != nil:
		r.retried(t, v.Again)
		t.AddDeliveries(a.Attempt)
		t.AddCookies(v.Told.Cookies)
		r.strip(t)
		t.Attempt = v.Again.Attempt + 1
		t.Started = v.Again.Started
		r.frontier.Again(t, v.Again.After, told)
	case v.Missed:
		t.AddDeliveries(a.Attempt)
		r.strip(t)
		r.frontier.Again(t, 0, frontier.Report{Missed: true})
	case v.Shut != nil:
		r.frontier.Shut(t, frontier.Refusal{
			Kind:      v.Shut.Kind,
			Message:   v.Shut.Message,
			Retryable: v.Shut.Retryable,
			Attempts:  v.Shut.Attempts,
		}, told)
	case v.Opened != nil && t.Role == worker.LookUp:
		r.frontier.Located(t, v.Opened.Addr, told)
	case v.Opened != nil:
		r.frontier.Open(t, rules{v.Opened.Rules}, told)
	default:
		r.frontier.Done(t, told)
		r.countFields(&v.Told)
		v.Final.Key = t.Key
		return r.writeExchange(v.Final, r.exchange(a), v.Told.Validators)
	}
	return nil
}

// maxLost is how many workers a task of a paced host may be lost with before the
// pool takes over, which runs it at a time of its own, but finds out which task is
// to blame.
const maxLost = 2

// mayRepeat tells whether a task may be done again without harm.
func mayRepeat(o Options, t *worker.Task) bool { return o.RetryAll || t.Idempotent() }

// strip takes off a task that is to wait what it gets anew at its turn, so that
// it takes no room, and stands in no file on disk.
func (r *run) strip(t *worker.Task) {
	t.Login = ""
	if r.options.Request.Cookies != nil {
		t.Cookies = nil
	}
}

// unanswered is for a task that no worker could answer.
func (r *run) unanswered(a pool.Answer[*worker.Task, worker.Answer]) error {
	if errors.Is(a.Err, pool.ErrClosed) {
		return nil // the run was cancelled, so this line stays unfinished
	}
	if start, ok := errors.AsType[*pool.StartError](a.Err); ok {
		return start
	}
	if failed, ok := errors.AsType[*pool.TaskError](a.Err); ok {
		r.tell(Event{Kind: EventMistake, URL: a.Task.URL.Redacted(), Worker: a.Worker, Text: fmt.Sprintf("%v\n%s", failed, failed.Stack)})
	}
	if _, dead := errors.AsType[*pool.LostError](a.Err); dead && !a.Task.Turn.IsZero() && mayRepeat(r.options, a.Task) {
		// The pool has not run it again by itself: its host has a say in when.
		a.Task.AddDeliveries(a.Attempt + 1)
		r.strip(a.Task)
		r.frontier.Again(a.Task, 0, frontier.Report{})
		return nil
	}
	f := lost(a)
	if a.Task.IsGate() {
		message := f.Error.Message
		if a.Task.Role == worker.RobotsFile {
			message = "robots.txt: " + message
		}
		r.frontier.Shut(a.Task, frontier.Refusal{
			Kind:      f.Error.Kind,
			Message:   message,
			Retryable: f.Error.Retryable,
			Attempts:  f.Attempts,
		}, frontier.Report{})
		return nil
	}
	r.frontier.Done(a.Task, frontier.Report{})
	return r.write(results.New(f), a.Task.Key)
}

// report is what an attempt has told of its host, in the frontier's words.
func report(t *worker.Told) frontier.Report {
	return frontier.Report{
		Sent:       t.Sent,
		Latency:    t.FirstByte,
		Health:     health(t),
		RetryAfter: t.RetryAfter,
		Status:     t.Status,
		Cause:      t.Cause,
	}
}

func health(t *worker.Told) frontier.Health {
	if t.Local {
		return frontier.Unknown
	}
	switch t.Failure {
	case results.None:
		if t.Overloaded() {
			return frontier.Overloaded
		}
		return frontier.Fine
	case results.DNS, results.Connect, results.TLS:
		return frontier.Unreachable
	case results.Timeout:
		if t.Sent.IsZero() {
			return frontier.Unreachable
		}
		return frontier.Slow
	}
	return frontier.Other
}

// rules are a robots.txt's, as the frontier asks them.
type rules struct{ *robots.Rules }

// Allowed implements frontier.Rules.
func (r rules) Allowed(target string) (ok bool, because string) {
	ok, rule := r.Rules.Allowed(target)
	if ok {
		return true, ""
	}
	return false, rule.String()
}

// CrawlDelay implements frontier.Rules.
func (r rules) CrawlDelay() time.Duration { return r.Rules.CrawlDelay }
