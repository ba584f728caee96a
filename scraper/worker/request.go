package worker

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"scrape/results"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
	"scrape/scraper/weburl"
)

// request asks for the task's URL and reads the response to its end. It
// answers where to go on when the response is a redirect, the zero URL when it
// is the final one.
func (a *attempt) request(ctx context.Context) (target weburl.URL, failure *fetch.Error) {
	resp, err := process.fetcher.Fetch(ctx, &fetch.Request{URL: a.task.URL, Foreign: a.task.Foreign})
	a.resp = resp
	if err != nil {
		return target, asFetchError(err)
	}
	defer resp.Close() // a parser may panic
	location := ""
	if isRedirect(resp.Status) {
		location = resp.Header.Get("Location")
	}
	if status := fetch.StatusError(resp); status != nil || location != "" {
		// Nobody reads the body: of all that may be wrong with it, only that
		// it breaks off outweighs what the status says.
		if err := resp.Discard(); err != nil {
			return target, asFetchError(err)
		}
		if status != nil {
			return target, status
		}
		return a.follow(location)
	}
	if !process.NoTitle {
		// A read error is the body's, which Finish tells below.
		a.page, _ = extract.Title(resp.Body, resp.ContentType)
	}
	if err := resp.Finish(); err != nil {
		return target, asFetchError(err)
	}
	return target, nil
}

// isRedirect follows RFC 9110, section 15.4: the statuses with which a server
// sends a client elsewhere by itself.
func isRedirect(status int) bool {
	switch status {
	case http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return true
	}
	return false
}

func (a *attempt) follow(location string) (target weburl.URL, failure *fetch.Error) {
	from := a.task.URL
	target, err := from.Resolve(location)
	if err != nil {
		return target, &fetch.Error{Kind: results.Redirect, Message: fmt.Sprintf("redirected to what is no http or https URL: %v", err), Err: err}
	}
	target = target.WithoutFragment()
	if len(target.String()) > weburl.MaxGiven {
		return target, &fetch.Error{Kind: results.Redirect, Message: fmt.Sprintf("redirected to a URL longer than %d KiB", weburl.MaxGiven>>10)}
	}
	if len(a.task.Redirects) >= maxRedirects {
		message := fmt.Sprintf("more than %d redirects", maxRedirects)
		if target == from || slices.Contains(a.task.Redirects, target.Redacted()) {
			message = fmt.Sprintf("redirect loop: %s again after %d redirects", fetch.Shorten(target.Redacted()), maxRedirects)
		}
		return target, &fetch.Error{Kind: results.Redirect, Message: message}
	}
	return target, nil
}
