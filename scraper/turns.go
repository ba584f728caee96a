package scraper

import (
	"context"
	"fmt"
	"iter"
	"net/http"
	"strings"
	"time"

	"scrape/results"
	"scrape/scraper/frontier"
	"scrape/scraper/list"
	"scrape/scraper/worker"
)

// newFrontier makes the frontier that options ask for.
func newFrontier(o Options) *frontier.Frontier[*worker.Task] {
	f := frontier.Options[*worker.Task]{
		Concurrency:     o.Concurrency,
		HostConcurrency: o.Hosts.Concurrency,
		HostDelay:       o.Hosts.Delay,
		Jitter:          o.Hosts.Jitter,
		Rate:            o.Hosts.Rate,
		Adaptive:        o.Hosts.Adaptive,
		MaxCrawlDelay:   o.Hosts.MaxCrawlDelay,
		MaxRetryAfter:   o.Hosts.MaxRetryAfter,
		GiveUp:          o.Hosts.GiveUp,
		New:             func() *worker.Task { return new(worker.Task) },
		Tell:            o.hostEvents(),
	}
	if !o.Hosts.NoRobots {
		f.Robots = func(t *worker.Task) *worker.Task { return t.Gate(worker.RobotsFile) }
	}
	if o.Hosts.PerIP {
		f.Lookup = func(t *worker.Task) *worker.Task { return t.Gate(worker.LookUp) }
	}
	if o.URLTimeout > 0 {
		f.Deadline = func(t *worker.Task) time.Time { return t.Started.Add(o.URLTimeout) }
		f.Late = frontier.Refusal{
			Kind:      results.Timeout,
			Message:   fmt.Sprintf("not done after %v with all its attempts: still waiting for the host's turn", o.URLTimeout),
			Retryable: true,
		}
	}
	return frontier.New(f)
}

// task is what a line of the list asks for.
func (r *run) task(item list.Item) (*worker.Task, error) {
	t := &worker.Task{
		Seq:     item.Seq,
		List:    item.List,
		Input:   item.Input,
		Key:     item.Key,
		Asked:   item.URL,
		URL:     item.URL,
		Method:  item.Method,
		Header:  item.Header,
		Body:    item.Body,
		Meta:    item.Meta,
		Attempt: 1,
		Read:    time.Now(),
	}
	if item.List != "" {
		t.Line = item.Line
	}
	switch own := r.options.Request; {
	case t.Method == "" && len(t.Body) > 0:
		t.Method = http.MethodPost
	case t.Method == "":
		t.Method, t.CommonBody = own.Method, len(own.Body) > 0
	}
	if t.Method == http.MethodGet {
		t.Method = "" // a line's own GET has nothing of what is common to all
	}
	if r.options.Memory == nil || t.Method != "" {
		return t, nil
	}
	v, err := r.options.Memory.Validators(t.Key)
	if err != nil {
		return nil, &SinkError{err}
	}
	t.Validators = v
	return t, nil
}

// turns are the frontier's, each task with what it needs on its way. Those that
// the frontier refuses get their records.
func (r *run) turns(ctx context.Context) iter.Seq[*worker.Task] {
	return func(yield func(*worker.Task) bool) {
		for t, refusal := range r.frontier.Turns(ctx) {
			if refusal != nil {
				if err := r.write(results.New(refused(t, refusal)), t.Key); err != nil {
					r.cancel(err)
					return
				}
				continue
			}
			r.equip(t)
			if !t.IsGate() {
				r.pages.Add(1)
			}
			if !yield(t) {
				return
			}
		}
	}
}

// equip gives a task what belongs to the URL that it is about to ask for.
func (r *run) equip(t *worker.Task) {
	now := time.Now()
	if t.Given.IsZero() {
		t.Given = now
	}
	t.Turn = time.Time{}
	if t.Lost < maxLost && r.frontier.Paced(t) {
		t.Turn = now
	}
	t.Login = r.login(t)
	if jar := r.options.Request.Cookies; jar != nil {
		t.Cookies = jar.For(t.URL, now)
	}
}

// login is the name and the password for a task's host: at the user's own origins
// the one that is meant for all, else, as in curl, that of the netrc file. Elsewhere
// that has to name the host.
func (r *run) login(t *worker.Task) string {
	own := r.options.Request
	if own.Login != "" && !t.Foreign {
		return own.Login
	}
	if own.Netrc != nil {
		host := strings.Trim(t.URL.Hostname(), "[]")
		name, password, named, ok := own.Netrc.Lookup(host)
		if ok && (named || !t.Foreign) {
			return name + ":" + password
		}
	}
	return ""
}
