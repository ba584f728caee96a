package worker

import (
	"net/http"
	"testing"

	"scrape/results"
	"scrape/scraper/fetch"
)

// What a robots.txt that cannot be had means for those who wait for it.
func TestClosed(t *testing.T) {
	for name, test := range map[string]struct {
		status int
		err    fetch.Error
		opens  bool
		want   Shut
	}{
		"404":       {http.StatusNotFound, fetch.Error{Kind: results.HTTPStatus, Message: "404 Not Found"}, true, Shut{}},
		"401":       {http.StatusUnauthorized, fetch.Error{Kind: results.HTTPStatus, Message: "401 Unauthorized"}, true, Shut{}},
		"429":       {http.StatusTooManyRequests, fetch.Error{Kind: results.HTTPStatus, Message: "429 Too Many Requests", Retryable: true}, true, Shut{}},
		"redirects": {http.StatusFound, fetch.Error{Kind: results.Redirect, Message: "more than 5 redirects"}, true, Shut{}},
		"500":       {http.StatusInternalServerError, fetch.Error{Kind: results.HTTPStatus, Message: "500 Internal Server Error", Retryable: true}, false, Shut{results.Robots, "robots.txt: 500 Internal Server Error", true, 3}},
		"501":       {http.StatusNotImplemented, fetch.Error{Kind: results.HTTPStatus, Message: "501 Not Implemented"}, false, Shut{results.Robots, "robots.txt: 501 Not Implemented", true, 3}},
		"timeout":   {0, fetch.Error{Kind: results.Timeout, Message: "timed out", Retryable: true}, false, Shut{results.Timeout, "robots.txt: timed out", true, 3}},
		"cut off":   {0, fetch.Error{Kind: results.Protocol, Message: "cut off", Retryable: true}, false, Shut{results.Protocol, "robots.txt: cut off", true, 3}},
		"decode":    {http.StatusOK, fetch.Error{Kind: results.Decode, Message: "no gzip"}, false, Shut{results.Decode, "robots.txt: no gzip", false, 3}},
		"dns":       {0, fetch.Error{Kind: results.DNS, Message: "no such host"}, false, Shut{results.DNS, "no such host", false, 3}},
		"connect":   {0, fetch.Error{Kind: results.Connect, Message: "connection refused", Retryable: true}, false, Shut{results.Connect, "connection refused", true, 3}},
		"tls":       {0, fetch.Error{Kind: results.TLS, Message: "expired"}, false, Shut{results.TLS, "expired", false, 3}},
		"private":   {0, fetch.Error{Kind: results.BlockedAddress, Message: "private"}, false, Shut{results.BlockedAddress, "private", false, 3}},
	} {
		a := attempt{task: &Task{Role: RobotsFile, Attempt: 2, Lost: 1}, resp: &fetch.Response{Status: test.status}}
		opened, shut := a.closed(&test.err)
		if test.opens {
			if shut != nil || opened == nil || opened.Rules == nil {
				t.Errorf("%s: %+v, %+v", name, opened, shut)
			} else if ok, _ := opened.Rules.Allowed("/"); !ok {
				t.Errorf("%s: nothing is allowed", name)
			}
			continue
		}
		if opened != nil || shut == nil || *shut != test.want {
			t.Errorf("%s: %+v, %+v; want %+v", name, opened, shut, test.want)
		}
	}
	// A look-up has nothing to do with robots.txt.
	a := attempt{task: &Task{Role: LookUp, Attempt: 1}}
	if _, shut := a.closed(&fetch.Error{Kind: results.Timeout, Message: "timed out", Retryable: true}); shut == nil || *shut != (Shut{results.Timeout, "timed out", true, 1}) {
		t.Errorf("a look-up: %+v", shut)
	}
}
