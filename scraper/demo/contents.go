package demo

import (
	"net/http"
	"strings"

	"scrape/results"
)

// section is a part of the list: a comment, and what it is about.
type section struct {
	about   string
	entries []entry
}

// entry is a line of the list, and what answers to it.
type entry struct {
	line  string       // "": the URL of path
	path  string       // on the site; "" when the line leads elsewhere
	serve http.Handler // nil: nothing is there
	want  Want
}

// elsewhere is on the site, but not in the list: a redirect leads there.
const elsewhere = "/elsewhere"

// unknownName has a label longer than the domain name system allows (RFC 1035,
// section 2.3.4), so that no look-up leaves the machine; and .invalid will never
// be there (RFC 6761, section 6.4).
const unknownName = "a-name-of-more-than-the-sixty-three-letters-that-there-can-ever-be.invalid"

// refusing has nobody behind it: port 1 is for a service that nobody runs.
const refusing = "http://127.0.0.1:1/"

// contents is all there is to the list, in its order.
func (s *Site) contents() ([]section, error) {
	const (
		htmlAnswer = "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
		halfPage   = htmlAnswer + "Content-Length: 1000\r\n\r\n<!doctype html><title>Half a page</title>"
		badChunk   = htmlAnswer + "Transfer-Encoding: chunked\r\n\r\n3\r\n<p>\r\nnonsense\r\n"
	)
	moved, elsewhereWant := titled(indexTitle), titled("Elsewhere")
	moved.FinalURL = s.URL()
	elsewhereWant.FinalURL = s.second + elsewhere

	wells, err := wellPages()
	if err != nil {
		return nil, err
	}
	return []section{
		{"a page that takes its time, and one that never answers", []entry{
			{path: "/slow", serve: slow(slowness, htmlPage("Worth waiting for")), want: titled("Worth waiting for")},
			{path: "/silent", serve: http.HandlerFunc(silent), want: failed(results.Timeout, 0)},
		}},
		{"pages that are well, in many charsets", wells},
		dataPages(),
		{"redirects: on the site, to another port, to itself", []entry{
			{path: "/moved", serve: http.RedirectHandler("/", http.StatusMovedPermanently), want: moved},
			{path: "/moved-away", serve: http.RedirectHandler(s.second+elsewhere, http.StatusFound), want: elsewhereWant},
			{path: "/loop", serve: http.RedirectHandler("/loop", http.StatusFound), want: failed(results.Redirect, http.StatusFound)},
		}},
		{"errors of the server; the second is over when asked again", []entry{
			{path: "/missing", want: failed(results.HTTPStatus, http.StatusNotFound)},
			{path: "/flaky", serve: flaky(htmlPage("Well again")), want: titled("Well again")},
		}},
		{"connections that break before and inside the answer", []entry{
			{path: "/reset", serve: reset(""), want: failed(results.Connect, 0)},
			{path: "/reset-inside", serve: reset(halfPage), want: failed(results.Protocol, http.StatusOK)},
			{path: "/truncated", serve: raw(halfPage), want: failed(results.Protocol, http.StatusOK)},
			{path: "/bad-chunk", serve: raw(badChunk), want: failed(results.Protocol, http.StatusOK)},
		}},
		{"a hundred megabytes in a hundred kilobytes, and what is no gzip", []entry{
			{path: "/bomb", serve: bomb(), want: failed(results.TooLarge, http.StatusOK)},
			{path: "/bad-gzip", serve: http.HandlerFunc(misnamed), want: failed(results.Decode, http.StatusOK)},
		}},
		{"nobody there: a port that refuses, a name that is none", []entry{
			{line: refusing, want: failed(results.Connect, 0)},
			{line: "http://" + unknownName + "/", want: failed(results.DNS, 0)},
		}},
		{"lines that need no request: one seen before, one that is no URL", []entry{
			{line: s.first + "/greek", want: failed(results.Duplicate, 0)},
			{line: "this is no address", want: failed(results.InvalidURL, 0)},
		}},
	}, nil
}

const indexTitle = "A small site"

// wellPages are the pages with which nothing is wrong.
func wellPages() ([]entry, error) {
	entries := []entry{{path: "/", want: titled(indexTitle)}} // Site.index serves it
	for _, p := range pages() {
		body, err := p.body()
		if err != nil {
			return nil, err
		}
		entries = append(entries, entry{path: p.path, serve: content(p.contentType(), body), want: p.want()})
	}
	return append(entries,
		entry{path: "/zipped", serve: zipped("<!doctype html><title>Small on the wire</title>" + strings.Repeat("<p>Again and again.", 200)), want: titled("Small on the wire")},
		entry{path: "/data.json", serve: content("application/json", []byte(`{"title":"no page"}`)), want: Want{Outcome: results.Scraped, Status: http.StatusOK}},
	), nil
}
