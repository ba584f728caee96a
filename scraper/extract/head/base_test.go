package head_test

import (
	"fmt"
	"strings"
	"testing"

	"scrape/scraper/extract/head"
)

// A long base URL is in every URL that is resolved against it.
func TestLongBase(t *testing.T) {
	var b strings.Builder
	b.WriteString("<base href='/" + strings.Repeat("b", 8000) + "/'>")
	for i := range 9_000 {
		fmt.Fprintf(&b, "<link rel=feed href=x%d>", i)
	}
	h, err := head.Read(newDocument(t.Context(), b.String(), nil))
	if err != nil {
		t.Fatal(err)
	}
	urls := 0
	for _, f := range h.Feeds {
		urls += len(f.URL)
	}
	if urls < 1<<20 || urls > 33<<20+b.Len() {
		t.Errorf("%d bytes of URLs in a page of %d", urls, b.Len())
	}
}
