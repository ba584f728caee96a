package extract

import (
	"bytes"
	"io"

	"golang.org/x/text/transform"

	"scrape/scraper/extract/charset"
	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
	"scrape/scraper/extract/xhtml"
)

// Page is what a reader of an HTML page would see of it first.
type Page struct {
	Title string // what document.title shows: valid UTF-8, ASCII white space stripped and collapsed, at most 64 KiB

	// Charset is the encoding's WHATWG name in lower case ("utf-8", "windows-1252"). Where no more than what stands
	// here is read of a page it is "" unless that is HTML; Plan.Read gives that of all that is text.
	Charset string

	Refresh *Refresh // where the page sends its reader by itself; nil where it does not, and where that was not asked for

	// MediaType is what the content is by its first bytes ("image/png"), where its Content-Type says something else
	// or nothing; empty where nobody has looked.
	MediaType string

	cut bool // the page says more of its title
}

// Title reads an HTML page from r as far as its title and says which charset it was decoded with. contentType
// is the value of the response's Content-Type header: what by it and the first 8 KiB is HTML (document.Sniff), or a
// feed that is served as text/html, is read as such, and of anything else no more is read: it gives the zero Page.
//
// The charset follows the HTML standard, "determining the character encoding"; in order:
//
//   - a byte order mark;
//   - the header's charset, where it is a label the Encoding standard knows;
//   - the prescan of the first 1,024 bytes: a meta element, else an XML declaration;
//   - a meta element later in the head ("changing the encoding while parsing"), though some browsers heed only
//     one that comes before they have begun to show the page;
//   - utf-8, where what was read holds bytes beyond ASCII and all of it is valid UTF-8, which no other encoding
//     is by chance. The standard allows such a guess, and browsers make it only for local files;
//   - windows-1252.
//
// The title is that of the tree a browser with scripting on would build (HTML standard, "tree construction"):
// of the first title element in the HTML namespace, which may stand in the body, and never of one inside a
// template, an inline SVG drawing, a comment, a script or an attribute. What stands before it may be as long as
// it likes. Two limits keep memory bounded:
//
//   - where the tree has to be built to tell (an SVG drawing, a formula, a template or a frameset stands before
//     the title, or a table before a title in the body), it is built of the first 256 KiB; behind them a title
//     counts that is not between the tags of such an element;
//   - a title element's text counts up to 256 KiB, of which the first 64 KiB are kept after collapsing.
//
// XHTML that is served as such is read by the rules of XML (package xhtml), up to its first mistake: its charset
// is that of a byte order mark, the header, the XML declaration, else utf-8 unless it cannot be; where neither a
// mark nor the header says it, 256 KiB are read to tell. A title behind a single tag, text or comment of more than
// 1 MiB is not found.
//
// r is read 8 KiB at a time, up to the title, or to the end of the head where nothing had said the charset by
// then; to its end where there is no title. The error is r's own, if reading came upon one; the Page then holds
// what was found before.
func Title(r io.Reader, contentType string) (Page, error) {
	return read(r, contentType, false)
}

// read is Title, and looks for a meta element that sends the page's reader elsewhere as well, if that is asked for. For
// that the first 256 KiB are read, wherever the title stands.
func read(r io.Reader, contentType string, refresh bool) (Page, error) {
	if !document.MayBeHTML(contentType) {
		return Page{}, nil
	}
	source := newPage(r)
	defer source.release()
	source.fill(pageStep)
	kind, is := document.Sniff(contentType, source.kept)
	page := Page{MediaType: unlike(contentType, is, source.kept)}
	if !shownAsHTML(contentType, kind) {
		return page, source.failure()
	}
	_, label := document.ParseContentType(contentType)
	if is == document.XHTMLType {
		x := source.readXHTML(label, refresh)
		x.MediaType = page.MediaType
		return x, source.failure()
	}
	page.Title, page.cut, page.Charset = source.title(label)
	if refresh {
		page.Refresh = source.refresh(page.Charset, func(text []byte) string { return string(text) })
	}
	return page, source.failure()
}

// shownAsHTML says whether browsers read as HTML what has that Content-Type and was found to be of that kind: a feed
// too, where it is served as a page.
func shownAsHTML(contentType string, kind document.Kind) bool {
	essence, _ := document.ParseContentType(contentType)
	return kind == document.HTML || kind == document.XML && essence == "text/html"
}

// readXHTML reads a page by the rules of XML; label is the header's charset.
func (p *page) readXHTML(label string, refresh bool) Page {
	name, bom := charset.OfXHTML(p.kept, label)
	if charset.Lookup(label) == "" && bom == 0 {
		p.fill(charset.GuessLimit)
		name, _ = charset.OfXHTML(p.kept, label)
	}
	p.skip(bom)
	page := Page{Charset: name}
	page.Title, page.cut = tidy(xhtml.Title(transform.NewReader(p, charset.NewDecoder(name))))
	if refresh {
		page.Refresh = p.refresh(name, func(text []byte) string {
			html, _ := xhtml.Markup(bytes.NewReader(text))
			return html
		})
	}
	return page
}

// unlike is what a body is, unless its Content-Type says so, or there is none of it.
func unlike(contentType, is string, body []byte) string {
	if essence, _ := document.ParseContentType(contentType); essence == is || len(body) == 0 {
		return ""
	}
	return is
}

// title finds the title of the page and the name of its encoding; label is the header's charset.
func (p *page) title(label string) (title string, cut bool, name string) {
	name, bom := charset.Declared(p.kept, label)
	p.skip(bom)
	if !charset.ASCIICompatible(name) {
		decoded := newPage(transform.NewReader(p, charset.NewDecoder(name)))
		defer decoded.release()
		title, cut, _ = decoded.find("utf-8")
		return title, cut, name
	}
	return p.find(name)
}

// find finds the title of a page whose markup is ASCII; name is what is known of its encoding, "" if nothing.
func (p *page) find(name string) (title string, cut bool, encoding string) {
	if name != "" {
		if text, ok := headTitle(p.kept[p.start:]); ok {
			title, cut = tidy(unescape(charset.Decode(text, name)))
			return title, cut, name
		}
	}
	s := newScan(p, name)
	certain := s.run()
	if !certain {
		p.fill(pageLimit)
	}
	if s.charset == "" {
		s.charset = charset.Guess(p.kept)
	}
	if s.charset == "replacement" { // all of the page becomes one character, its tags too
		return "", false, s.charset
	}
	if !certain {
		if title, found := p.judge(&s); found {
			title, cut = tidy(title)
			return title, cut, s.charset
		}
	}
	title, cut = tidy(unescape(charset.Decode(s.title.b, s.charset)))
	return title, cut || s.title.full(), s.charset
}

// judge asks the tree for the title of a page that a scan is not certain of. If the tree of what is kept does
// not tell, it lets the scan guess.
func (p *page) judge(s *scan) (title string, found bool) {
	text := p.kept[p.start:]
	whole := len(p.kept) < pageLimit
	if !whole {
		text = withoutCutTitle(text)
	}
	if s.hasTitle || markup.Mentions(text, "title") {
		title, found, ok := treeTitle(charset.Decode(text, s.charset))
		if found {
			return title, true
		}
		if !ok {
			s.guess(0)
			return "", false
		}
	}
	if whole {
		return "", true
	}
	s.guess(p.start + len(text))
	return "", false
}
