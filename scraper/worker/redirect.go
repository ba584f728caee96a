package worker

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"time"

	"scrape/results"
	"scrape/scraper/extract"
	"scrape/scraper/fetch"
	"scrape/scraper/weburl"
)

// redirectPatience is how long the body of a redirect may take. Browsers do not
// wait for it at all; here it tells whether the redirect arrived whole.
const redirectPatience = time.Second

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

// redirection is where a response leads, "" if it leads nowhere. Several places at
// once are none: somebody else may have put in the other one, so that browsers do not
// choose (https://fetch.spec.whatwg.org/#concept-response-location-url).
func redirection(r *fetch.Response) (location string, ambiguous *fetch.Error) {
	if !isRedirect(r.Status) {
		return "", nil
	}
	for _, l := range r.Header["Location"] {
		if location != "" && l != "" && l != location {
			return location, &fetch.Error{Kind: results.Redirect, Message: "redirected to several places at once"}
		}
		location = cmp.Or(location, l)
	}
	return location, nil
}

// follow makes the task go on where the response leads.
func (a *attempt) follow(location string) *fetch.Error {
	t := a.task
	most := process.MaxRedirects
	if t.Role == RobotsFile {
		most = maxRobotsRedirects
	}
	target, err := t.URL.Resolve(location)
	if err != nil {
		return &fetch.Error{Kind: results.Redirect, Message: fmt.Sprintf("redirected to what is no http or https URL: %v", err), Err: err}
	}
	target = target.WithoutFragment()
	if len(target.String()) > weburl.MaxGiven {
		return &fetch.Error{Kind: results.Redirect, Message: fmt.Sprintf("redirected to a URL longer than %d KiB", weburl.MaxGiven>>10)}
	}
	if len(t.Redirects) >= most {
		message := fmt.Sprintf("more than %d redirects", most)
		if target == t.URL || slices.Contains(t.Redirects, target.Redacted()) {
			message = fmt.Sprintf("redirect loop: %s again after %d redirects", fetch.Shorten(target.Redacted()), most)
		}
		return &fetch.Error{Kind: results.Redirect, Message: message}
	}
	t.Redirects = append(t.Redirects, t.URL.Redacted())
	t.Foreign = t.Foreign || target.Origin() != t.URL.Origin()
	t.Steered = t.Steered || process.fetcher.Public(a.asked, a.resp)
	t.URL = target
	t.Validators = fetch.Validators{} // they are Asked's
	t.rewrite(a.resp.Status)
	return nil
}

// contentHeaders are about a body, and go with it
// (https://fetch.spec.whatwg.org/#request-body-header-name).
var contentHeaders = []string{"Content-Encoding", "Content-Language", "Content-Location", "Content-Type"}

// rewrite makes the request one with GET, where a redirect with a status does, or
// one inside of a page: as in browsers (https://fetch.spec.whatwg.org/#http-redirect-fetch), which RFC
// 9110, section 15.4, allows them.
func (t *Task) rewrite(status int) {
	switch status {
	case http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return
	case http.StatusMovedPermanently, http.StatusFound:
		if t.Method != http.MethodPost {
			return
		}
	default:
		if t.Method == "" || t.Method == http.MethodGet || t.Method == http.MethodHead {
			return
		}
	}
	t.Method, t.Body, t.CommonBody = "", nil, false
	t.Header = cloneHeader(t.Header)
	for _, name := range contentHeaders {
		t.Header[name] = nil // also those common to all requests
	}
}

// refresh is where the page sends its reader, at once or after a while, if that
// was asked for. A page that only loads itself again stays.
func (a *attempt) refresh() (location string, ok bool) {
	if !process.Extract.Refresh {
		return "", false
	}
	base := a.task.URL
	if _, url, ok := extract.ParseRefresh(a.resp.Header.Get("Refresh")); ok {
		location = url
	} else if r := a.content.Refresh; r != nil {
		location = r.URL
		if b, err := base.Resolve(r.Base); err == nil && r.Base != "" {
			base = b
		}
	}
	if location == "" {
		return "", false
	}
	target, err := base.Resolve(location)
	if err != nil {
		return location, true // follow says what is wrong with it
	}
	return target.String(), target.WithoutFragment() != a.task.URL
}
