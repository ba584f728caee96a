package fetch

import (
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"scrape/results"
)

// StatusError is what the status of an answer means for its URL: nil below 400,
// and otherwise an http_status error, retryable for 408, 429, 500, 502, 503 and
// 504. Retry-After (RFC 9110, section 10.2.3) is heeded for those.
func StatusError(r *Response) *Error {
	if r.Status < 400 {
		return nil
	}
	e := &Error{Kind: results.HTTPStatus, Message: strings.TrimSpace(fmt.Sprintf("%d %s", r.Status, http.StatusText(r.Status)))}
	switch r.Status {
	case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
		http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		e.Retryable = true
		e.After = retryAfter(r.Header.Get("Retry-After"), time.Now())
	}
	return e
}

// LongestAfter is as long as any server can ask to be left alone: a year. More
// is taken for that.
const LongestAfter = 365 * 24 * time.Hour

// retryAfter reads a number of seconds or a date; 0 where it is neither or past.
func retryAfter(s string, now time.Time) time.Duration {
	s = strings.TrimSpace(s)
	if at, err := http.ParseTime(s); err == nil {
		return min(max(at.Sub(now), 0), LongestAfter)
	}
	seconds, err := strconv.ParseUint(s, 10, 64)
	switch {
	case err == nil && seconds < uint64(LongestAfter/time.Second):
		return time.Duration(seconds) * time.Second
	case err == nil || errors.Is(err, strconv.ErrRange):
		return LongestAfter
	default:
		return 0
	}
}
