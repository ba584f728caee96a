//go:build !race

package prose

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
)

// distinct gives n pieces of markup, each with another number for %d.
func distinct(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// hostile are pages that are built, or broken, so as to take long.
func hostile() map[string]string {
	r := strings.Repeat
	words := r("word, ", 30)
	return map[string]string{
		"paragraphs":                        r("<p>word", 100_000),
		"long paragraphs":                   r("<p>"+words, 10_000),
		"nested 500":                        r("<div>", 500) + words,
		"nested, then wide":                 r("<div>", 400) + r("<p>"+words, 2_000),
		"one text":                          r("word ", 1_000_000),
		"one word":                          r("x", 3_000_000),
		"nothing but tags":                  r("<i></i><div></div>", 50_000),
		"brs":                               r("<br>", 100_000) + words,
		"brackets":                          r("[", 300_000),
		"marks":                             r("*_`#![](~", 50_000),
		"links and headings":                r("<a href=x><h1>a</h1></a>", 5_000),
		"nested emphasis":                   r(r("<em><b>", 200)+"x"+r("</b></em>", 200), 5),
		"nested tables":                     r("<table><tr><td>"+words, 100),
		"wide and long table":               "<table><tr>" + r("<td>x", 10_000) + r("<tr><td>x", 10_000) + "</table>",
		"spans":                             "<table>" + r("<tr><td rowspan=65534 colspan=1000>x", 1_000) + "</table>",
		"attributes":                        "<p " + r("a=b ", 200_000) + ">" + words,
		"meta":                              "<meta property='" + r("og:title ", 20_000) + "' content=x>" + words + words,
		"a long title and many headings":    "<title>" + r("title ", 1_000) + "</title>" + words + r("<h2>word</h2>", 1_000),
		"a long og:title and many headings": "<meta property=og:title content='" + r("title ", 1_000) + "'>" + words + r("<h1>word</h1>", 1_000),
		"a long headline and many headings": `<script type=application/ld+json>{"@context":"https://schema.org","@graph":[{"@type":"Article","headline":"` +
			r("title ", 1_000) + `"}]}</script>` + words + r("<h2>word</h2>", 1_000),
		"a long script and many headings": `<script type=application/ld+json>{"@context":"https://schema.org","@type":"Article","headline":"x","articleBody":"` +
			r("title ", 1_000) + `"}</script><p>` + words + r("<h2>word</h2>", 1_000),
		"properties and spaces":            "<meta property='" + r("og:title ", 100_000) + "' content='x" + r(" ", 1_000_000) + "'>" + words,
		"elements opened anew in noscript": words + "<noscript><p>" + distinct("<b a=%d>", 400) + r("<p>x", 1_000_000) + "</noscript>",
		"attributes passed on":             "<article>" + words + distinct("<section a%d=x>", 400) + "<p>" + words + "<p>" + words,
		"more attributes passed on": "<article>" + words + "<div " + distinct("a%d ", 200_000) + "><div " + distinct("b%d ", 200_000) + "><p>" + words + "<p>" +
			words + "</div></div>",
		"images of a figure":             "<article><p>" + words + "<figure " + distinct("a%d='/x.jpg' ", 50_000) + ">" + r("<i>x</i>", 20_000) + "</figure>",
		"objects in objects":             r("<fieldset>", 200) + r("<object>", 200) + r(words, 100) + r("</object>", 200) + r("</fieldset>", 200) + words,
		"texts in embedded elements":     r("<fieldset>", 200) + "<object>" + r(words, 10_000),
		"addresses in embedded elements": words + r("<fieldset>", 200) + "<embed src='" + r("x", 1_000_000) + "'>",
		"quotes in quotes":               "<p>" + words + r("<blockquote>", 400) + r("word<br>", 2_000),
		"lists in lists":                 "<p>" + words + r("<ul><li>", 200) + r("word<br>", 2_000),
		"lines in quotes":                "<p>" + words + r("<blockquote>", 200) + "<pre>x" + r("\n", 1_000_000) + "x</pre>",
		"addresses in quotes":            "<base href='https://harbour.example/" + r("b", 8_000) + "/'>" + words + r("<blockquote>", 200) + r("<a href=x>y</a>", 4_000),
		"text in links in tables":        "<p>" + words + r("<table><td><a href=x>", 80) + r(words, 10_000),
		"lists without items":            "<p>" + words + r("<ol>", 200) + r("word<br>", 3_000),
		"many lists in lists":            "<p>" + words + r(r("<ul><li>word", 50)+r("</ul>", 50), 200),
		"JSON-LD":                        "<script type='application/ld+json'>" + r("[", 300_000) + "</script>" + words + words,
		"comments in a text":             r("a<!---->", 100_000),
		"style":                          "<p style='" + r("display:;", 100_000) + "'>" + words,
		"NULs and bad bytes":             r("\x00\xff\xfe<p>\x80", 10_000),
	}
}

// noArticle are those of hostile in which no article is looked for.
var noArticle = []string{
	"paragraphs", "nested, then wide", "nothing but tags", "brs", "comments in a text",
	"a long title and many headings", "a long og:title and many headings", "a long headline and many headings",
	"texts in embedded elements", "addresses in embedded elements", "quotes in quotes", "lists in lists", "many lists in lists", "lists without items",
	"lines in quotes", "addresses in quotes", "text in links in tables",
}

func TestHostile(t *testing.T) {
	for name, page := range hostile() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := newDocument(t, "text/html", page)
			if _, err := Text(d); err != nil {
				t.Error(err)
			}
			if a, err := Article(d); errors.Is(err, errTooLarge) != slices.Contains(noArticle, name) || a != nil && err != nil || err != nil && !errors.Is(err, errTooLarge) {
				t.Errorf("article: %v, %v", a != nil, err)
			}
			for _, full := range []bool{false, true} {
				if text, err := Markdown(d, full); err != nil || !utf8.ValidString(text) {
					t.Error(err)
				}
			}
			if _, err := tagText(t.Context(), page); err != nil {
				t.Error(err)
			}
			if _, err := xmlText(d); err != nil {
				t.Error(err)
			}
		})
	}
}

// Pages that x/net/html builds no tree of have a text all the same.
func TestTooDeep(t *testing.T) {
	page := strings.Repeat("<div>", 100_000) + "a<p>b"
	d := newDocument(t, "text/html", page)
	for name, read := range map[string]func() (string, error){
		"Text":     func() (string, error) { return Text(d) },
		"Markdown": func() (string, error) { return Markdown(d, true) },
		"article":  func() (string, error) { return Markdown(d, false) },
	} {
		if text, err := read(); err != nil || text != "a\n\nb" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
	if a, err := Article(d); a != nil || !errors.Is(err, document.ErrTooLarge) {
		t.Errorf("Article: %v, %v", a, err)
	}
}

func FuzzText(f *testing.F) {
	for _, page := range []string{
		"<p>a<br>b<table><tr><td>c<td>d</table><pre> e\n</pre>",
		"<div style='display:table-row;visibility:hidden'>a<svg><text>b",
		"<details>a<summary>b</summary></details><select><option>c",
		"<template><noscript><span hidden>a</template>",
	} {
		f.Add(page)
	}
	f.Fuzz(func(t *testing.T, page string) {
		page = strings.ToValidUTF8(page, "\uFFFD")
		tags, err := tagText(t.Context(), page)
		checkText(t, tags, err)
		text, err := xmlText(newDocument(t, "text/xml", page))
		checkText(t, text, err)
		tree, err := html.Parse(strings.NewReader(page))
		if err != nil {
			return
		}
		text, err = treeText(t.Context(), tree)
		checkText(t, text, err)
	})
}

func checkText(t *testing.T, text string, err error) {
	t.Helper()
	if err != nil || !utf8.ValidString(text) || strings.HasPrefix(text, "\n") || strings.HasSuffix(text, "\n") {
		t.Errorf("%q, %v", text, err)
	}
}

// A long base URL is in every URL that is resolved against it.
func TestLongBase(t *testing.T) {
	page := "<base href='https://harbour.example/" + strings.Repeat("b", 8000) + "/'><p>" + strings.Repeat("<a href=x>y</a> word ", 20_000)
	text, err := Markdown(newDocument(t, "text/html", page), true)
	if err != nil || len(text) > 40<<20 || !strings.Contains(text, "b/x)") {
		t.Errorf("%d bytes, %v", len(text), err)
	}
}

// Readability reads each text once for each element around it.
func TestDeepTextHasNoArticle(t *testing.T) {
	page := "<h1>x</h1>" + strings.Repeat("<span>", 200) + strings.Repeat("word, ", 100_000)
	if a, err := Article(newDocument(t, "text/html", page)); a != nil || !errors.Is(err, errTooLarge) {
		t.Errorf("%v, %v", a != nil, err)
	}
}
