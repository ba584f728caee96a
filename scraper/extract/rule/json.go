package rule

import (
	"encoding/json"
	"errors"
	"io"
	"strings"

	"scrape/scraper/extract/document"
)

// decodeJSON is the value of a text that is JSON.
func decodeJSON(text string) (v any, ok bool) {
	decoder := json.NewDecoder(strings.NewReader(text))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil {
		return nil, false
	}
	_, err := decoder.Token()
	return v, err == io.EOF
}

// notRead is the error of an XML or JSON document of which there is no tree: nil where XML
// is merely broken, since then there is nothing to be found in it.
func notRead(d *document.Document, err error) error {
	if errors.Is(err, document.ErrTooLarge) || errors.Is(err, document.ErrBroken) || !errors.Is(err, document.ErrNoTree) {
		return err
	}
	return d.Context().Err()
}
