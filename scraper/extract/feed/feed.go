// Package feed reads web feeds: RSS 0.9x, 1.0 and 2.0, Atom 0.3 and 1.0 (RFC
// 4287), JSON Feed 1.x.
//
// It walks over the tree that document bounds, and forgives what readers of feeds
// forgive: of a feed that is broken or cut, what stands before the mistake counts.
package feed

import (
	"errors"
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
)

// Feed is a feed and what is in it. A field that the feed does not have is empty.
type Feed struct {
	Type        string `json:"type"` // rss, atom or json
	Title       string `json:"title,omitempty"`
	Link        string `json:"link,omitempty"` // absolute URL of the site
	Description string `json:"description,omitempty"`
	Language    string `json:"language,omitempty"` // as the feed spells it: en-us
	Updated     string `json:"updated,omitempty"`  // RFC 3339, or a date alone (2006-01-02) where no time of day is said
	Author      string `json:"author,omitempty"`   // several are separated by ", "; of RSS its managing editor where it names no other
	Image       string `json:"image,omitempty"`    // absolute URL of what stands for the feed
	Items       []Item `json:"items"`              // in the feed's order
}

// Item is an entry of a feed.
type Item struct {
	Title      string      `json:"title,omitempty"`
	URL        string      `json:"url,omitempty"` // absolute
	ID         string      `json:"id,omitempty"`
	Published  string      `json:"published,omitempty"` // as Feed.Updated
	Updated    string      `json:"updated,omitempty"`   // as Feed.Updated
	Author     string      `json:"author,omitempty"`    // several are separated by ", "; that of the feed where Atom and JSON Feed have it so
	Summary    string      `json:"summary,omitempty"`   // as given: mostly HTML
	Content    string      `json:"content,omitempty"`   // as given: mostly HTML
	Categories []string    `json:"categories,omitempty"`
	Enclosures []Enclosure `json:"enclosures,omitempty"`
}

// Enclosure is a file that belongs to an item, such as an episode of a podcast.
type Enclosure struct {
	URL    string `json:"url"`              // absolute
	Type   string `json:"type,omitempty"`   // media type
	Length int64  `json:"length,omitempty"` // bytes, as the feed says
}

// Read gives the feed that a document is, nil where it is none. The error is the
// context's, or wraps document.ErrTooLarge where the document is too deep or too
// large to be read.
func Read(d *document.Document) (*Feed, error) {
	switch d.Kind() {
	case document.JSON:
		value, err := d.JSON()
		if err != nil {
			return nil, unlessBroken(err)
		}
		return readJSON(d, value)
	case document.XML:
		tree, err := d.XML()
		if err != nil {
			return nil, unlessBroken(err)
		}
		return readXML(d, tree)
	}
	return nil, nil
}

// unlessBroken leaves out the error of a document that is broken: such a one is no feed.
func unlessBroken(err error) error {
	if errors.Is(err, document.ErrNoTree) && !errors.Is(err, document.ErrTooLarge) {
		return nil
	}
	return err
}

func readXML(d *document.Document, tree *html.Node) (*Feed, error) {
	for n := tree.FirstChild; n != nil; n = n.NextSibling {
		if n.Type != html.ElementNode {
			continue
		}
		switch strings.ToLower(n.Data) {
		case "rss", "rdf":
			return readRSS(d, n)
		case "feed":
			return readAtom(d, n)
		}
		return nil, nil
	}
	return nil, nil
}
