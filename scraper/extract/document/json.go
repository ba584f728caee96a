package document

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"scrape/scraper/extract/markup"
)

// JSON is the value of a JSON document, numbers as json.Number. Nobody may change
// it. The error, which wraps ErrNoTree, says why there is none: no JSON, a mistake
// in it, anything behind its value, values nested deeper than 10,000, more than
// memory allows; where the task ended it is the context's. Of what is no well-formed JSON it
// wraps ErrBroken, too, and has the place.
func (d *Document) JSON() (any, error) {
	return d.json.get(func() (any, error) {
		if d.Kind() != JSON {
			return nil, fmt.Errorf("%w: %s is no JSON", ErrNoTree, d.MediaType())
		}
		text := d.Text()
		if markup.TrimSpace(text) == "" {
			return nil, fmt.Errorf("%w: there is nothing in it", ErrNoTree)
		}
		if err := d.hold(jsonCost(text)); err != nil {
			return nil, err
		}
		decoder := json.NewDecoder(guarded{d, strings.NewReader(text)})
		decoder.UseNumber()
		var value any
		at := 0
		err := decoder.Decode(&value)
		if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
			at = int(syntax.Offset) - 1
		} else if err != nil {
			at = len(text)
		} else if _, after := decoder.Token(); after != io.EOF {
			at = int(decoder.InputOffset()) - 1
			err = errors.New("something stands behind the value")
		}
		switch {
		case d.ctx.Err() != nil:
			return nil, d.ctx.Err()
		case err != nil:
			line, column := Position(text, at)
			return nil, &brokenJSON{line, column, err}
		}
		return value, nil
	})
}

// ErrBroken is that a document of JSON is not well-formed. What it wraps is an ErrNoTree, too.
var ErrBroken = errors.New("no JSON")

// brokenJSON says where a document stops being JSON.
type brokenJSON struct {
	line, column int
	cause        error
}

func (e *brokenJSON) Error() string {
	return fmt.Sprintf("%v at line %d, column %d: %v", ErrBroken, e.line, e.column, e.cause)
}

func (e *brokenJSON) Unwrap() []error { return []error{ErrBroken, ErrNoTree, e.cause} }

// MaxScript is how large a JSON text within a page may be to be decoded.
const MaxScript = 4 << 20

// Embedded are the values of the JSON within an HTML page, of which find gives the texts when it is first asked for;
// numbers are json.Number. Nobody may change them. Texts of more than 4 MiB, and those that are no JSON, are left
// out. It waits for memory as Tree does. The error is find's, or wraps ErrTooLarge where they would take more of it
// than one page may have, or is the context's.
func (d *Document) Embedded(find func() ([]json.RawMessage, error)) ([]any, error) {
	return d.embedded.get(func() ([]any, error) {
		texts, err := find()
		if err != nil || len(texts) == 0 {
			return nil, err
		}
		texts = slices.DeleteFunc(texts, func(text json.RawMessage) bool { return len(text) > MaxScript })
		cost := int64(0)
		for _, text := range texts {
			cost += jsonCost(string(text))
		}
		if err := d.holdEmbedded(cost); err != nil {
			return nil, err
		}
		var values []any
		for _, text := range texts {
			decoder := json.NewDecoder(guarded{d, bytes.NewReader(text)})
			decoder.UseNumber()
			var value any
			if err := decoder.Decode(&value); err == nil {
				values = append(values, value)
			} else if d.ctx.Err() != nil {
				return nil, d.ctx.Err()
			}
		}
		return values, nil
	})
}

// jsonCost estimates what the value of a JSON text takes of memory, in bytes, beside the decoder's copy of the
// text: a map with room for eight members, an interface and a box for each value.
func jsonCost(text string) int64 {
	objects, lists := strings.Count(text, "{"), strings.Count(text, "[")
	values := strings.Count(text, ",") + strings.Count(text, ":")
	return int64(320*objects + 64*lists + 80*values + 3*len(text))
}
