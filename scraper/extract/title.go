// Package extract turns one response into data: the charset a page is written in, its title, and where it
// sends its reader by itself.
//
// It works on a stream, with memory that does not depend on the size of the page, and reads no further
// than the answer needs. All functions are safe for concurrent use.
package extract

import (
	"io"

	"golang.org/x/text/transform"
)

// Page is what a reader of an HTML page would see of it first.
type Page struct {
	Title   string   // what document.title shows: valid UTF-8, ASCII white space stripped and collapsed, at most 64 KiB
	Charset string   // the encoding's WHATWG name in lower case ("utf-8", "windows-1252"); empty where the content is no HTML
	Refresh *Refresh // where the page sends its reader by itself; nil where it does not, and where that was not asked for
}

// Title reads an HTML page from r as far as its title and says which charset it was decoded with. contentType
// is the value of the response's Content-Type header: text/html and application/xhtml+xml are read as HTML, an
// absent or unknown type ("", "application/unknown", "*/*") as the first 512 bytes look, and of anything else
// nothing is read: it gives the zero Page.
//
// The charset follows the HTML standard, "determining the character encoding"; in order:
//
//   - a byte order mark;
//   - the header's charset, where it is a label the Encoding standard knows;
//   - the prescan of the first 1,024 bytes: a meta element, else an XML declaration;
//   - a meta element later in the head ("changing the encoding while parsing");
//   - utf-8, where what was read holds bytes beyond ASCII and all of it is valid UTF-8, which no other encoding
//     is by chance;
//   - windows-1252.
//
// The title is that of the tree a browser with scripting on would build (HTML standard, "tree construction"):
// of the first title element in the HTML namespace, which may stand in the body, and never of one inside a
// template, an inline SVG drawing, a comment, a script or an attribute. Three limits keep memory bounded:
//
//   - a tag, comment, script, style or run of text of more than 256 KiB that stands before the title ends
//     the search: the page has no title;
//   - a page that needs the tree to be told the truth (an SVG drawing, a formula, a template or a frameset
//     stands before the title, or a table before a title in the body) is judged by its first 256 KiB;
//   - a title element's text counts up to 256 KiB, of which the first 64 KiB are kept after collapsing.
//
// r is read 8 KiB at a time, up to the title, or to the end of the head where nothing had said the charset by
// then. The error is r's own, if reading came upon one; the Page then holds what was found before.
func Title(r io.Reader, contentType string) (Page, error) {
	return read(r, contentType, false)
}

// TitleAndRefresh is Title, and looks for a meta element that sends the page's reader elsewhere as well. For
// that the first 256 KiB are read, wherever the title stands.
func TitleAndRefresh(r io.Reader, contentType string) (Page, error) {
	return read(r, contentType, true)
}

func read(r io.Reader, contentType string, refresh bool) (Page, error) {
	mime := parseContentType(contentType)
	if !mime.html && !mime.unknown {
		return Page{}, nil
	}
	source := newPage(r)
	defer source.release()
	source.fill(pageStep)
	if mime.unknown && !looksLikeHTML(source.kept) {
		return Page{}, source.failure()
	}
	title, name := source.title(mime.charset)
	page := Page{Title: title, Charset: name}
	if refresh {
		page.Refresh = source.refresh(name)
	}
	return page, source.failure()
}

// title finds the title of the page and the name of its encoding; label is the header's charset.
func (p *page) title(label string) (title, name string) {
	name, bom := declaredCharset(p.kept, label)
	p.skip(bom)
	if needsDecodedStream(name) {
		decoded := newPage(transform.NewReader(p, decodingOf(name).NewDecoder()))
		defer decoded.release()
		title, _ = decoded.find("utf-8")
		return title, name
	}
	return p.find(name)
}

// find finds the title of a page whose markup is ASCII; name is what is known of its encoding, "" if nothing.
func (p *page) find(name string) (string, string) {
	s := newScan(p, name)
	certain := s.run()
	if !certain {
		p.fill(pageLimit)
	}
	if s.charset == "" {
		s.charset = guessCharset(p.kept)
	}
	if !certain {
		if title, found := p.judge(&s); found {
			return tidy(title), s.charset
		}
	}
	return tidy(unescape(decode(s.title.b, decodingOf(s.charset)))), s.charset
}

// judge asks the tree for the title of a page that a scan is not certain of. If the tree of what is kept does
// not tell, it lets the scan guess.
func (p *page) judge(s *scan) (title string, found bool) {
	text := p.kept[p.start:]
	whole := len(p.kept) < pageLimit
	if !whole {
		text = withoutCutTitle(text)
	}
	if s.hasTitle || mentionsTitle(text) {
		title, found, ok := treeTitle(decode(text, decodingOf(s.charset)))
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
