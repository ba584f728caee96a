package document

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
)

// TestEmbeddedFirst holds that memory for a tree that is asked for after the values of JSON is taken, too, whatever
// reads the page.
func TestEmbeddedFirst(t *testing.T) {
	find := func() ([]json.RawMessage, error) { return []json.RawMessage{json.RawMessage(`{"a":1}`)}, nil }
	// The first would make HTML's parser open 5,000 elements anew in each paragraph.
	page := `<html xmlns="http://www.w3.org/1999/xhtml">` + strings.Repeat("<b/>", 5000) + strings.Repeat("<p>x</p>", 200_000)
	for _, contentType := range []string{"application/xhtml+xml", "text/html"} {
		d := newDocument(t, contentType, page)
		values, err := d.Embedded(find)
		if len(values) != 1 || err != nil {
			t.Errorf("%s: %v, %v", contentType, values, err)
		}
		before := d.held
		tree, err := d.Tree()
		switch {
		case contentType == "text/html":
			if !errors.Is(err, ErrTooLarge) || d.held > 1000 {
				t.Errorf("%s: %v, %d bytes are held", contentType, err, d.held)
			}
		case err != nil:
			t.Errorf("%s: %v", contentType, err)
		case sizeOf(tree) > d.held || d.held != before:
			t.Errorf("%s: a tree of %d bytes was thought to take %d, and %d before", contentType, sizeOf(tree), d.held, before)
		}
		d.Release()
		if d.held != 0 || d.forTree != 0 {
			t.Errorf("%s: %d bytes are held after all", contentType, d.held)
		}
	}
}

// TestEmbeddedWaits has many pages that need memory for a tree and for JSON, in either order: none may wait for ever,
// and all is given back.
func TestEmbeddedWaits(t *testing.T) {
	text := json.RawMessage("[" + strings.Repeat("1,", 100_000) + "1]") // 8 MiB by estimate
	find := func() ([]json.RawMessage, error) { return []json.RawMessage{text}, nil }
	body := []byte(strings.Repeat("<p>", 200) + strings.Repeat("<!-- -->", 200_000)) // 45 MiB by estimate
	var wait sync.WaitGroup
	for i := range 24 {
		wait.Go(func() {
			d := New(t.Context(), Source{ContentType: "text/html", Body: body})
			defer d.Release()
			var first, second error
			if i%2 == 0 {
				_, first = d.Embedded(find)
				_, second = d.Tree()
			} else {
				_, first = d.Tree()
				_, second = d.Embedded(find)
			}
			if first != nil || second != nil {
				t.Errorf("%d: %v, %v", i, first, second)
			}
		})
	}
	wait.Wait()
	if !trees.TryAcquire(maxTrees) || !beside.TryAcquire(maxBeside) {
		t.Fatal("memory was not given back")
	}
	trees.Release(maxTrees)
	beside.Release(maxBeside)
}
