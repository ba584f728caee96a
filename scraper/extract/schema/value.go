package schema

import (
	"bytes"
	"encoding/json"
)

// Value is what was found of one field.
type Value struct {
	Name string
	// Value is ready for JSON: nil (nothing found), string, bool, json.Number, what
	// JSON itself holds, Object, or a list ([]any) of these.
	Value    any
	Required bool
	// Missing are the paths of required fields that were not found: Name itself, or
	// those inside, such as offers[2].price, counted from 0. One in a list is there
	// once, with the first element that lacks it.
	Missing []string
	// Inside tells of an object of the page, or a list of them, which of the fields
	// in it were found: those that were looked for, in the order of the file. One is
	// found if it is in any of the elements.
	Inside []Met
}

// Met is what became of a field that lies in an object.
type Met struct {
	Path  string `json:"path"` // offers.price
	Found bool   `json:"found,omitempty"`
}

// Object is a value of named values, in the order of the file. In JSON it has those
// that were found.
type Object []Value

// MarshalJSON implements json.Marshaler.
func (o Object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false) // whoever asks decides
	b.WriteByte('{')
	for _, v := range o {
		if v.Value == nil {
			continue
		}
		if b.Len() > 1 {
			b.WriteByte(',')
		}
		if err := enc.Encode(v.Name); err != nil {
			return nil, err
		}
		b.WriteByte(':')
		if err := enc.Encode(v.Value); err != nil {
			return nil, err
		}
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// found tells whether any of the object's values was.
func (o Object) found() bool {
	for _, v := range o {
		if v.Value != nil {
			return true
		}
	}
	return false
}
