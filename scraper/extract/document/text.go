package document

import (
	"bytes"
	"encoding/json"
	"unsafe"

	"scrape/scraper/extract/charset"
	"scrape/scraper/extract/markup"
)

// sort is what a document is.
type sort struct {
	kind      Kind
	mediaType string
}

// decoded is a document's text and the encoding it was in.
type decoded struct {
	text, charset string
}

func (d *Document) sort() sort {
	s, _ := d.kind.get(func() (sort, error) {
		kind, mediaType := Sniff(d.source.ContentType, d.source.Body)
		if kind == Text && mediaType == "text/plain" && isJSON(d.source.Body) {
			kind, mediaType = JSON, "application/json"
		}
		return sort{kind, mediaType}, nil
	})
	return s
}

// isJSON says whether a text is a JSON object or array as a whole.
func isJSON(b []byte) bool {
	b = bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))
	i := markup.SkipSpace(b, 0)
	return i < len(b) && (b[i] == '{' || b[i] == '[') && json.Valid(b)
}

func (d *Document) decode() decoded {
	t, _ := d.text.get(func() (decoded, error) {
		kind, body := d.Kind(), d.source.Body
		if kind == Binary {
			return decoded{}, nil
		}
		name, bom := encodingOf(kind, body, d.source.ContentType)
		if d.XHTML() {
			_, label := ParseContentType(d.source.ContentType)
			name, bom = charset.OfXHTML(body, label)
		}
		return decoded{share(charset.Decode(body[bom:], name)), name}, nil
	})
	return t
}

// encodingOf is the encoding of a body of that kind and the length of its byte order mark.
func encodingOf(kind Kind, body []byte, contentType string) (name string, bom int) {
	_, label := ParseContentType(contentType)
	switch kind {
	case JSON:
		return charset.OfJSON(body)
	case XML:
		return charset.OfXML(body, label)
	case HTML:
		if name, bom = charset.Declared(body, label); name == "" {
			name = headCharset(body)
		}
		if name == "" {
			name = charset.Guess(body)
		}
		return name, bom
	}
	return charset.OfText(body, label)
}

// share gives bytes that nobody changes as a string without copying them: pages may be large, and most are UTF-8.
func share(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }

// bytesOf gives a string's bytes, which nobody may change.
func bytesOf(s string) []byte { return unsafe.Slice(unsafe.StringData(s), len(s)) }
