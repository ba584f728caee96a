package worker

import (
	"time"

	"scrape/scraper/cookie"
)

const (
	// maxSetCookies is how many cookies are taken from one answer.
	maxSetCookies = 64
	// maxCookies is how many a task carries with it, the newest.
	maxCookies = 200
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
	if extra := len(t.Cookies) - maxCookies; extra > 0 {
		t.Cookies = append([]cookie.Cookie(nil), t.Cookies[extra:]...)
	}
}

// takeCookies reads those that the answer sets.
func (a *attempt) takeCookies() {
	now := time.Now()
	for _, line := range a.resp.Header["Set-Cookie"] {
		if c, ok := cookie.Parse(line, a.task.URL, now); ok && len(a.cookies) < maxSetCookies {
			a.cookies = append(a.cookies, c)
		}
	}
}
