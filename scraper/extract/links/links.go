// Package links takes out of a page what it points to: its links, its images and
// its e-mail addresses. It reads the page's tags in the order in which they come,
// which is several times faster than building its tree, and needs the tree only
// where the page's nesting is so broken that nothing else can tell what a browser
// makes of it.
//
// The functions, like the document they are given, must not be called on one
// document at a time from several goroutines. Of what is not HTML they find
// nothing, which is no error; their errors are those of the document's context.
package links

import (
	"errors"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
)

// Link is one a or area element that has an href.
type Link struct {
	// URL is absolute, resolved against the page's base, and has no password. Where
	// it is neither http nor https, such as mailto: and tel:, it is as the page
	// gives it, without white space at the ends.
	URL string `json:"url"`
	// Text is what is shown of the link, on one line: white space is collapsed, and
	// lines and blocks are parted by a space. Of a link without any it is the
	// alternative text of its images.
	Text string `json:"text,omitempty"`
	// Rel is the attribute of this name, white space collapsed.
	Rel string `json:"rel,omitempty"`
	// Internal tells whether the link leads to the host that the page is from,
	// "www." before either's name not counting.
	Internal bool `json:"internal"`
}

// Links returns the links of a page in tree order, as often as they come. As for a
// browser with scripting on, there are none in comments, scripts, templates and
// noscript, and none is that of an svg drawing. Left out are those that lead
// nowhere: what cannot be parsed, javascript:, data:, blob: and about:; and those
// that would make all URLs longer than 32 MiB and the page.
func Links(d *document.Document) ([]Link, error) {
	if d.Kind() != document.HTML {
		return nil, nil
	}
	if !d.XHTML() { // whose tree is not what a scan knows of
		s := newScan(d)
		if s.run(); !s.unsure {
			return s.links, s.err
		}
	}
	root, err := d.Tree()
	if err == nil {
		return treeLinks(d, root)
	}
	if !errors.Is(err, document.ErrNoTree) {
		return nil, err
	}
	s := newScan(d)
	s.guessing = true
	s.run()
	return s.links, s.err
}

// Of makes of links that have but a URL and a text what Links would make of them:
// those without a URL, and those that lead nowhere, are left out.
func Of(d *document.Document, found []Link) []Link {
	r := newResolver(d)
	var all []Link
	for _, l := range found {
		if l.URL == "" {
			continue
		}
		if url, internal, ok := r.link(l.URL); ok {
			all = append(all, Link{URL: url, Text: markup.Collapse(l.Text), Internal: internal})
		}
	}
	return all
}
