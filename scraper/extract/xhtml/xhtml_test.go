package xhtml

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

const root = `<html xmlns="http://www.w3.org/1999/xhtml">`

func TestTitle(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"plain", root + `<head><title>T</title></head></html>`, "T"},
		{"behind elements that close themselves", root + `<head><script src="a"/><style/><title>T</title></head></html>`, "T"},
		{"empty, the first counts", root + `<head><title/><title>second</title></head></html>`, ""},
		{"in a textarea", root + `<body><textarea/><title>T</title></body></html>`, "T"},
		{"CDATA", root + `<title>a <![CDATA[<b> & c]]></title></html>`, "a <b> & c"},
		{"script in CDATA", root + `<script><![CDATA[ "<title>no</title>" ]]></script><title>T</title></html>`, "T"},
		{"entities", root + `<title>a&nbsp;&eacute;&amp;&#x41;</title></html>`, "a\u00a0é&A"},
		{"text of its own only", root + `<title>a<b>b</b>c</title></html>`, "ac"},
		{"of a drawing", root + `<svg xmlns="http://www.w3.org/2000/svg"><title>no</title></svg><title>T</title></html>`, "T"},
		{"svg without its namespace", root + `<svg><title>T</title></svg></html>`, "T"},
		{"with a prefix", `<h:html xmlns:h="http://www.w3.org/1999/xhtml"><title xmlns="urn:x">no</title><h:title>T</h:title></h:html>`, "T"},
		{"namespace taken away", root + `<title xmlns="">no</title></html>`, ""},
		{"prefix that means nothing", root + `<a:title>no</a:title></html>`, ""},
		{"no namespace", `<!doctype html><html><title>T</title></html>`, "T"},
		{"template", root + `<template><title>no</title></template><title>T</title></html>`, "T"},
		{"noscript", root + `<noscript><title>T</title></noscript></html>`, "T"},
		{"comment", root + `<!-- <title>no</title> --><title>T</title></html>`, "T"},
		{"capitals", root + `<TITLE>no</TITLE><title>T</title></html>`, "T"},
		{"declaration", `<?xml version="1.1" encoding="koi8-r"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Strict//EN" "x" [<!ENTITY x ">">]>` +
			root + `<title>T</title></html>`, "T"},
		{"behind a mistake", root + `<p><b></p><title>no</title></html>`, ""},
		{"behind the root", root + `</html><title>no</title>`, ""},
		{"before the root", `text` + root + `<title>no</title></html>`, ""},
		{"unquoted", root + `<p class=a><title>no</title></p></html>`, ""},
		{"cut", root + `<title>a b`, "a b"},
		{"ampersand", root + `<title>a & b</title></html>`, "a "},
		{"unknown entity", root + `<title>a &unknown; b</title></html>`, "a "},
		{"too deep", root + strings.Repeat("<a>", maxOpen) + `<title>no`, ""},
		{"too long before it", root + `<p>` + strings.Repeat("x", maxPart) + `</p><title>no</title></html>`, ""},
		{"long before it", root + strings.Repeat("<p>"+strings.Repeat("x", maxPart/2)+"</p>", 3) + `<title>T</title></html>`, "T"},
		{"nothing", "", ""},
	} {
		if got := Title(strings.NewReader(c.page)); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestParse(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"no HTML rules", root + `<p><div>a</div></p><table><tr><td/></tr></table></html>`,
			root + `<p><div>a</div></p><table><tr><td></td></tr></table></html>`},
		{"closed by themselves", root + `<script/><textarea/><p>a</p></html>`, root + `<script></script><textarea></textarea><p>a</p></html>`},
		{"texts are one", root + `<p>a<![CDATA[<b>]]>&amp;c</p></html>`, root + `<p>a&lt;b&gt;&amp;c</p></html>`},
		{"comments part them", root + `a<!--c-->b</html>`, root + `a<!--c-->b</html>`},
		{"void", root + `<br>a</br>b</html>`, root + `<br/>ab</html>`},
		{"prefixes", `<h:p xmlns:h="http://www.w3.org/1999/xhtml" xml:lang="de">a</h:p>`,
			`<p xmlns:h="http://www.w3.org/1999/xhtml" xml:lang="de">a</p>`},
		{"drawing", `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="x"><a xlink:href="b"/></svg>`,
			`<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="x"><a xlink:href="b"></a></svg>`},
		{"mistake", root + `<p>a<b>b</i></b>c</p></html>`, root + `<p>a<b>b</b></p></html>`},
		{"ampersand", root + `<p>a b & c</p></html>`, root + `<p>a b </p></html>`},
		{"second root", `<a/><b/>`, `<a></a>`},
		{"nothing", "", ""},
	} {
		tree, _, err := Parse(strings.NewReader(c.page))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var b strings.Builder
		if err := html.Render(&b, tree); err != nil || b.String() != c.want {
			t.Errorf("%s: %v\n got %s\nwant %s", c.name, err, b.String(), c.want)
		}
	}
	if _, _, err := Parse(strings.NewReader(strings.Repeat("<a>", MaxTreeDepth+1))); !errors.Is(err, ErrTooDeep) {
		t.Errorf("too deep: %v", err)
	}
	tree, _, err := Parse(strings.NewReader(root + `<math xmlns="http://www.w3.org/1998/Math/MathML"/><o xmlns="urn:o"/></html>`))
	if err != nil {
		t.Fatal(err)
	}
	if first := tree.FirstChild.FirstChild; first.Namespace != "math" || first.NextSibling.Namespace != "urn:o" {
		t.Errorf("namespaces %q, %q", first.Namespace, first.NextSibling.Namespace)
	}
}

func TestMarkup(t *testing.T) {
	for _, c := range []struct{ name, page, want string }{
		{"closed by themselves", `<p><script src="a"/><br/><a href="?a&amp;b"/></p>`, `<p><script src="a"></script><br><a href="?a&amp;b"></a></p>`},
		{"script", `<p><script>a &amp;&amp; b<![CDATA["</script><!--"]]></script></p>`, `<p><script>a && b"\u003c/script>\u003c!--"</script></p>`},
		{"script in pieces", `<p><script>a<![CDATA[<]]><![CDATA[/script>]]><![CDATA[<]]><b/>!--</script></p>`,
			`<p><script>a\u003c/script>\u003c!--</script></p>`},
		{"script that is cut", `<p><script>a<![CDATA[<]]>/b`, `<p><script>a\u003c/b`},
		{"names that no tag of HTML has", `<_a><é/></_a>`, `<x:_a><x:é></x:é></x:_a>`},
		{"title", `<p><title>a<b>b</b>&lt;c</title></p>`, `<p><title>a&lt;c</title></p>`},
		{"what nobody sees", `<p><style>a</style><noscript><b/></noscript>c</p>`, `<p><style></style><noscript></noscript>c</p>`},
		{"drawing", `<p><svg xmlns="http://www.w3.org/2000/svg"><title>a</title></svg></p>`,
			`<p><x:svg xmlns="http://www.w3.org/2000/svg"><x:title>a</x:title></x:svg></p>`},
		{"svg of HTML", `<p><svg/></p>`, `<p><x:svg></x:svg></p>`},
		{"capitals", `<p><A HREF="b" id="c"/></p>`, `<p><x:A id="c"></x:A></p>`},
		{"mistake", `<p><a href="b"></p><a href="c"/>`, `<p><a href="b">`},
	} {
		if got, _ := Markup(strings.NewReader(c.page)); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

// FuzzXHTML holds that whatever the page, its tree can be written as HTML, and its markup has the start tags of the
// tree's elements, no more and no fewer.
func FuzzXHTML(f *testing.F) {
	for _, seed := range []string{root + `<p>a<![CDATA[b]]>&nbsp;</p></html>`, `<a x:b="c"><br>d</br></a>`, `<a>&`, `<?xml version="1.1"?><a/>`,
		`<p><script><![CDATA[<]]><![CDATA[/script><b>]]></script><style><i/></style></p>`, `<svg xmlns="http://www.w3.org/2000/svg"><title><b/></title></svg>`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, page string) {
		page = strings.ToValidUTF8(page, "\uFFFD")
		Title(strings.NewReader(page))
		written, _ := Markup(strings.NewReader(page))
		tree, _, err := Parse(strings.NewReader(page))
		if err != nil {
			return
		}
		var b strings.Builder
		if err := html.Render(&b, tree); err != nil && !strings.Contains(err.Error(), "plaintext") {
			t.Error(err)
		}
		if got, want := startTags(written), elements(nil, tree); !slices.Equal(got, want) {
			t.Errorf("%q\n got %q of %q\nwant %q", page, got, written, want)
		}
	})
}

// startTags are the names of HTML's start tags, in order.
func startTags(page string) (names []string) {
	for z := html.NewTokenizer(strings.NewReader(page)); ; {
		switch z.Next() {
		case html.ErrorToken:
			return names
		case html.StartTagToken, html.SelfClosingTagToken:
			name, _ := z.TagName()
			names = append(names, strings.TrimPrefix(string(name), foreign))
		}
	}
}

// elements appends the names of the elements below n, as a tokenizer gives them, but for those in elements of which
// HTML reads no tags.
func elements(names []string, n *html.Node) []string {
	for c := range n.ChildNodes() {
		if c.Type != html.ElementNode {
			continue
		}
		names = append(names, strings.TrimPrefix(asciiLower(c.Data), foreign))
		if contentOf(&element{namespace: c.Namespace, name: c.Data}) == markup {
			names = elements(names, c)
		}
	}
	return names
}

func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}
