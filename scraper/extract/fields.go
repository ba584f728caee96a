package extract

import (
	"cmp"
	"fmt"
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/filter"
	"scrape/scraper/extract/head"
	"scrape/scraper/extract/links"
	"scrape/scraper/extract/prose"
	"scrape/scraper/extract/structure"
)

// field is one that is wanted.
type field struct {
	name     string
	ready    bool // ready-made
	required bool
	kind     filter.Kind // of its values, or of the elements of its list
	list     bool
	read     func(*reading) (any, error) // nil: nothing is there. A value that encodes as empty is nothing, too
}

// readyMade is a field that needs only to be named.
type readyMade struct {
	name string // as it is asked for
	help string

	// kinds are the documents that may have it in them. What an answer's header says is there for all.
	kinds []document.Kind
	// expected tells that most pages have it which somebody asks for it of: where hardly any has, the site may have
	// changed. That a page has no tables, no feeds or no addresses says nothing.
	expected bool

	kind filter.Kind

	read func(*reading) (any, error) // nil for the title, which is read without the page being kept
}

// key is what a record calls the field, such as markdown_full: a colon would stand in
// the way of jq.
func (f *readyMade) key() string { return strings.ReplaceAll(f.name, ":", "_") }

// Which kinds of documents may have fields in them.
var (
	inHTML      = []document.Kind{document.HTML}
	inFeeds     = []document.Kind{document.XML, document.JSON}
	inPages     = []document.Kind{document.HTML, document.XML, document.JSON} // and in feeds
	inJSONLD    = []document.Kind{document.HTML, document.JSON}
	inTables    = []document.Kind{document.HTML, document.CSV}
	inSentences = []document.Kind{document.HTML, document.Text}
	inText      = []document.Kind{document.HTML, document.XML, document.CSV, document.Text}
)

// readyMades are all there are, in the order of the help.
var readyMades = []readyMade{
	{"title", "what a browser shows as the page's title", inHTML, true, filter.TextKind, nil},
	{"description", "meta description, else that of Open Graph", inHTML, true, filter.TextKind, ofHead(func(h *head.Head) any { return h.Description })},
	{"canonical", "the URL that the page names as its own", inHTML, true, filter.TextKind, ofHead(func(h *head.Head) any { return h.Canonical })},
	{"lang", "the language that the page says it is in", inHTML, false, filter.TextKind, ofHead(func(h *head.Head) any { return h.Lang })},
	{"author", "who wrote it", inJSONLD, true, filter.TextKind, ofHead(func(h *head.Head) any { return h.Author })},
	{"published", "when it was published (RFC 3339)", inJSONLD, true, filter.DateKind, ofHead(func(h *head.Head) any { return h.Published })},
	{"modified", "when it was last changed (RFC 3339)", inJSONLD, false, filter.DateKind, ofHead(func(h *head.Head) any { return h.Modified })},
	{"headings", "h1 to h6 with their level, in order", inHTML, false, filter.Anything, ofDocument(structure.Headings)},
	{"links", "where it leads: URL, text, rel, internal or not", inPages, false, filter.Anything, linksOf},
	{"images", "images with their alternative text and size", inHTML, false, filter.Anything, ofDocument(links.Images)},
	{"feeds", "the RSS, Atom and JSON feeds that it names", inHTML, false, filter.Anything, ofHead(func(h *head.Head) any { return h.Feeds })},
	{"alternates", "the same page in other languages (hreflang)", inHTML, false, filter.Anything, ofHead(func(h *head.Head) any { return h.Alternates })},
	{"opengraph", "its Open Graph properties (og:…)", inHTML, false, filter.Anything, ofHead(func(h *head.Head) any { return h.OpenGraph })},
	{"twitter", "its Twitter card (twitter:…)", inHTML, false, filter.Anything, ofHead(func(h *head.Head) any { return h.Twitter })},
	{"jsonld", "its JSON-LD, as it stands there", inJSONLD, true, filter.Anything, ofHead(func(h *head.Head) any { return h.JSONLD })},
	{"microdata", "its microdata, as items with properties", inHTML, false, filter.Anything, ofDocument(structure.Microdata)},
	{"meta", "all its meta elements", inHTML, false, filter.Anything, ofHead(func(h *head.Head) any { return h.Meta })},
	{"text", "the text that a reader sees", inText, false, filter.TextKind, ofDocument(prose.Text)},
	{"article", "the main content, with author and excerpt", inHTML, true, filter.Anything, article},
	{"markdown", "the main content as Markdown", inSentences, false, filter.TextKind, markdown(false)},
	{"markdown:full", "the whole page as Markdown (markdown_full in records)", inSentences, false, filter.TextKind, markdown(true)},
	{"tables", "rows under their header, spans resolved", inTables, false, filter.Anything, ofDocument(structure.Tables)},
	{"forms", "forms with their fields", inHTML, false, filter.Anything, ofDocument(structure.Forms)},
	{"emails", "addresses in the text and in mailto: links", inSentences, false, filter.Anything, ofDocument(links.Emails)},
	{"html", "the page itself, decoded", inHTML, false, filter.TextKind, source},
	{"robots", "what it tells robots: noindex, nofollow, …", inHTML, false, filter.Anything, ofHead(func(h *head.Head) any { return h.Robots })},
	{"feed", "an RSS, Atom or JSON feed with its items", inFeeds, false, filter.Anything, feedOf},
}

func ofHead(part func(*head.Head) any) func(*reading) (any, error) {
	return func(r *reading) (any, error) {
		h, err := r.head()
		return part(h), err
	}
}

func ofDocument[T any](read func(*document.Document) (T, error)) func(*reading) (any, error) {
	return func(r *reading) (any, error) { return read(r.doc) }
}

func feedOf(r *reading) (any, error) { return r.feed() }

// linksOf are the links of a page, and of a feed those of its items.
func linksOf(r *reading) (any, error) {
	if r.doc.Kind() == document.HTML {
		return links.Links(r.doc)
	}
	f, err := r.feed()
	if f == nil {
		return nil, err
	}
	texts := make([]links.Link, len(f.Items))
	for i, item := range f.Items {
		texts[i] = links.Link{URL: item.URL, Text: item.Title}
	}
	return links.Of(r.doc, texts), err
}

// article has the language, the author and the dates that the fields of these names have, where the page
// says them there.
func article(r *reading) (any, error) {
	a, err := r.main.Article()
	if a == nil || err != nil {
		return nil, err
	}
	h, err := r.head()
	a.Lang = document.LangTag(cmp.Or(h.Lang, a.Lang))
	a.Byline = cmp.Or(h.Author, a.Byline)
	a.Published, a.Modified = cmp.Or(h.Published, a.Published), cmp.Or(h.Modified, a.Modified)
	return a, err
}

func markdown(full bool) func(*reading) (any, error) {
	return func(r *reading) (any, error) { return r.main.Markdown(full) }
}

func source(r *reading) (any, error) {
	if r.doc.Kind() != document.HTML {
		return nil, nil
	}
	return r.doc.Text(), nil
}

// Help is what there is to extract, for people.
func Help() string {
	var b strings.Builder
	b.WriteString("--extract takes names, separated by commas, and may be repeated:\n\n")
	for _, f := range readyMades {
		fmt.Fprintf(&b, "  %-15s %s\n", f.name, f.help)
	}
	fmt.Fprintf(&b, "  %-15s %s\n", none, "nothing, not even the title")
	b.WriteString(`
What is extracted goes into records: see it with -j, or -o FILE.jsonl. Beside
names there may be fields of your own; none takes only the title away from these.
`)
	b.WriteString(`
or one field of your own, NAME=SELECTOR (the first match) or NAME[]=SELECTOR (all):

  --extract 'price=.price | number'
  --extract 'picture=img.main::attr(src) | url'
  --extract 'tags[]=.tag::text'
  --extract 'author=xpath://a[@rel="author"]'
  --extract 'stock=jsonpath:$.offers.stock | int | required'
  --extract 'sku=re:SKU-([0-9]+)'
  --extract 'price=re:` + "`EUR ([0-9.]+)`" + ` | number'

re: is looked for in the page's source, decoded. It takes filters only where the
expression stands in back quotes, as above.

Filters, of which any number follow after |:

`)
	for _, f := range filter.Names() {
		fmt.Fprintf(&b, "  %-20s %s\n", f.Signature, f.Summary)
	}
	return b.String()
}
