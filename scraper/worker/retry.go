package worker

import (
	"fmt"
	"math/rand/v2"
	"time"

	"scrape/results"
	"scrape/scraper/fetch"
)

// retry tells whether an attempt that failed is worth another, and when. The
// message of one that is not says why, where that is not plain.
func (a *attempt) retry(err *fetch.Error) (after time.Duration, ok bool) {
	if !err.Retryable || a.over || a.task.Attempt > process.Retry {
		return 0, false
	}
	if a.wasSent() && !a.task.Idempotent() && !process.RetryAll {
		err.Message += fmt.Sprintf(" (not tried again: %s may not be asked twice)", a.task.Method)
		return 0, false
	}
	if err.After > process.MaxRetryAfter {
		err.Message += fmt.Sprintf(" (not tried again: the server asks to wait %s)", waitText(err.After))
		return 0, false
	}
	after = max(backOff(a.task.Attempt), err.After)
	if deadline, limited := a.task.deadline(); limited && time.Now().Add(after).After(deadline) {
		err.Message += fmt.Sprintf(" (not tried again: the %v for one URL would be over)", process.URLTimeout)
		return 0, false
	}
	return after, true
}

// countResent counts a request as sent before, too, where the last time was no better.
// Once alone that a kept connection ends is an accident, of which nobody hears; but a
// server that closes every connection without an answer has got them all.
func (a *attempt) countResent(err *fetch.Error) {
	if err.Kind == results.Connect && a.wasSent() {
		a.task.Attempt += a.resp.Resent
	}
}

// wasSent tells that the server may have got the request.
func (a *attempt) wasSent() bool { return a.resp != nil && !a.resp.Sent.IsZero() }

// deadline is when the time for the URL is over, if there is a limit.
func (t *Task) deadline() (at time.Time, limited bool) {
	if process.URLTimeout == 0 || t.IsGate() {
		return at, false
	}
	return t.Started.Add(process.URLTimeout), true
}

// late puts a time-out that was the URL's own, not the attempt's, in words.
func (a *attempt) late(err *fetch.Error) {
	deadline, limited := a.task.deadline()
	if err.Kind == results.Timeout && limited && !time.Now().Before(deadline) {
		err.Message = fmt.Sprintf("not done after %v with all its attempts: %s", process.URLTimeout, err.Message)
	}
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
	firstBackOff = 500 * time.Millisecond
	longestBack  = 30 * time.Second
)

// backOff is the wait after an attempt: it doubles each time, and is spread
// over half to one and a half of that, so that what failed together does not
// come again together.
func backOff(attempt int) time.Duration {
	d := min(firstBackOff<<min(attempt-1, 10), longestBack)
	return d/2 + rand.N(d)
}
