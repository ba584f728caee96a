package scraper

import (
	"context"
	"errors"
	"time"

	"scrape/pool"
	"scrape/scraper/extract"
	"scrape/scraper/weburl"
	"scrape/scraper/worker"
)

// Check is a page on which a wish is to be tried out.
type Check struct {
	Extract Extract
	// URL is that of the page. Zero: unknown.
	URL weburl.URL
	// Fetch has the page asked for at URL, once, with the Options for requests. It
	// is for a person who tries a page out: robots.txt is not looked at, and
	// nothing is tried again.
	Fetch bool
	// Body is the page, where it is not to be fetched, ContentType what it is; ""
	// where nobody knows.
	Body        []byte
	ContentType string
}

// What a check finds.
type (
	// CheckAnswer is what fields find on a page.
	CheckAnswer = worker.CheckAnswer
	// Finding is what one of them does.
	Finding = extract.Finding
	// Mistake is one in what is asked for, with its place in a schema's file, or in an
	// element of Extract, which its Line counts; Name is InlineName then.
	Mistake = extract.Mistake
)

// Mistakes are all that are wrong in what is asked for; none if nothing is.
func (c Check) Mistakes() []*Mistake { return c.Extract.Mistakes() }

// InlineName is what mistakes in fields that no file asks for have for its name.
const InlineName = extract.InlineName

// CheckPage tries fields out on a page, which is read in a worker process like any
// other. The error is about the Options, or that of ctx, or says that the page could
// not be read in any process; that it could not be had stands in the answer. Of a Check
// with Mistakes it is the first of those.
func CheckPage(ctx context.Context, o Options, c Check) (CheckAnswer, error) {
	if err := CheckExtract(c.Extract); err != nil {
		return CheckAnswer{}, err
	}
	o.Extract = Extract{}
	o, err := o.withDefaults()
	if err != nil {
		return CheckAnswer{}, err
	}
	o.Procs, o.Concurrency = 1, 1
	p, err := pool.New(ctx, pool.Options{
		Procs:       o.Procs,
		Concurrency: o.Concurrency,
		Timeout:     o.Timeout,
		MemoryLimit: worker.MemoryLimit,
		Initializer: worker.Setup(o.settings()),
		Replayable:  func(any) bool { return !c.Fetch },
		Watch:       o.workerEvents(nil),
	})
	if err != nil {
		return CheckAnswer{}, err
	}
	defer p.Terminate()
	task := &worker.CheckTask{
		Extract:     c.Extract,
		URL:         c.URL.String(),
		ContentType: c.ContentType,
		Body:        c.Body,
	}
	if c.Fetch {
		if task.Task, err = checkTask(o, c.URL); err != nil {
			return CheckAnswer{}, err
		}
	}
	answer, err := worker.Check.Call(ctx, p, task)
	if e, ok := errors.AsType[*pool.TaskError](err); ok && e.Timeout {
		return CheckAnswer{Failure: "timed out after " + o.Timeout.String()}, nil
	}
	return answer, err
}

// checkTask is the request for the page.
func checkTask(o Options, u weburl.URL) ([]byte, error) {
	t := &worker.Task{Asked: u, URL: u, Attempt: 1, Method: o.Request.Method, CommonBody: len(o.Request.Body) > 0}
	r := &run{options: o}
	t.Login = r.login(t)
	if jar := o.Request.Cookies; jar != nil {
		t.Cookies = jar.For(u, time.Now())
	}
	return t.AppendBinary(nil)
}
