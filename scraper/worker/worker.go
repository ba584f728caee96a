// Package worker is what happens inside a worker process: a task comes in, is
// fetched and read, and an answer goes out. Everything that a remote server
// sends is met here and nowhere else.
package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"math/rand/v2"
	"net/http"
	"os"
	"runtime/debug"
	"time"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
)

// Settings are what a worker process is told once, before its first task.
type Settings struct {
	UserAgent string
	Header    http.Header
	MaxBody   int64 // decoded bytes
	Retry     int   // further attempts when one fails in a way worth it
	NoTitle   bool  // pages are not parsed
	Conns     int   // requests in flight in this process, at most; 0: fetch.DefaultConns
}

var (
	// Setup prepares a worker process; give it to pool.Options.Initializer.
	Setup = pool.RegisterInitializer("scrape: setup", setup)
	// Scrape does one Task.
	Scrape = pool.Register("scrape", scrape)
)

// process is what a worker process keeps between tasks. Setup makes it before
// the first task comes.
var process struct {
	Settings
	fetcher *fetch.Fetcher
	pid     int
}

// gcPercent lets a worker's small heap grow further than Go's default before
// it is collected: pages come and go, and little of them stays.
const gcPercent = 400

const (
	// MemoryLimit is the resident size of a worker, in bytes, at which the pool
	// shall kill it: give it to pool.Options.MemoryLimit. Pages are streamed, so
	// that only a mistake in how one is read gets there.
	MemoryLimit = 1 << 30
	// softMemoryLimit is where a worker begins to collect in earnest, in bytes.
	softMemoryLimit = 384 << 20
)

func setup(_ context.Context, s Settings) error {
	debug.SetGCPercent(gcPercent)
	debug.SetMemoryLimit(softMemoryLimit)
	log.SetOutput(io.Discard) // net/http's remarks on servers; records say what matters
	process.Settings = s
	process.pid = os.Getpid()
	var err error
	process.fetcher, err = fetch.New(fetch.Options{
		UserAgent: s.UserAgent,
		Header:    s.Header,
		MaxBody:   s.MaxBody,
		Conns:     s.Conns,
	})
	return err
}

// DefaultMaxBody is the limit on decoded bytes when none is set.
const DefaultMaxBody = fetch.DefaultMaxBody

// maxRedirects is how many redirects are followed for one URL.
const maxRedirects = 10

// attempt is one Task in work.
type attempt struct {
	task *Task
	resp *fetch.Response // of the last request; nil before the first
	page extract.Page
}

func scrape(ctx context.Context, j pool.Job[*Task]) (Answer, error) {
	a := attempt{task: j.Task}
	a.task.AddDeliveries(j.Attempt)
	if a.task.Started.IsZero() {
		a.task.Started = time.Now()
	}
	for {
		target, err := a.request(ctx)
		if err != nil {
			if after, ok := a.retry(err); ok {
				return Answer{Again: &Again{After: after, Started: a.task.Started, Reason: err.Error()}}, nil
			}
			return a.final(err), nil
		}
		if target.IsZero() {
			return a.final(nil), nil
		}
		elsewhere := target.Origin() != a.task.URL.Origin()
		a.task.Redirects = append(a.task.Redirects, a.task.URL.Redacted())
		a.task.URL = target
		if elsewhere {
			a.task.Foreign = true
			return Answer{Continue: a.task}, nil
		}
	}
}

// retry tells whether an attempt that failed is worth another, and when.
func (a *attempt) retry(err *fetch.Error) (after time.Duration, ok bool) {
	if !err.Retryable || a.task.Attempt > process.Retry {
		return 0, false
	}
	if err.After > maxRetryAfter {
		err.Message += fmt.Sprintf(" (not tried again: the server asks to wait %s)", waitText(err.After))
		return 0, false
	}
	return max(backOff(a.task.Attempt), err.After), true
}

// waitText is a time to wait, long ones in days.
func waitText(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d >= fetch.LongestAfter:
		return "a year or more"
	case d >= 2*day:
		return fmt.Sprintf("%d days", d/day)
	}
	return d.String()
}

const (
	// maxRetryAfter is the longest wait that a server can ask for.
	maxRetryAfter = time.Minute
	firstBackOff  = 500 * time.Millisecond
	longestBack   = 30 * time.Second
)

// backOff is the wait after an attempt: it doubles each time, and is spread
// over half to one and a half of that, so that what failed together does not
// come again together.
func backOff(attempt int) time.Duration {
	d := min(firstBackOff<<min(attempt-1, 10), longestBack)
	return d/2 + rand.N(d)
}

// final makes the record.
func (a *attempt) final(failure *fetch.Error) Answer {
	t := a.task
	f := t.Fields()
	f.Outcome = results.Scraped
	f.Worker = process.pid
	if r := a.resp; r != nil {
		f.Status = r.Status
		f.ContentType = r.ContentType
		f.HTTPVersion = r.Proto
		f.RemoteAddr = r.RemoteAddr
		f.WireBytes = r.WireBytes()
		f.BodyBytes = r.BodyBytes()
		f.Timing = r.Timing
	}
	whole := t.timing()
	f.Timing.Queue, f.Timing.Total = whole.Queue, whole.Total
	if len(t.Redirects) > 0 {
		f.FinalURL = t.URL.Redacted()
	}
	if failure != nil {
		f.Outcome = results.NotScraped
		f.Error = &results.Error{Kind: failure.Kind, Message: failure.Message, Retryable: failure.Retryable}
	} else {
		f.Title, f.Charset = a.page.Title, a.page.Charset
	}
	return Answer{Final: results.New(f)}
}

// asFetchError finds the fetch.Error in an error of fetch.
func asFetchError(err error) *fetch.Error {
	var e *fetch.Error
	if errors.As(err, &e) {
		return e
	}
	return &fetch.Error{Kind: results.Protocol, Message: fmt.Sprint(err), Err: err}
}
