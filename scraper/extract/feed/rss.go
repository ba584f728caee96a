package feed

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

// readRSS reads RSS of all versions: in 0.9 and 1.0 the items stand beside the channel.
func readRSS(d *document.Document, root *html.Node) (*Feed, error) {
	r := newReader(d)
	base := r.base(d.URL(), root)
	f := &Feed{Type: "rss", Items: []Item{}}
	found := false
	for name, n := range children(root) {
		switch name {
		case "channel":
			found = true
			if err := f.channel(r, r.base(base, n), n); err != nil {
				return nil, err
			}
		case "image":
			first(&f.Image, r.image(base, n))
		case "item":
			found = true
			if err := f.item(r, r.base(base, n), n); err != nil {
				return nil, err
			}
		}
	}
	if !found {
		return nil, nil // RDF of another kind
	}
	return f, r.urls.Err()
}

// channel reads what is in a channel, in which that is the base.
func (f *Feed) channel(r *reader, base weburl.URL, channel *html.Node) error {
	editor := ""
	for name, n := range children(channel) {
		switch name {
		case "title":
			first(&f.Title, lineOf(n))
		case "link":
			first(&f.Link, r.absolute(base, n, textOf(n)))
		case "description":
			first(&f.Description, textOf(n))
		case "language", "dc:language":
			first(&f.Language, lineOf(n))
		case "lastbuilddate":
			if date := rfc3339(textOf(n)); date != "" {
				f.Updated = date
			}
		case "pubdate", "dc:date", "atom:updated":
			first(&f.Updated, rfc3339(textOf(n)))
		case "author", "dc:creator", "itunes:author":
			addName(&f.Author, lineOf(n))
		case "managingeditor":
			first(&editor, lineOf(n))
		case "image", "itunes:image":
			first(&f.Image, r.image(base, n))
		case "item":
			if err := f.item(r, r.base(base, n), n); err != nil {
				return err
			}
		}
	}
	first(&f.Author, editor)
	return nil
}

// image is the URL of the image of a channel, or of a podcast, that is in an element with the outer base.
func (r *reader) image(outer weburl.URL, n *html.Node) string {
	base := r.base(outer, n)
	for name, c := range children(n) {
		if name == "url" {
			return r.absolute(base, c, textOf(c))
		}
	}
	return r.absolute(outer, n, attr(n, "href"))
}

// item adds an item of RSS, in which that is the base.
func (f *Feed) item(r *reader, base weburl.URL, item *html.Node) error {
	if err := r.ended(len(f.Items)); err != nil {
		return err
	}
	var i Item
	var permalink, atomLink string
	for name, n := range children(item) {
		switch name {
		case "title":
			first(&i.Title, lineOf(n))
		case "link":
			first(&i.URL, r.absolute(base, n, textOf(n)))
		case "atom:link":
			if isAlternate(n) {
				first(&atomLink, r.absolute(base, n, attr(n, "href")))
			}
		case "guid":
			first(&i.ID, textOf(n))
			if !strings.EqualFold(attr(n, "isPermaLink"), "false") {
				permalink = textOf(n)
			}
		case "pubdate", "dc:date", "dcterms:issued":
			first(&i.Published, rfc3339(textOf(n)))
		case "atom:updated", "dcterms:modified":
			first(&i.Updated, rfc3339(textOf(n)))
		case "author", "dc:creator", "itunes:author":
			addName(&i.Author, lineOf(n))
		case "description":
			first(&i.Summary, textOf(n))
		case "content:encoded", "encoded":
			first(&i.Content, textOf(n))
		case "category", "dc:subject":
			i.category(lineOf(n))
		case "enclosure", "media:content":
			i.enclosure(r.absolute(base, n, attr(n, "url")), attr(n, "type"), firstOf(attr(n, "length"), attr(n, "fileSize")))
		}
	}
	first(&i.URL, atomLink)
	if i.URL == "" && strings.HasPrefix(permalink, "http") {
		_, i.URL, _ = r.urls.ResolveFrom(base, permalink)
	}
	first(&i.ID, prefixedAttr(item, "rdf", "about"))
	f.Items = append(f.Items, i)
	return nil
}

// first sets what is not set yet.
func first(field *string, value string) {
	if *field == "" {
		*field = value
	}
}

func firstOf(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// addName adds a name to those of the authors; a feed may name one in several ways.
func addName(authors *string, name string) {
	switch {
	case name == "" || len(*authors) > 1<<10 || slices.Contains(strings.Split(*authors, ", "), name):
	case *authors == "":
		*authors = name
	default:
		*authors += ", " + name
	}
}

// inherit gives the feed's author to the items that have none.
func (f *Feed) inherit() {
	for i := range f.Items {
		first(&f.Items[i].Author, f.Author)
	}
}

func (i *Item) category(name string) {
	if name != "" {
		i.Categories = append(i.Categories, name)
	}
}

func (i *Item) enclosure(url, mediaType, length string) {
	if url == "" {
		return
	}
	n, err := strconv.ParseInt(length, 10, 64)
	if err != nil || n < 0 {
		n = 0
	}
	i.Enclosures = append(i.Enclosures, Enclosure{URL: url, Type: mediaType, Length: n})
}
