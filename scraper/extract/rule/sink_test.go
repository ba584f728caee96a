package rule

import (
	"strings"
	"testing"

	"scrape/scraper/extract/document"
)

// A search ends once its matches are longer than what is used of them.
func TestSinkEnds(t *testing.T) {
	d := document.New(t.Context(), document.Source{ContentType: "text/plain", Body: []byte(strings.Repeat("a", 100_000)), MaxField: 1000})
	defer d.Release()
	for text, want := range map[string]int{"re:a": 251, "re:`a` | last": 100_000, "re:`a` | count": 0} {
		r, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		k := newSink(Scope{Doc: d}, r, true)
		if err := r.selector.find(Scope{Doc: d}, k); err != nil || len(k.values) != want {
			t.Errorf("%s: %d values, %v, want %d", text, len(k.values), err, want)
		}
	}
}
