package head

import (
	"bytes"
	"encoding/json"
	"strings"

	"scrape/scraper/extract/document"
	"scrape/scraper/extract/markup"
	"scrape/scraper/weburl"
)

// Properties are those of a vocabulary, in the order in which the page first names
// each. As JSON they are an object whose values are strings, or lists of strings
// for those that are there several times.
type Properties []Property

// Property is one of them, such as og:image. Its values are not blank, with white
// space collapsed. Relative URLs are made absolute where a property is one of a page,
// a picture, a sound or a film; all else is as it stands there.
type Property struct {
	Name   string // in lower case
	Values []string
}

// MarshalJSON implements json.Marshaler.
func (p Properties) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false) // who encodes the whole decides
	b.WriteByte('{')
	for i, property := range p {
		if i > 0 {
			b.WriteByte(',')
		}
		if err := encoder.Encode(property.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		var value any = property.Values
		if len(property.Values) == 1 {
			value = property.Values[0]
		}
		if err := encoder.Encode(value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// properties collects those that a vocabulary has. Both name and property are in
// use for them, whatever the vocabularies say.
func (r *reader) properties(d *document.Document, in func(key string) bool) Properties {
	var all Properties
	index := make(map[string]int)
	for i := range r.metas {
		m := &r.metas[i]
		if strings.IndexByte(m.Property, ':') < 0 && strings.IndexByte(m.Name, ':') < 0 {
			continue
		}
		value := markup.Collapse(m.Content)
		for _, key := range m.keys() {
			if value == "" || !in(key) {
				continue
			}
			at, ok := index[key]
			if !ok {
				at = len(all)
				index[key] = at
				all = append(all, Property{Name: key})
			}
			all[at].Values = append(all[at].Values, absolute(d, key, value))
		}
	}
	return all
}

// absolute is a property's value, resolved where it is a relative URL.
func absolute(d *document.Document, key, value string) string {
	if !isAddress(key) || weburl.SchemeOf(value) != "" {
		return value
	}
	if url, ok := d.Absolute(value); ok {
		return url
	}
	return value
}

// isAddress tells whether the value of a property is a URL.
func isAddress(key string) bool {
	switch key {
	case "og:url", "og:image", "og:audio", "og:video", "twitter:url", "twitter:image", "twitter:player", "twitter:player:stream":
		return true
	}
	for _, of := range [...]string{"og:image:", "og:audio:", "og:video:", "twitter:image:"} {
		if part, ok := strings.CutPrefix(key, of); ok && (part == "url" || part == "secure_url" || part == "src") {
			return true
		}
	}
	return false
}

func isTwitter(key string) bool { return strings.HasPrefix(key, "twitter:") }

// isOpenGraph knows the vocabularies of ogp.me, and those that Facebook added.
func isOpenGraph(key string) bool {
	prefix, _, ok := strings.Cut(key, ":")
	switch prefix {
	case "og", "article", "book", "profile", "music", "video", "payment", "product", "fb":
		return ok
	}
	return false
}
