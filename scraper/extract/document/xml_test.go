package document

import (
	"errors"
	"strings"
	"testing"

	"golang.org/x/net/html"
)

func TestXML(t *testing.T) {
	const page = `<?xml version="1.0"?><!DOCTYPE r><r xmlns="urn:a" xmlns:m="urn:m"><m:i n="1">a</m:i><!--c--><m:i m:n="2">b<![CDATA[<c>]]></m:i></x><cut a=`
	tree, err := newDocument(t, "text/xml", page).XML()
	if err != nil {
		t.Fatal(err)
	}
	var items []*html.Node
	for c := range tree.FirstChild.ChildNodes() {
		if Prefix(c) == "m" && c.Data == "i" {
			items = append(items, c)
		}
	}
	if len(items) != 2 || NamespaceURI(tree.FirstChild) != "urn:a" || NamespaceURI(items[1]) != "urn:m" ||
		OuterXML(items[1]) != `<m:i m:n="2">b&lt;c&gt;</m:i>` || InnerXML(items[1]) != "b&lt;c&gt;" {
		t.Errorf("%v", items)
	}
	// Declarations say nothing of a text that is decoded, wherever they stand.
	for _, declaration := range []string{`<?xml version="1.1"?>`, `<!-- --><?xml version="1.0" encoding="latin1"?>`} {
		if tree, err := newDocument(t, "text/xml", declaration+"<r>a</r>").XML(); err != nil || InnerXML(tree.LastChild) != "a" {
			t.Errorf("%s: %v", declaration, err)
		}
	}
	for body, tooLarge := range map[string]bool{
		"":                             false,
		"<!-- -->":                     false,
		strings.Repeat("<a>", 100_000): true,
		strings.Repeat("<a/>", 1<<20):  true,
	} {
		tree, err := newDocument(t, "text/xml", body).XML()
		if tree != nil || !errors.Is(err, ErrNoTree) || errors.Is(err, ErrTooLarge) != tooLarge {
			t.Errorf("%.20q: %v, %v", body, tree, err)
		}
	}
}
