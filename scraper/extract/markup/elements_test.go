package markup_test

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"scrape/scraper/extract/markup"
)

// found are the values of the id attributes of the start tags of a page.
func found(page string) string {
	var ids []string
	for e := markup.NewElements(page); e.Next() != markup.End; {
		if id, ok := e.Attribute("id"); ok {
			ids = append(ids, id)
		}
	}
	return strings.Join(ids, " ")
}

// inTree are those that HTML elements in the tree of a page have.
func inTree(t *testing.T, page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		for _, a := range n.Attr {
			if a.Key == "id" && n.Namespace == "" {
				ids = append(ids, a.Val)
			}
		}
		if n.Type == html.ElementNode && n.Data == "template" && n.Namespace == "" {
			return // x/net/html has the content as children
		}
		for c := range n.ChildNodes() {
			walk(c)
		}
	}
	walk(root)
	return strings.Join(ids, " ")
}

func TestElements(t *testing.T) {
	for _, page := range []string{
		`<html id=1><head id=2><meta id=3><body id=4><p id=5>a<br id=6>`,
		`<link id=1><!-- <link id=2> --><script><link id=3></script><noscript><link id=4></noscript><style><link id=5></style><link id=6>`,
		`<textarea><link id=1></textarea><iframe><link id=2></iframe><xmp><link id=3></xmp><noembed><link id=4></noembed><p id=5><plaintext><p id=6></plaintext>`,
		`<template><link id=1><template><link id=2></template><link id=3></template><link id=4>`,
		`<template/><link id=1></template><link id=2></template><link id=3>`,
		`<template><svg><g id=1></template><link id=2>`,
		`<template><svg></svg><link id=1></template><link id=2>`,
		`<svg id=1><link id=2><g id=3/><svg id=4><link id=5></svg><link id=6></svg><link id=7>`,
		`<svg id=1 /><link id=2><svg><path/></svg><link id=3>`,
		`<math id=1><mi id=2><b id=3>x</b></mi><mrow id=4></math><link id=5>`,
		`<svg><title id=1>a<b id=2>c</b></title><link id=3></svg><link id=4>`,
		`<svg><style><link id=1></style><p id=2></svg><link id=3>`,
		`<svg><desc><style><link id=1></style><link id=2></desc><link id=3></svg><link id=4>`,
		`<svg><foreignObject><link id=1><svg><link id=2></svg><i></i><link id=4></foreignObject><link id=5></svg><link id=6>`,
		`<svg><desc><desc><link id=1></desc><link id=2></desc><link id=3></svg><link id=4>`,
		`<svg><title>a</svg><link id=1>`,
		`<svg><link id=1><meta id=2><link id=3>`,
		`<svg><font id=1><font size=1 id=2><link id=3>`,
		`<svg><g></p><link id=1>`,
		`<svg><g></br><link id=1>`,
		`<svg></g></math></template><link id=1></svg><link id=2>`,
		`<svg><![CDATA[ </svg><link id=1> ]]><link id=2></svg><link id=3>`,
		`<![CDATA[ <link id=1> ]]><link id=2>`,
		`<math><annotation-xml><link id=1></annotation-xml><annotation-xml encoding=Text/HTML><link id=2></annotation-xml><link id=3></math><link id=4>`,
		`<SVG><LINK ID=1></SVG><Template><link id=2></TEMPLATE><LINK ID=3>`,
		`<title>a<link id=1></title><link id=2>`,
	} {
		if got, want := found(page), inTree(t, page); got != want {
			t.Errorf("%s: %s, want %s", page, got, want)
		}
	}
}

// x/net/html loses what follows a template in a drawing.
func TestElementsTemplateInDrawing(t *testing.T) {
	const page = `<svg><foreignObject><template><link id=1></template><link id=2></foreignObject></svg><link id=3>`
	if got, want := found(page), "2 3"; got != want {
		t.Errorf("%s: %s, want %s", page, got, want)
	}
}

// Pages without end and without structure take time in proportion.
func TestElementsHostile(t *testing.T) {
	const n = 1 << 17
	for _, page := range []string{
		strings.Repeat("<", n), strings.Repeat("</", n), strings.Repeat("<a ", n), strings.Repeat("<!--", n), strings.Repeat("<!-- -- ", n),
		strings.Repeat("<svg>", n), strings.Repeat("<svg><desc>", n) + strings.Repeat("</math>", n), strings.Repeat("<template>", n),
		strings.Repeat("<svg><p>", n), strings.Repeat("<script><!--<script>", n), strings.Repeat("<title></titl", n),
		"<p" + strings.Repeat(" a=1", n) + ">", "<p " + strings.Repeat("&", n) + "='" + strings.Repeat("&a", n) + "'>",
		"<p id='" + strings.Repeat("&amp", n) + "'>", "<p id='" + strings.Repeat("&#1", n) + "'>",
	} {
		found(page)
	}
}
