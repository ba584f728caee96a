package worker

import (
	"time"

	"scrape/scraper/cookie"
)

const (
	// maxSetCookies is how many cookies are taken from one answer, and how many
	// bytes of them.
	maxSetCookies     = 64
	maxSetCookieBytes = 32 << 10
	// maxCookies is how many a task carries with it, the newest, and how many bytes
	// of them: more than a server takes in a request.
	maxCookies     = 200
	maxCookieBytes = 48 << 10
)

// cookieHeader is what of the task's cookies belongs to its URL.
func (t *Task) cookieHeader(now time.Time) string {
	if len(t.Cookies) == 0 {
		return ""
	}
	var jar cookie.Jar
	for _, c := range t.Cookies {
		jar.Set(c, now)
	}
	return jar.Header(t.URL, now)
}

// AddCookies gives the task cookies that its redirects and further attempts may
// need, behind those that it has. One that has expired stays: it unsets another.
func (t *Task) AddCookies(cookies []cookie.Cookie) {
	t.Cookies = append(t.Cookies, cookies...)
	first, bytes := len(t.Cookies), 0
	for first > 0 && len(t.Cookies)-first < maxCookies {
		if bytes += t.Cookies[first-1].Size(); bytes > maxCookieBytes {
			break
		}
		first--
	}
	if first > 0 {
		t.Cookies = append([]cookie.Cookie(nil), t.Cookies[first:]...)
	}
}

// takeCookies reads those that the answer sets.
func (a *attempt) takeCookies() {
	now, bytes := time.Now(), 0
	for _, line := range a.resp.Header["Set-Cookie"] {
		c, ok := cookie.Parse(line, a.task.URL, now)
		if !ok {
			continue
		}
		if bytes += c.Size(); bytes > maxSetCookieBytes || len(a.cookies) == maxSetCookies {
			return
		}
		a.cookies = append(a.cookies, c)
	}
}
