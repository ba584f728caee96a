package extract

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"scrape/scraper/extract/document"
)

// writer puts the values of fields into a Content.
type writer struct {
	max     int
	content *Content
	failure *FieldError // the first
	lacking []string    // paths of required fields that failure is about
}

// add writes a value, unless there is none. Of a ready-made field an empty one is none, of
// one of the user's own it is what is there, such as checked="".
func (w *writer) add(r *reading, name string, ready bool, value any, err error) (found bool) {
	if err != nil {
		w.unreachable(r, name, err)
	}
	text, err := encode(value)
	if err != nil {
		w.fail(name, fmt.Sprintf("field %s: %v", name, err))
	}
	if len(text) == 0 || string(text) == "null" || ready && isEmpty(text) {
		return false
	}
	text, cut := truncate(text, w.max)
	if cut {
		w.content.Truncated = append(w.content.Truncated, name)
	}
	if len(text) == 0 { // of a number nothing can be cut
		return true
	}
	if ready && name == "links" {
		w.content.Links = text
		return true
	}
	data := w.content.Data
	if data == nil {
		data = append(data, '{')
	} else {
		data = append(data, ',')
	}
	key, _ := encode(name) // a string can be encoded
	data = append(append(data, key...), ':')
	w.content.Data = append(data, text...)
	return true
}

// close ends the object, and the message about what is missing, which may stand behind
// the place up to which the page was read.
func (w *writer) close(d *document.Document) {
	if len(w.lacking) > 0 {
		w.failure.Message = notFound(w.lacking)
		if m := d.Mistake(); m != nil {
			w.failure.Message += ": " + m.Error()
		}
	}
	if w.content.Data != nil {
		w.content.Data = append(w.content.Data, '}')
	}
}

// fate keeps what became of a field that the user has named.
func (w *writer) fate(p *Plan, name string, found bool) {
	if i, ok := p.places[name]; ok {
		w.place(p, i, found)
	}
}

// shaped keeps whether a shape is for the page.
func (w *writer) shaped(p *Plan, found bool) { w.place(p, len(p.named), found) }

// expect keeps what became of a ready-made field, if it is one of those that are expected.
func (w *writer) expect(p *Plan, name string, found bool) {
	if i := slices.Index(p.expected, name); i >= 0 {
		w.place(p, p.count()+i, found)
	}
}

func (w *writer) place(p *Plan, i int, found bool) {
	if more := max(p.count(), i+1) - len(w.content.Fields); more > 0 {
		w.content.Fields = append(w.content.Fields, make([]Fate, more)...)
	}
	w.content.Fields[i] = Missed
	if found {
		w.content.Fields[i] = Found
	}
}

// missing notes a required field. All that are missing are told together, unless something else failed before.
func (w *writer) missing(path string) {
	if w.failure == nil || len(w.lacking) > 0 {
		w.fail(path, "")
		w.failure.Required = true
		w.lacking = append(w.lacking, path)
	}
}

// mostLacking is how many missing fields a message names.
const mostLacking = 10

// notFound is the message about required fields that are missing, by their paths.
func notFound(paths []string) string {
	if len(paths) == 1 {
		return "required field " + paths[0] + " not found"
	}
	if more := len(paths) - mostLacking; more > 0 {
		return fmt.Sprintf("required fields %s and %d more not found", strings.Join(paths[:mostLacking], ", "), more)
	}
	last := len(paths) - 1
	return "required fields " + strings.Join(paths[:last], ", ") + " and " + paths[last] + " not found"
}

// unreachable is for a field that could not be read; name is "" for all of a schema. On what is no HTML a
// selector finds nothing, and that is no mistake, unless it was too large to be looked into, or is JSON that is broken.
func (w *writer) unreachable(r *reading, name string, err error) {
	isHarmless := errors.Is(err, document.ErrNoTree) && !errors.Is(err, document.ErrTooLarge) && !errors.Is(err, document.ErrBroken)
	if isHarmless && r.doc.Kind() != document.HTML {
		return
	}
	if name == "" {
		w.fail(name, fmt.Sprintf("the schema's fields: %v", err))
		return
	}
	w.fail(name, fmt.Sprintf("field %s: %v", name, err))
}

func (w *writer) fail(field, message string) {
	if w.failure == nil {
		w.failure = &FieldError{Field: field, Message: message}
	}
}

// encode gives a value as JSON. What is not UTF-8 in it becomes U+FFFD.
func encode(value any) ([]byte, error) {
	if value == nil {
		return nil, nil
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimRight(b.Bytes(), "\n"), nil
}

// isEmpty says whether a value is one that a record leaves out.
func isEmpty(text []byte) bool {
	switch string(text[:min(len(text), 5)]) {
	case "", "null", `""`, "[]", "{}":
		return true
	}
	return false
}
