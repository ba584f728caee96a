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
	"os"
	"runtime/debug"
	"syscall"
	"time"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/cookie"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
)

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

// gcPercent lets a worker's heap grow by some garbage before it is collected: pages
// come and go, and little of them stays. It is further than Go's default would let
// a small heap, and about as far for a large one, which thousands of connections
// have.
func gcPercent(conns int) int {
	const (
		garbage = 32 << 20
		base    = 6 << 20  // what stays without any connection
		conn    = 32 << 10 // and of each
	)
	return min(100*garbage/(base+conns*conn), 400)
}

// idleConns is how many connections are kept for hosts whose next turn comes: as
// many as can be in use, and some hundreds where this machine allows the files.
func idleConns(conns int) int {
	const most = 512
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return conns
	}
	return max(conns, int(min(most, limit.Cur/4)))
}

const (
	// MemoryLimit is the resident size of a worker, in bytes, at which the pool
	// shall kill it: give it to pool.Options.MemoryLimit. Pages are streamed, so
	// that only a mistake in how one is read gets there.
	MemoryLimit = 1 << 30
	// softMemoryLimit is where a worker begins to collect in earnest, in bytes.
	softMemoryLimit = 384 << 20
)

func setup(_ context.Context, s Settings) error {
	debug.SetGCPercent(gcPercent(s.Fetch.Conns))
	debug.SetMemoryLimit(softMemoryLimit)
	log.SetOutput(io.Discard) // net/http's remarks on servers; records say what matters
	s.Fetch.IdleConns = idleConns(s.Fetch.Conns)
	fetcher, err := fetch.New(s.Fetch)
	if err != nil {
		return err
	}
	process.Settings = s
	process.pid = os.Getpid()
	process.fetcher = fetcher
	return nil
}

// attempt is one Task in work.
type attempt struct {
	task  *Task
	asked *fetch.Request
	resp  *fetch.Response // nil before it was asked for
	page  extract.Page    // of a Page
	gate  Opened          // of the others

	cookies []cookie.Cookie // that the answer sets
	over    bool            // its URL's time was, before it began
}

func scrape(ctx context.Context, j pool.Job[*Task]) (Answer, error) {
	a := attempt{task: j.Task}
	a.task.AddDeliveries(j.Attempt)
	if a.task.Started.IsZero() {
		a.task.Started = time.Now()
	}
	if deadline, limited := a.task.deadline(); limited {
		var cancel context.CancelFunc
		ctx, cancel = context.WithDeadline(ctx, deadline)
		defer cancel()
	}
	moved, err := a.begin(ctx)
	var answer Answer
	switch {
	case err != nil:
		a.late(err)
		if after, ok := a.retry(err); ok {
			answer.Again = &Again{After: after, Started: a.task.Started, Reason: err.Error()}
		} else if a.task.IsGate() {
			answer.Opened, answer.Shut = a.closed(err)
		} else {
			answer.Final = a.final(err)
		}
	case moved:
		a.task.AddCookies(a.cookies)
		answer.Continue = a.task
	case a.task.IsGate():
		answer.Opened = &a.gate
	default:
		answer.Final = a.final(nil)
	}
	answer.Told = a.told(err)
	if !process.Cookies && answer.Again == nil {
		answer.Told.Cookies = nil // those of a redirect go along in its task
	}
	return answer, nil
}

// begin does the task, unless its time was over before its host's turn came.
func (a *attempt) begin(ctx context.Context) (moved bool, failure *fetch.Error) {
	if deadline, limited := a.task.deadline(); limited && !time.Now().Before(deadline) {
		a.over = true
		return false, &fetch.Error{Kind: results.Timeout, Message: "still waiting for the host's turn", Retryable: true, Local: true}
	}
	return a.do(ctx)
}

// do asks for the task's URL and reads the response to its end. It tells whether
// the task is to go on elsewhere.
func (a *attempt) do(ctx context.Context) (moved bool, failure *fetch.Error) {
	if a.task.Role == LookUp {
		return false, a.lookUp(ctx)
	}
	a.asked = process.request(a.task)
	resp, err := process.fetcher.Fetch(ctx, a.asked)
	a.resp = resp
	if err != nil {
		return false, asFetchError(err)
	}
	defer resp.Close() // a parser may panic
	a.takeCookies()
	location := ""
	if isRedirect(resp.Status) {
		location = resp.Header.Get("Location")
	}
	if status := fetch.StatusError(resp); status != nil || location != "" {
		// Nobody reads the body: of all that may be wrong with it, only that
		// it breaks off outweighs what the status says.
		discard := resp.Discard
		if status == nil || a.task.IsGate() {
			discard = func() error { return resp.DiscardWithin(redirectPatience) }
		}
		if err := discard(); err != nil {
			return false, asFetchError(err)
		}
		if status != nil {
			// A robots.txt that fails, in whatever way, may be there later.
			status.Retryable = status.Retryable || a.task.Role == RobotsFile && resp.Status >= 500
			return false, status
		}
		return true, a.follow(location)
	}
	if a.task.Role == RobotsFile {
		return false, a.readRules()
	}
	return a.readPage()
}

// readPage reads what was asked for of the page, and tells whether it sends its
// reader elsewhere.
func (a *attempt) readPage() (moved bool, failure *fetch.Error) {
	// A read error is the body's, which Finish tells below.
	switch {
	case process.MetaRefresh:
		a.page, _ = extract.TitleAndRefresh(a.resp.Body, a.resp.ContentType)
	case !process.NoTitle:
		a.page, _ = extract.Title(a.resp.Body, a.resp.ContentType)
	}
	if err := a.resp.Finish(); err != nil {
		return false, asFetchError(err)
	}
	if process.NoTitle {
		a.page.Title, a.page.Charset = "", ""
	}
	if location, ok := a.refresh(); ok {
		return true, a.follow(location)
	}
	return false, nil
}

// told is what the attempt has found out beside its answer.
func (a *attempt) told(err *fetch.Error) Told {
	t := Told{Cookies: a.cookies}
	if r := a.resp; r != nil {
		t.Sent, t.FirstByte, t.Status = r.Sent, r.Timing.FirstByte, r.Status
	}
	if err != nil {
		t.Cause, t.Local = err.Error(), err.Local
		if err.Kind != results.HTTPStatus {
			t.Failure = err.Kind
		} else if t.Overloaded() {
			t.RetryAfter = err.After
		}
	}
	return t
}

// final makes the record.
func (a *attempt) final(failure *fetch.Error) *results.Record {
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
	return results.New(f)
}

// asFetchError finds the fetch.Error in an error of fetch.
func asFetchError(err error) *fetch.Error {
	var e *fetch.Error
	if errors.As(err, &e) {
		return e
	}
	return &fetch.Error{Kind: results.Protocol, Message: fmt.Sprint(err), Err: err}
}
