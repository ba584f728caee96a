package document_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
	"golang.org/x/net/html/atom"

	"scrape/scraper/extract/document"
)

// body is the body of a page.
func body(t *testing.T, page string) *html.Node {
	t.Helper()
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	for n := range tree.Descendants() {
		if n.DataAtom == atom.Body {
			return n
		}
	}
	t.Fatal("no body")
	return nil
}

func TestShownText(t *testing.T) {
	noTable := func(n *html.Node) bool { return n.DataAtom == atom.Table }
	for _, c := range []struct {
		page     string
		leaveOut func(*html.Node) bool
		want     string
	}{
		{"", nil, ""},
		{" a \n b ", nil, "a b"},
		{"a<b>b</b>c <i> d</i>", nil, "abc d"},
		{"a<wbr>b<span></span>c", nil, "abc"},
		{"<p>a<p>b", nil, "a b"},
		{"a<br>b<hr>c", nil, "a b c"},
		{"<select><option>a<option>b</select>", nil, "a b"},
		{"<details><summary>a</summary>b</details>c", nil, "a b c"},
		{"a<script>x</script>b<!-- y -->c<template>z</template>", nil, "abc"},
		{"a\u00a0 b", nil, "a\u00a0 b"},
		{"a<table><tr><td>b</table>c", nil, "a b c"},
		{"a<table><tr><td>b</table>c", noTable, "a c"},
	} {
		if got := document.ShownText(body(t, c.page), c.leaveOut); got != c.want {
			t.Errorf("%q: got %q, want %q", c.page, got, c.want)
		}
	}
}

func TestAttribute(t *testing.T) {
	for _, c := range []struct {
		page, name, want string
		ok               bool
	}{
		{"<a HREF=x>", "href", "x", true},
		{"<a href>", "href", "", true},
		{"<a href=x href=y>", "href", "x", true},
		{"<a>", "href", "", false},
		{"<svg xlink:href=x>", "href", "", false},
	} {
		if got, ok := document.Attribute(body(t, c.page).FirstChild, c.name); got != c.want || ok != c.ok {
			t.Errorf("%s: got %q, %v, want %q, %v", c.page, got, ok, c.want, c.ok)
		}
	}
}

func TestNext(t *testing.T) {
	root := body(t, "<p>a<b>c</b></p><template><i></i></template><svg><title>e</title></svg><noscript><i></i></noscript>d")
	var all []string
	for n := root; n != nil; n = document.Next(n, root) {
		all = append(all, n.Data)
	}
	if got, want := strings.Join(all, " "), "body p a b c template svg title e noscript d"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	p := root.FirstChild
	if b := p.LastChild; document.Next(b.FirstChild, p) != nil || document.Next(b, b) != b.FirstChild || !document.IsHTML(b, atom.B) || document.IsHTML(b, atom.P) {
		t.Error("what is in p ends elsewhere")
	}
	svg := &html.Node{Type: html.ElementNode, DataAtom: atom.Title, Data: "title", Namespace: "svg"}
	if document.IsHTML(svg, atom.Title) || document.Next(svg, svg) != nil {
		t.Error("the title of a drawing is one of HTML")
	}
}
