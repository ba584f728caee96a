package rule

import (
	"encoding/json"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/head"
)

// values are the JSON values that a JSONPath is looked for in: that of a JSON document,
// or the JSON-LD of a page, which is what package head reads of it. Scripts of more than
// 4 MiB do not count.
func (s Scope) values() ([]any, error) {
	switch s.Doc.Kind() {
	case document.JSON:
		v, err := s.Doc.JSON()
		if err != nil {
			return nil, notRead(s.Doc, err)
		}
		return []any{v}, nil
	case document.HTML:
		all, err := s.Doc.Embedded(func() ([]json.RawMessage, error) { return head.JSONLD(s.Doc) })
		if len(all) == 0 || err != nil || s.Node == nil {
			return all, err
		}
		return jsonLDInside(nil, s.Node), nil // no more than all, for which there is memory
	}
	return nil, nil
}

// jsonLDInside appends the JSON-LD inside of an element, or that it is itself.
func jsonLDInside(all []any, n *html.Node) []any {
	switch {
	case isTemplate(n):
		return all
	case n.Type == html.ElementNode && n.Namespace == "" && n.DataAtom == atom.Script:
		kind, _ := document.Attribute(n, "type")
		text := head.ScriptJSONLD(kind, verbatim(n))
		if len(text) > document.MaxScript {
			return all
		}
		if v, ok := decodeJSON(string(text)); ok {
			all = append(all, v)
		}
		return all
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		all = jsonLDInside(all, c)
	}
	return all
}
