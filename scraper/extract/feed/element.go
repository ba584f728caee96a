package feed

import (
	"iter"
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
	"scrape/scraper/weburl"
)

// prefixes are the usual ones of the namespaces that matter, whatever prefix a feed binds them to. Those of the
// formats themselves have none.
var prefixes = map[string]string{
	"http://purl.org/dc/elements/1.1/":            "dc",
	"http://purl.org/dc/terms/":                   "dcterms",
	"http://purl.org/rss/1.0/modules/content/":    "content",
	"http://search.yahoo.com/mrss/":               "media",
	"http://search.yahoo.com/mrss":                "media",
	"http://www.itunes.com/dtds/podcast-1.0.dtd":  "itunes",
	"http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
	"http://www.w3.org/1999/xhtml":                "xhtml",
	"http://www.w3.org/2005/atom":                 "atom",
	"http://purl.org/atom/ns#":                    "atom",
	"http://purl.org/rss/1.0/":                    "",
	"http://purl.org/rss/2.0/":                    "",
	"http://my.netscape.com/rdf/simple/0.9/":      "",
	"http://backend.userland.com/rss2":            "",
	"http://blogs.law.harvard.edu/tech/rss":       "",
	"http://channel.netscape.com/rdf/simple/0.9/": "",
}

// nameOf is an element's name with the usual prefix of its namespace: "dc:creator".
func nameOf(n *html.Node) string {
	prefix, known := prefixes[strings.ToLower(document.NamespaceURI(n))]
	if !known {
		prefix = document.Prefix(n) // perhaps unbound, and meant as usual
	}
	if prefix == "" {
		return strings.ToLower(n.Data)
	}
	return prefix + ":" + strings.ToLower(n.Data)
}

// children are the elements in n with their names.
func children(n *html.Node) iter.Seq2[string, *html.Node] {
	return func(yield func(string, *html.Node) bool) {
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			if c.Type == html.ElementNode && !yield(nameOf(c), c) {
				return
			}
		}
	}
}

// textOf is the text in an element, without white space at its ends.
func textOf(n *html.Node) string {
	if only := n.FirstChild; only != nil && only.NextSibling == nil && only.Type == html.TextNode {
		return strings.TrimSpace(only.Data)
	}
	var b strings.Builder
	appendText(&b, n)
	return strings.TrimSpace(b.String())
}

func appendText(b *strings.Builder, n *html.Node) {
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		switch c.Type {
		case html.TextNode:
			b.WriteString(c.Data)
		case html.ElementNode:
			appendText(b, c)
		}
	}
}

// lineOf is textOf in one line.
func lineOf(n *html.Node) string { return line(textOf(n)) }

func line(s string) string { return strings.Join(strings.Fields(s), " ") }

// withoutTags is the text of a piece of HTML.
func withoutTags(s string) string {
	if !strings.ContainsAny(s, "<&") {
		return s
	}
	var b strings.Builder
	tags := markup.New(s)
	for kind := tags.Next(); kind != markup.End; kind = tags.Next() {
		if kind == markup.Text {
			b.WriteString(tags.Text())
		}
	}
	return b.String()
}

// attr is an attribute without a prefix; "" where there is none.
func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Namespace == "" && a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

func prefixedAttr(n *html.Node, prefix, name string) string {
	for _, a := range n.Attr {
		if a.Namespace == prefix && a.Key == name {
			return strings.TrimSpace(a.Val)
		}
	}
	return ""
}

// reader reads the elements of a feed.
type reader struct {
	d    *document.Document
	urls *document.Resolver
}

func newReader(d *document.Document) *reader { return &reader{d, d.NewResolver()} }

// base is what references in an element are resolved against, which is itself in one with the outer base (XML
// Base).
func (r *reader) base(outer weburl.URL, n *html.Node) weburl.URL {
	ref := prefixedAttr(n, "xml", "base")
	if ref == "" || len(ref) > document.MaxBase {
		return outer
	}
	if u, _, ok := r.urls.ResolveFrom(outer, ref); ok && len(u.String()) <= document.MaxBase {
		return u
	}
	return outer
}

// absolute resolves a reference in an element that is in one with the outer base; "" where it is none to an http or
// https URL.
func (r *reader) absolute(outer weburl.URL, n *html.Node, ref string) string {
	if ref == "" {
		return ""
	}
	_, url, _ := r.urls.ResolveFrom(r.base(outer, n), ref)
	return url
}

// ended is the context's error once it has ended, which is asked for with every 1,000th item.
func (r *reader) ended(items int) error {
	if items%1000 == 0 {
		return r.d.Context().Err()
	}
	return r.urls.Err()
}
