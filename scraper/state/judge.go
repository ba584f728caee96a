package state

import (
	"net/http"

	"scrape/results"
	"scrape/scraper/fetch"
)

// answer is what a record tells of its URL.
type answer struct {
	scraped  bool
	missing  bool // 404 or 410
	status   int
	at       int64 // Unix time, in seconds
	asked    uint64
	byData   bool   // what was extracted decides
	body     string // digests, as in entry
	data     string
	stored   bool
	bodyFile string
	fetch.Validators
}

// notModified tells that the content is what it was.
func (a *answer) notModified() bool { return a.scraped && a.status == http.StatusNotModified }

// judge says what has become of a URL of which was known, which is nil where nothing
// is, and what is known of it now. same tells that its content is what it was.
func judge(was *entry, a *answer) (now entry, change results.Change, same bool) {
	now = entry{firstSeen: a.at}
	if was != nil {
		now = *was
	}
	now.lastSeen = a.at
	if !a.scraped {
		now.standing = failing
		change = results.Failing
		if a.missing && was.seen() {
			now.standing, change = gone, results.Gone
		}
		now.failures++
		if was != nil && was.standing == now.standing {
			change = results.Unchanged
		}
		return now, change, true
	}
	now.standing, now.failures = scraped, 0
	if a.notModified() {
		same = was.seen()
		if a.Validators != (fetch.Validators{}) {
			now.Validators = a.Validators
		}
	} else {
		same = was.seen() && a.equals(was)
		now.asked, now.body, now.data = a.asked, a.body, a.data
		now.stored, now.bodyFile, now.Validators = a.stored, a.bodyFile, a.Validators
	}
	switch {
	case was == nil, !was.seen() && was.standing != scraped:
		change = results.Fresh
	case was.standing != scraped:
		change = results.Recovered
	case same, a.notModified():
		change = results.Unchanged
	default:
		change = results.Changed
	}
	if !same {
		now.lastChange = a.at
	}
	return now, change, same
}

// equals tells whether the content is what it was. Where something else was asked for
// then, only the bodies can tell.
func (a *answer) equals(was *entry) bool {
	if a.byData && a.asked == was.asked {
		return a.data == was.data
	}
	return a.body != "" && a.body == was.body
}
