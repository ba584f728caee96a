package prose

import (
	"context"
	"errors"
	"os"
	"testing"

	"scrape/scraper/extract/document"
	"scrape/scraper/weburl"
)

func newDocument(tb testing.TB, contentType, body string) *document.Document {
	return newDocumentIn(tb, tb.Context(), contentType, body)
}

func newDocumentIn(tb testing.TB, ctx context.Context, contentType, body string) *document.Document {
	tb.Helper()
	u, err := weburl.Parse("https://harbour.example/posts/lens.html")
	if err != nil {
		tb.Fatal(err)
	}
	d := document.New(ctx, document.Source{URL: u, ContentType: contentType, Body: []byte(body)})
	tb.Cleanup(d.Release) // the memory for trees is that of all tests
	return d
}

// article is the page of testdata.
func article(tb testing.TB) *document.Document {
	tb.Helper()
	page, err := os.ReadFile("testdata/article.html")
	if err != nil {
		tb.Fatal(err)
	}
	return newDocument(tb, "text/html; charset=utf-8", string(page))
}

// Whatever takes long ends with its context.
func TestContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	body := ""
	for range 3 * patience {
		body += "<p>word"
	}
	d := newDocumentIn(t, ctx, "text/html", body)
	if _, err := Text(d); !errors.Is(err, context.Canceled) {
		t.Errorf("Text: %v", err)
	}
	if _, err := Article(d); !errors.Is(err, context.Canceled) {
		t.Errorf("Article: %v", err)
	}
	if _, err := Markdown(d, true); !errors.Is(err, context.Canceled) {
		t.Errorf("Markdown: %v", err)
	}
	if _, err := tagText(ctx, body); !errors.Is(err, context.Canceled) {
		t.Errorf("tagText: %v", err)
	}
	if _, err := xmlText(d); !errors.Is(err, context.Canceled) {
		t.Errorf("xmlText: %v", err)
	}
}
