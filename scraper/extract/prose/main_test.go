package prose

import (
	"testing"

	"scrape/scraper/extract/document"
)

// Article is the article of a document of which nothing else is wanted.
func Article(d *document.Document) (*ArticleContent, error) { return NewMain(d).Article() }

// Markdown is the Markdown of such a document.
func Markdown(d *document.Document, full bool) (string, error) { return NewMain(d).Markdown(full) }

// An article is looked for once, and what is made of it first does not change what is made of it next.
func TestMainIsFoundOnce(t *testing.T) {
	want, err := Article(article(t))
	if err != nil {
		t.Fatal(err)
	}
	wantText, err := Markdown(article(t), false)
	if err != nil {
		t.Fatal(err)
	}
	m := NewMain(article(t))
	first, err := m.find()
	if err != nil || first == nil {
		t.Fatal(first, err)
	}
	for range 2 {
		if text, err := m.Markdown(false); err != nil || text != wantText {
			t.Errorf("%v, %q, want %q", err, text, wantText)
		}
		if got, err := m.Article(); err != nil || *got != *want {
			t.Errorf("%v, %+v, want %+v", err, got, want)
		}
	}
	if again, _ := m.find(); again != first {
		t.Error("the article was looked for twice")
	}
}
