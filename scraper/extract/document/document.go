// Package document is one answer's body while data is taken out of it: what it
// is, its text, and the tree of its elements, each made once, when it is first
// asked for, and shared by all that ask.
package document

import (
	"context"
	"math"
	"net/http"
	"strings"

	"golang.org/x/net/html"

	"scrape/scraper/extract/xhtml"
	"scrape/scraper/weburl"
)

// Kind is what a body is, in as much as it decides how it is read.
type Kind uint8

// Kinds of bodies.
const (
	Binary Kind = iota // images, archives, PDF: nothing is read of them
	HTML               // and XHTML
	XML                // feeds, sitemaps and all other XML
	JSON
	CSV // and values separated by tabs
	Text
)

// Source is what a document is made of.
type Source struct {
	URL         weburl.URL  // where it was had from, redirects followed
	Header      http.Header // of the answer; may be nil
	ContentType string      // the value of its Content-Type
	Body        []byte      // as received, content codings undone

	// MaxField is how many bytes of JSON of a field are used: what makes a list may end
	// once that is longer, so that it is to be cut. 0: all of them.
	MaxField int
}

// Document is one body. It is not safe for concurrent use. Whoever made it
// releases it.
type Document struct {
	ctx    context.Context
	source Source
	kind   once[sort]
	text   once[decoded]
	base   once[weburl.URL]
	lang   once[string]

	urls    *Resolver // of Absolute
	markup  once[string]
	tree    once[*html.Node]
	xml     once[*html.Node]
	json    once[any]
	records once[[][]string]
	mistake *Mistake
	held    int64 // bytes of the memory for trees
	forTree int64 // bytes of those that are its own tree's
	waited  bool  // for them, until the task ended

	embedded once[[]any]
	beside   int64 // bytes of the memory for embedded values beside a tree
}

// once is a value that is made when it is first asked for. Errors are kept too.
type once[T any] struct {
	done  bool
	value T
	err   error
}

func (o *once[T]) get(make func() (T, error)) (T, error) {
	if !o.done {
		o.value, o.err = make()
		o.done = true
	}
	return o.value, o.err
}

// New makes the document of a source, whose body must not be changed from then
// on. Work that takes long asks ctx whether to go on.
func New(ctx context.Context, s Source) *Document { return &Document{ctx: ctx, source: s} }

// Context is that of the task: what takes long gives up with its error.
func (d *Document) Context() context.Context { return d.ctx }

// URL is where the document was had from.
func (d *Document) URL() weburl.URL { return d.source.URL }

// Header is that of the answer; nil where there was none.
func (d *Document) Header() http.Header { return d.source.Header }

// MaxField is how many bytes of JSON of a field are used; math.MaxInt: all of them.
func (d *Document) MaxField() int {
	if d.source.MaxField == 0 {
		return math.MaxInt
	}
	return d.source.MaxField
}

// Body is the document as it was received, content codings undone. Nobody may
// change it.
func (d *Document) Body() []byte { return d.source.Body }

// Kind is what the document is: what Sniff says, and JSON where the whole of a
// plain text, or of a text whose type nobody said, is a JSON object or array.
func (d *Document) Kind() Kind { return d.sort().kind }

// MediaType is what the document is, as a type and subtype in lower case:
// "image/png".
func (d *Document) MediaType() string { return d.sort().mediaType }

// Charset is the WHATWG name of the encoding that Text was decoded from: of an
// HTML page the one that extract.Title finds. Of a Binary it is "".
func (d *Document) Charset() string { return d.decode().charset }

// Text is the whole document, decoded: valid UTF-8, without a byte order mark. It
// shares the body's memory where nothing had to be decoded. Of a Binary it is
// empty.
func (d *Document) Text() string { return d.decode().text }

// XHTML says whether it is HTML that is read by the rules of XML.
func (d *Document) XHTML() bool { return d.Kind() == HTML && d.MediaType() == XHTMLType }

// Markup is the document for what reads HTML by its tags: Text, or of XHTML the HTML
// whose tags say the same.
func (d *Document) Markup() string {
	if !d.XHTML() {
		return d.Text()
	}
	m, _ := d.markup.get(func() (string, error) {
		text, mistake := xhtml.Markup(guarded{d, strings.NewReader(d.Text())})
		d.note(mistake)
		return text, nil
	})
	return m
}

// Base is what relative URLs are resolved against: that of the first base
// element with a href, unless that is no http or https URL, or longer than 8 KiB:
// every URL that is resolved against it holds it again. Else it is URL.
func (d *Document) Base() weburl.URL {
	base, _ := d.base.get(func() (weburl.URL, error) { return findBase(d), nil })
	return base
}

// Absolute resolves a reference against Base, and shows no password. It is not ok where that is no http or
// https URL, and where a page has more of them than any has that is not built to be
// out of all proportion to its size.
func (d *Document) Absolute(ref string) (url string, ok bool) {
	if d.urls == nil {
		d.urls = d.NewResolver()
	}
	_, url, ok = d.urls.Resolve(ref)
	return url, ok
}
