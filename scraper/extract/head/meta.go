package head

import (
	"strings"

	"scrape/scraper/extract/markup"
)

// Meta is a meta element, its attributes as they stand there.
type Meta struct {
	Name      string `json:"name,omitempty"`
	Property  string `json:"property,omitempty"`
	HTTPEquiv string `json:"http_equiv,omitempty"`
	ItemProp  string `json:"itemprop,omitempty"`
	Charset   string `json:"charset,omitempty"`
	Content   string `json:"content,omitempty"`
}

// readMeta reads a meta element. Of attributes with one name the first counts.
func readMeta(e *markup.Elements) Meta {
	var m Meta
	seen := 0
	for e.NextAttribute() {
		var to *string
		bit := 1
		switch e.Key() {
		case "name":
			to = &m.Name
		case "property":
			to, bit = &m.Property, 2
		case "http-equiv":
			to, bit = &m.HTTPEquiv, 4
		case "itemprop":
			to, bit = &m.ItemProp, 8
		case "charset":
			to, bit = &m.Charset, 16
		case "content":
			to, bit = &m.Content, 32
		}
		if to != nil && seen&bit == 0 {
			*to = e.Value()
			seen |= bit
		}
	}
	return m
}

// maxKeys is longer than the property of a meta element is that names some.
const maxKeys = 1 << 10

// keys are what a meta element is about, as its name or property says, in lower
// case. A property may be a list (RDFa).
func (m *Meta) keys() []string {
	if len(m.Property) > maxKeys || len(m.Name) > maxKeys {
		return nil
	}
	property := strings.ToLower(m.Property)
	name := strings.ToLower(strings.Trim(m.Name, whiteSpace))
	if strings.ContainsAny(property, whiteSpace) {
		return append(strings.Fields(property), name)
	}
	return []string{property, name}
}

// index makes about of metas.
func (r *reader) index() {
	r.about = make(map[string][]*Meta, len(r.metas))
	for i := range r.metas {
		m := &r.metas[i]
		for _, key := range m.keys() {
			if same := r.about[key]; key != "" && (len(same) == 0 || same[len(same)-1] != m) {
				r.about[key] = append(same, m)
			}
		}
	}
}

// hasItemProp tells whether the list of an itemprop attribute has the name.
func hasItemProp(list, name string) bool {
	return list == name || len(list) > len(name) && has(strings.Fields(list), name)
}

// all are the contents that are not blank of the meta elements about the key,
// which is in lower case.
func (r *reader) all(key string) []string {
	var values []string
	for _, m := range r.about[key] {
		if v := markup.Collapse(m.Content); v != "" {
			values = append(values, v)
		}
	}
	return values
}

// firstOf is the first content for the first of the keys that there is one for.
func (r *reader) firstOf(keys ...string) string {
	for _, key := range keys {
		if values := r.all(key); len(values) > 0 {
			return values[0]
		}
	}
	return ""
}
