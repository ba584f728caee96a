package worker

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"scrape/results"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
)

// readPage reads what was asked for of the page, and tells whether it sends its
// reader elsewhere.
func (a *attempt) readPage(ctx context.Context) (moved bool, failure *fetch.Error) {
	read := a.readContent
	if !process.plan.Whole() || !a.hasPage() {
		read = a.readTitle
	}
	failure = read(ctx)
	if failure != nil && failure.Kind != results.Parse {
		return false, failure
	}
	if location, ok := a.refresh(); ok {
		return true, a.follow(location)
	}
	return false, failure
}

// hasPage tells whether the answer is one that has a page with it.
func (a *attempt) hasPage() bool {
	return a.resp.Status != http.StatusNotModified && a.task.Method != http.MethodHead
}

// readTitle reads the page as a stream.
func (a *attempt) readTitle(context.Context) *fetch.Error {
	// A read error is the body's, which Finish tells.
	content, _ := process.plan.Stream(a.resp.Body, a.resp.ContentType)
	if err := a.resp.Finish(); err != nil {
		return asFetchError(err)
	}
	if !a.hasPage() {
		content.Fields = nil // nothing can be missed
	}
	a.content = content
	return nil
}

const waitingToKeep = "waiting for memory to keep the page"

// readContent reads the page as a whole, lets its connection go, and takes out of
// it what was asked for. Where there is no time for that the content is what is
// known already.
func (a *attempt) readContent(ctx context.Context) *fetch.Error {
	memory := share{of: &largePages}
	defer memory.release()
	body, err := a.readBody(ctx, &memory)
	if err != nil {
		return a.waited(err, waitingToKeep)
	}
	if err := a.resp.Finish(); err != nil {
		return asFetchError(err)
	}
	a.content, err = process.plan.Read(ctx, extract.Source{
		URL: a.task.URL, Header: a.resp.Header, ContentType: a.resp.ContentType, Body: body,
	})
	if err == nil {
		return nil
	}
	if why, ok := errors.AsType[*extract.FieldError](err); ok {
		return &fetch.Error{Kind: results.Parse, Message: fetch.Shorten(why.Message), Err: err}
	}
	if errors.Is(err, extract.ErrNoMemory) {
		return a.waited(err, "waiting for memory to take data out of the page")
	}
	return outOfTime(err, a.begun, "taking data out of the page")
}

// readBody keeps the page, and takes the memory that a large one needs as it grows.
// The error is ctx's, of the wait for that. A read error is the body's, which Finish
// tells, as it tells of a page that is larger than it may be.
func (a *attempt) readBody(ctx context.Context, memory *share) ([]byte, error) {
	most := int(cmp.Or(process.Fetch.MaxBody, fetch.DefaultMaxBody))
	body, err := io.ReadAll(io.LimitReader(a.resp.Body, smallPage))
	if err != nil || len(body) < smallPage {
		return body, nil
	}
	for len(body) < most {
		if len(body) == cap(body) {
			larger := min(2*len(body), most)
			if err := memory.grow(ctx, int64(larger-len(body))); err != nil {
				return nil, err
			}
			body = append(make([]byte, 0, larger), body...)
		}
		n, err := a.resp.Body.Read(body[len(body):cap(body)])
		body = body[:len(body)+n]
		if err != nil {
			break
		}
	}
	memory.settle()
	return body, nil
}

// waited is the error of a page that ctx has ended while it waited for other pages:
// later it may have no need to.
func (a *attempt) waited(err error, during string) *fetch.Error {
	e := outOfTime(err, a.begun, during)
	e.Retryable = !errors.Is(err, context.Canceled)
	return e
}

// outOfTime is the error of a page that ctx has ended.
func outOfTime(err error, begun time.Time, during string) *fetch.Error {
	if errors.Is(err, context.Canceled) {
		return &fetch.Error{Kind: results.Timeout, Message: "stopped while " + during, Local: true, Err: err}
	}
	return &fetch.Error{Kind: results.Timeout, Message: fetch.TimedOut(time.Since(begun), during), Local: true, Err: err}
}
