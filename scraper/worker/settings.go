package worker

import (
	"math"
	"net/http"
	"time"

	"scrape/scraper/extract"
	"scrape/scraper/fetch"
)

// Settings are what a worker process is told once, before its first task.
type Settings struct {
	Fetch        fetch.Options
	Body         []byte // of tasks with CommonBody
	Cookies      bool   // those of final answers and redirects are told, too: the run keeps them
	Product      string // whom robots.txt has rules for
	MaxRedirects int
	Retry        int  // further attempts when one fails in a way worth it
	RetryAll     bool // also what does more when it is asked twice
	// MaxRetryAfter is the longest wait that a server can ask for.
	MaxRetryAfter time.Duration
	// URLTimeout bounds a URL with its retries and waits; 0: nothing does.
	URLTimeout time.Duration
	// Extract says what is wanted of a page. With Refresh in it, the header of that
	// name is a redirect, too.
	Extract extract.Spec
	Keep    Keep
}

// formType is the media type of a body that nobody has named one for, as curl
// has it.
const formType = "application/x-www-form-urlencoded"

// request is what the task asks for.
func (s *Settings) request(t *Task) *fetch.Request {
	r := &fetch.Request{
		URL:        t.URL,
		Method:     t.Method,
		Header:     t.Header,
		Body:       t.Body,
		Login:      t.Login,
		Cookie:     t.cookieHeader(time.Now()),
		Validators: t.Validators,
		Foreign:    t.Foreign,
		Steered:    t.Steered,
	}
	if t.IsGate() {
		r.MaxBody = math.MaxInt64 // what is over the limit of robots.txt is not read at all
	}
	if t.CommonBody {
		r.Body = s.Body
	}
	if len(r.Body) > 0 && len(r.Header.Values("Content-Type"))+len(s.Fetch.Header.Values("Content-Type")) == 0 {
		r.Header = cloneHeader(r.Header)
		r.Header["Content-Type"] = []string{formType}
	}
	return r
}

// cloneHeader is a copy to write to, also of nil.
func cloneHeader(h http.Header) http.Header {
	if h == nil {
		return make(http.Header)
	}
	return h.Clone()
}
