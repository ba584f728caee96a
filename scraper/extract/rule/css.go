package rule

import (
	"golang.org/x/net/html"

	"scrape/scraper/extract/document"
)

// css is a list of CSS selectors. Each may end in one of Scrapy's two
// pseudo-elements:
//
//   - ::text is each text node that is a child of a matching element, tidied, blank
//     ones left out; that of its descendants is "SELECTOR *::text". The text of
//     script, style, textarea and pre elements is only trimmed.
//   - ::attr(NAME) is the value of an attribute, as it is; elements without it are
//     passed over. The case of NAME does not matter, and a foreign element's may have
//     a prefix (xlink:href).
//
// In a list, "a::attr(href), b::text", each selector has its own. Values come in the
// order of the document.
//
// In XML, names of elements are those that are written there, letters' case
// counting, whatever their prefix; "media\:title" is one with that prefix. Letters'
// case counts in XHTML too.
type css struct {
	program *program
	xml     *program // for XML and XHTML
}

func (c css) find(s Scope, k *sink) error {
	root, err := s.root()
	if err != nil || root == nil {
		return err
	}
	return newWalk(s.choose(c.program, c.xml), s, root, []*sink{k}).run()
}

// root is the element or the document to look in; nil where the document has no
// elements to which CSS applies.
func (s Scope) root() (*html.Node, error) {
	switch {
	case s.Node != nil:
		return s.Node, nil
	case s.Doc.Kind() == document.XML:
		tree, err := s.Doc.XML()
		if err != nil {
			return nil, notRead(s.Doc, err)
		}
		return tree, nil
	case s.Doc.Kind() != document.HTML:
		return nil, nil
	}
	return s.Doc.Tree()
}

// choose is the program that is for the kind of the document.
func (s Scope) choose(ofHTML, ofXML *program) *program {
	if s.Doc.Kind() == document.XML || s.Doc.XHTML() {
		return ofXML
	}
	return ofHTML
}

// compileCSS compiles a list of selectors on its own.
func compileCSS(p part) (selector, error) {
	c := css{program: &program{}, xml: &program{exact: true}}
	for _, prog := range []*program{c.program, c.xml} {
		if err := prog.add(p, 0); err != nil {
			return nil, err
		}
		prog.seal()
	}
	return c, nil
}

// extraction is what is taken of an element that matches.
type extraction struct {
	kind extractionKind
	attr string
}

type extractionKind uint8

const (
	wholeElement extractionKind = iota
	ownText
	attribute
)

// attributeOf is the value of an element's attribute, whose name may have a prefix.
func attributeOf(n *html.Node, name string) (string, bool) {
	for _, a := range n.Attr {
		if equalFold(a.Key, name) {
			return a.Val, true
		}
		if k := len(a.Namespace); k > 0 && len(name) == k+1+len(a.Key) && name[k] == ':' &&
			equalFold(name[:k], a.Namespace) && equalFold(name[k+1:], a.Key) {
			return a.Val, true
		}
	}
	return "", false
}
