package worker

import (
	"context"

	"scrape/pool"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
)

// Check tells what there is on one page of what is asked for.
var Check = pool.Register("scrape: check", check)

// CheckTask is a page, and what is asked for of it, which has no mistakes. It crosses as
// JSON.
type CheckTask struct {
	Extract extract.Spec
	// Task, if set, is how the page is asked for; else it is Body.
	Task []byte
	// URL is that of the Body; "": unknown.
	URL         string
	ContentType string // of the Body; "" if unknown
	Body        []byte
}

// CheckAnswer is what was found.
type CheckAnswer struct {
	extract.Report
	// Failure is why the page could not be had; "": it was.
	Failure string
	// URL is where the page was had from in the end, if it was asked for.
	URL string
}

func check(ctx context.Context, j pool.Job[*CheckTask]) (answer CheckAnswer, err error) {
	t := j.Task
	source := extract.Source{ContentType: t.ContentType, Body: t.Body}
	switch {
	case len(t.Task) > 0:
		a := attempt{task: new(Task)}
		if err := a.task.UnmarshalBinary(t.Task); err != nil {
			return answer, err
		}
		if failure := a.fetch(ctx, &source); failure != nil {
			return CheckAnswer{Failure: failure.Error()}, nil
		}
		answer.URL = source.URL.Redacted()
	case t.URL != "":
		if err := source.URL.UnmarshalBinary([]byte(t.URL)); err != nil {
			return answer, err
		}
	}
	answer.Report, err = t.Extract.Try(ctx, source)
	return answer, err
}

// fetch has a page, redirects followed.
func (a *attempt) fetch(ctx context.Context, s *extract.Source) *fetch.Error {
	for {
		moved, failure := a.fetchOnce(ctx, s)
		if !moved || failure != nil {
			return failure
		}
		a.task.AddCookies(a.cookies)
		a.cookies = nil
	}
}

// fetchOnce asks for the task's URL, and keeps the page if it is one.
func (a *attempt) fetchOnce(ctx context.Context, s *extract.Source) (moved bool, failure *fetch.Error) {
	a.asked = process.request(a.task)
	resp, err := process.fetcher.Fetch(ctx, a.asked)
	a.resp = resp
	if err != nil {
		return false, asFetchError(err)
	}
	defer resp.Close() // a parser may panic
	a.takeCookies()
	if location := resp.Header.Get("Location"); isRedirect(resp.Status) && location != "" {
		if err := resp.DiscardWithin(redirectPatience); err != nil {
			return false, asFetchError(err)
		}
		return true, a.follow(location)
	}
	if status := fetch.StatusError(resp); status != nil {
		return false, status
	}
	memory := share{of: &largePages}
	defer memory.release() // this process has nothing else to keep
	body, err := a.readBody(ctx, &memory)
	if err != nil {
		return false, a.waited(err, waitingToKeep)
	}
	if err := resp.Finish(); err != nil {
		return false, asFetchError(err)
	}
	s.URL, s.Header, s.ContentType, s.Body = a.task.URL, resp.Header, resp.ContentType, body
	return false, nil
}
