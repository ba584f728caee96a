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
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"scrape/pool"
	"scrape/results"
	"scrape/scraper/cookie"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
	"scrape/scraper/weburl"
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
	plan    *extract.Plan
	pid     int
	began   time.Time // when it was ready for tasks
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
	// shall kill it: give it to pool.Options.MemoryLimit. Pages are streamed, or
	// kept and made trees of within budgets far below.
	MemoryLimit = 1 << 30
	// softMemoryLimit is where a worker begins to collect in earnest, in bytes.
	softMemoryLimit = 384 << 20
)

func setup(_ context.Context, s Settings) error {
	debug.SetGCPercent(gcPercent(s.Fetch.Conns))
	debug.SetMemoryLimit(softMemoryLimit)
	signal.Ignore(syscall.SIGUSR1) // it asks the run how things stand, maybe by the program's name
	log.SetOutput(io.Discard)      // net/http's remarks on servers; records say what matters
	s.Fetch.IdleConns = idleConns(s.Fetch.Conns)
	fetcher, err := fetch.New(s.Fetch)
	if err != nil {
		return err
	}
	plan, err := extract.Compile(s.Extract)
	if err != nil {
		return err
	}
	process.Settings = s
	process.plan = plan
	process.pid = os.Getpid()
	process.fetcher = fetcher
	process.began = time.Now()
	return nil
}

// attempt is one Task in work.
type attempt struct {
	task  *Task
	asked *fetch.Request
	resp  *fetch.Response // nil before it was asked for
	begun time.Time
	url   weburl.URL // that was asked for
	kept  *keeper    // nil where nothing is

	content extract.Content // of a Page
	gate    Opened          // of the others

	cookies []cookie.Cookie // that the answer sets
	over    bool            // its URL's time was, before it began
}

// missed tells a task whose turn came before this process was there. It waited in
// the socket, and is among the first to be read; later, only a clock that was set
// back could have it seem so.
func missed(t *Task) bool {
	const first = time.Second
	return !t.Turn.IsZero() && t.Turn.Before(process.began) && time.Since(process.began) < first
}

func scrape(ctx context.Context, j pool.Job[*Task]) (Answer, error) {
	if missed(j.Task) {
		return Answer{Missed: true}, nil
	}
	a := attempt{task: j.Task, begun: time.Now()}
	a.task.AddDeliveries(j.Attempt)
	if a.task.Started.IsZero() {
		a.task.Started = a.begun
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
		a.countResent(err)
		if after, ok := a.retry(err); ok {
			answer.Again = &Again{After: after, Started: a.task.Started, Reason: err.Error(), Attempt: a.task.Attempt}
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
	defer a.kept.close()
	if answer.Final != nil || answer.Continue != nil {
		exchange, file, kept := a.exchange(err)
		if kept != nil {
			answer.Told.Unkept = kept.Error()
		} else if file != nil {
			kept = j.Attach(file)
		}
		if answer.Exchange = exchange; kept != nil {
			answer.Exchange, answer.Told.Unkept = nil, kept.Error()
		}
	}
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
	a.url, a.asked = a.task.URL, process.request(a.task)
	a.asked.Keep = process.Keep.Wire && !a.task.IsGate()
	resp, err := process.fetcher.Fetch(ctx, a.asked)
	a.resp = resp
	if err != nil {
		return false, asFetchError(err)
	}
	a.keep()
	defer resp.Close() // a parser may panic
	a.takeCookies()
	location, ambiguous := redirection(resp)
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
		if ambiguous != nil {
			return false, ambiguous
		}
		return true, a.follow(location)
	}
	if a.task.Role == RobotsFile {
		return false, a.readRules()
	}
	return a.readPage(ctx)
}

// told is what the attempt has found out beside its answer.
func (a *attempt) told(err *fetch.Error) Told {
	t := Told{Cookies: a.cookies, Fields: a.content.Fields}
	if r := a.resp; r != nil {
		t.Sent, t.FirstByte, t.Status = r.Sent, r.Timing.FirstByte, r.Status
		t.Received = r.WireBytes()
		if process.Keep.Validators && !a.task.IsGate() && len(a.task.Redirects) == 0 {
			t.Validators = r.Validators()
		}
	}
	if err != nil {
		why, ok := errors.AsType[*extract.FieldError](err.Err)
		t.Lacking = ok && why.Required
	}
	if err != nil && err.Kind != results.Parse { // a page that lacks something says nothing of its host
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
		f.BodySHA256 = a.kept.digest(r.Whole() && r.Status != http.StatusNotModified)
		if process.Keep.Body && a.hasBody(failure) {
			f.BodyFile = a.kept.bodyFile(a.mediaType())
		}
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
	}
	// Where the time ran out over it, the content is what was known by then.
	if c := &a.content; failure == nil || failure.Kind == results.Parse || failure.Kind == results.Timeout {
		f.Title, f.Charset, f.MediaType = c.Title, c.Charset, c.MediaType
		f.Links, f.Data, f.Truncated = c.Links, c.Data, c.Truncated
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
