package links

import (
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

// resolver makes of what a page gives what a reader may follow.
type resolver struct {
	*document.Resolver
	host string // of the page
}

func newResolver(d *document.Document) resolver {
	return resolver{d.NewResolver(), bareHost(d.URL())}
}

// link resolves what an href gives. It is not ok where that leads nowhere.
func (r *resolver) link(href string) (url string, internal, ok bool) {
	href = weburl.Trim(href)
	switch weburl.SchemeOf(href) {
	case "", "http", "https":
		u, url, ok := r.Resolve(href)
		return url, ok && bareHost(u) == r.host, ok
	case "javascript", "data", "vbscript", "blob", "about":
		return "", false, false
	}
	return href, false, true
}

// resource resolves the URL of something that is shown: http and https only.
func (r *resolver) resource(ref string) (url string, ok bool) {
	ref = weburl.Trim(ref)
	if ref == "" {
		return "", false
	}
	_, url, ok = r.Resolve(ref)
	return url, ok
}

// bareHost is a URL's host name without "www.".
func bareHost(u weburl.URL) string { return strings.TrimPrefix(u.Hostname(), "www.") }
