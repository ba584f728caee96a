package head

import (
	"encoding/json"
	"iter"
	"strings"
	"time"

	"scrape/scraper/extract/filter"
	"scrape/scraper/extract/markup"
)

// maxAuthors is how many authors of a page are named.
const maxAuthors = 50

// authorSources are the meta elements that name the author, best first.
var authorSources = []string{
	"author", "dc.creator", "dcterms.creator", "citation_author", "article:author", "parsely-author", "sailthru.author", "byl",
}

// author is what Head.Author says.
func (r *reader) author(n nodes) string {
	if names := joinNames(n.persons()); names != "" {
		return names
	}
	for _, key := range authorSources {
		if names := joinNames(r.all(key)); names != "" {
			return names
		}
	}
	var names []string
	for i := range r.metas {
		if hasItemProp(r.metas[i].ItemProp, "author") {
			names = append(names, markup.Collapse(r.metas[i].Content))
		}
	}
	if joined := joinNames(names); joined != "" {
		return joined
	}
	if joined := joinNames(n.authors(isNoPublisher)); joined != "" {
		return joined
	}
	if joined := joinNames(r.bodyAuthors()); joined != "" {
		return joined
	}
	return joinNames(n.authors(isAnybody))
}

// joinNames joins names, each once, and leaves out what is none.
func joinNames(names []string) string {
	var kept []string
	for _, name := range names {
		if len(kept) < maxAuthors && name != "" && !isURL(name) && !has(kept, name) {
			kept = append(kept, name)
		}
	}
	return strings.Join(kept, ", ")
}

// isURL tells whether what should be a name is a URL.
func isURL(s string) bool {
	return strings.Contains(s, "://") || strings.HasPrefix(s, "//") || strings.HasPrefix(s, "www.")
}

// dateSources are where a date may be had from: best first, in the order of the fields.
type dateSources struct {
	openGraph []string
	jsonLD    func(n *node) json.RawMessage
	itemProp  string
	names     []string // of meta elements
	httpEquiv string
	pubdate   bool // <time pubdate>
	body      bool // see bodyDates
}

var publishedSources = &dateSources{
	openGraph: []string{"article:published_time", "og:article:published_time", "og:published_time"},
	jsonLD:    func(n *node) json.RawMessage { return n.DatePublished },
	itemProp:  "datePublished",
	names: []string{
		"dcterms.issued", "dc.date.issued", "citation_publication_date", "citation_date", "parsely-pub-date",
		"sailthru.date", "pubdate", "publishdate", "publish-date", "publish_date", "dcterms.created",
		"dc.date.created", "dcterms.date", "dc.date", "date",
	},
	pubdate: true,
	body:    true,
}

var modifiedSources = &dateSources{
	openGraph: []string{"article:modified_time", "og:article:modified_time", "og:updated_time"},
	jsonLD:    func(n *node) json.RawMessage { return n.DateModified },
	itemProp:  "dateModified",
	names:     []string{"dcterms.modified", "dc.date.modified", "lastmod", "last-modified", "revised"},
	httpEquiv: "last-modified",
}

// date is the first date that the sources have. Where that is a time whose zone is not
// said there, a source further down that has the same minute with its zone is taken.
func (r *reader) date(from *dateSources, n nodes) string {
	local := ""
	for text := range r.dates(from, n) {
		switch date, zoned, ok := r.parseDate(text); {
		case !ok:
		case local == "" && (zoned || len(date) == len(time.DateOnly)):
			return date
		case local == "":
			local = date
		case zoned && date[:minute] == local[:minute]:
			return date
		}
	}
	return local
}

// minute is how much of a time (RFC 3339) says its minute.
const minute = len("2006-01-02T15:04")

// dates are what the sources have for dates, best first.
func (r *reader) dates(from *dateSources, n nodes) iter.Seq[string] {
	return func(yield func(string) bool) {
		_ = r.metaDates(from.openGraph, yield) && n.dates(from, yield) && r.itemDates(from.itemProp, yield) &&
			r.metaDates(from.names, yield) && r.otherDates(from, yield) && (!from.body || r.bodyDates(yield))
	}
}

func (n *nodes) dates(from *dateSources, yield func(string) bool) bool {
	for i := range n.all {
		if !yield(text(from.jsonLD(&n.all[i]))) {
			return false
		}
	}
	return true
}

// metaDates are those of the meta elements with these names.
func (r *reader) metaDates(names []string, yield func(string) bool) bool {
	for _, name := range names {
		for _, m := range r.about[name] {
			if !yield(m.Content) {
				return false
			}
		}
	}
	return true
}

// itemDates are those of the meta and the time elements with this itemprop.
func (r *reader) itemDates(name string, yield func(string) bool) bool {
	for i := range r.metas {
		if m := &r.metas[i]; hasItemProp(m.ItemProp, name) && !yield(m.Content) {
			return false
		}
	}
	for i := range r.times {
		if t := &r.times[i]; hasItemProp(t.itemProp, name) && !yield(t.datetime) {
			return false
		}
	}
	return true
}

func (r *reader) otherDates(from *dateSources, yield func(string) bool) bool {
	for i := range r.metas {
		if m := &r.metas[i]; from.httpEquiv != "" && strings.EqualFold(m.HTTPEquiv, from.httpEquiv) && !yield(m.Content) {
			return false
		}
	}
	for i := range r.times {
		if t := &r.times[i]; from.pubdate && t.published && !yield(t.datetime) {
			return false
		}
	}
	return true
}

// maxDate is longer than any date is written.
const maxDate = 100

func (r *reader) parseDate(s string) (date string, zoned, ok bool) {
	if s = markup.Collapse(s); s == "" || len(s) > maxDate {
		return "", false, false
	}
	return filter.DateOn(s, r.lang)
}
