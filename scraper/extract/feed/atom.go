package feed

import (
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

// readAtom reads Atom (RFC 4287, section 4) and its draft 0.3.
func readAtom(d *document.Document, root *html.Node) (*Feed, error) {
	r := newReader(d)
	base := r.base(d.URL(), root)
	f := &Feed{Type: "atom", Items: []Item{}, Language: prefixedAttr(root, "xml", "lang")}
	icon := ""
	for name, n := range children(root) {
		switch strings.TrimPrefix(name, "atom:") {
		case "title":
			first(&f.Title, line(plain(n)))
		case "subtitle", "tagline":
			first(&f.Description, plain(n))
		case "link":
			if isAlternate(n) {
				first(&f.Link, r.absolute(base, n, attr(n, "href")))
			}
		case "updated", "modified":
			first(&f.Updated, rfc3339(textOf(n)))
		case "author":
			addName(&f.Author, person(n))
		case "logo":
			first(&f.Image, r.absolute(base, n, textOf(n)))
		case "icon":
			first(&icon, r.absolute(base, n, textOf(n)))
		case "entry":
			if err := r.ended(len(f.Items)); err != nil {
				return nil, err
			}
			f.Items = append(f.Items, r.entry(r.base(base, n), n))
		}
	}
	first(&f.Image, icon)
	f.inherit() // RFC 4287, section 4.2.1
	return f, r.urls.Err()
}

func (r *reader) entry(base weburl.URL, element *html.Node) Item {
	var i Item
	source := "" // the author of the feed that the entry was taken from
	for name, n := range children(element) {
		switch strings.TrimPrefix(name, "atom:") {
		case "title":
			first(&i.Title, line(plain(n)))
		case "id":
			first(&i.ID, textOf(n))
		case "link":
			switch href := r.absolute(base, n, attr(n, "href")); {
			case isAlternate(n):
				first(&i.URL, href)
			case attr(n, "rel") == "enclosure":
				i.enclosure(href, attr(n, "type"), attr(n, "length"))
			}
		case "published", "issued":
			first(&i.Published, rfc3339(textOf(n)))
		case "updated", "modified":
			first(&i.Updated, rfc3339(textOf(n)))
		case "author":
			addName(&i.Author, person(n))
		case "source":
			for name, c := range children(n) {
				if strings.TrimPrefix(name, "atom:") == "author" {
					addName(&source, person(c))
				}
			}
		case "summary":
			first(&i.Summary, markupOf(n))
		case "content":
			if src := attr(n, "src"); src == "" {
				first(&i.Content, markupOf(n))
			}
		case "category":
			i.category(line(firstOf(attr(n, "term"), attr(n, "label"))))
		case "media:content":
			i.enclosure(r.absolute(base, n, attr(n, "url")), attr(n, "type"), attr(n, "fileSize"))
		}
	}
	first(&i.Author, source)
	return i
}

// isAlternate says whether a link leads to what the feed or the entry is of.
func isAlternate(n *html.Node) bool {
	rel := attr(n, "rel")
	return rel == "" || rel == "alternate"
}

// person is the name of an author, or what there is for one.
func person(n *html.Node) string {
	for _, want := range []string{"name", "email", "uri"} {
		for name, c := range children(n) {
			if strings.TrimPrefix(name, "atom:") == want && textOf(c) != "" {
				return lineOf(c)
			}
		}
	}
	if n.FirstChild != nil && n.FirstChild.NextSibling == nil {
		return lineOf(n)
	}
	return ""
}

// plain is the text of a text construct (RFC 4287, section 3.1).
func plain(n *html.Node) string {
	if t := attr(n, "type"); t == "html" || t == "text/html" {
		return strings.TrimSpace(withoutTags(textOf(n)))
	}
	return textOf(n)
}

// markupOf is a text construct as given: of XHTML the markup in its div element.
func markupOf(n *html.Node) string {
	if t := attr(n, "type"); t != "xhtml" && t != "application/xhtml+xml" {
		return textOf(n)
	}
	for _, c := range children(n) {
		if c.Data == "div" {
			return strings.TrimSpace(document.InnerXML(c))
		}
	}
	return strings.TrimSpace(document.InnerXML(n))
}
