package head

import (
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
	"scrape/scraper/header"
	"scrape/scraper/weburl"
)

// setLinks takes what the link elements say, and behind that what the Link headers
// do, whose targets are relative to the URL of the answer (RFC 8288, section 3.1). The
// error is the context's.
func (h *Head) setLinks(d *document.Document, elements, headers []header.Link) error {
	if len(elements)+len(headers) == 0 {
		return nil
	}
	s := linkSet{head: h, urls: d.NewResolver(), feeds: make(map[string]bool), alternates: make(map[Alternate]bool)}
	if len(elements) > 0 {
		s.add(d.Base(), elements)
	}
	s.add(d.URL(), headers)
	return s.urls.Err()
}

// linkSet collects links into a Head, each once.
type linkSet struct {
	head       *Head
	urls       *document.Resolver
	feeds      map[string]bool
	alternates map[Alternate]bool
}

func (s *linkSet) add(base weburl.URL, links []header.Link) {
	for _, l := range links {
		canonical := s.head.Canonical == "" && has(l.Rel, "canonical")
		feed := isFeed(l)
		alternate := !feed && len(l.HrefLang) > 0 && has(l.Rel, "alternate") && !has(l.Rel, "stylesheet")
		if l.Anchor != "" || !canonical && !feed && !alternate {
			continue // what has an anchor may be a link of something else
		}
		_, url, ok := s.urls.ResolveFrom(base, l.Target)
		if !ok {
			continue
		}
		if canonical {
			s.head.Canonical = url
		}
		if feed && !s.feeds[url] && len(s.head.Feeds) < most {
			s.feeds[url] = true
			s.head.Feeds = append(s.head.Feeds, Feed{URL: url, Title: markup.Collapse(l.Title), Type: mediaType(l.Type)})
		}
		if alternate {
			s.addAlternates(l.HrefLang, url)
		}
	}
}

func (s *linkSet) addAlternates(langs []string, url string) {
	for _, lang := range langs {
		a := Alternate{Lang: markup.Collapse(lang), URL: url}
		if a.Lang != "" && !s.alternates[a] && len(s.head.Alternates) < most {
			s.alternates[a] = true
			s.head.Alternates = append(s.head.Alternates, a)
		}
	}
}

// isFeed tells whether a link names a feed of the page. A plain XML or JSON type
// does not: those are of sitemaps and of APIs.
func isFeed(l header.Link) bool {
	if has(l.Rel, "feed") {
		return true
	}
	if !has(l.Rel, "alternate") || has(l.Rel, "stylesheet") {
		return false
	}
	switch mediaType(l.Type) {
	case "application/rss+xml", "application/atom+xml", "application/rdf+xml", "application/feed+json":
		return true
	}
	return false
}

// mediaType is a media type without parameters, in lower case.
func mediaType(s string) string {
	s, _, _ = strings.Cut(s, ";")
	return strings.ToLower(markup.Collapse(s))
}
