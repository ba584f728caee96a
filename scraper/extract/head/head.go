// Package head reads what a page says of itself: description, canonical URL,
// language, author, dates, feeds, translations, Open Graph, JSON-LD and what
// robots may do with it.
//
// It is read off the tags of the page in one pass, without a tree, so that pages
// that no tree can be built of have it as well. What counts is what a browser with
// scripting on has in its document before scripts run: nothing of comments,
// scripts, noscript, templates and drawings. Elements that stand in the body count
// as those in the head do, and the first of several.
package head

import (
	"encoding/json"

	"scrape/scraper/extract/document"
	"scrape/scraper/header"
)

// Head is what a page says of itself, and what the header of its answer says of
// it. All text is valid UTF-8. What is not said is empty. Strings may share memory
// with the page's text.
type Head struct {
	// Description is meta description; else og:description; else
	// twitter:description. White space is collapsed, as in all that is one line.
	Description string `json:"description,omitempty"`

	// Canonical is the absolute URL of the first link element with
	// rel="canonical" (RFC 6596) that has one; else that of a Link header.
	Canonical string `json:"canonical,omitempty"`

	// Lang is what document.Lang says: a language tag (RFC 5646), see document.LangTag.
	Lang string `json:"lang,omitempty"`

	// Author is the name of who wrote the page, several with ", " between them. See
	// Read for where it and the dates are taken from.
	Author string `json:"author,omitempty"`

	// Published and Modified are times (RFC 3339), or dates (2006-01-02) where no
	// time of day is said.
	Published string `json:"published,omitempty"`
	Modified  string `json:"modified,omitempty"`

	Feeds      []Feed      `json:"feeds,omitempty"`
	Alternates []Alternate `json:"alternates,omitempty"`

	OpenGraph Properties `json:"opengraph,omitempty"` // og:…, and the types of ogp.me such as article:…
	Twitter   Properties `json:"twitter,omitempty"`   // twitter:…

	Meta   []Meta      `json:"meta,omitempty"`
	Robots []Directive `json:"robots,omitempty"`

	// JSONLD are the script elements of type application/ld+json in the whole page, or
	// what is served as that itself,
	// each an object or an array without white space. Comment and CDATA marks
	// around them, control characters in strings and commas before a closing
	// bracket are forgiven; what is no JSON even so is left out.
	JSONLD []json.RawMessage `json:"jsonld,omitempty"`
}

// Feed is a feed that a page names: a link with rel="alternate" and the type of
// RSS, Atom, RDF or a JSON feed, or one with rel="feed". Those of the page stand
// before those of a Link header; each URL is there once.
type Feed struct {
	URL   string `json:"url"` // absolute
	Title string `json:"title,omitempty"`
	Type  string `json:"type,omitempty"` // media type in lower case
}

// Alternate is the page in another language, or for another region: a link with
// rel="alternate" and a hreflang that is no feed.
type Alternate struct {
	Lang string `json:"lang"` // as the page spells it; "x-default" for all others
	URL  string `json:"url"`  // absolute
}

// most is how many elements of a kind count: more than any page has that is not
// built to exhaust its reader.
const most = 10_000

// Read reads the head of a document. Of one that is no HTML it is what the header
// of the answer says, and of JSON-LD what that says as well. The error is that of the document's context.
//
// The author is the first of these that is there:
//
//   - the author in the JSON-LD of an article, who is a Person there and not named as
//     the publisher, too;
//   - the meta elements author, dc.creator, dcterms.creator, citation_author,
//     article:author (unless that is a URL, as Open Graph has it), parsely-author,
//     sailthru.author, byl and itemprop="author";
//   - any other author in JSON-LD that is not the publisher;
//   - an element of the body with itemprop="author" or rel="author": see bodyAuthors;
//   - the publisher, where JSON-LD names that as the author.
//
// Of the sources of the dates those come first that are made for machines and
// about the page itself. Published is the first of these that is a date:
//
//   - article:published_time of Open Graph, also as og:article:published_time and
//     og:published_time;
//   - datePublished in JSON-LD, that of an article first;
//   - the itemprop datePublished of a meta or time element;
//   - the meta elements dcterms.issued, dc.date.issued, citation_publication_date,
//     citation_date, parsely-pub-date, sailthru.date, pubdate, publishdate,
//     publish-date, publish_date, dcterms.created, dc.date.created, dcterms.date,
//     dc.date and date;
//   - <time pubdate>;
//   - in the body, but not in comments, navigation and asides, a time element whose class
//     says so ("published", "pubdate", "entry-date", "post-date"), or the date of all time
//     elements if that is but one: see bodyDates.
//
// Modified is:
//
//   - article:modified_time, og:article:modified_time or og:updated_time;
//   - dateModified in JSON-LD;
//   - the itemprop dateModified;
//   - the meta elements dcterms.modified, dc.date.modified, lastmod, last-modified
//     (also as http-equiv) and revised.
//
// A time whose zone is not said is taken for UTC, unless a source further down has the
// same minute with its zone.
//
// Where a date's numbers may be in any order, it is that of the page's language, see
// filter.DateOn.
//
// The Last-Modified header says when an answer was made, and does not count.
func Read(d *document.Document) (*Head, error) {
	var r reader
	if d.Kind() == document.HTML {
		if err := r.read(d.Context(), d.Markup()); err != nil {
			return nil, err
		}
	}
	if d.Kind() == document.JSON && d.MediaType() == ldJSON {
		r.scripts = []string{d.Text()}
	}
	r.index()
	h := d.Header()
	linked := header.ParseLinks(h.Values("Link"))
	head := &Head{
		Meta:      r.metas,
		Lang:      d.Lang(),
		OpenGraph: r.properties(d, isOpenGraph),
		Twitter:   r.properties(d, isTwitter),
		Robots:    append(headerDirectives(h.Values("X-Robots-Tag")), r.directives()...),
		JSONLD:    readScripts(r.scripts),
	}
	head.Description = r.firstOf("description", "og:description", "twitter:description")
	if err := head.setLinks(d, r.links, linked); err != nil {
		return nil, err
	}
	nodes := readNodes(head.JSONLD)
	r.lang = head.Lang
	head.Author = r.author(nodes)
	head.Published = r.date(publishedSources, nodes)
	head.Modified = r.date(modifiedSources, nodes)
	return head, nil
}
