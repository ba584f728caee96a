package document_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
)

func TestOuterHTML(t *testing.T) {
	for in, want := range map[string]string{
		`<p title='a "b" &lt;c&gt; &amp;amp; &nbsp;'>say "it's" &lt; &gt; &amp; &nbsp;</p>`: `<p title="a &quot;b&quot; &lt;c&gt; &amp;amp; &nbsp;">say "it's" &lt; &gt; &amp; &nbsp;</p>`,
		`<p>a<br/>b<img src=x alt><wbr></p>`:                                                `<p>a<br>b<img src="x" alt=""><wbr></p>`,
		`<script>if (a < b && "c") {}</script>`:                                             `<script>if (a < b && "c") {}</script>`,
		`<style>a > b { content: "x" }</style>`:                                             `<style>a > b { content: "x" }</style>`,
		`<noscript><b>"x"</noscript>`:                                                       `<noscript><b>"x"</noscript>`,
		`<textarea>"<b>"</textarea><title>"&"</title>`:                                      `<textarea>"&lt;b&gt;"</textarea><title>"&amp;"</title>`,
		"<pre>\n\n a</pre><pre>\na</pre>":                                                   "<pre>\n\n a</pre><pre>a</pre>",
		`<p>a&#13;b</p>`:                                                                    `<p>a&#13;b</p>`,
		`<template><b>"t"</b></template>`:                                                   `<template><b>"t"</b></template>`,
		`<svg viewbox="0 0"><a xlink:href="x"/><style>a > "b"</style><link><title>"</title></link></svg>`: `<svg viewBox="0 0"><a xlink:href="x"></a><style>a &gt; "b"</style><link><title>"</title></link></svg>`,
		`<p><!-- a "b" --&gt;<script>c</script> --></p>`:                                                  `<p><!-- a "b" --&gt;<script>c</script> --></p>`,
	} {
		tree, err := html.Parse(strings.NewReader("<!doctype html><body>" + in))
		if err != nil {
			t.Fatal(err)
		}
		want = "<!DOCTYPE html><html><head></head><body>" + want + "</body></html>"
		if got := document.OuterHTML(tree); got != want {
			t.Errorf("%s\n got %s\nwant %s", in, got, want)
		}
	}
}

// FuzzOuterHTML holds that parsing gives the same page as it does of html.Render's.
func FuzzOuterHTML(f *testing.F) {
	for _, s := range []string{
		`<p title='"&amp;quot;' id="a'b">"x" &amp;quot; it's &nbsp;<br>&#13;` + "\n", "<pre>\n\n<textarea>\n\n</textarea><listing>\nx", `<script>"</b>" && '<!--'</script><style>a>b{}</style><xmp>"<b>"</xmp>`,
		`<svg><a xlink:href='"'><style>a>b "c"</style><title>"</title></svg><math><mi>"`, `<table><p>x<td>"y"<template><tr><td>"`,
		`<!--a--&gt;b--!&gt;"--><!doctype html public '"'><frameset><frame src='"'>`, `<noscript>"<i>"</noscript><iframe>"<b></iframe>`, `<base><basefont><bgsound><keygen><param><source><track><wbr>x`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, page string) {
		tree, err := html.Parse(strings.NewReader(page))
		if err != nil || oddlyLiteral(tree) {
			return
		}
		if got, want := again(t, document.OuterHTML(tree)), again(t, rendered(t, tree)); got != want {
			t.Fatalf("%q\n got %q\nwant %q", page, got, want)
		}
	})
}

// oddlyLiteral tells of elements whose text html.Render writes in ways of its own: HTML's
// inside of drawings and formulas, and plaintext, which has no end.
func oddlyLiteral(tree *html.Node) bool {
	for n := range tree.Descendants() {
		if n.Namespace != "" {
			for d := range n.Descendants() {
				if d.Type == html.ElementNode && d.Namespace == "" {
					return true
				}
			}
		}
		if n.Data == "plaintext" {
			return true
		}
	}
	return false
}

func rendered(t *testing.T, tree *html.Node) string {
	var b strings.Builder
	if err := html.Render(&b, tree); err != nil {
		t.Skip(err) // such as of <svg><link><title>, whose link it takes for that of HTML
	}
	return b.String()
}

// again is how html.Render writes a page that has been parsed.
func again(t *testing.T, page string) string {
	tree, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Skip(err) // deeper than it was
	}
	return rendered(t, tree)
}
