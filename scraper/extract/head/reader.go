package head

import (
	"context"
	"strings"

	"scrape/scraper/extract/markup"
	"scrape/scraper/header"
)

// reader collects those elements of a page that say something of it.
type reader struct {
	lang    string // what Head.Lang is
	metas   []Meta
	about   map[string][]*Meta // metas by what they are about: see Meta.keys
	links   []header.Link      // link elements
	times   []timeElement      // those that say what they are
	scripts []string           // of JSON-LD

	ctx   context.Context
	text  string // of the page
	names bool   // its body may name author or date
	body  *body  // nil: not read yet
}

// timeElement is a time element with an itemprop or a pubdate attribute.
type timeElement struct {
	itemProp, datetime string
	published          bool // it has pubdate
}

// read goes through the page. The error is the context's.
func (r *reader) read(ctx context.Context, text string) error {
	r.ctx, r.text = ctx, text
	e := markup.NewElements(text)
	for n := 1; ; n++ {
		if n%1000 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch e.Next() {
		case markup.End:
			return nil
		case markup.StartTag:
			r.element(e)
		}
	}
}

// element takes note of the element whose start tag was read.
func (r *reader) element(e *markup.Elements) {
	name := e.Name()
	r.names = r.names || mayName(name, r.text[e.Start():e.Stop()])
	switch name {
	case "meta":
		if len(r.metas) < most {
			r.metas = append(r.metas, readMeta(e))
		}
	case "link":
		if l := readLink(e); l.Rel != nil && len(r.links) < most {
			r.links = append(r.links, l)
		}
	case "time":
		if t := readTime(e); t.datetime != "" && (t.itemProp != "" || t.published) && len(r.times) < most {
			r.times = append(r.times, t)
		}
	case "script":
		kind, _ := e.Attribute("type")
		if isJSONLD(kind) && e.Tokenizer.Next() == markup.Text && len(r.scripts) < most {
			r.scripts = append(r.scripts, e.Text())
		}
	}
}

// readLink reads a link element. It has no Rel where it is of no use.
func readLink(e *markup.Elements) header.Link {
	rel, _ := e.Attribute("rel")
	rels := strings.Fields(strings.ToLower(rel))
	if !has(rels, "canonical") && !has(rels, "alternate") && !has(rels, "feed") {
		return header.Link{}
	}
	l := header.Link{Rel: rels}
	l.Target, _ = e.Attribute("href")
	if strings.Trim(l.Target, whiteSpace) == "" {
		return header.Link{}
	}
	l.Type, _ = e.Attribute("type")
	l.Title, _ = e.Attribute("title")
	if lang, _ := e.Attribute("hreflang"); lang != "" {
		l.HrefLang = []string{lang}
	}
	return l
}

func readTime(e *markup.Elements) (t timeElement) {
	t.itemProp, _ = e.Attribute("itemprop")
	t.datetime, _ = e.Attribute("datetime")
	_, t.published = e.Attribute("pubdate")
	return t
}

func has(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

const whiteSpace = " \t\n\f\r"
