package document

import (
	"cmp"
	"strings"

	"scrape/scraper/extract/markup"
)

// Lang is the language that an answer says it is in, a BCP 47 tag (see LangTag): of a
// page the html element's lang; else its xml:lang; else meta
// http-equiv="content-language"; else, and of all others, the Content-Language header.
// What is no tag does not count, as where several are listed. "": it does not say.
func (d *Document) Lang() string {
	lang, _ := d.lang.get(func() (string, error) {
		if d.Kind() == HTML {
			if lang := htmlLang(d); lang != "" {
				return lang, nil
			}
		}
		return LangTag(strings.Join(d.source.Header.Values("Content-Language"), ",")), nil
	})
	return lang
}

// htmlLang is the language that a page itself says. A second html tag adds to the first
// what that does not have.
func htmlLang(d *Document) string {
	var xmlLang, meta string
	inBody := false
	page := bytesOf(d.Markup())
	e := markup.NewElements(d.Markup())
	for n := 1; ; n++ {
		kind := e.Next()
		switch {
		case kind == markup.End:
			return cmp.Or(xmlLang, meta)
		case n%1000 == 0 && d.ctx.Err() != nil:
			return ""
		case kind != markup.StartTag:
		case e.Name() == "html":
			if lang := langIn(e, "lang"); lang != "" {
				return lang
			}
			xmlLang = cmp.Or(xmlLang, langIn(e, "xml:lang"))
		case e.Name() == "body" && !inBody:
			inBody = true
			if rest := page[e.Stop():]; !markup.Mentions(rest, "html") && !markup.Mentions(rest, "meta") {
				return cmp.Or(xmlLang, meta)
			}
		case e.Name() == "meta" && meta == "":
			if equiv, _ := e.Attribute("http-equiv"); strings.EqualFold(equiv, "content-language") {
				meta = langIn(e, "content")
			}
		}
	}
}

// langIn is the language tag that an attribute is.
func langIn(e *markup.Elements, attribute string) string {
	value, _ := e.Attribute(attribute)
	return LangTag(value)
}
