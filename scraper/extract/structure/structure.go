// Package structure takes out of a page what only its tree tells: headings,
// tables, forms and microdata. What is not HTML has none of these, which is no
// error; only CSV is a table. All text is on one line: white space is collapsed as a browser shows
// it, and lines and blocks that follow each other are parted by a space.
//
// The functions share the document's tree and, like the document, must not be
// called on one document at a time from several goroutines. Their errors are
// those of document.Document.Tree, and the context's once it has ended. Once the URLs
// that one of them has resolved are longer than 32 MiB and the page, further ones are
// left out.
package structure

import (
	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
	"scrape/scraper/weburl"
)

// tree is the document's tree; nil for what is not HTML.
func tree(d *document.Document) (*html.Node, error) {
	if d.Kind() != document.HTML {
		return nil, nil
	}
	return d.Tree()
}

// walk calls visit with each element below n in tree order, until the context
// of d ends. Templates' contents are left out: they are no part of the page.
func walk(d *document.Document, n *html.Node, visit func(*html.Node)) error {
	if n == nil {
		return nil
	}
	seen := 0
	for c := n; c != nil; c = document.Next(c, n) {
		if seen++; seen%1024 == 0 {
			if err := d.Context().Err(); err != nil {
				return err
			}
		}
		if c != n && c.Type == html.ElementNode {
			visit(c)
		}
	}
	return nil
}

// value is the value of an attribute, or "".
func value(n *html.Node, name string) string {
	v, _ := document.Attribute(n, name)
	return v
}

func has(n *html.Node, name string) bool {
	_, ok := document.Attribute(n, name)
	return ok
}

// absolute is the URL that ref stands for. What is neither http nor https stays as
// it is given; what cannot be resolved, or comes when there are too many, is "".
func absolute(r *document.Resolver, ref string) string {
	ref = markup.TrimSpace(ref)
	switch weburl.SchemeOf(ref) {
	case "", "http", "https":
		_, url, _ := r.Resolve(ref)
		return url
	}
	return ref
}
