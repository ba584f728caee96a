package structure

import (
	"bytes"
	"encoding/json"
)

// Properties are those of an item, in the order in which their names come first.
// They marshal as an object whose values are arrays.
type Properties []Property

// Property is all that an item says under one name: strings, and Items.
type Property struct {
	Name   string
	Values []any
}

// MarshalJSON implements json.Marshaler. It goes down into items by itself: if
// each had its own called, that of the outermost would be checked once for each
// level.
func (p Properties) MarshalJSON() ([]byte, error) {
	w := newJSONWriter()
	w.properties(p)
	return w.Bytes(), w.err
}

// jsonWriter writes properties.
type jsonWriter struct {
	bytes.Buffer
	values *json.Encoder
	err    error
}

func newJSONWriter() *jsonWriter {
	w := &jsonWriter{}
	w.values = json.NewEncoder(&w.Buffer)
	w.values.SetEscapeHTML(false) // which is for the encoder that asked to decide
	return w
}

func (w *jsonWriter) properties(p Properties) {
	w.WriteByte('{')
	for i, property := range p {
		if i > 0 {
			w.WriteByte(',')
		}
		w.value(property.Name)
		w.WriteString(":[")
		for i, v := range property.Values {
			if i > 0 {
				w.WriteByte(',')
			}
			if item, ok := v.(Item); ok {
				w.item(item)
			} else {
				w.value(v)
			}
		}
		w.WriteByte(']')
	}
	w.WriteByte('}')
}

// item writes what the tags of Item's fields say.
func (w *jsonWriter) item(it Item) {
	w.WriteByte('{')
	if len(it.Type) > 0 {
		w.WriteString(`"type":`)
		w.value(it.Type)
		w.WriteByte(',')
	}
	if it.ID != "" {
		w.WriteString(`"id":`)
		w.value(it.ID)
		w.WriteByte(',')
	}
	w.WriteString(`"properties":`)
	w.properties(it.Properties)
	w.WriteByte('}')
}

func (w *jsonWriter) value(v any) {
	if w.err != nil {
		return
	}
	if w.err = w.values.Encode(v); w.err == nil {
		w.Truncate(w.Len() - len("\n"))
	}
}
