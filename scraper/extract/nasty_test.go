//go:build !race

package extract

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"unicode/utf8"
)

// nasty are pages that are odd, broken or built so as to take long, each with its title, and what is not to be had
// of it: what a field needs that is missing fails the page, and all others are there nevertheless.
func nasty() map[string]struct{ page, failure string } {
	r := strings.Repeat
	const (
		noTree    = "no tree can be built of the page"
		noArticle = "field article: the page is too large"
	)
	words := r("word, ", 30)
	return map[string]struct{ page, failure string }{
		"nothing":              {"", ""},
		"nested elements":      {r("<div>", 100_000) + words, noTree},
		"nested formatting":    {r("<b><p>", 100_000) + words, noArticle},
		"sibling elements":     {words + r("<div>x</div>", 100_000), noArticle},
		"one text":             {words + r("x", 4<<20), ""},
		"one text of words":    {r(words, 10_000), ""},
		"line breaks":          {r("<br>", 500_000) + words, noArticle},
		"cells":                {"<table>" + r("<tr>"+r("<td>x", 100), 1_000) + "</table>" + words, noArticle},
		"cells in one row":     {"<table><tr>" + r("<td>x", 100_000) + "</table>" + words, noArticle},
		"spanning cells":       {"<table>" + r("<tr><td rowspan=65534 colspan=1000>x", 1_000) + "</table>" + words, ""},
		"open divs":            {r("<div>", 8<<20/5), noTree},
		"empty divs":           {r("<div></div>", 8<<20/11), noTree},
		"brackets":             {r("<", 1<<20) + words, ""},
		"marks":                {r("*_`#![](~", 50_000) + words, ""},
		"attributes":           {"<p " + r("a=b ", 200_000) + ">" + words, ""},
		"an unclosed comment":  {words + "<!--" + r("<p>", 1<<20), ""},
		"an unclosed tag":      {words + "<p " + r("a ", 1<<20), ""},
		"headings":             {words + r("<h2>x</h2>", 20_000), ""},
		"links":                {words + r("<a href=x>y</a>", 40_000), ""},
		"an address of 8 MiB":  {words + "<p>" + words + "<img src='data:image/png;base64," + r("abcd", 2<<20) + "'>", ""},
		"NULs and bad bytes":   {r("\x00\xff\xfe<p>\x80", 10_000), ""},
		"another title later":  {"<svg><title>no</title></svg><title>no</title>" + words, ""},
		"a title in a comment": {"<!--<title>no</title>-->" + words, ""},
		"items in items":       {r("<div itemscope itemprop=a>", 400) + words, ""},
		"items of one another": {r("<div itemscope id=a itemref='a b'></div><div itemscope itemprop=x id=b itemref=a></div>", 1_000) + words, ""},
		"JSON-LD":              {"<script type=application/ld+json>" + r("[", 300_000) + "</script>" + words, ""},
		"quotes in quotes":     {"<p>" + words + r("<blockquote>", 400) + r("word<br>", 2_000), noArticle},
	}
}

func allReadyMades() Spec {
	var names []string
	for _, f := range readyMades {
		names = append(names, f.name)
	}
	return Spec{Extract: []string{strings.Join(names, ",")}}
}

// All that there is to ask for comes to an end on nasty pages: a test that does not is one that hangs.
func TestNastyPages(t *testing.T) {
	plan := compile(t, allReadyMades())
	for name, c := range nasty() {
		t.Run(name, func(t *testing.T) {
			got, err := plan.Read(t.Context(), sourceOf(t, "text/html; charset=utf-8", "<title>The title</title>"+c.page))
			if why, ok := errors.AsType[*FieldError](err); ok != (c.failure != "") || err != nil && (!ok || !strings.Contains(why.Message, c.failure)) {
				t.Errorf("failure %v, want %q", err, c.failure)
			}
			if got.Title != "The title" {
				t.Errorf("title %q", got.Title)
			}
			for _, text := range [][]byte{got.Data, got.Links} {
				if text != nil && (!utf8.Valid(text) || !json.Valid(text)) {
					t.Errorf("%.100q is not valid", text)
				}
			}
		})
	}
}

// ending is a context that ends once it was asked so many times whether it has.
type ending struct {
	context.Context
	left *atomic.Int64
}

func (e ending) Err() error {
	if e.left.Add(-1) < 0 {
		return context.DeadlineExceeded
	}
	return nil
}

// Wherever the time of a page ends, the page ends with it, and has its title.
func TestNastyPagesEnd(t *testing.T) {
	for _, f := range readyMades[1:] {
		plan := compile(t, Spec{Extract: []string{f.name}})
		for _, name := range []string{"headings", "links", "spanning cells", "marks"} {
			source := sourceOf(t, "text/html", "<title>The title</title>"+nasty()[name].page)
			for _, looks := range []int64{0, 1, 5} {
				left := new(atomic.Int64)
				left.Store(looks)
				got, err := plan.Read(ending{t.Context(), left}, source)
				if left.Load() >= 0 {
					continue // it was done before
				}
				if !errors.Is(err, context.DeadlineExceeded) || got.Title != "The title" || got.Data != nil {
					t.Errorf("%s of %s after %d looks: title %q, %d bytes, %v", f.name, name, looks, got.Title, len(got.Data), err)
				}
			}
		}
	}
}
