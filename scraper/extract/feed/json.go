package feed

import (
	"encoding/json"
	"strings"

	"scrape/scraper/extract/document"
)

// readJSON reads JSON Feed (https://www.jsonfeed.org/version/1.1/). What is of another type than it says is
// taken as missing.
func readJSON(d *document.Document, value any) (*Feed, error) {
	top := object(value)
	if _, version, _ := strings.Cut(top.text("version"), "://"); !strings.HasPrefix(version, "jsonfeed.org/version/1") &&
		!strings.HasPrefix(version, "www.jsonfeed.org/version/1") {
		return nil, nil
	}
	r := newReader(d)
	f := &Feed{
		Type: "json", Title: line(top.text("title")), Link: r.resolve(top.text("home_page_url")),
		Description: top.text("description"), Language: top.text("language"), Items: []Item{},
		Author: authors(top), Image: r.resolve(firstOf(top.text("icon"), top.text("favicon"))),
	}
	for n, v := range top.list("items") {
		if err := r.ended(n); err != nil {
			return nil, err
		}
		f.Items = append(f.Items, r.jsonItem(object(v)))
	}
	f.inherit()
	return f, r.urls.Err()
}

// authors are those of a feed or an item, whose names are one each in version 1.0.
func authors(o members) (names string) {
	for _, v := range append(o.list("authors"), o["author"]) {
		addName(&names, line(object(v).text("name")))
	}
	return names
}

func (r *reader) jsonItem(o members) Item {
	i := Item{
		Title: line(o.text("title")), ID: o.text("id"),
		URL:       r.resolve(firstOf(o.text("url"), o.text("external_url"))),
		Published: rfc3339(o.text("date_published")), Updated: rfc3339(o.text("date_modified")),
		Author: authors(o), Summary: o.text("summary"), Content: firstOf(o.text("content_html"), o.text("content_text")),
	}
	for _, v := range o.list("tags") {
		if tag, ok := v.(string); ok {
			i.category(line(tag))
		}
	}
	for _, v := range o.list("attachments") {
		a := object(v)
		i.enclosure(r.resolve(a.text("url")), a.text("mime_type"), a.text("size_in_bytes"))
	}
	return i
}

// members are those of a JSON object.
type members map[string]any

// object is nil, which has no members, where a value is no object.
func object(v any) members {
	o, _ := v.(map[string]any)
	return o
}

// text is a string, or a number as it is spelt.
func (m members) text(name string) string {
	switch v := m[name].(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	}
	return ""
}

// list has no room at its end, so that what is appended does not become part of the document.
func (m members) list(name string) []any {
	l, _ := m[name].([]any)
	return l[:len(l):len(l)]
}

// resolve resolves a reference; "" where it is none to an http or https URL.
func (r *reader) resolve(ref string) string {
	if ref == "" {
		return ""
	}
	_, url, _ := r.urls.Resolve(ref)
	return url
}
