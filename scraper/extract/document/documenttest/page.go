// Package documenttest is for tests of what is found in documents.
package documenttest

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

// Page is an HTML document that was had from http://www.example.com/dir/page?q.
func Page(t testing.TB, markup string) *document.Document {
	t.Helper()
	return New(t, context.Background(), "text/html", markup)
}

// New is a document of any type, had from there.
func New(t testing.TB, ctx context.Context, contentType, body string) *document.Document {
	t.Helper()
	u, err := weburl.Parse("http://www.example.com/dir/page?q#top")
	if err != nil {
		t.Fatal(err)
	}
	d := document.New(ctx, document.Source{URL: u, ContentType: contentType, Body: []byte(body)})
	t.Cleanup(d.Release)
	return d
}

// Check compares what a function finds in a page, as JSON, with what is wanted.
func Check[T any](t testing.TB, find func(*document.Document) ([]T, error), markup, want string) {
	t.Helper()
	found, err := find(Page(t, markup))
	if err != nil {
		t.Errorf("%.200q: %v", markup, err)
		return
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(found); err != nil {
		t.Fatal(err)
	}
	if got := strings.TrimSpace(b.String()); got != want {
		t.Errorf("%.200q:\n got %s\nwant %s", markup, got, want)
	}
}
