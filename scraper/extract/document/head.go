package document

import (
	"io"

	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/charset"
	"scrape/scraper/extract/markup"
	"scrape/scraper/weburl"
)

// headCharset finds the encoding that a meta element in the head of an undecoded page declares behind what is
// searched without parsing ("changing the encoding while parsing"); "" if none does. Where it gives up it does so
// as extract.Title does, so that a page never has two encodings.
func headCharset(page []byte) string {
	t := markup.New(share(page))
	afterHead, raw := false, false
	for {
		switch kind := t.Next(); kind {
		case markup.End:
			return ""
		case markup.Text:
			if !raw && markup.TrimSpace(t.Text()) != "" {
				return ""
			}
		case markup.StartTag:
			tag := atom.Lookup([]byte(t.Name()))
			switch tag {
			case atom.Meta:
				if name := metaCharset(t); name != "" {
					return name
				}
			case atom.Title, atom.Script, atom.Style, atom.Noframes:
			case atom.Noscript:
				if afterHead {
					return ""
				}
			case atom.Html, atom.Head, atom.Base, atom.Basefont, atom.Bgsound, atom.Link:
			default:
				return ""
			}
			raw = tag == atom.Title || tag == atom.Script || tag == atom.Style || tag == atom.Noframes ||
				tag == atom.Noscript
			continue
		case markup.EndTag:
			switch atom.Lookup([]byte(t.Name())) {
			case atom.Head:
				afterHead = true
			case atom.Body, atom.Html, atom.Br:
				return ""
			}
		}
		raw = false
	}
}

// metaCharset is the encoding that the meta tag which was read declares.
func metaCharset(t *markup.Tokenizer) string {
	declared, _ := t.Attribute("charset")
	equiv, _ := t.Attribute("http-equiv")
	content, _ := t.Attribute("content")
	return charset.OfMeta(declared, equiv, content)
}

// findBase finds the base URL of a page without its tree (HTML standard, "document base URL").
func findBase(d *Document) weburl.URL {
	if d.Kind() != HTML || !markup.Mentions(bytesOf(d.Markup()), "base") {
		return d.URL()
	}
	e := markup.NewElements(d.Markup())
	for n := 0; ; n++ {
		kind := e.Next()
		if kind == markup.End || n%1000 == 0 && d.ctx.Err() != nil {
			return d.URL()
		}
		if kind != markup.StartTag || e.Name() != "base" {
			continue
		}
		if href, ok := e.Attribute("href"); ok {
			if len(href) > MaxBase {
				return d.URL()
			}
			if base, err := d.URL().Resolve(href); err == nil && len(base.String()) <= MaxBase {
				return base
			}
			return d.URL()
		}
	}
}

// guarded is a reader that ends with the task.
type guarded struct {
	d *Document
	r io.Reader
}

func (g guarded) Read(b []byte) (int, error) {
	if err := g.d.ctx.Err(); err != nil {
		return 0, err
	}
	return g.r.Read(b)
}
